"""What a question names by a code or a number: "BX-60", "CVE-2025-7", "LW 18", "AquaJet 200", "§ 14", "Quillpad 5.0".

What is told of another is no answer. A code has one spelling in every language, but for hyphens and blanks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from rag.reading.scoring import ScoredSentence, best_first
from rag.records import Hit, Question, Span
from rag.text.folding import folded
from rag.text.units import unit_behind
from rag.text.words import FUNCTION, MONTHS_AND_DAYS

_MODEL = re.compile(r"\b([A-ZÄÖÜ]{1,6})-?\d{1,6}[A-Za-z]?(?:[-/]\d{1,6}[A-Za-z]?)*(?![\w-])")
# A number with a point is a version behind a name or a word for one; else it may be a price, a date or a measure.
_VERSION = re.compile(
    r"\b(?:(?-i:[A-ZÄÖÜ][\w-]*)|version|release|fassung)\sv?(\d{1,3}(?:\.\d{1,4}){1,3})(?![\w,%]|\.\d|\s?[€$£]|\s(?:[kc]?g|[kcm]?m|m?l|h|ha|t|euros?|eur|pounds?|dollars?|percent|prozent|uhr|grad|degrees|mio|mrd|million|billion)\b)",
    re.IGNORECASE,
)
# A name with a number of its own, and a paragraph of a law. Whether they are such shows where the passages number them, too.
_NUMBERED = re.compile(r"(?:\b([A-ZÄÖÜ][\w-]*[^\W\d_])|(§))\s?(\d{1,4}[a-z]?)\b(?![\w-]|[.,:]\d)")
_YEAR = re.compile(r"(?:1\d|20)\d\d")
_APART = re.compile(r"[\W_]+")
# Log odds that a sentence on another code loses where one on the asked one is at hand: it is not said beside that.
_OTHER = 8.0


@dataclass(frozen=True, slots=True)
class _Codes:
    """What a question names: codes without what parts them, by their letters; versions; names with their numbers."""

    models: dict[str, str]
    versions: frozenset[str]
    numbered: tuple[tuple[str, str], ...]


def is_unknown(question: str, hits: Sequence[Hit]) -> bool:
    """Say whether a question names a model or a version of which no hit has the code, nor its document's title or name.

    A name with a number is unknown where the hits have it with other numbers alone: "LW 18" beside "LW 6" and "LW 9".
    """
    codes = _codes(question)
    if not codes.models and not codes.versions and not codes.numbered:
        return False
    text = "\n".join(f"{hit.document.title or ''}\n{hit.document.name}\n{hit.text}" for hit in hits)
    told = _plain(text)
    return (
        any(code not in told for code in codes.models)
        or any(not _told(version, text) for version in codes.versions)
        or any(_has_others(name, number, text) for name, number in codes.numbered)
    )


def codes_first(question: Question, scored: Sequence[ScoredSentence]) -> list[ScoredSentence]:
    """Return the sentences, best first: where one has a code that the question names, those with another such code lose."""
    models = _codes(question.text).models
    plain = [_plain(one.text) for one in scored] if models else []
    told = {code for code in models if any(code in text for text in plain)}
    if not told:
        return list(scored)
    letters = {models[code] for code in told}

    def is_of_another(one: ScoredSentence, text: str) -> bool:
        return not any(code in text for code in told) and any(m[1] in letters for m in _MODEL.finditer(one.text))

    return best_first(
        replace(one, score=one.score - _OTHER) if is_of_another(one, text) else one
        for one, text in zip(scored, plain, strict=True)
    )


def having(question: str, hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits that have a code or a numbered name of the question, spelled as there; none where it has none."""
    codes = _codes(question)
    asked = (*codes.models, *(_plain(name + number) for name, number in codes.numbered))
    if not asked:
        return []
    return [hit for hit, text in ((hit, _plain(hit.text)) for hit in hits) if any(code in text for code in asked)]


@lru_cache(256)
def _codes(question: str) -> _Codes:
    if question.isupper():
        return _Codes({}, frozenset(_VERSION.findall(question)), ())
    models = {_plain(found[0]): found[1] for found in _MODEL.finditer(question)}
    return _Codes(models, frozenset(_VERSION.findall(question)), tuple(_numbered(question)))


def _numbered(question: str) -> list[tuple[str, str]]:
    out: list[tuple[str, str]] = []
    for found in _NUMBERED.finditer(question):
        name, number = found[1] or found[2], found[3]
        known = folded(name) in FUNCTION | MONTHS_AND_DAYS or _YEAR.fullmatch(number)
        if not known and unit_behind(question, Span(*found.span(3))) is None:
            out.append((name, number))
    return out


def _has_others(name: str, number: str, text: str) -> bool:
    """Say whether a text has a name with other numbers, and never with this one."""
    told = {found[1].casefold() for found in re.finditer(rf"(?<!\w){re.escape(name)}[\s-]?(\d{{1,4}}[a-z]?)\b", text)}
    return bool(told) and number.casefold() not in told


def _plain(text: str) -> str:
    return _APART.sub("", text).casefold()


def _told(version: str, text: str) -> bool:
    """Say whether a text has a version, also as "version 5" or "v5" for 5.0."""
    whole = re.sub(r"(?:\.0)+\Z", "", version)
    written = rf"(?<![\d.]){re.escape(version)}(?!\d)|\b(?:version|release|fassung|v)\s?{re.escape(whole)}(?![\d])"
    return re.search(written, text, re.IGNORECASE) is not None
