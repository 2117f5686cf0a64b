"""What a question asks for by its measure: money, a weight, a telephone number; and which text gives any such.

Only what shows in a text by its form is known here, because what is missing is then certain: a price list without
a telephone number does not say it. A length or a duration can be told in too many ways.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from rag.reading.questions import Asks, asks
from rag.text.calendar import times_of_day
from rag.text.units import MONEY, find_measures
from rag.text.words import word_set


@dataclass(frozen=True, slots=True)
class Quantity:
    """A measure: how a question asks for it, in which units it is given, what else finds one in a text, and how tables call it.

    ``kinds`` are those of the questions that may ask for it: "When was the article on temperatures written?" asks for none.
    ``closed``: what is found is the answer, and a sentence without any gives none; else it only tells that a passage speaks of it.
    """

    name: str
    asked: re.Pattern[str]
    units: frozenset[str] = frozenset()
    found: Callable[[str], object] = re.compile(r"(?!)").search
    called: re.Pattern[str] = re.compile(r"(?!)")
    kinds: tuple[Asks, ...] = (Asks.NUMBER, Asks.OTHER)
    closed: bool = True

    def is_called(self, name: str) -> bool:
        """Say whether the name of a column, or what a row is of, is one of this measure."""
        return self.called.search(name) is not None


def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.VERBOSE)


_FEE = (
    r"(?:\w*(?:preis|gebühr|kosten|miete|kaution|gehalt|lohn|honorar|pacht|beitrag)e?[sn]?"
    r"|prices?|costs?|fees?|rent|deposit|salary|wages?|pay|fare|admission(?:\sfee)?)"
)
# The first that a question asks for counts: "Wie viel Prozent der Kosten zahlt die Kasse?"
_QUANTITIES = (
    Quantity(
        "share",
        _pattern(r"\bwie\s?viel\s?prozent\b|\bwhat\spercent(?:age)?\b|\bhow\smany\spercent\b|\bprozentsatz\b"),
        word_set("percent half third quarter fifth tenth") | {"percentage point"},
        _pattern(r"%|\b(?:percent|per\scent|prozent|pct|hälfte|drittel|viertel|half|third|quarter|majority|mehrheit|alle|all)").search,
    ),
    Quantity(
        "money",
        _pattern(
            rf"""\b(?:was\skost|was\s(?:hat|haben|hatte)\b[^?]*\bgekostet\b|wie\steuer\b|how\sexpensive\b|wie\s?viel\sgeld\b|how\smuch\smoney\b|welche\ssumme\b|what\ssum\b|what\s(?:does|do|did|will|would)\b[^?]*\bcosts?\b)
            |\b(?:wie\s?viel|how\smuch)\b(?!\s(?:zeit|time|energie|energy|effort|attention))[^?]*\b(?:kost|bezahl|zahl|verdien|gezahlt|costs?\b|pays?\b|paid\b|earns?\b|charged?\b)
            |\bhow\smuch\s(?:is|are|was|were)\s(?:an?|one|parking|entry|entrance|admission|shipping|postage|delivery|breakfast|membership)\b
            |\b(?:wie\shoch\s(?:ist|sind|war|waren)|(?:what|how\s(?:high|much))(?:\s(?:is|are|was|were)|'s)\sthe)\s[^?]*?\b{_FEE}
            (?=\s*\?|\s*\Z|\s(?:of|for|per|in|at|on|für|pro|im|in|am|an|der|des|bei|von|vom|einer|eines)\b)"""
        ),
        MONEY | {"cent"},
        _pattern(r"\b(?:kostenlos|kostenfrei|gratis|umsonst|unentgeltlich|free|\w*monats?(?:mieten?|gehält\w+|gehalts?|löhn\w+)|months?['’]?\s(?:rent|salary|pay))\b").search,
        called=_pattern(r"preis|kosten\b|gebühr|betrag|entgelt|\b(?:prices?|costs?|fees?|rrp|msrp|uvp|amount|fare|rent|miete|salary|gehalt)\b"),
    ),
    Quantity(
        "weight",
        _pattern(r"\bwie\sschwer\s(?:ist|sind|war)\b|\bwieg(?:t|en)\b|\bhow\sheavy\b|\bweighs?\b|\b(?:gewicht|weight)\s(?:of|von|des|der|hat)\b"),
        word_set("gram kilogram tonne milligram pound microgram"),
        called=_pattern(r"gewicht|\b(?:weight|mass|masse)\b"),
    ),
    Quantity(
        "area",
        _pattern(r"\bwhat\sis\sthe\s(?:total\s|floor\s)?area\sof\b|\b(?:wohn|grund|nutz|verkaufs)?fläche\s(?:ha|von|de|be)|\bwie\sviele?\squadratmeter|\bhow\smany\ssquare\b|\bfloor\s(?:area|space)\b"),
        word_set("hectare acre") | {"square metre", "square kilometre"},
        _pattern(r"\b(?:m2|km2|sq\.?\s?(?:ft|mi|m|km)|square\s\w+|quadrat\w+)\b|[²㎡]").search,
        called=_pattern(r"fläche|\b(?:area|floor\sspace)\b"),
    ),
    Quantity("temperature", _pattern(r"\btemperatur|\bwie\s(?:heiß|kalt)\b|\bhow\s(?:hot|cold)\b"), word_set("degree"), called=_pattern(r"temperatur")),
    Quantity("energy", _pattern(r"\b(?:kalorien|calories|kcal)\b"), found=_pattern(r"\b(?:k?cal|kj|kilo(?:kalorien|calories|joules?)|kalorien|calories)\b").search),
    Quantity(
        "telephone",
        _pattern(r"\b(?:telefon|ruf|handy|mobil|durchwahl)\w*nummer|\b(?:tele)?phone\snumber|\bhotline\b"),
        found=_pattern(r"(?:\+|\b0)\d[\d\s()/.-]{4,}\d|\b\d{3,5}[\s/-]\d{3,}").search,
        called=_pattern(r"telefon|\b(?:tele)?phone|\btel\b|rufnummer|handy|mobil"),
    ),
    Quantity(
        "loudness",
        _pattern(r"\bhow\s(?:loud|noisy)\b|\bwie\slaut\b|\bnoise\slevel|\blautstärke|\bgeräuschpegel"),
        found=_pattern(r"\bd[bB]\b|\bde[cz]ibels?\b").search,
        called=_pattern(r"\b(?:noise|loudness|sound\s(?:level|power))\b|lautstärke|geräusch|schall"),
    ),
    Quantity(
        "voltage",
        _pattern(r"\b(?:what|which|how\smuch)\s(?:\w+\s){0,3}voltage\b|\bhow\smany\svolts\b|\bwelche\s\w*spannung\s(?:hat|haben|braucht|liefert)\b|\bwie\sviele?\svolt\b"),
        found=_pattern(r"\d\s?k?v(?:olts?)?\b").search,
        called=_pattern(r"\bvoltage\b|spannung\b"),
    ),
    Quantity("mail address", _pattern(r"\be-?mail-?adresse\b|\bmailadresse\b|\be-?mail\saddress\b"), found=_pattern(r"\S@\w").search, called=_pattern(r"e-?mail")),
    Quantity(
        "birth",
        _pattern(r"\b(?:geboren|geburtsdatum|geburtsjahr|born|(?:date|year)\sof\sbirth)\b|\bhat\b[^?]*\bgeburtstag\b|\bwhen\sis\b[^?]*\bbirthday\b"),
        found=_pattern(r"\bgeb(?:oren\w*|\.)|\w*geburt\w*|\bborn\b|\bbirth|\*\s?\d").search,
        called=_pattern(r"geburt|\bgeb\.|\bbirth"),
        kinds=(Asks.TIME, Asks.OTHER),
        closed=False,
    ),
    Quantity(
        "party",
        _pattern(r"\b(?:welcher|welche|what|which)\s(?:politischen?\s|political\s)?(?:partei|party)\b"),
        found=_pattern(r"partei|fraktion|\b(?:party|parties|cdu|csu|spd|fdp|afd|bsw|grünen?|linken?|labour|labor|tor(?:y|ies)|conservatives?|liberals?|nationals?|democrats?|republicans?|greens?|independent)\b").search,
        closed=False,
    ),
    Quantity("opening hours", _pattern(r"\böffnungszeit|\bsprechzeit|\bopening\s(?:hours|times)\b"), found=times_of_day, called=_pattern(r"öffnungszeit|sprechzeit|\bopening|\bhours\b")),
)  # fmt: skip


@lru_cache(256)
def quantity_asked(question: str) -> Quantity | None:
    """Return the measure that a question asks for; None where it asks for none of those that are known."""
    kind = asks(question)
    return next((one for one in _QUANTITIES if kind in one.kinds and one.asked.search(question)), None)


def gives(quantity: Quantity, text: str, language: str | None) -> bool:
    """Say whether a text gives any such measure."""
    if quantity.found(text):
        return True
    return bool(quantity.units) and any(measured.unit in quantity.units for measured in find_measures(text, language))
