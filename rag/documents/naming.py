"""Which names a document may have that is handed over, and how names are printed."""

from __future__ import annotations

import unicodedata

from rag.documents.formats import READABLE, unread_format
from rag.errors import FixFile, FixInput

_LONGEST_NAME = 400
_LONGEST_PART = 200
_LONGEST_PATH = 4096


def clean_name(name: str, *, file: bool = False) -> str:
    """Return a document's name in NFC; that of a ``file`` in somebody's folder is what it is there.

    Raises:
        FixInput: it is empty or too long, leads out of a folder, or holds what no name should.
        FixFile: it is of a format that Beleg does not read.
    """
    clean = unicodedata.normalize("NFC", name)
    parts = clean.split("/")
    kinds = {unicodedata.category(char) for char in clean}
    impossible = (
        any(part in ("", ".", "..") for part in parts) or "\n" in clean or "Cs" in kinds or len(clean) > _LONGEST_PATH
    )
    odd = (
        len(clean) > _LONGEST_NAME
        or any(len(part.encode("utf-8", "replace")) > _LONGEST_PART for part in parts)
        or "\\" in clean
        or not kinds.isdisjoint(("Cc", "Zl", "Zp"))
    )
    if impossible or (odd and not file):
        raise FixInput(
            f"{name[:80]!r} cannot be a document's name.", hint="Use a plain file name, such as 2026/report.txt."
        )
    if (why := unread_format(clean)) is not None:
        raise FixFile(why, hint=f"These are read: {', '.join(READABLE)}", skipped=True)
    return clean


def printed(name: str) -> str:
    r"""Return a name as it is printed: what may steer a terminal is escaped as ``\x1b``, as bytes that are no text are."""
    if name.isprintable():
        return name
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in name)
