"""The hard check: numbers, units, dates, names and quoted strings of a statement stand in its quotes."""

from __future__ import annotations

import calendar
import re
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal

from rag.checks.bounds import other_bounds, other_rates
from rag.checks.quotations import quotations
from rag.records import Span
from rag.text.calendar import hours_of_day, hours_past_noon, months, ordinal_days, ordinals, weekdays
from rag.text.dates import FoundDate, find_dates
from rag.text.folding import folded
from rag.text.names import unmatched_names
from rag.text.numbers import number_values
from rag.text.units import other_units, unit_behind
from rag.text.vague import unbacked_numerals

# "In the 1920s" are "die 20er Jahre".
_DECADE = re.compile(r"(?<!\d)1[5-9](\d0)(?:s|er)\b")
# Numbers that German glues to what they count: "zweitägig", "dreimal", "fünfköpfig".
_NUMBER_INSIDE = re.compile(
    r"\b([^\W\d_]+?)(?:tägig|wöchig|monatig|jährig|stündig|minütig|mal|fach|teilig|stellig|köpfig|stöckig|dimensional"
    r"|sprachig|spurig|prozentig|gleisig|bändig|stufig|seitig|jahres|monats|wochen|tages|stunden|minuten)\w*\b",
    re.IGNORECASE,
)
# "The two" of whom is spoken is no count of anything, nor is "two" where the quote says "both"; of years or euros it is one.
_THE_TWO = re.compile(
    r"\b(?:the|these|those|their|die|der|den|diese[rn]?|ihre[rn]?)\s(?:two|zwei)\b(?!-)", re.IGNORECASE
)
_ANY_TWO = re.compile(r"\b(?:two|zwei|zweier)\b(?!-)", re.IGNORECASE)
_BOTH = re.compile(r"\b(?:both|neither|beide[nrs]?)\b", re.IGNORECASE)
_TWO = Decimal(2)
# Quotes that tell another small number may be of more than two.
_SMALL = range(3, 13)


def is_verbatim(text: str, quotes: Sequence[str]) -> bool:
    """Say whether a text is one of its quotes, folding and white space aside: then nothing is left to check."""
    plain = folded(text).strip()
    return any(folded(quote).strip() == plain for quote in quotes)


def unbacked_literals(
    text: str, language: str | None, quotes: Sequence[tuple[str, str | None]], known: Collection[str] = ()
) -> list[str]:
    """Return the numbers, dates, names and quoted strings of a text that stand in none of its quotes.

    Not for a text that is one of them (``is_verbatim``): it holds nothing else, whatever its language.

    ``quotes`` are pairs of quote and its language. Numbers are compared as values, each read in the
    locale of its own text (10 p.m. is 22 Uhr, and "the two" no number where the quotes count nothing else), and may not change their unit, nor the bound or rate that they are given ("at least", "a year"); dates as calendar days, months and weekdays
    by themselves too; names folded, inflected, or by what CLDR says that they are called in the other
    language (``rag.text.names``; only what is clearly a name counts here, and across languages only acronyms and
    places, because the rest may be spelled otherwise: see ``rag.checks.backing``), nor those of ``known``, which the documents themselves call otherwise in the quotes; quoted strings folded, so one
    that was translated is no quotation any more.
    """
    texts = [quote for quote, _ in quotes]
    own = any(spoken == language for _, spoken in quotes)
    found = [
        *_figures_missing(text, language, quotes),
        *other_units(text, language, list(quotes)),
        *other_rates(text, language, quotes),
        *other_bounds(text, language, quotes),
        *unbacked_numerals(text, language, quotes),
        *_calendar_missing(text, texts),
        *(f'"{part}"' for part in quotations(text) if not any(_holds(folded(quote), part) for quote in texts)),
        *(
            name.text
            for name in unmatched_names(text, language, texts)
            if name.clear and (own or name.fixed) and name.text not in known
        ),
    ]
    return list(dict.fromkeys(found))


def _figures_missing(text: str, language: str | None, quotes: Sequence[tuple[str, str | None]]) -> Iterator[str]:
    dates = find_dates(text)
    dated = [(quote, own, find_dates(quote)) for quote, own in quotes]
    days = {found.date for _, _, in_quote in dated for found in in_quote}
    values = {Decimal(part) for day in days for part in (day.year, day.day)}
    values |= {value for quote, own, in_quote in dated for value in _figures(quote, own, in_quote)}
    values |= {Decimal(number) for quote, _ in quotes for number in ordinals(quote)}
    values |= {Decimal(m[1]) for quote, _ in quotes for m in _DECADE.finditer(quote)}
    hours = {hour for quote, _ in quotes for hour in hours_of_day(quote)}
    values |= {Decimal(hour) for hour in hours}
    said = _figures(text, language, dates) | {Decimal(day) for day in ordinal_days(text)}
    missing = said - values - {Decimal(hour) for hour in hours_past_noon(text) if hour + 12 in hours}
    both = any(_BOTH.search(quote) for quote, _ in quotes)
    if _TWO in missing and (both or values.isdisjoint(_SMALL)):
        missing -= {_TWO} - _figures(_without_two(text, both=both), language, ())
    yield from (f"{value:f}" for value in sorted(missing))
    yield from (found.date.isoformat() for found in dates if found.date not in days)


def _without_two(text: str, *, both: bool) -> str:
    """Return a text without any "two", or where the quotes do not say "both" any "the two", that no unit follows."""
    pattern = _ANY_TWO if both else _THE_TWO
    return pattern.sub(lambda found: found[0] if unit_behind(text, Span(*found.span())) else ";", text)


def _calendar_missing(text: str, quotes: Sequence[str]) -> Iterator[str]:
    days = [found.date for quote in quotes for found in find_dates(quote)]
    named = months(text).difference((day.month for day in days), *map(months, quotes))
    # The months of whole dates are held to those dates.
    named -= {found.date.month for found in find_dates(text)}
    yield from (calendar.month_name[month] for month in sorted(named))
    other = weekdays(text).difference((day.isoweekday() for day in days), *map(weekdays, quotes))
    yield from (calendar.day_name[day - 1] for day in sorted(other))


def _figures(text: str, language: str | None, dates: Sequence[FoundDate]) -> frozenset[Decimal]:
    """Return the values of the numbers outside of dates, digits glued to letters ("F35") included."""
    for found in reversed(dates):
        text = f"{text[: found.span.start]};{text[found.span.end :]}"
    inside = (_NUMBER_INSIDE.sub(r"\1", m[0]) for m in _NUMBER_INSIDE.finditer(text)) if language == "de" else ()
    return number_values(text, language).union(*(number_values(word, language) for word in inside))


def _holds(quote: str, part: str) -> bool:
    """Say whether a folded quote holds a quoted string as whole words."""
    words = re.escape(folded(part).strip(" .,!?"))
    return re.search(rf"(?<!\w){words}(?!\w)", quote) is not None
