"""PDF by PDFium: text by page, paragraphs by the gaps between lines, repeated headers and footers gone."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any, TypeAlias

import pypdfium2
import pypdfium2.raw as pdfium

from rag.documents.formats import Limits
from rag.documents.parsed import Builder, Parsed
from rag.documents.readers.raised import raised
from rag.errors import FixFile

_DATE = re.compile(r"D:(\d{4})(\d{2})(\d{2})")
_DIGITS = re.compile(r"\d+")
_SIGNATURE, _WITHIN = b"%PDF-", 1024
# A gap between lines counts as one between paragraphs from this share of the usual distance on.
_GAP = 1.35
# A line in letters so much larger or smaller than the one before it begins a paragraph.
_SIZE = 0.12
_MOST_PAGES = 20_000
_REPEATED = 3
# PDFium puts one sign for a hyphen at the end of a line and the line's end. A hyphen before "und" hangs there, one
# before a small letter parted a word, any other belongs to it.
_BROKEN = "\ufffe"
_HANGS = re.compile(rf"{_BROKEN}(?=(?:und|oder|bzw|sowie|bis|and|or|to)\b)")
_PARTED = re.compile(rf"{_BROKEN}(?=[a-zß-ÿ])")
# A digit directly behind something may be raised: smaller than this share of it, and higher by that share.
_FOLLOWING = re.compile(r"\S\d")
_SIGNS = frozenset("+-−,")
_SMALLER, _HIGHER = 0.9, 0.1
# Two pieces of one line share so much of their height, and are less than so much of it apart.
_BESIDE, _NEAR = 0.5, 0.6
_ENDS = re.compile(r"[.!?:;…][\"'”“’»«)\]]*\Z")


_Box: TypeAlias = tuple[float, float, float, float]
"""Left, bottom, right and top of a character, with the room that its font gives to all."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """What PDFium gives as a line: where its text begins among the page's characters, its first and last character."""

    text: str
    start: int
    first: _Box
    last: _Box

    @classmethod
    def at(cls, page: Any, text: str, start: int) -> _Piece:
        """Return a piece with its characters' places."""
        first, last = _units(text[: len(text) - len(text.lstrip())]), _units(text.rstrip()) - 1
        return cls(text, start, _box(page, start + first), _box(page, start + last))

    def goes_on(self, before: _Piece) -> bool:
        """Say whether it stands beside the end of the piece before it."""
        _, bottom, right, top = before.last
        height = min(top - bottom, self.first[3] - self.first[1])
        beside = min(top, self.first[3]) - max(bottom, self.first[1])
        return beside > _BESIDE * height and -height < self.first[0] - right < _NEAR * height


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a page, or several that hyphens join: the heights of the first and the last, the letters' size."""

    text: str
    top: float
    last: float
    size: float


def read(data: bytes, limits: Limits) -> Parsed:
    """Return a PDF's text, each page a place."""
    if _SIGNATURE not in data[:_WITHIN]:
        raise FixFile("not a PDF, though its name says so", hint="Give it the suffix of what it is.")
    document = _opened(data)
    try:
        if len(document) > _MOST_PAGES:
            raise FixFile(f"more than {_MOST_PAGES:,} pages", hint="Split the file.")
        pages = _pages(document, limits.characters)
        if not any(pages):
            raise FixFile(
                "a PDF without text: its pages are pictures (scanned)",
                hint="Make its text readable first, e.g. ocrmypdf IN.pdf OUT.pdf.",
            )
        builder = Builder(limits.characters)
        _write(pages, builder)
        said = document.get_metadata_dict(skip_empty=True)
        return builder.parsed(title=said.get("Title"), author=said.get("Author"), created=_date(said))
    finally:
        document.close()


