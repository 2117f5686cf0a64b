"""Pages that do not say which of their elements is the main content.

Trafilatura knows it by ``main``, ``article`` and by names that elements often bear. Where it finds none it keeps paragraphs and
tables, and leaves out headings and lists; of a short page it makes one paragraph. So it is told where the content stands, and asked
again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from functools import lru_cache
from typing import Any

from lxml.html import Element
from trafilatura import bare_extraction
from trafilatura.settings import use_config

from rag.documents.readers.markup import is_skipped, name_of, text_of

_MARKS = frozenset(("head", "h1", "h2", "h3", "h4", "h5", "h6", "item", "li", "dt", "dd", "summary"))
_FRAME = frozenset(("header", "footer", "aside", "form"))
# How elements of a frame are called that are not told by what they are.
_CALLED = re.compile(
    r"(?:menu|nav(?:igation|bar)?|breadcrumbs?|sidebar|footer|cookie\w*|consent|comments?|related|newsletter)(?![^\W_])",
    re.IGNORECASE,
)
# What is within one of these is a part of what it says.
_PARTS = frozenset(("p", "blockquote", "ul", "ol", "li", "dl", "dt", "dd", "pre", "table", "tbody", "thead", "tr", "td", "th", "span"))  # fmt: skip
# What an element adds to another belongs to the frame of a page if more than this share of it is in links, as menus are.
_LINKED = 0.2
# The share of its headings and items that was mostly not found, and that of its text in links up to which a page has no menus.
_MOST, _PLAIN = 0.5, 0.02
# What was found anew is all that a page tells if it has this share of its text without links.
_LEAST = 0.5


def whole_content(tree: Any, found: Any) -> Any:
    """Return the main content of a page: what was ``found`` of it, or more, where that lacks most of its headings and lists.

    Of a page that has next to no links, and so neither menus nor other frame, any that is lacking counts; so does that all of it was
    made one paragraph. Neither a page nor what was found is changed.
    """
    if tree.find("body") is None:
        return found
    page = deepcopy(tree)
    body = page.find("body")
    text, linked = _amounts(body)
    plain, joined = linked <= _PLAIN * text, found is not None and _is_one_paragraph(found)
    if not joined and _lacking(body, found) <= (0 if plain else _MOST):
        return found
    _mark(body if plain else _around(body, found), first=plain)
    again: Any = bare_extraction(page, include_comments=False, include_tables=True, config=_of_any_length())
    if again is None or again.body is None:
        return found
    # What was joined has the menus in it, too.
    least = _LEAST * (text - linked) if joined or found is None else _length(text_of(found))
    return again.body if _length(text_of(again.body)) >= least else found


def _lacking(body: Any, found: Any) -> float:
    """Return which share of the headings and items of a page was not found, or was, but not as such."""
    own = [_squeezed(text_of(one)) for one in _marked(body) if not _is_linked(one)]
    kept = "\n".join(_squeezed(text_of(one)) for one in _marked(found)) if found is not None else ""
    return sum(text not in kept for text in own) / max(len(own), 1)


def _marked(root: Any) -> Iterator[Any]:
    """Yield the headings and items below an element that have text and are in no part of a page's frame."""
    for child in root:
        if not _tells(child):
            continue
        if name_of(child) in _MARKS and text_of(child):
            yield child
        yield from _marked(child)


def _tells(element: Any) -> bool:
    """Say whether an element may be of what a page tells: no menu, notice or other part of its frame."""
    name = name_of(element)
    called = f"{element.get('id') or ''} {element.get('class') or ''}".split() if name else []
    return bool(name) and not is_skipped(name) and name not in _FRAME and not any(map(_CALLED.match, called))


def _is_linked(element: Any) -> bool:
    text, linked = _amounts(element)
    return 2 * linked > text


def _around(body: Any, found: Any) -> Any:
    """Return the element that holds all of what was found, or one around it that adds little but text without links."""
    texts = (
        {text_of(one) for one in found.iter() if name_of(one) in ("p", "cell")} - {""} if found is not None else set()
    )
    held = [[one, *one.iterancestors()][::-1] for one in body.iter() if name_of(one) and text_of(one) in texts]
    shared = [level[0] for level in zip(*held, strict=False) if all(one is level[0] for one in level)]
    inside = body if len(held) == 0 else shared[-1]
    while name_of(inside) in _PARTS:
        inside = inside.getparent()
    while inside is not body:
        around = inside.getparent()
        text, linked = _amounts(around, without=inside)
        if linked > _LINKED * text:
            break
        inside = around
    return inside


def _mark(content: Any, *, first: bool) -> None:
    """Make an element of a page the one that says that it is the main content, as surely as any if it goes ``first``."""
    if name_of(content) == "body":
        body = Element("body")
        content.getparent().replace(content, body)
        body.append(content)
    content.tag = "main"
    if first:
        content.set("itemprop", "articleBody")


def _amounts(element: Any, *, without: Any = None, linked: bool = False) -> tuple[int, int]:
    """Return how many characters an element has, and how many of these are in links; blanks and the frame of a page aside.

    ``without``: the element in it that does not count.
    """
    linked = linked or name_of(element) == "a"
    text = _length(element.text)
    inside = text if linked else 0
    for child in element:
        if child is not without and _tells(child):
            below, links = _amounts(child, linked=linked)
            text, inside = text + below, inside + links
        after = _length(child.tail)
        text, inside = text + after, inside + (after if linked else 0)
    return text, inside


def _is_one_paragraph(found: Any) -> bool:
    return len(found) == 1 and name_of(found[0]) == "p" and len(found[0]) == 0


def _squeezed(text: str | None) -> str:
    return "".join((text or "").split())


def _length(text: str | None) -> int:
    return len(_squeezed(text))


@lru_cache(1)
def _of_any_length() -> Any:
    config = use_config()
    for name in ("MIN_EXTRACTED_SIZE", "MIN_OUTPUT_SIZE"):
        config.set("DEFAULT", name, "1")
    return config
