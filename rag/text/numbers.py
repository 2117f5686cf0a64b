"""Numbers in German and English text, as values: 3,5 = 3.5, Mrd. = billion, acht = 8 = eight."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from rag.records import Span


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written (``span``) and as meant (``value``), scale words included."""

    span: Span
    value: Decimal


_SMALL = {
    "de": "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf".split(),
    "en": "zero one two three four five six seven eight nine ten eleven twelve".split(),
}
_ROUND = {
    "de": {
        "zwanzig": 20, "dreißig": 30, "vierzig": 40, "fünfzig": 50, "sechzig": 60, "siebzig": 70,
        "achtzig": 80, "neunzig": 90, "hundert": 100, "tausend": 1000, "anderthalb": "1.5",
        "eineinhalb": "1.5", "zweieinhalb": "2.5", "dreieinhalb": "3.5",
    },
    "en": {
        "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
        "eighty": 80, "ninety": 90, "hundred": 100, "thousand": 1000,
    },
}  # fmt: skip
_SCALES = {
    "de": {
        "tausend": 3, "tsd": 3, "million": 6, "millionen": 6, "mio": 6, "milliarde": 9,
        "milliarden": 9, "mrd": 9, "billion": 12, "billionen": 12, "bio": 12,
    },
    "en": {
        "thousand": 3, "k": 3, "million": 6, "millions": 6, "m": 6, "mn": 6, "billion": 9,
        "billions": 9, "bn": 9, "trillion": 12, "trillions": 12, "tn": 12,
    },
}  # fmt: skip


def _words(language: str) -> dict[str, Decimal]:
    words = {word: Decimal(value) for value, word in enumerate(_SMALL[language])}
    words |= {word: Decimal(value) for word, value in _ROUND[language].items()}
    if language == "de":
        # "eine Milliarde" is one billion, but a bare "ein" is an article: only scales make it 1.
        words |= {form: Decimal(1) for form in ("ein", "eine", "einer", "einem", "einen")}
    else:
        words |= {form: Decimal(1) for form in ("a", "an")}
    return words


_WORDS = {language: _words(language) for language in ("de", "en")}
_ARTICLES = frozenset("ein eine einer einem einen a an eins one".split())
_TOKEN = re.compile(
    r"(?P<digits>(?<![\w.,])\d+(?:[.,'\u2019\u00a0\u202f]\d+)*)(?P<suffix>k|m|mn|bn|tn)?(?!\w)|(?P<word>[^\W\d_]+)",
    re.IGNORECASE,
)
_DIGITS_IN_WORD = re.compile(r"\d+")


def find_numbers(text: str, language: str | None) -> list[Number]:
    """Return the numbers of a text in their order.

    Digits follow the separators of ``language`` (German where it is ``de``, otherwise English);
    a scale word behind a number belongs to it ("19 Milliarden" is 19 000 000 000). Number words
    are known up to twelve and for round values; articles count as one only before a scale word.
    Ordinals, fractions and longer number words are not read.
    """
    locale = "de" if language == "de" else "en"
    tokens = list(_TOKEN.finditer(text))
    found: list[Number] = []
    skip = -1
    for at, token in enumerate(tokens):
        if at <= skip:
            continue
        value = _value(token, locale)
        if value is None:
            continue
        end, scaled = token.end(), bool(token["suffix"])
        if scaled:
            value *= Decimal(10) ** _SCALES["en"][token["suffix"].lower()]
        following = tokens[at + 1] if at + 1 < len(tokens) else None
        if following is not None and following["word"] and _adjacent(text, end, following.start()):
            power = _SCALES[locale].get(following["word"].casefold())
            if power is not None and len(following["word"]) > 1:
                value, end, skip, scaled = value * Decimal(10) ** power, following.end(), at + 1, True
        if token["word"] and token["word"].casefold() in _ARTICLES and not scaled:
            continue
        found.append(Number(Span(token.start(), end), value.normalize()))
    return found


def number_values(text: str, language: str | None) -> frozenset[Decimal]:
    """Return the set of values that a text mentions, digits glued to letters included ("F35")."""
    values = {number.value for number in find_numbers(text, language)}
    values |= {Decimal(m.group()).normalize() for m in _DIGITS_IN_WORD.finditer(text)}
    return frozenset(values)


def _value(token: re.Match[str], locale: str) -> Decimal | None:
    if token["word"]:
        return _WORDS[locale].get(token["word"].casefold())
    return _parse(token["digits"], locale)


def _parse(digits: str, locale: str) -> Decimal:
    """Read digits with separators; where both readings are possible the locale decides."""
    digits = re.sub(r"['\u2019\u00a0\u202f]", "", digits)
    marks = [c for c in digits if c in ".,"]
    if not marks:
        return Decimal(digits)
    decimal = "," if locale == "de" else "."
    if len(set(marks)) == 2:
        decimal = marks[-1]
    else:
        tail = digits.rsplit(marks[0], 1)[1]
        grouped = len(tail) == 3 and marks[0] != decimal and not digits.startswith("0")
        decimal = "" if grouped or len(marks) > 1 else marks[0]
    if decimal:
        whole, _, part = digits.rpartition(decimal)
        return Decimal(re.sub(r"[.,]", "", whole) + "." + part)
    return Decimal(re.sub(r"[.,]", "", digits))


def _adjacent(text: str, end: int, start: int) -> bool:
    return 0 < start - end <= 2 and text[end:start].strip(".-") in {"", " ", "\u00a0", "\u202f"}
