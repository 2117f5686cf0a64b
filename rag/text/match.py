"""Whether a wording says something: surface forms, numbers with units, dates, and what stands near.

This is how gold facts recognise themselves in an answer. The check of citations shares only the
folding and parsing below it, so that neither grades the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property

from rag.records import Span
from rag.text.dates import find_dates
from rag.text.folding import fold, folded
from rag.text.numbers import Number, find_numbers

NEAR = 80
"""Characters between two parts that still count as near."""

_UNIT_AFTER = 24
_UNIT_BEFORE = 2
_MONTH_YEAR = re.compile(r"([^\W\d_]{3,})\.?\s+(?:of\s+)?((?:1\d|20)\d{2})(?!\d)")
_YEAR = re.compile(r"(?<![\d.,])(?:1\d|20)\d{2}(?!\d|[.,]\d)")
_HEAD = re.compile(r"\d[\d.,'\u2019\u00a0\u202f]*|[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Pattern:
    """Parts that must all stand in one wording.

    ``all_of`` and ``any_of`` are surface forms: compared folded, at word boundaries; a trailing
    ``*`` takes every word that begins so ("Tarif*"), which is the only way into a German compound.
    ``number`` stands there as a value, within ``tolerance``, with one of ``unit`` right behind or
    before it. ``date`` is ISO 8601 and may be partial ("2021", "2021-10"). One of ``near`` stands
    within ``NEAR`` characters of the number, else of the date, else of the form that was found.
    """

    all_of: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    number: Decimal | None = None
    unit: tuple[str, ...] = ()
    tolerance: Decimal = Decimal(0)
    date: str | None = None
    near: tuple[str, ...] = ()


class Wording:
    """A text to look into, folded and parsed once. ``language`` decides how its digits are read.

    Without a language both readings of a number count.
    """

    def __init__(self, text: str, language: str | None = None) -> None:
        self.text = text
        self.language = language
        self._folded = fold(text)

    def forms(self, form: str) -> list[Span]:
        """Return where a surface form stands."""
        return [self._folded.back(m.start(), m.end()) for m in _compiled(form).finditer(self._folded.text)]

    def any_form(self, forms: Iterable[str]) -> list[Span]:
        """Return where any of the forms stands."""
        return [span for form in forms for span in self.forms(form)]

    @cached_property
    def numbers(self) -> list[Number]:
        """The numbers, scale words included."""
        locales = (self.language,) if self.language else ("de", "en")
        return list(dict.fromkeys(number for locale in locales for number in find_numbers(self.text, locale)))

    @cached_property
    def dates(self) -> list[tuple[Span, str]]:
        """Whole dates, months of a year and years, as far as ISO 8601 goes with each."""
        found = [(whole.span, whole.date.isoformat()) for whole in find_dates(self.text)]
        for match in _MONTH_YEAR.finditer(self.text):
            # Ask the one table of month names: a day is put before the month.
            whole = find_dates(f"1. {match[1]} {match[2]}")
            if whole:
                found.append((Span(match.start(), match.end()), whole[0].date.isoformat()[:7]))
        return found + [(Span(m.start(), m.end()), m[0]) for m in _YEAR.finditer(self.text)]


def find(pattern: Pattern, wording: Wording) -> tuple[Span, ...]:
    """Return one span for each part of the pattern, or nothing where a part is missing.

    Raises:
        ValueError: a form is empty, or the pattern is.
    """
    parts: list[list[Span]] = []
    if pattern.number is not None:
        parts.append(_numbers(pattern, wording))
    if pattern.date is not None:
        parts.append([span for span, iso in wording.dates if iso == pattern.date or iso.startswith(f"{pattern.date}-")])
    if pattern.any_of:
        parts.append(wording.any_form(pattern.any_of))
    parts += [wording.forms(form) for form in pattern.all_of]
    if not parts:
        raise ValueError("a pattern needs a form, a number or a date")
    if not all(parts):
        return ()
    if not pattern.near:
        return tuple(found[0] for found in parts)
    pair = _nearest(parts[0], wording.any_form(pattern.near))
    return (pair[0], *(found[0] for found in parts[1:]), pair[1]) if pair else ()


def says(patterns: Sequence[Pattern], unless: Sequence[str], wording: Wording) -> tuple[Span, ...]:
    """Return the spans of the first pattern that is found, unless a guard stands in the wording too."""
    for pattern in patterns:
        found = find(pattern, wording)
        if found:
            return () if wording.any_form(unless) else found
    return ()


@cache
def _compiled(form: str) -> re.Pattern[str]:
    prefix = form.endswith("*")
    core = folded(form.removesuffix("*")).strip()
    if not core or "*" in core:
        raise ValueError(f"not a surface form: {form!r}")
    before = r"(?<!\w)" if _is_word(core[0]) else ""
    after = r"(?!\w)" if _is_word(core[-1]) else ""
    if core[0].isdigit():
        before += r"(?<!\d[.,])"
    if core[-1].isdigit():
        after += r"(?![.,]\d)"
    return re.compile(before + re.escape(core) + (r"\w*" if prefix else after))


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_"


def _numbers(pattern: Pattern, wording: Wording) -> list[Span]:
    assert pattern.number is not None
    found: list[Span] = []
    units = wording.any_form(pattern.unit)
    for number in wording.numbers:
        if abs(number.value - pattern.number) <= pattern.tolerance:
            near = [u for u in units if _beside(number.span, u, wording)]
            found += [_hull(number.span, near[0])] if near else [] if pattern.unit else [number.span]
        # "19 Milliarden" is also 19, of the unit "Milliarden"; but it is not 19 dollars.
        base = _unscaled(number, wording)
        if base is not None and abs(base.value - pattern.number) <= pattern.tolerance:
            scale = Span(base.span.end, number.span.end)
            found += [number.span for unit in units if unit.overlaps(scale)][:1]
    return found


def _unscaled(number: Number, wording: Wording) -> Number | None:
    """Return a number without its scale word, or None where it has none."""
    head = _HEAD.match(number.span.of(wording.text))
    if head is None:
        return None
    scale_word = number.span.of(wording.text)[head.end() :]
    of_two = [n.value / 2 for n in find_numbers(f"2{scale_word}", wording.language) if n.value != 2]
    if not scale_word.strip() or not of_two or not of_two[0]:
        return None
    return Number(Span(number.span.start, number.span.start + head.end()), number.value / of_two[0])


def _beside(number: Span, unit: Span, wording: Wording) -> bool:
    if unit.start >= number.end:
        between = Span(number.end, unit.start)
        other = any(n.span.start >= number.end and n.span.end <= unit.start for n in wording.numbers)
        return between.end - between.start <= _UNIT_AFTER and not other
    return unit.end <= number.start <= unit.end + _UNIT_BEFORE


def _hull(one: Span, other: Span) -> Span:
    return Span(min(one.start, other.start), max(one.end, other.end))


def _nearest(anchors: list[Span], others: list[Span]) -> tuple[Span, Span] | None:
    """Return the closest pair of spans that do not overlap, or None where none is near enough."""
    pairs = [
        (max(a.start, b.start) - min(a.end, b.end), a, b) for a in anchors for b in others if not a.overlaps(b)
    ]  # fmt: skip
    best = min(pairs, default=None)
    return (best[1], best[2]) if best is not None and best[0] <= NEAR else None