def _opened(data: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code == pdfium.FPDF_ERR_PASSWORD:
            raise FixFile("protected by a password", hint="Save it without one.") from error
        raise FixFile("a corrupt PDF", hint="Open it in a viewer and save it again.") from error


def _pages(document: pypdfium2.PdfDocument, most: int) -> list[list[_Line]]:
    """Return the lines of every page."""
    pages: list[list[_Line]] = []
    length = 0
    for at in range(len(document)):
        try:
            page = document[at]
        except pypdfium2.PdfiumError:
            # A broken page among good ones keeps its number.
            pages.append([])
            continue
        text = page.get_textpage()
        pages.append(_lines(text))
        length += sum(len(line.text) for line in pages[-1])
        if length > most:
            raise FixFile(f"more than {most:,} characters of text", hint="Split the file, or raise max_file_mb.")
        text.close()
        page.close()
    return pages


def _lines(page: Any) -> list[_Line]:
    """Return the lines of a page and where they stand."""
    lines: list[list[_Piece]] = []
    at = 0
    for raw in page.get_text_range().split("\r\n"):
        if raw.strip():
            piece = _Piece.at(page, raw, at)
            # Behind a raised figure PDFium begins a new line, though the line goes on.
            if lines and piece.goes_on(lines[-1][-1]):
                lines[-1].append(piece)
            else:
                lines.append([piece])
        at += _units(raw) + 2
    return [_line(page, pieces) for pieces in lines]


def _line(page: Any, pieces: list[_Piece]) -> _Line:
    _, bottom, _, top = pieces[0].first
    raw, at = pieces[-1].text, pieces[-1].start
    last = _box(page, at + _units(raw[: raw.rindex(_BROKEN) + 1]))[3] if _BROKEN in raw else top
    text = "".join(_with_raised(page, pieces)).strip()
    return _Line(_PARTED.sub("", _HANGS.sub("- ", text)).replace(_BROKEN, "-"), top, last, top - bottom)


def _with_raised(page: Any, pieces: list[_Piece]) -> Iterator[str]:
    """Yield the characters of a line, its raised digits as such: those that are smaller and higher than what they follow."""
    before: int | None = None
    beside: _Box | None = None
    for piece in pieces:
        if not _FOLLOWING.search(piece.text) and len(pieces) == 1:
            yield piece.text
            continue
        at = piece.start
        for char in piece.text:
            box: _Box | None = None
            if (char.isdecimal() or char in _SIGNS) and before is not None:
                beside, box = beside or _box(page, before), _box(page, at)
            if box is not None and beside is not None and _is_raised(box, beside):
                yield raised(char)
            else:
                yield char
                before, beside = (None if char.isspace() else at), box
            at += _units(char)


def _is_raised(box: _Box, beside: _Box) -> bool:
    height = beside[3] - beside[1]
    return box[3] - box[1] < _SMALLER * height and box[1] > beside[1] + _HIGHER * height


def _units(text: str) -> int:
    """Return how many characters PDFium counts: those beyond 16 bits twice."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _box(page: Any, at: int) -> _Box:
    return page.get_charbox(min(at, page.count_chars() - 1), loose=True)


def _write(pages: list[list[_Line]], builder: Builder) -> None:
    """Write pages as paragraphs; one that runs over the end of a page goes on, and the new page begins within it."""
    repeated = _repeated(pages)
    before = ""
    for number, lines in enumerate(pages, start=1):
        kept = [
            line for at, line in enumerate(lines)
            if not (at in (0, len(lines) - 1) and _DIGITS.sub("#", line.text) in repeated)
        ]  # fmt: skip
        if not kept:
            continue
        paragraphs = _paragraphs(kept)
        goes_on = bool(before) and not _ENDS.search(before) and paragraphs[0][:1].islower()
        builder.page(number, goes_on=goes_on)
        for at, paragraph in enumerate(paragraphs):
            builder.lines(paragraph, goes_on=goes_on and at == 0)
        before = paragraphs[-1]


def _repeated(pages: list[list[_Line]]) -> set[str]:
    """Return the first and last lines, figures aside, that stand on most pages: headers and footers."""
    seen = Counter(
        _DIGITS.sub("#", text)
        for lines in pages if lines
        for text in {lines[0].text, lines[-1].text}
    )  # fmt: skip
    return {text for text, times in seen.items() if times >= _REPEATED and times * 2 > len(pages)}


def _paragraphs(lines: list[_Line]) -> list[str]:
    steps = [a.last - b.top for a, b in itertools.pairwise(lines) if a.last > b.top]
    usual = median(steps) if steps else 0.0
    paragraphs = [lines[0].text]
    for before, line in itertools.pairwise(lines):
        if _apart(before, line, usual):
            paragraphs.append(line.text)
        else:
            paragraphs[-1] += f"\n{line.text}"
    return paragraphs


def _apart(before: _Line, line: _Line, usual: float) -> bool:
    larger = max(before.size, line.size)
    if larger and abs(before.size - line.size) > _SIZE * larger:
        return True
    step = before.last - line.top
    if step < 0:
        # The top of the next column.
        return _ENDS.search(before.text) is not None
    return bool(usual) and step > _GAP * usual


def _date(said: dict[str, str]) -> dt.date | None:
    match = _DATE.match(said.get("CreationDate", "") or said.get("ModDate", ""))
    try:
        return dt.date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None
