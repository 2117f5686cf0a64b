"""What the formats share that are ZIP archives of XML: opened with limits, passwords and old formats named."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any
from zipfile import BadZipFile, LargeZipFile, ZipFile

from rag.documents.formats import Limits
from rag.errors import FixFile

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MOST_PARTS = 20_000
# When the templates were made that python-docx and python-pptx fill, and what those and openpyxl call an author.
_TEMPLATES = (
    dt.datetime(2013, 12, 23, 23, 15, tzinfo=dt.UTC),
    dt.datetime(2013, 1, 27, 9, 14, 16, tzinfo=dt.UTC),
    dt.datetime(2013, 1, 27, 9, 15, 58, tzinfo=dt.UTC),
)
_TOOLS = ("python-docx", "openpyxl", "Steve Canny")
_DUBLIN = "{http://purl.org/dc/elements/1.1/}"
PASSWORD = FixFile("protected by a password", hint="Save it without one.")


def opened(data: bytes, limits: Limits, label: str, *, protected: bool = True) -> ZipFile:
    """Return the archive that a file is; ``protected``: one part with a password protects it all.

    Raises:
        FixFile: it is none, is protected, or unpacks to more than the limits allow.
    """
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise PASSWORD
        raise FixFile(f"an old Office file, not {label}, though its name says so", hint="Save it in today's format.")
    try:
        archive = ZipFile(io.BytesIO(data))
    except (BadZipFile, LargeZipFile, ValueError, OSError) as error:
        raise FixFile(f"corrupt, or not {label}, though its name says so") from error
    parts = archive.infolist()
    if protected and any(part.flag_bits & 1 for part in parts):
        raise PASSWORD
    total = sum(part.file_size for part in parts)
    if len(parts) > _MOST_PARTS or total > limits.unpacked:
        raise FixFile(
            f"unpacks to {total / 1e6:,.0f} MB in {len(parts):,} parts", hint="Made to fill a disk, or to be split."
        )
    return archive


def xml(archive: ZipFile, part: str) -> Any:
    """Return the root of a part of an archive; no entity in it is followed or resolved.

    Raises:
        FixFile: there is no such part, or it is no XML.
    """
    try:
        return tree(archive.read(part), part)
    except (KeyError, BadZipFile) as error:
        raise FixFile(f"corrupt: {part} in it is missing or broken") from error


def tree(data: bytes, part: str) -> Any:
    """Return the root of XML; no entity in it is followed or resolved.

    Raises:
        FixFile: it is none.
    """
    from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise FixFile(f"corrupt: {part} in it is missing or broken") from error


def dublin(root: Any) -> dict[str, str]:
    """Return what a file says of itself in the terms of the Dublin Core: title, creator, date, language."""
    return {
        element.tag.removeprefix(_DUBLIN): "".join(element.itertext())
        for element in reversed(list(root.iter(f"{_DUBLIN}*")))
        if isinstance(element.tag, str)
    }


def made(*times: dt.datetime | None) -> dt.date | None:
    """Return the day of the first of the times that a file says, the one of a library's template aside."""
    return next((time.date() for time in times if time and time.replace(tzinfo=dt.UTC) not in _TEMPLATES), None)


def person(author: str | None) -> str | None:
    """Return who a file says wrote it, or None where that is the library that made the file."""
    return None if author in _TOOLS else author


def day(said: str | None) -> dt.date | None:
    """Return the day that a time begins with, or None where it is none."""
    try:
        return dt.date.fromisoformat((said or "").strip()[:10])
    except ValueError:
        return None
