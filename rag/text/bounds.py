"""What bounds a figure: "at least 25", "unter 25", "25 or more", "before 1987", "by 30" and not "to 30".

The words are closed classes of German and English, read by their direction alone: "at least" and "more than" both bound
from below.
"""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

from rag.records import Span
from rag.text.dates import YEAR

Bound: TypeAlias = Literal[
    "up", "down", "rather up", "rather down", "about", "before", "after", "until", "since", "by", "to"
]
"""``up`` bounds from below ("at least"), ``down`` from above; the others are as they are said."""

SIZE, TIME, CHANGE = "size", "time", "change"

# What is denied comes before what it denies: "not less than" is no "less than".
_BEFORE: dict[str, dict[Bound, str]] = {
    SIZE: {
        "up": r"no (?:less|fewer) than|not (?:less|fewer) than|not (?:under|below)|nicht (?:weniger als|unter)|at least|a minimum of"
        r"|(?:mehr|größer|höher|länger|älter|schwerer|später|weiter|teurer|schneller|tiefer|breiter) als"
        r"|(?:more|greater|larger|bigger|higher|longer|older|heavier|later|further|faster|deeper|wider) than"
        r"|mindestens|wenigstens|zumindest|in excess of|upwards? of|exceed(?:s|ed|ing)?|surpass(?:es|ed|ing)?|tops|topped"
        r"|übersteig(?:t|en)|überstieg(?:en)?|überschr(?:eitet|itt|itten)|übertr(?:ifft|af|afen)|oberhalb von|über|over|above|ab",
        "down": r"no (?:more|greater|higher|longer|later) than|not (?:more|greater|higher|longer) than|not (?:over|above)"
        r"|nicht (?:mehr als|über)|at most|a maximum of|(?<!go )(?<!goes )(?<!going )(?<!gone )(?<!went )up to|höchstens|maximal|bis zu"
        r"|(?:weniger|kleiner|niedriger|kürzer|jünger|leichter|geringer|früher|billiger) als"
        r"|(?:less|fewer|smaller|lower|shorter|younger|lighter|earlier) than|unterhalb von|unterschr(?:eitet|itt|itten)"
        r"|unter|under|below|beneath",
        "rather up": r"just over|slightly over|just above|slightly more than|etwas mehr als|etwas über|knapp über|gut",
        "rather down": r"just under|just below|slightly less than|etwas weniger als|knapp unter|close to|knapp|fast|beinahe|nahezu"
        r"|nearly|almost",
        "about": r"about|around|some|roughly|approximately|approx\.?|ca\.?|circa|rund|etwa|ungefähr|zirka",
    },
    TIME: {
        "after": r"not before|nicht vor|no earlier than|frühestens|after|nach|following",
        "until": r"no later than|not later than|nicht nach|spätestens|until|till|by|through|bis(?: zum| zur)?",
        "before": r"before|prior to|ahead of|vor",
        "since": r"since|from|seit|ab|von|starting in",
    },
    CHANGE: {"by": r"um|by", "to": r"auf|to"},
}
_BEHIND: dict[Bound, str] = {
    "up": r"(?:or|and|oder|und) (?:more|above|over|older|longer|mehr|darüber|älter|länger)|plus|aufwärts|upwards",
    "down": r"(?:or|and|oder|und) (?:less|fewer|under|below|younger|shorter|weniger|darunter|jünger|kürzer)",
}
# What else tells of a bound somewhere by a figure, in a text that a statement rests on.
_TELLING: dict[Bound, str] = {
    "up": r"mindest\w*|minim\w+|untergrenze|mehr|more|über\w*|exceed\w*|above|over|plus",
    "down": r"höchst\w*|maxim\w+|obergrenze|limit\w*|capp?\w*|kapazität\w*|fass(?:t|en)|platz|space|room|holds?|seats?|weniger|less|fewer"
    r"|below|under|unter\w*|bis",
    "before": r"vor|bevor|before|prior|ahead|bis|until|by|frist|deadline|noch|yet|erst",
    "after": r"nach|nachdem|after|since|seit\w*|ab|from|following|later|später",
}
_ARTICLE = r"(?:an?|ein(?:e[rnm]?)?|another|weitere[nr]?|about|around|rund|etwa|circa|eur|usd|gbp|chf)"
MONTH = (
    "january|february|march|april|may|june|july|august|september|october|november|december|januar|februar|märz|mai|juni|juli"
    "|oktober|dezember|spring|summer|autumn|winter|frühjahr|frühling|sommer|herbst"
)
"""Months and seasons, as an alternative of a pattern."""

_LINKS = {
    SIZE: rf"(?:\s{_ARTICLE})*\s[€$£(]?$",
    TIME: rf"(?:\s(?:the|de[mnr]|zum|year|jahre?|end|beginning|start|middle|of|early|late|mid|ende|anfang|mitte|{MONTH}))*\s$",
    CHANGE: rf"(?:\s(?:{_ARTICLE}|more than|less than|mehr als|weniger als|über|over|fast|nearly))*\s[€$£]?$",
}
_ADJACENT: dict[tuple[str, Bound], re.Pattern[str]] = {
    (kind, bound): re.compile(rf"(?<![\w-])(?:{told}){_LINKS[kind]}", re.IGNORECASE)
    for kind, words in _BEFORE.items()
    for bound, told in words.items()
}
_FOLLOWING: dict[Bound, re.Pattern[str]] = {
    bound: re.compile(rf"^(?:\s[^\W\d_]+|\s?%)?\s(?:{told})(?!\w)", re.IGNORECASE) for bound, told in _BEHIND.items()
}
_SOMEWHERE: dict[Bound, re.Pattern[str]] = {
    bound: re.compile(rf"\b(?:{told})\b", re.IGNORECASE) for bound, told in _TELLING.items()
}
_REACH = 60
_OF_YEARS = re.compile(r"\s(?:the|de[mnr])\s$", re.IGNORECASE)


def bound_of(text: str, figure: Span, kind: str) -> Bound | None:
    """Return what bounds a figure right beside it, of one ``kind``: ``SIZE``, ``TIME`` or ``CHANGE``."""
    before = text[max(0, figure.start - _REACH) : figure.start]
    found: list[tuple[int, int, Bound]] = [
        (match.start(), -match.end(), bound)
        for (of, bound), pattern in _ADJACENT.items()
        if of == kind and (match := pattern.search(before))
    ]
    if kind == TIME and _OF_YEARS.search(before) and YEAR.fullmatch(figure.of(text)):
        # "After the 2008 crisis": what is bounded is the crisis.
        return None
    if found:
        return min(found)[2]
    behind = text[figure.end : figure.end + _REACH]
    return next((bound for bound, p in _FOLLOWING.items() if p.search(behind)), None) if kind == SIZE else None


def telling(text: str, bound: Bound) -> bool:
    """Say whether anything in a text speaks of a bound."""
    return _SOMEWHERE[bound].search(text) is not None
