r"""Rich Text by striprtf; title, author and date from its ``\info``."""

from __future__ import annotations

import datetime as dt
import re

from striprtf.striprtf import rtf_to_text

from rag.documents.formats import Limits
from rag.documents.parsed import Builder, Parsed
from rag.documents.readers.raised import raised
from rag.errors import FixFile

_CREATED = re.compile(r"\\creatim\\yr(\d{4})\\mo(\d{1,2})\\dy(\d{1,2})")
_SAID = r"\{{\\{}\s((?:[^{{}}\\]|\\'[0-9a-fA-F]{{2}}|\\u-?\d+\s?\??|\\[^a-z])*)\}}"
_HEAD = 20_000
_RAISED = re.compile(
    r"(\\(?:super(?![a-z])|up[1-9]\d*)(?:\\(?!nosupersub)[a-z]+-?\d*)*[ \r\n{])"
    r"((?:[^{}\\]|\\u-?\d+ ?\??|\\'[0-9a-fA-F]{2})+)"
)
_SIGN = re.compile(r"\\u(-?\d+) ?\??|(\\'[0-9a-fA-F]{2})|(.)", re.DOTALL)
_CELL = re.compile(r"\n+\|")


def read(data: bytes, limits: Limits) -> Parsed:
    """Return the text of a Rich Text file."""
    if not data.lstrip()[:5] == b"{\\rtf":
        raise FixFile("not Rich Text, though its name says so", hint="Give it the suffix of what it is.")
    # RTF is ASCII; what is not is written in escapes of the code page that the file names.
    source = _RAISED.sub(_raise, data.decode("latin-1"))
    builder = Builder(limits.characters)
    rows: list[list[str]] = []
    # A cell of whole paragraphs begins the next line with its bar.
    for line in _CELL.sub("|", rtf_to_text(source, errors="replace")).split("\n"):
        # Cells end with a bar, and so does the line that they make.
        if line.endswith("|") and line.count("|") > 1:
            rows.append([cell.strip() for cell in line[:-1].split("|")])
            continue
        builder.table(rows)
        rows = []
        builder.paragraph(line)
    builder.table(rows)
    return builder.parsed(title=_said(source, "title"), author=_said(source, "author"), created=_created(source))


def _raise(match: re.Match[str]) -> str:
    return match[1] + _SIGN.sub(_raise_sign, match[2])


def _raise_sign(match: re.Match[str]) -> str:
    if match[2] is not None:
        return match[0]
    sign = chr(int(match[1]) % 0x10000) if match[1] is not None else match[3]
    up = raised(sign)
    # Characters beyond the code page stand as numbers, each with a sign for programs that know none.
    return match[0] if up == sign else f"\\u{ord(up)}?"


def _said(source: str, what: str) -> str | None:
    match = re.search(_SAID.format(what), source[:_HEAD])
    return rtf_to_text("{\\rtf1\\ansi " + match[1] + "}", errors="replace") if match else None


def _created(source: str) -> dt.date | None:
    match = _CREATED.search(source[:_HEAD])
    try:
        return dt.date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None
