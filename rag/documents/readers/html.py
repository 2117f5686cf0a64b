"""HTML by trafilatura: the main content, without menus and notices, and what the page says of itself."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from lxml.etree import Comment, ProcessingInstruction  # pyright: ignore[reportAttributeAccessIssue]
from lxml.html import HTMLParser, document_fromstring
from trafilatura import bare_extraction

from rag.documents.decoding import decode
from rag.documents.formats import Limits
from rag.documents.parsed import Builder, Parsed
from rag.documents.readers import markup
from rag.documents.readers.main_content import whole_content
from rag.documents.readers.page_tables import lay_out_in_page
from rag.documents.readers.raised import raise_in_page
from rag.documents.readers.terms import join_terms_in_page
from rag.errors import FixFile

# How libxml2 says that it leaves out the rest.
_LEFT_OUT = "ERR_RESOURCE_LIMIT"
_CHARSET = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE
)
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_HEAD = 4096
_AROUND = frozenset(("header", "footer", "aside"))


def read(data: bytes, limits: Limits) -> Parsed:
    """Return the main content of a page; the whole of it, but for its frame, where there is none."""
    tree = parse(text_of_page(data))
    builder = Builder(limits.characters)
    body = tree.find("body") if tree.find("body") is not None else tree
    frame = [one for one in body.iter() if markup.name_of(one) in _AROUND]
    dates = {"original_date": True, "extensive_search": False, "max_date": dt.date.today().isoformat()}  # noqa: DTZ011
    found: Any = bare_extraction(
        tree, with_metadata=True, include_comments=False, include_tables=True, date_extraction_params=dates
    )
    content = found.body if found is not None and (found.text or "").strip() else None
    content = whole_content(tree, content)
    if content is not None:
        markup.build(content, builder)
    else:
        for one in frame:
            one.drop_tree()
        markup.build(body, builder)
    language = tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang")
    date = dt.date.fromisoformat(found.date) if found is not None and found.date else None
    title = (found.title if found is not None else None) or tree.findtext("head/title")
    return builder.parsed(title=title, author=found and found.author, language=language, date=date)


def parse(text: str) -> Any:
    """Return the root of a page, in which raised figures are characters of their own.

    Raises:
        FixFile: there is no page, no text in it, or the rest of it would be lost, because it is nested too deeply.
    """
    parser = HTMLParser(no_network=True)
    try:
        root = document_fromstring(_DECLARATION.sub("", text), parser=parser)
    except (ValueError, AssertionError) as error:
        raise FixFile("no HTML in it") from error
    except Exception as error:
        from lxml.etree import ParserError

        if isinstance(error, ParserError):
            raise FixFile("no text in it", hint="Remove the file, or put text into it.") from error
        raise
    if any(one.type_name == _LEFT_OUT for one in parser.error_log):
        raise FixFile("its elements are nested too deeply to be read whole", hint="Save the page as text.")
    for one in list(root.iter(Comment, ProcessingInstruction)):
        # What stands behind a comment is text; trafilatura would drop it with the comment.
        one.drop_tree()
    raise_in_page(root)
    lay_out_in_page(root)
    join_terms_in_page(root)
    return root


def text_of_page(data: bytes) -> str:
    """Decode a page as it says; where that is wrong, as any text."""
    declared = _CHARSET.search(data[:_HEAD])
    if declared is not None:
        try:
            return data.decode(declared[1].decode("ascii"))
        except (UnicodeDecodeError, LookupError):
            return decode(data)
    return decode(data)
