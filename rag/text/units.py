"""The unit that a number is given in, in German and English: Euro = €, km = Kilometer, Prozent = % = percent.

Only units that mean the same in both languages are known; nothing is converted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from rag.records import Span
from rag.text.folding import folded
from rag.text.numbers import find_numbers
from rag.text.words import word_set

_UNITS = {
    "percent": "% prozent percent per-cent v.h",
    "percentage point": "prozentpunkt prozentpunkte prozentpunkten",
    "half": "hälfte hälften half halves",
    "third": "drittel dritteln third thirds",
    "quarter": "viertel vierteln quarter quarters",
    "fifth": "fünftel fünfteln fifth fifths",
    "tenth": "zehntel zehnteln tenth tenths",
    "euro": "€ euro euros eur",
    "dollar": "$ us$ dollar dollars us-dollar us-dollars usd",
    "pound": "£ pfund pound pounds gbp",
    "franc": "franken francs chf",
    "yen": "¥ yen",
    "cent": "cent cents",
    "krone": "krone kronen kroner krona kronor dkk nok sek",
    "złoty": "zloty złoty zlotys złotys pln",
    "rouble": "rubel rouble roubles ruble rubles",
    "yuan": "yuan renminbi cny",
    "rupee": "rupie rupien rupee rupees",
    "lira": "lira lire liras",
    "forint": "forint forints",
    "peso": "peso pesos",
    "second": "sekunde sekunden second seconds",
    "minute": "minute minuten minutes",
    "hour": "stunde stunden hour hours",
    "day": "tag tage tagen day days",
    "week": "woche wochen week weeks",
    "month": "monat monate monaten month months",
    "year": "jahr jahre jahren year years",
    "decade": "jahrzehnt jahrzehnte jahrzehnten decade decades",
    "millimetre": "mm millimeter millimetern millimetre millimetres millimeters",
    "centimetre": "cm zentimeter zentimetern centimetre centimetres centimeter centimeters",
    "metre": "m meter metern metre metres meters",
    "kilometre": "km kilometer kilometern kilometre kilometres kilometers",
    "mile": "meile meilen mile miles",
    "foot": "fuß foot feet",
    "square metre": "m² quadratmeter quadratmetern square-metre square-metres square-meter square-meters",
    "square kilometre": "km² quadratkilometer quadratkilometern square-kilometre square-kilometres square-kilometer square-kilometers",
    "hectare": "ha hektar hectare hectares",
    "acre": "acre acres",
    "cubic metre": "m³ kubikmeter kubikmetern cubic-metre cubic-metres cubic-meter cubic-meters",
    "microgram": "µg mikrogramm microgram micrograms",
    "milligram": "mg milligramm milligram milligrams",
    "millilitre": "ml milliliter millilitern millilitre millilitres milliliters",
    "gram": "g gramm gram grams gramme grammes",
    "kilogram": "kg kilo kilos kilogramm kilogram kilograms kilogramme kilogrammes",
    "tonne": "t tonne tonnen tonnes ton tons",
    "litre": "l liter litern litre litres liters",
    "watt": "w watt watts",
    "kilowatt": "kw kilowatt kilowatts",
    "megawatt": "mw megawatt megawatts",
    "gigawatt": "gw gigawatt gigawatts",
    "degree": "° grad degree degrees",
}
# Whatever is measured in thousands or thousandths: "Terawattstunden", "kilohertz". Symbols: ``_SYMBOLS``.
_PREFIXES = ("nano", "mikro micro", "milli", "zenti centi", "dezi deci", "hekto hecto", "kilo", "mega", "giga", "tera")
_BASES = {
    "metre": "meter metern metre metres meters",
    "gram": "gramm gram grams gramme grammes",
    "litre": "liter litern litre litres liters",
    "tonne": "tonne tonnen tonnes",
    "watt": "watt watts",
    "watt hour": "wattstunde wattstunden watt-hour watt-hours",
    "joule": "joule joules",
    "volt": "volt volts",
    "hertz": "hertz",
    "byte": "byte bytes",
    "bit": "bit bits",
}
_SYMBOLS = {"wh": "watt hour", "hz": "hertz", "b": "byte", "v": "volt"}
_LETTERS = {"k": "kilo", "m": "mega", "g": "giga", "t": "tera"}


def _prefixed() -> Iterator[tuple[str, str]]:
    """Yield every form of a prefixed unit, and the unit."""
    for base, forms in _BASES.items():
        for prefix in _PREFIXES:
            unit = f"{prefix.split()[-1]}{base}"
            yield from ((f"{one}{form}", unit) for one in prefix.split() for form in forms.split())
    for symbol, base in _SYMBOLS.items():
        yield from ((f"{letter}{symbol}", f"{prefix}{base}") for letter, prefix in _LETTERS.items())


_KNOWN = {
    **{form: base for base, forms in _BASES.items() for form in forms.split()},
    "wh": "watt hour",
    "hz": "hertz",
    **dict(_prefixed()),
    **{form: unit for unit, forms in _UNITS.items() for form in forms.split()},
}
MONEY = frozenset(
    ("euro", "dollar", "pound", "franc", "yen", "krone", "złoty", "rouble", "yuan", "rupee", "lira", "forint", "peso")
)
TIMES = frozenset(("second", "minute", "hour", "day", "week", "month", "year", "decade"))
_ALONE = word_set("m t l g w v.h")
_BEHIND = re.compile(
    r"\.?[\s\u00a0-]?(?:(?P<two>(?:square|cubic)\s[^\W\d_]+|\w*watt\shours?|per\scent\b)|(?P<one>[^\W\d_]+(?:-[^\W\d_]+)*[²³]?|[%€$£¥°]))"
)
_BEFORE = re.compile(r"(?:US\$|[€$£¥])\s?$|\b(?:EUR|USD|GBP|CHF)\s$")
_PER = re.compile(r"/[^\W\d_]{1,6}[²³]?\b|C\b")
_HOUR = r"\s?(?:Uhr|[ap]m|[ap]\.m\.)(?!\w)"
_CLOCK = re.compile(_HOUR, re.IGNORECASE)
_DIGITS = r"\d(?:[\d.,:]*\d)?"
_RANGE = re.compile(
    rf"(?<![\w.,:+-])(?P<first>[+-]?{_DIGITS})(?:{_HOUR})?\s?(?:bis|to|until|[-–])\s?(?P<last>[+-]?{_DIGITS})(?:{_HOUR})?",
    re.IGNORECASE,
)
_RATE = re.compile(
    r"\b(?:pro|per|je|an?|am|in der)\s(?P<unit>Sekunde|Minute|Stunde|Tag|Woche|Monat|Jahr|second|minute|hour|day|week|month|year)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Measured:
    """A number and the unit right beside it; ``unit`` is None where none that is known stands there."""

    value: Decimal
    unit: str | None


def find_measures(text: str, language: str | None) -> list[Measured]:
    """Return the numbers of a text, each with its unit."""
    return [Measured(n.value, unit_behind(text, n.span)) for n in find_numbers(text, language)]


def unit_behind(text: str, number: Span) -> str | None:
    """Return the unit right behind a number, or the currency whose sign stands before it."""
    before = _BEFORE.search(text[: number.start])
    if before:
        return _KNOWN[folded(before[0]).strip()]
    behind = _BEHIND.match(text, number.end)
    word = folded(behind["two"] or behind["one"]).replace(" ", "-") if behind else ""
    # "5 Danish kroner", "2 million US dollars".
    money = (
        _BEHIND.match(text, behind.end()) if behind and word not in _KNOWN and behind[0].strip()[:1].isupper() else None
    )
    if money and (unit := _KNOWN.get(folded(money["one"] or ""))) in MONEY:
        return unit
    # One letter is a unit behind digits only: "a 5 m wall", not "two t".
    return None if word in _ALONE and not text[number.end - 1].isdigit() else _KNOWN.get(word)


def with_unit(text: str, number: Span) -> Span:
    """Return the span of a number with its unit, before or behind it ("5 l/h"); of the number alone where it has none."""
    if unit_behind(text, number) is None:
        return number
    before = _BEFORE.search(text[: number.start])
    if before:
        return Span(before.start(), number.end)
    behind = _BEHIND.match(text, number.end)
    assert behind is not None
    known = folded(behind["two"] or behind["one"]).replace(" ", "-") in _KNOWN
    last = behind if known else _BEHIND.match(text, behind.end()) or behind
    rate = _PER.match(text, last.end())
    return Span(number.start, rate.end() if rate else last.end())


def in_full(text: str, number: Span) -> Span:
    """Return the span of a number with its unit or "Uhr", and where it is one end of a range, of the range ("14 bis 18 Uhr")."""
    for found in _RANGE.finditer(text):
        if Span(*found.span()).overlaps(number):
            first, last = (with_unit(text, Span(*found.span(end))) for end in ("first", "last"))
            return Span(min(first.start, found.start()), max(last.end, found.end()))
    alone = with_unit(text, number)
    clock = _CLOCK.match(text, number.end)
    return Span(number.start, clock.end()) if clock and alone == number else alone


def other_units(text: str, language: str | None, quotes: list[tuple[str, str | None]]) -> list[str]:
    """Return the numbers of a text that stand in the quotes in other units only, as "19 euro".

    A number without a unit beside it, on either side, says nothing ("20 instead of every 45 minutes"),
    with one exception: what the quotes give in percent only may not lose its percent. Rates ("a day")
    are compared as a whole, where both sides name one.
    """
    given: dict[Decimal, set[str | None]] = {}
    for quote, own in quotes:
        for measured in find_measures(quote, own):
            given.setdefault(measured.value, set()).add(measured.unit)
    wrong: list[str] = []
    for measured in find_measures(text, language):
        units = given.get(measured.value, {None})
        if measured.unit is None and units == {"percent"}:
            wrong.append(f"{measured.value:f} without percent")
        elif measured.unit is not None and None not in units and measured.unit not in units:
            wrong.append(f"{measured.value:f} {measured.unit}")
    rates = [
        {_KNOWN[folded(m["unit"])] for m in _RATE.finditer(one)} for one in (text, *(quote for quote, _ in quotes))
    ]
    allowed = set().union(*rates[1:])
    return wrong + [f"a {unit}" for unit in sorted(rates[0] - allowed) if allowed]
