"""Figures with what stands around them: by this a number is told from another of its kind."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.checks.wording import Said
from rag.records import Span
from rag.text.bounds import MONTH
from rag.text.dates import YEAR, find_dates
from rag.text.numbers import find_numbers
from rag.text.units import TIMES, unit_behind
from rag.text.words import word_set

_BREAK = re.compile(r"[;:!?]|[.,](?=\s|$)|\s(?:und|and|but|aber|while|sowie|dagegen|whereas|sondern)\s|\s[–—]\s")
_ABOUT = r"(?:\s(?:alle|every|the|rund|about|around|etwa|some|jeweils|its|ihrer|den|their))?\s"
_OLD = re.compile(
    rf"\b(?:statt|anstatt|anstelle von|instead of|rather than|up from|down from|zuvor|previously|nach){_ABOUT}$",
    re.IGNORECASE,
)
_FROM = re.compile(rf"\b(?:von|from){_ABOUT}$", re.IGNORECASE)
_TO = re.compile(rf"^[^.;,]{{0,25}}?\b(?:auf|to){_ABOUT}$", re.IGNORECASE)
_RATIO = re.compile(rf"^(?:\s[^\W\d_]+)?\s(?:zu|to|bis|until|:){_ABOUT}$|^\s?[:–-]\s?$", re.IGNORECASE)
_PART = re.compile(
    rf"^(?:\s[^\W\d_]+)?\s(?:von|of|out of|der|ihrer){_ABOUT}$|^\s(?:der|ihrer|of|of the|of its|von)\s$", re.IGNORECASE
)
_WHOLE = re.compile(r"(?:^|[.;]\s)(?:von den|of the|of its|of their)\s$", re.IGNORECASE)
_TIGHT_BEFORE, _TIGHT_AFTER = 2, 3
_BETWEEN = re.compile(r"\b(?:zwischen|between)\s$", re.IGNORECASE)
_LISTED = re.compile(
    r"\.?(?:st|nd|rd|th)?,?\s?(?:und|and|oder|or|sowie|&)?\s?(?:the\s|der\s|die\s|den\s|dem\s)?", re.IGNORECASE
)
# What stands before a year; without it "2000 Teilnehmer" are counted.
_WHEN = re.compile(
    rf"(?:\b(?:in|im|since|until|from|by|before|after|during|and|or|to|late|early|mid|seit|bis|von|ab|vor|nach|und|oder|ende|anfang|mitte|jahre?"
    rf"|jahren|year|years|of|the|der|die|des|dem|{MONTH})|[(/–-])\s?$|^\s*$",
    re.IGNORECASE,
)
_COUNTED = "counted"
_NOT_COUNTED = word_set(
    "more further others other of to in on at by for from and or but instead than out the are is was were had have has per as"
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure and what stands around it.

    ``kind`` is "date", "year" or "number"; ``unit`` is None where no unit or counted thing stands by;
    ``role`` is "old" or "new", "first" or "second" of a ratio or range, "part" or "whole", or empty;
    ``listed`` are the values of the enumeration that the figure stands in, its own among them. ``tight`` and
    ``wide`` are the few words and the whole clause around it, the figure itself left out.
    """

    span: Span
    value: str
    kind: str
    unit: str | None
    role: str
    listed: tuple[str, ...]
    tight: Said
    wide: Said


@dataclass(frozen=True, slots=True)
class _Found:
    """A figure before anything is known of its surroundings; see Figure."""

    span: Span
    value: str
    kind: str
    unit: str | None


def figures_of(said: Said) -> list[Figure]:
    """Return the figures of a text in their order."""
    text, language = said.text, said.language
    dates = find_dates(text)
    found = [_Found(d.span, d.date.isoformat(), "date", None) for d in dates]
    for number in find_numbers(text, language):
        if not any(number.span.overlaps(d.span) for d in dates):
            year = YEAR.fullmatch(number.span.of(text)) is not None
            unit = unit_behind(text, number.span)
            counted = _counts(text[number.span.end :], language)
            year = year and unit is None and not (counted and _WHEN.search(text[: number.span.start]) is None)
            kind = "year" if year else "number"
            unit = unit or (_COUNTED if counted else None)
            found.append(_Found(number.span, f"{number.value:f}", kind, unit))
    found.sort(key=lambda one: one.span)
    roles, lists = _roles(text, found), _lists(text, found)
    figures: list[Figure] = []
    for at, one in enumerate(found):
        low = found[at - 1].span.end if at else 0
        # What a part of a whole is said of stands behind the whole: "1.600 der 2.400 Teilnehmer".
        last = at + 1 if roles[at] == "part" else at
        high = found[last + 1].span.start if last + 1 < len(found) else len(text)
        before, behind = text[low : one.span.start], text[found[last].span.end : high]
        breaks = list(_BREAK.finditer(before))
        before = before[breaks[-1].end() :] if breaks else before
        stop = _BREAK.search(behind)
        behind = behind[: stop.start()] if stop else behind
        tight = " ".join([*before.split()[-_TIGHT_BEFORE:], "…", *behind.split()[:_TIGHT_AFTER]])
        figures.append(
            Figure(
                one.span,
                one.value,
                one.kind,
                one.unit,
                roles[at],
                lists[at],
                Said(tight, language),
                Said(f"{before}…{behind}".strip(), language),
            )
        )
    return figures


def _counts(behind: str, language: str | None) -> bool:
    """Say whether the word behind a number is what it counts: "85 rooms", but not "45 more" or "20 statt"."""
    word = re.match(r"\s([^\W\d_]+)", behind)
    if word is None:
        return False
    return word[1][0].isupper() if language == "de" else word[1] not in _NOT_COUNTED and word[1].islower()


def _lists(text: str, found: Sequence[_Found]) -> list[tuple[str, ...]]:
    """Return for each figure the values of the enumeration that it stands in: "1650, 1653 and 1735"."""
    lists: list[list[_Found]] = []
    for one in found:
        if lists and _LISTED.fullmatch(text[lists[-1][-1].span.end : one.span.start]):
            lists[-1].append(one)
        else:
            lists.append([one])
    return [tuple(one.value for one in some) for some in lists for _ in some]


def _roles(text: str, found: Sequence[_Found]) -> list[str]:
    """Say which figures are a former value, a present one, a side of a ratio, or a part of another."""
    roles = [""] * len(found)
    for at, figure in enumerate(found):
        before = text[: figure.span.start]
        old = _OLD.search(before)
        # "nach 54 Minuten" is no former value, "nach 6,1 Mrd. Dollar" is.
        small = figure.unit in TIMES or figure.unit in (None, _COUNTED)
        if old and not (old[0].casefold().startswith("nach") and small):
            roles[at] = "old"
    for at, (one, other) in enumerate(pairwise(found)):
        between = text[one.span.end : other.span.start]
        period = "number" not in (one.kind, other.kind)
        if not period and _FROM.search(text[: one.span.start]) and _TO.match(between):
            roles[at], roles[at + 1] = "old", "new"
        elif _RATIO.match(between) or _BETWEEN.search(text[: one.span.start]):
            roles[at], roles[at + 1] = "first", "second"
        elif _PART.match(between):
            roles[at], roles[at + 1] = "part", "whole"
    if found and _WHOLE.search(text[: found[0].span.start]):
        roles[0] = "whole"
    return roles
