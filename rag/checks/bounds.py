"""Bounds of figures: whether a statement bounds a figure ("at least", "before", "a year") as its quotes do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.records import Span
from rag.text.bounds import CHANGE, MONTH, SIZE, TIME, Bound, bound_of, telling
from rag.text.dates import YEAR, find_dates
from rag.text.numbers import find_numbers
from rag.text.rates import rate_of, tells_rate
from rag.text.units import TIMES, unit_behind

_BREAK = re.compile(r"[.,;:!?](?=\s|$)|\s[–—]\s|\n")
# What denies, and is no part of a bound ("not before", "nicht mehr als").
_NOT = re.compile(
    r"\b(?:not?|nicht)\b(?!\s(?:more|less|fewer|later|earlier|greater|higher|longer|before|under|over|above|below|mehr|weniger|vor|nach"
    r"|unter|über)\b)|\b(?:never|nie|kein\w*|without|ohne|cannot)\b|n['’]t\b",
    re.IGNORECASE,
)
_RANGE = re.compile(r"^(?:\s[^\W\d_]+)?(?:\s(?:bis|to|until|and|und)(?:\szu)?\s|\s?[–-]\s?)$")
_OPENS_RANGE = re.compile(r"\b(?:between|zwischen|from|von)\s$", re.IGNORECASE)
_CLOCK = re.compile(r"^\s?(?:Uhr|o['’]clock|a\.?m\.?|p\.?m\.?|[:°])", re.IGNORECASE)
# Over what one decides, and of what one has: there "über" and "over" bound nothing.
_MATTER = re.compile(
    r"\b(?:verfüg|bericht|freu|stimm|abstimm|entscheid|entschied|diskut|spr[ae]ch|verhandel|klag|beschwer|informier|vertr[aä]g|streit|urteil"
    r"|gesetz|debatt|wach|herrsch|disput|vot|decid|preside|rul|control|argu|negotiat|fight|fought|row|power|watch)\w*",
    re.IGNORECASE,
)
_MONTH_BEHIND = re.compile(rf"^(?:\.|st|nd|rd|th)?\s(?:of\s)?(?:{MONTH})\b", re.IGNORECASE)
_MONTH_BEFORE = re.compile(rf"\b(?:{MONTH})\s$", re.IGNORECASE)
_AGO = re.compile(r"^\s[^\W\d_]+\s(?:ago|earlier|before|later|previously|zuvor|davor)\b", re.IGNORECASE)
_LOOSE = re.compile(r"(?:^|\s)(?:über|over|unter|under|ab)\s\S*$", re.IGNORECASE)
_OPPOSED: dict[Bound, frozenset[Bound]] = {
    "up": frozenset(("down", "rather down")),
    "down": frozenset(("up", "rather up")),
    "rather up": frozenset(("down",)),
    "rather down": frozenset(("up",)),
    "before": frozenset(("after", "since")),
    "after": frozenset(("before", "until")),
    "until": frozenset(("after",)),
    "since": frozenset(("before", "until")),
    "by": frozenset(("to",)),
    "to": frozenset(("by",)),
}
# What a quote must say for a statement to say it; of the others it is enough that it says nothing against them.
_BACKED_BY: dict[Bound, frozenset[Bound]] = {
    "up": frozenset(("up", "rather up")),
    "down": frozenset(("down", "rather down")),
    "before": frozenset(("before", "until")),
    "after": frozenset(("after", "since")),
}


@dataclass(frozen=True, slots=True)
class _Bounded:
    """A figure in its text: ``near`` is what stands by it in its clause, up to the figures next to it."""

    value: str
    text: str
    span: Span
    before: str
    behind: str
    is_time: bool
    range: Bound | None

    def bound(self, kind: str) -> Bound | None:
        return bound_of(self.text, self.span, kind)


def other_bounds(text: str, language: str | None, quotes: Sequence[tuple[str, str | None]]) -> list[str]:
    """Return the figures of a text that it bounds otherwise than the quotes, as "up 25".

    "At least 25" needs a quote that bounds 25 from below, and "before 1987" one that says so too; "about" and "since" go with
    a bare figure, but not with the opposite bound; and what a quote bounds may be told without the bound.
    """
    given = [figure for quote, own in quotes for figure in _figures(quote, own)]
    wrong: list[str] = []
    for figure in _figures(text, language):
        own = [one for one in given if one.value == figure.value]
        for kind in (TIME,) if figure.is_time else (SIZE, CHANGE):
            bound = figure.bound(kind)
            if (
                own
                and bound
                and bound != "about"
                and not _NOT.search(figure.before)
                and _differs(figure, bound, own, kind)
            ):
                wrong.append(f"{bound} {figure.value}")
    return wrong


def other_rates(text: str, language: str | None, quotes: Sequence[tuple[str, str | None]]) -> list[str]:
    """Return the periods that a text tells a figure for ("340 million a year") and that the quotes do not speak of."""
    rates = {period for number in find_numbers(text, language) if (period := rate_of(text, number.span))}
    return [f"a {period}" for period in sorted(rates) if not any(tells_rate(quote, period) for quote, _ in quotes)]


def _differs(figure: _Bounded, bound: Bound, own: Sequence[_Bounded], kind: str) -> bool:
    if any(_NOT.search(one.before + one.behind) for one in own):
        # What is denied may stand for the opposite: "did not exceed 25".
        return False
    told = [(one, one.range or one.bound(kind)) for one in own]
    if all(given in _OPPOSED[bound] for _, given in told):
        return True
    if bound not in _BACKED_BY or _says_little(figure, bound):
        return False
    return not any(
        given in _BACKED_BY[bound] or (given in (None, "about") and telling(one.before + " … " + one.behind, bound))
        for one, given in told
    )


def _says_little(figure: _Bounded, bound: Bound) -> bool:
    """Say whether a bound may be a mere preposition: "over five years", "verfügt über 30 Zimmer"."""
    if bound not in ("up", "down") or not _LOOSE.search(figure.before):
        return False
    return unit_behind(figure.text, figure.span) in TIMES or _MATTER.search(figure.text) is not None


def _figures(text: str, language: str | None) -> Iterator[_Bounded]:
    dates = find_dates(text)
    numbers = [n for n in find_numbers(text, language) if not any(n.span.overlaps(d.span) for d in dates)]
    found = sorted([(d.span, d.date.isoformat()) for d in dates] + [(n.span, f"{n.value:f}") for n in numbers])
    for at, (span, value) in enumerate(found):
        low = found[at - 1][0].end if at else 0
        high = found[at + 1][0].start if at + 1 < len(found) else len(text)
        before, behind = text[low : span.start], text[span.end : high]
        if _CLOCK.match(behind) or _AGO.match(behind):
            continue
        is_time = "-" in value or _is_time(text, span)
        yield _Bounded(
            value,
            text,
            span,
            _BREAK.split(before)[-1],
            _BREAK.split(behind)[0],
            is_time,
            _in_range(text, found, at, is_time),
        )


def _is_time(text: str, span: Span) -> bool:
    """Say whether a number is a year or the day of a month."""
    if _MONTH_BEHIND.match(text[span.end :]) or _MONTH_BEFORE.search(text[: span.start]):
        return True
    return YEAR.fullmatch(span.of(text)) is not None and unit_behind(text, span) is None


def _in_range(text: str, found: Sequence[tuple[Span, str]], at: int, is_time: bool) -> Bound | None:
    """Return which end of a range a figure is: the lower bounds from below."""
    span = found[at][0]
    lower: Bound = "since" if is_time else "up"
    upper: Bound = "until" if is_time else "down"
    if at + 1 < len(found) and _RANGE.match(text[span.end : found[at + 1][0].start]):
        sure = not re.search(r"\b(?:and|und)\b", text[span.end : found[at + 1][0].start])
        return lower if sure or _OPENS_RANGE.search(text[: span.start]) else None
    if at and _RANGE.match(text[found[at - 1][0].end : span.start]):
        sure = not re.search(r"\b(?:and|und)\b", text[found[at - 1][0].end : span.start])
        return upper if sure or _OPENS_RANGE.search(text[: found[at - 1][0].start]) else None
    return None
