"""Sections of a document that a question tells apart by a number in their headings, and headings beside what they head.

"What was fixed in 3.8.2?" is answered under the heading of that version and not under the next one's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from rag.place import WITHIN, heading_of, places_of
from rag.reading.headings import gives_answer
from rag.reading.kinds import words_of_kind
from rag.reading.scoring import ScoredSentence, best_first
from rag.reading.stems import stems
from rag.records import Question
from rag.text.dates import YEAR

# Log odds that a sentence loses under the heading of another version, year or room than the one that is asked about.
_OTHER = 3.0
# So far behind what stands under it comes a heading that tells less, or before it one that tells more.
_BEHIND = 0.05
_VERSION = re.compile(r"(?<![\d.,])v?(\d{1,3}(?:\.\d{1,4}){1,3})(?![\w,]|\.\d)", re.IGNORECASE)
# A number by itself may be of anything: it tells parts of one kind apart with the word before it.
_NUMBERED = re.compile(r"([^\W\d_]+|§)[\s.]{1,2}(\d{1,4})(?![\w.,:]*\d)")


def sections_first(question: Question, scored: Sequence[ScoredSentence]) -> list[ScoredSentence]:
    """Return the sentences, best first: those of sections of another number than is asked for lose, where one of that number is at hand.

    Of a heading and what stands under it, what tells more comes first.
    """
    if not any(one.hit.places for one in scored):
        return list(scored)
    asked = _numbers(question.text)
    names = [heading_of(places_of(one.hit.places, one.span.start, one.span.end)) for one in scored]
    meant = {one.hit.document.id for one, name in zip(scored, names, strict=True) if asked & _numbers(name)}
    apart = [
        replace(one, score=one.score - _OTHER) if one.hit.document.id in meant and _is_other(name, asked) else one
        for one, name in zip(scored, names, strict=True)
    ]
    return best_first(_beside_headings(question, apart, names))


def _is_other(name: str, asked: frozenset[tuple[str, str]]) -> bool:
    """Say whether a section has numbers of the kinds that are asked for, and none that is."""
    own = _numbers(name)
    return not own & asked and not {kind for kind, _ in own}.isdisjoint(kind for kind, _ in asked)


def _beside_headings(
    question: Question, scored: Sequence[ScoredSentence], names: Sequence[str]
) -> list[ScoredSentence]:
    """Return the sentences with each heading behind the best under it that has more of the question's words.

    One that gives an answer comes before what has no words of the question but the heading's, and nothing of the kind asked for.
    """
    below: dict[tuple[str, str], list[ScoredSentence]] = {}
    for one, name in zip(scored, names, strict=True):
        below.setdefault((one.hit.document.id, name), []).append(one)
    out: list[ScoredSentence] = []
    for one, name in zip(scored, names, strict=True):
        score, language = one.score, one.hit.document.language
        if _is_heading(one, name):
            known, others = _shared(question, one), below[one.hit.document.id, name]
            more = [other.score for other in others if _shared(question, other) - known]
            less = [
                other.score for other in others if not (_shared(question, other) - known or _is_kind(question, other))
            ]
            if more:
                score = min(score, max(more) - _BEHIND)
            elif less and gives_answer(question, one.text, language):
                score = max(score, max(less) + _BEHIND)
        out.append(replace(one, score=score))
    return out


def _shared(question: Question, one: ScoredSentence) -> frozenset[str]:
    language = one.hit.document.language
    return stems(question.text, language) & stems(one.text, language)


def _is_kind(question: Question, one: ScoredSentence) -> bool:
    return bool(words_of_kind(question, one.text, one.hit.document.language))


def _is_heading(one: ScoredSentence, name: str) -> bool:
    return bool(name) and one.text.strip("#*_= \t").casefold() == name.rpartition(WITHIN)[2].casefold()


@lru_cache(512)
def _numbers(text: str) -> frozenset[tuple[str, str]]:
    """Return the numbers of versions, the years and the numbered things that a text names, each with what it is a number of."""
    versions = (("version", number) for number in _VERSION.findall(text))
    years = (("year", year) for year in YEAR.findall(text))
    things = ((word.casefold(), number) for word, number in _NUMBERED.findall(text) if not YEAR.fullmatch(number))
    return frozenset((*versions, *years, *things))
