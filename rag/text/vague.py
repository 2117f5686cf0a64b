"""Numerals that are no figures: "half a dozen", "Tausende", "die Hälfte", "twice", "all five"."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rag.text.numbers import find_numbers, number_values
from rag.text.rates import PERIODS
from rag.text.units import unit_behind

_Values = frozenset[Decimal]


@dataclass(frozen=True, slots=True)
class _Vague:
    """A class of numerals: how a statement says it, how a quote may, and which figures of quotes equal it."""

    said: re.Pattern[str]
    told: re.Pattern[str]
    equals: Callable[[_Values], bool]


def _among(low: int, high: int) -> Callable[[_Values], bool]:
    return lambda values: any(low <= value < high for value in values)


def _is(*numbers: str, ratio: int = 0) -> Callable[[_Values], bool]:
    """Say whether one of some numbers is told, or two that stand in a ratio."""
    wanted = {Decimal(number) for number in numbers}
    return lambda values: (
        bool(wanted & values) or bool(ratio and any(value and value * ratio in values for value in values))
    )


def _vague(said: str, told: str, equals: Callable[[_Values], bool]) -> _Vague:
    flags = re.IGNORECASE
    return _Vague(re.compile(rf"(?<![\w-])(?:{said})(?![\w-])", flags), re.compile(rf"(?:{told})", flags), equals)


_HALF_DOZEN = r"half[\s-]a[\s-]dozen|half[\s-]dozen|(?:ein(?:em|en|es)?\s)?halbe[sn]?\sdutzend"
_CLASSES = {
    "half a dozen": _vague(_HALF_DOZEN, _HALF_DOZEN, _is("6")),
    "a dozen": _vague(
        r"(?<!half )(?:a|one)\sdozen|(?<!halbes )(?<!halben )(?:ein|einem|eines|im)\sdutzend",
        r"\bdozen\b|dutzend\b",
        _is("12"),
    ),
    "dozens": _vague(r"dozens|dutzende[rn]?", r"dozens|dutzende", _among(24, 1000)),
    "hundreds": _vague(
        r"(?<!\d )hundreds(?!\sof\sthousands)|hunderte[rn]?", r"hundreds|hunderte", _among(200, 100_000)
    ),
    "thousands": _vague(
        r"(?<!hundreds of )(?<!tens of )thousands|tausende[rn]?", r"thousands|tausende", _among(2000, 1_000_000)
    ),
    "tens of thousands": _vague(
        r"tens\sof\sthousands|zehntausende[rn]?", r"tens\sof\sthousands|zehntausende", _among(20_000, 1_000_000)
    ),
    "hundreds of thousands": _vague(
        r"hundreds\sof\sthousands|hunderttausende[rn]?",
        r"hundreds\sof\sthousands|hunderttausende",
        _among(200_000, 10_000_000),
    ),
    "millions": _vague(
        r"(?<!\d )(?:millions\sof|millionen(?=\s(?:von\s)?[A-ZÄÖÜ]))", r"million", _among(1_000_000, 10**10)
    ),
    "half": _vague(
        r"half\s(?:of|its|their|his|her|the|all)|one\shalf|(?:by|in)\shalf|halved|hälfte|halbiert\w*",
        r"\bhalf\b|halves|halv|halb|hälfte|fifty|fünfzig|(?:^|\D)[0-9]*[.,]5\b",
        _is("50", "0.5", ratio=2),
    ),
    "a third": _vague(
        r"(?:a|one|two)[\s-]thirds?(?=\sof\b)|drittel",
        r"\bthirds?\b|drittel|dritte",
        _is("33", "66", "67", "33.3", "66.7", "3", ratio=3),
    ),
    "a quarter": _vague(
        r"(?:a|one|three)[\s-]quarters?(?=\sof\b)|(?:ein|drei)\sviertel",
        r"quarter|viertel",
        _is("25", "75", "0.25", "0.75", "4", ratio=4),
    ),
    "twice": _vague(
        r"twice|doubl(?:ed?|ing|es)|doppelt\w*|verdoppel\w*|zweimal|zweifach\w*",
        r"twice|doubl|doppel|zweimal|zweifach|zweit|second|two\b|zwei\b|both|beide|again|erneut|another|dual|twin|half|hälfte|halb",
        _is("2", "100", "200", ratio=2),
    ),
    "three times": _vague(
        r"thrice|tripl(?:ed?|ing|es)|verdreifach\w*|dreimal|dreifach\w*|three\stimes",
        r"thrice|tripl|dreifach|dreimal|third|dritt|three|drei\b",
        _is("3", "300", "200", ratio=3),
    ),
}
# "All five" is more than "five": the quote must say so, or speak of those that it has named ("the five").
_ALL = re.compile(
    r"\b(?:all|alle[rn]?|sämtliche[rn]?)(?:\s(?:of\s)?(?:the|its|their|his|her|der|die|den|ihrer?|seiner?))?\s$",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"\b(?:all|alle[rnms]?|every\w*|each|sämtlich\w*|jede\w*|jeweils|both|beide\w*|entire\w*|whole|gesamt\w*|ganz\w*|einstimmig"
    r"|unanimous\w*|none|kein\w*|nobody|no one|niemand\w*)\b",
    re.IGNORECASE,
)
_THE = re.compile(
    r"\b(?:the|its|their|his|her|these|those|our|die|der|den|dem|ihre\w*|seine\w*|diese\w*|unsere\w*)\s(?:[^\W\d_]+\s)?$",
    re.IGNORECASE,
)


def unbacked_numerals(text: str, language: str | None, quotes: Sequence[tuple[str, str | None]]) -> list[str]:
    """Return the vague numerals of a text that the quotes tell neither so, nor in the other language, nor as a figure.

    Not seen: "all" before what is not counted, and "many", "several", "most".
    """
    texts = [quote for quote, _ in quotes]
    values = frozenset[Decimal]().union(*(number_values(quote, own) for quote, own in quotes))
    wrong = [
        name
        for name, vague in _CLASSES.items()
        if vague.said.search(text) and not any(map(vague.told.search, texts)) and not vague.equals(values)
    ]
    if any(map(_WHOLE.search, texts)):
        return wrong
    named = {
        number.value
        for quote, own in quotes
        for number in find_numbers(quote, own)
        if _THE.search(quote[: number.span.start])
    }
    # "Alle zwei Wochen" is how often, and of no weeks all.
    counted = (
        number
        for number in find_numbers(text, language)
        if _ALL.search(text[: number.span.start])
        and not (language == "de" and unit_behind(text, number.span) in PERIODS)
    )
    return [*wrong, *(f"all {number.value:f}" for number in counted if number.value not in named)]
