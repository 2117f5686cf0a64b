"""Electronic books: their chapters in reading order, headings as places."""

from __future__ import annotations

import posixpath
from typing import Any
from urllib.parse import unquote
from zipfile import ZipFile

from rag.documents.formats import Limits
from rag.documents.parsed import Builder, Parsed
from rag.documents.readers import markup
from rag.documents.readers.html import parse, text_of_page
from rag.documents.readers.package import day, dublin, opened, xml
from rag.errors import FixFile

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_PAGES = frozenset(("application/xhtml+xml", "text/html"))


def read(data: bytes, limits: Limits) -> Parsed:
    """Return a book's text."""
    archive = opened(data, limits, "an EPUB")
    package = _package(archive)
    root = xml(archive, package)
    builder = Builder(limits.characters)
    scrambled = _scrambled(archive)
    for chapter in _chapters(root, posixpath.dirname(package)):
        if chapter in scrambled:
            raise FixFile("protected against copying (DRM)")
        try:
            page = parse(text_of_page(archive.read(chapter)))
        except KeyError as error:
            raise FixFile(f"corrupt: {chapter[:100]} in it is missing") from error
        body = page.find("body")
        markup.build(page if body is None else body, builder)
    said = dublin(root)
    return builder.parsed(
        title=said.get("title"), author=said.get("creator"), language=said.get("language"), date=day(said.get("date"))
    )


def _package(archive: ZipFile) -> str:
    """Return the name of the part that lists the others."""
    for one in xml(archive, _CONTAINER).iter():
        if markup.name_of(one) == "rootfile" and one.get("full-path"):
            return str(one.get("full-path"))
    raise FixFile("corrupt: it does not say where its contents are")


def _chapters(root: Any, folder: str) -> list[str]:
    items = {
        one.get("id"): posixpath.normpath(posixpath.join(folder, unquote(one.get("href") or "")))
        for one in root.iter()
        if markup.name_of(one) == "item" and one.get("media-type") in _PAGES and "nav" not in (one.get("properties") or "").split()
    }  # fmt: skip
    order = [one.get("idref") for one in root.iter() if markup.name_of(one) == "itemref"]
    return [items[one] for one in order if one in items]


def _scrambled(archive: ZipFile) -> set[str]:
    if _ENCRYPTION not in archive.namelist():
        return set()
    return {one.get("URI") for one in xml(archive, _ENCRYPTION).iter() if markup.name_of(one) == "cipherreference"}
