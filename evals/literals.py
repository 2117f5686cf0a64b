"""Numbers, dates and quoted strings of a text: the second extractor, which imports nothing of ``rag``.

It reads without knowing the language: every reading of a literal that German or English allows
counts, and two literals agree where a reading of one is a reading of the other.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal as OneOf
from typing import TypeAlias

Kind: TypeAlias = OneOf["number", "date", "quote"]


@dataclass(frozen=True, slots=True)
class Literal:
    """A literal as written, and everything that it may mean."""

    kind: Kind
    text: str
    readings: frozenset[str]


_UNITS = (
    "null zero", "", "zwei two", "drei three", "vier four", "fünf five", "sechs six", "sieben seven", "acht eight",
    "neun nine", "zehn ten", "elf eleven", "zwölf twelve",
)  # fmt: skip
_WORDS = {name: value for value, names in enumerate(_UNITS) for name in names.split()}
_SCALES = {
    "tausend": (3,), "thousand": (3,), "million": (6,), "millionen": (6,), "millions": (6,), "mio": (6,), "mn": (6,),
    "milliarde": (9,), "milliarden": (9,), "mrd": (9,), "bn": (9,), "billion": (9, 12), "billions": (9,),
    "billionen": (12,), "bio": (12,), "trillion": (12,), "trillions": (12,), "m": (6,), "k": (3,),
}  # fmt: skip
_YEAR = (
    "januar january jan", "februar february feb", "märz march mar", "april apr", "mai may", "juni june jun",
    "juli july jul", "august aug", "september sep sept", "oktober october oct okt", "november nov",
    "dezember december dec dez",
)  # fmt: skip
_MONTHS = {name: month for month, names in enumerate(_YEAR, start=1) for name in names.split()}

_NUMBER = re.compile(r"(?<![\d.,])\d+(?:[.,'’\u00a0\u202f]\d+)*")
_SCALE = re.compile(r"[\s\u00a0-]{0,2}([^\W\d_]+)")
_WORD = re.compile(r"[^\W\d_]+")
_ARTICLE_SCALE = re.compile(r"\b(?:an?|one|eine?[nmr]?)\s+([^\W\d_]+)", re.IGNORECASE)
_NAMES = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})\b",
        r"\b(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>\d{4})\b",
        rf"\b(?P<d>\d{{1,2}})(?:\.|st|nd|rd|th)?\s(?:of\s)?(?P<n>{_NAMES})\.?,?\s(?P<y>\d{{4}})\b",
        rf"\b(?P<n>{_NAMES})\.?\s(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?P<y>\d{{4}})\b",
    )
)
_QUOTED = re.compile(r"[„“”»«\"]([^„“”»«\"]{3,}?)[“”«»\"]")


def literals(text: str) -> list[Literal]:
    """Return the dates, quoted strings and numbers of a text; digits of a date are not numbers again."""
    dates = _dates(text)
    quotes = [Literal("quote", m[1], frozenset([_plain(m[1]).strip(" .,;!?")])) for m in _QUOTED.finditer(text)]
    return [*dates, *quotes, *_numbers(_without(dates, text))]


def stands_in(literal: Literal, source: str) -> bool:
    """Say whether a text holds the literal, in whatever way it is written there.

    Day and year of a date in the source are numbers that stand there.
    """
    if literal.kind == "quote":
        return any(reading in _plain(source) for reading in literal.readings)
    dates = _dates(source)
    if literal.kind == "date":
        return any(literal.readings & other.readings for other in dates)
    parts = {str(int(part)) for date in dates for iso in date.readings for part in iso.split("-")}
    others = _numbers(_without(dates, source))
    return bool(literal.readings & parts) or any(literal.readings & other.readings for other in others)


def _without(dates: tuple[Literal, ...], text: str) -> str:
    for date in dates:
        text = text.replace(date.text, " " * len(date.text))
    return text


@lru_cache(maxsize=4096)
def _dates(text: str) -> tuple[Literal, ...]:
    found: list[Literal] = []
    for pattern in _DATES:
        for match in pattern.finditer(text):
            groups = match.groupdict()
            month = _MONTHS[groups["n"].lower()] if groups.get("n") else int(groups["m"])
            iso = f"{int(groups['y']):04}-{month:02}-{int(groups['d']):02}"
            found.append(Literal("date", match[0], frozenset([iso])))
    return tuple(found)


@lru_cache(maxsize=4096)
def _numbers(text: str) -> tuple[Literal, ...]:
    found: list[Literal] = []
    for match in _NUMBER.finditer(text):
        scale = _SCALE.match(text, match.end())
        powers = _SCALES.get(scale[1].lower(), ()) if scale else ()
        values = {v * Decimal(10) ** p for v in _values(match[0]) for p in powers} if powers else _values(match[0])
        found.append(Literal("number", match[0], frozenset(f"{v.normalize():f}" for v in values)))
    for match in _WORD.finditer(text):
        value = _WORDS.get(match[0].lower())
        if value is not None:
            scale = _SCALE.match(text, match.end())
            powers = _SCALES.get(scale[1].lower(), ()) if scale else ()
            readings = {f"{Decimal(value).scaleb(p).normalize():f}" for p in powers or (0,)}
            found.append(Literal("number", match[0], frozenset(readings)))
    for match in _ARTICLE_SCALE.finditer(text):
        powers = _SCALES.get(match[1].lower(), ()) if len(match[1]) > 2 else ()
        if powers:
            found.append(Literal("number", match[0], frozenset(f"{Decimal(1).scaleb(p):f}" for p in powers)))
    return tuple(found)


def _values(digits: str) -> set[Decimal]:
    """Return what digits with separators may mean: as German writes them, and as English does."""
    bare = re.sub(r"['’\u00a0\u202f]", "", digits)
    values: set[Decimal] = set()
    for group, point in ((".", ","), (",", ".")):
        whole, _, part = bare.partition(point)
        groups = whole.split(group)
        if group in part or point in part or any(len(g) != 3 for g in groups[1:]):
            continue
        values.add(Decimal("".join(groups) + ("." + part if part else "")))
    return values or {Decimal(re.sub(r"[.,]", "", bare))}


def _plain(text: str) -> str:
    """Fold case, compatibility forms, quotation marks and white space."""
    folded = re.sub(r"[„“”»«‚‘’‹›]", "'", unicodedata.normalize("NFKC", text).casefold().replace('"', "'"))
    return " ".join(folded.replace("\u00ad", "").split())
