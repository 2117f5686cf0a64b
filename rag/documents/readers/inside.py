"""Files inside of another one, an archive or a mail: which are read, under which name, and what becomes of each."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from rag.documents.child import read, refusal
from rag.documents.decoding import decode
from rag.documents.formats import Limits, format_of, unread_format
from rag.documents.parsed import Parsed
from rag.errors import FixFile


def documents(name: str, data: bytes, limits: Limits) -> Iterator[tuple[str, Parsed | FixFile]]:
    """Yield the documents of a file of a format that is read; what is wrong with one is not raised."""
    found = format_of(name)
    try:
        if found is None or found.reader is None:
            yield name, Parsed(decode(data))
            return
        for inside, result in read(name, data, limits):
            yield f"{name}/{inside}" if inside else name, result
    except ImportError as error:
        yield name, FixFile(f"{error.name} is not installed, which reads this format", skipped=True)
    except Exception as error:  # noqa: BLE001
        yield name, refusal(error, limits)


def unreadable(name: str, limits: Limits) -> FixFile | None:
    """Return why a file of this name is passed over; None where it is of a format that is read here."""
    if (why := unread_format(name)) is not None:
        return FixFile(why, skipped=True)
    if not limits.archives and (found := format_of(name)) is not None and found.reader == "zip":
        return FixFile("an archive inside an archive", hint="Unpack it first.", skipped=True)
    return None


def readable(said: str) -> str:
    """Return a name of a file as it can be shown and stored: NFC, ``/`` between its parts, controls written out."""
    parted = said.replace("\\", "/")
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in parted)
    return unicodedata.normalize("NFC", shown)
