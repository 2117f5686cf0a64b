"""Rates: "a year", "pro Tag", "jährlich", "weekly", read as the period that something is told for."""

from __future__ import annotations

import re

from rag.records import Span

_PERIODS = {
    "second": "sekunden?|seconds?",
    "minute": "minuten?|minutes?",
    "hour": "stunden?|hours?",
    "day": "tage?|tagen|days?",
    "week": "wochen?|weeks?",
    "month": "monate?|monaten|months?",
    "year": "jahre?|jahren|years?",
}
PERIODS = frozenset(_PERIODS)
_ADVERBS = {
    "hour": r"hourly|stündlich\w*",
    "day": r"daily|täglich\w*|alltäglich",
    "week": r"weekly|wöchentlich\w*|allwöchentlich",
    "month": r"monthly|monatlich\w*",
    "year": r"yearly|annual(?:ly)?|all?jährlich\w*|jährlich\w*|per annum|p\.\s?a\.",
}
# Words that make a rate of the period behind them, and, in a text that is only asked whether it speaks of one, that may.
_SURE = r"pro|per|je|each|every|jede[nrsm]?"
_LATER = r"(?!\s(?:later|ago|after|before|earlier|long|old|when|in which|of|from|since|on)\b)"
_LOOSE = rf"{_SURE}|an?|all[er]?|im|am|in der|in den|in an?|in eine[mr]|within an?|über das|the"
_COMPOUND = {"day": "tages", "week": "wochen", "month": "monats", "year": "jahres", "hour": "stunden"}
_REACH = 40


def rate_of(text: str, figure: Span) -> str | None:
    """Return the period that a figure is told for: "340 million people a year", "jährlich 340"."""
    behind = re.split(r"[.,;:!?](?:\s|$)|\d", text[figure.end : figure.end + _REACH])[0]
    before = re.split(r"[.,;:!?]\s|\d", text[max(0, figure.start - _REACH // 2) : figure.start])[-1]
    for period, told in _PERIODS.items():
        if re.search(
            rf"\b(?:(?:{_SURE})\s(?:{told})|(?<!half )an?\s(?:{period})\b{_LATER})(?!\w)", behind, re.IGNORECASE
        ):
            return period
        if period in _ADVERBS and re.search(
            rf"(?<!\w)(?:{_ADVERBS[period]})(?!\w)", f"{before} … {behind}", re.IGNORECASE
        ):
            return period
    return None


def tells_rate(text: str, period: str) -> bool:
    """Say whether a text may tell something for a period: "every year", "annual", "im Jahr", "Jahresumsatz"."""
    told = [rf"(?:{_LOOSE})\s(?:[^\W\d_]+\s)?(?:{_PERIODS[period]})(?!\w)"]
    told += [rf"(?:{_ADVERBS[period]})(?!\w)"] if period in _ADVERBS else []
    told += [rf"{_COMPOUND[period]}\w+"] if period in _COMPOUND else []
    return re.search(rf"(?<!\w)(?:{'|'.join(told)})", text, re.IGNORECASE) is not None
