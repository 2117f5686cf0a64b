"""Raised figures: 10 with a raised 6 is not 106, and the mark of a footnote is no part of the figure before it.

Text has no raised letters, so digits and signs become the characters that stand for raised ones. Words do not ("1st").
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_RAISED = str.maketrans("0123456789+-−=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾")
# What refers from a text to its note, and back (DPUB-ARIA roles, EPUB's types).
_NOTES = frozenset(("doc-noteref", "doc-backlink", "noteref", "backlink"))
# The mark of a note: a number, a letter, a sign; and what is left where marks were.
_MARK = re.compile(r"\s*[\[(]?\s*(?:\d{1,4}|[a-z]{1,2}|[*†‡§]{1,3})\s*[\])]?\s*")
_BETWEEN = re.compile(r"[\s,;\[\]()]*")
_TYPE = "{http://www.idpf.org/2007/ops}type"


def raised(text: str) -> str:
    """Return text as it stands where it is raised."""
    return text.translate(_RAISED)


def raised_styles(said: Mapping[str, bool | None], bases: Mapping[str, str]) -> frozenset[str]:
    """Return the names of styles in which text is raised: they say so, or say nothing and their base is such a style."""

    def is_raised(name: str) -> bool:
        passed: set[str] = set()
        while said.get(name) is None and name in bases and name not in passed:
            passed.add(name)
            name = bases[name]
        return bool(said.get(name))

    return frozenset(filter(is_raised, said))


def raise_in_page(root: Any) -> None:
    """Write what is raised in a page of HTML so, and take out the marks that refer to notes and back."""
    for one in list(root.iter("a")):
        if _is_reference(one):
            one.drop_tree()
    for one in list(root.iter("sup", "sub")):
        if one.tag == "sup" and (one.get("role") in _NOTES or _BETWEEN.fullmatch(one.text_content())):
            one.drop_tree()
            continue
        if one.tag == "sup":
            _raise(one)
        # Between elements a page's main content may get a space.
        one.drop_tag()


def _raise(element: Any) -> None:
    for part in element.iter():
        part.text = raised(part.text) if part.text else None
        if part is not element and part.tail:
            part.tail = raised(part.tail)


def _is_reference(link: Any) -> bool:
    if {link.get("role"), link.get(_TYPE), link.get("epub:type")} & _NOTES:
        return True
    inside = link.get("href", "").startswith("#") and _MARK.fullmatch(link.text_content()) is not None
    # The link is raised, or all that is in it.
    return inside and (any(above.tag == "sup" for above in link.iterancestors()) or link.find("sup") is not None)
