"""Documents of one series, of which the later holds: two years' price lists, the minutes of two meetings.

They have one title, but for figures, months and days. Where a question asks for what is so now, what an earlier one says comes
behind what the later says; where it names no time, only just, unless it asks for a figure as it is and the later gives it, too;
where it names a year or a version, that of this year or version comes first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from rag.reading.kinds import words_of_kind
from rag.reading.quantities import gives, quantity_asked
from rag.reading.questions import Asks, asks
from rag.reading.scoring import ScoredSentence, best_first, best_scores
from rag.reading.stems import stems
from rag.reading.versions import above_of, numbers_in, others_of
from rag.records import DocumentInfo, Question
from rag.text.calendar import months
from rag.text.dates import YEAR, find_dates
from rag.text.words import FUNCTION, MONTHS_AND_DAYS, word_set

_NOW = re.compile(
    r"\b(?:current(?:ly)?|now|nowadays|today|(?:at\s)?present(?:ly)?|at\sthe\smoment|latest|most\srecent|newest|up[\s-]to[\s-]date"
    r"|aktuell\w*|derzeit\w*|jetzt|jetzig\w*|zurzeit|zur\szeit|gegenwärtig\w*|heut(?:e|ig\w*)|zuletzt|jüngste\w*|neueste\w*|neuste\w*"
    r"|momentan\w*|inzwischen|mittlerweile)\b",
    re.IGNORECASE,
)
# Log odds that what an earlier document says loses at most, so that it comes just behind what the later says: where it is asked
# for what is so now, and where no time is named.
_SURELY, _RATHER = 2.0, 0.5
_BEHIND = 0.1
# A question for what was so.
_WAS = re.compile(
    r"\b(?:was(?=\s(?:the|a|an|it|that|this|his|her|their|our|its|there)\b)|were|did|had|used\sto|cost(?:ed)?\sback|previous(?:ly)?|former(?:ly)?|war|waren"
    r"|hatten?|kosteten?|betrug(?:en)?|galt(?:en)?|lag(?:en)?|früher\w*|damal\w*|bisher\w*|ehemal\w*|vorher\w*)\b",
    re.IGNORECASE,
)
# Which share of the question's words in a sentence of the earlier document one of the later has, too, if they speak of the same.
_ALIKE = 0.6
# So many of the best sentences are held against each other where it is asked for what is so now.
_COMPARED = 40
# What stands before the subject of an answered mail; and papers of which each one is a matter of its own.
_REPLIES = word_set("re aw wg fw fwd antwort")
_EACH_ITS_OWN = word_set(
    "rechnung invoice quittung receipt brief letter bescheid angebot offer quotation mail bestellung order lieferschein"
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_SUFFIX = re.compile(r"\.\w{1,5}\Z")
# "status-2025-01": a month in figures behind its year, and no day behind that.
_MONTH_BEHIND = re.compile(r"(?:1[5-9]|20)\d{2}[-.](0[1-9]|1[0-2])(?![-.]?\d)")


def asks_for_now(question: str) -> bool:
    """Say whether a question asks for what is so now, or was last."""
    return _NOW.search(question) is not None


def names_a_time(question: str) -> bool:
    """Say whether a question names a year, a month or a date, so that an earlier document may be meant."""
    return bool(YEAR.search(question) or find_dates(question) or months(question))


def later_first(question: Question, scored: Sequence[ScoredSentence]) -> list[ScoredSentence]:
    """Return the sentences, best first, with those of documents behind that a later one of their series is at hand of.

    Where the question names a year, with those behind that one of that year is at hand of.
    """
    documents = [one.hit.document for one in scored]
    years = {int(year) for year in YEAR.findall(question.text)}
    versions = numbers_in(question.text)
    if versions and (others := others_of(versions, scored)):
        later, most = others, _SURELY
    elif years:
        later, most = asked_of(documents, years), _SURELY
    elif names_a_time(question.text):
        return list(scored)
    else:
        dated = {document.id for document in documents if _when(document)}
        # Versions without dates are of the order of their numbers.
        above = {one: others for one, others in above_of(scored).items() if not dated & {one, *others}}
        later, most = above | later_of(documents), _SURELY if asks_for_now(question.text) else _RATHER
    if not later:
        return list(scored)
    best = best_scores(scored)

    def placed_at(one: ScoredSentence) -> float:
        behind = min((best[other] - _BEHIND for other in later.get(one.hit.document.id, ())), default=one.score)
        return max(min(one.score, behind), one.score - most)

    placed = [replace(one, score=placed_at(one)) if one.hit.document.id in later else one for one in scored]
    if asks_for_now(question.text):
        return best_first(_told_first(question, placed, later, placed[:_COMPARED]))
    if _asks_figure_as_it_is(question.text):
        series = {*later, *(other for others in later.values() for other in others)}
        told = [one for one in placed if one.hit.document.id in series and _gives(question, one)]
        return best_first(_told_first(question, placed, later, told))
    return best_first(placed)


def _asks_figure_as_it_is(question: str) -> bool:
    """Say whether a question asks for a price, a rate or another figure, and not for what it was."""
    figure = asks(question) is Asks.NUMBER or quantity_asked(question) is not None
    return figure and not _WAS.search(question) and not names_a_time(question) and not numbers_in(question)


def _told_first(
    question: Question,
    scored: Sequence[ScoredSentence],
    later: Mapping[str, frozenset[str]],
    told: Sequence[ScoredSentence],
) -> list[ScoredSentence]:
    """Return the sentences with those of ``told`` of later documents just above those of earlier ones that speak of the same.

    Both speak of the same where the one has most of the words of the question that the other has.
    """
    shared = {id(one): _shared(question, one) for one in told}
    scores = {id(one): one.score for one in told}
    # From the earliest on, so that the third of three stands above the second.
    for one in sorted(told, key=lambda one: -len(later.get(one.hit.document.id, ()))):
        earlier = [
            scores[id(other)] + _BEHIND
            for other in told
            if one.hit.document.id in later.get(other.hit.document.id, ())
            and len(shared[id(one)] & shared[id(other)]) >= _ALIKE * len(shared[id(other)]) > 0
        ]
        scores[id(one)] = max(one.score, *earlier) if earlier else one.score
    return [replace(one, score=scores.get(id(one), one.score)) for one in scored]


def _gives(question: Question, one: ScoredSentence) -> bool:
    quantity, language = quantity_asked(question.text), one.hit.document.language
    if quantity is not None:
        return gives(quantity, one.text, language)
    return bool(words_of_kind(question, one.text, language))


def _shared(question: Question, one: ScoredSentence) -> frozenset[str]:
    """Return the words of the question that a sentence has, without those that name its document, which all of it is on."""
    language = one.hit.document.language
    return stems(question.text, language) & stems(one.text, language) - stems(one.hit.document.title or "", language)


def later_of(documents: Iterable[DocumentInfo]) -> dict[str, frozenset[str]]:
    """Return of those documents of which later ones of the same series are among them the ids of these, by their own.

    A series needs a title or a name of the file that says more than a time, and is not of papers such as invoices; a
    document is of its date, or without one of the one year, or the one month of it, that its title or name holds.
    """
    return _others(documents, _is_later)


def asked_of(documents: Iterable[DocumentInfo], years: set[int]) -> dict[str, frozenset[str]]:
    """Return of those documents that are of none of the years the ids of those of their series that are, by their own."""
    return _others(documents, lambda one, other: one[0] in years and other[0] not in years)


def _others(
    documents: Iterable[DocumentInfo], before: Callable[[tuple[int, ...], tuple[int, ...]], bool]
) -> dict[str, frozenset[str]]:
    """Return of the documents of each series the ids of those that come before them by their times."""
    known = {document.id: document for document in documents}
    series: dict[tuple[str, ...], list[tuple[tuple[int, ...], str]]] = {}
    for document in known.values():
        words, when = _words(document), _when(document)
        if words and when:
            series.setdefault(words, []).append((when, document.id))
    found = {
        identity: frozenset(other for told, other in members if before(told, when))
        for members in series.values()
        for when, identity in members
    }
    return {identity: others for identity, others in found.items() if others}


def _is_later(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Say whether one time is later than another, as far as both are told."""
    told = min(len(one), len(other))
    return one[:told] > other[:told]


def _words(document: DocumentInfo) -> tuple[str, ...]:
    said = document.title or _SUFFIX.sub("", document.name.rpartition("/")[2])
    words = {word.casefold() for word in _WORD.findall(said)} - FUNCTION - MONTHS_AND_DAYS - _REPLIES
    return () if words <= _EACH_ITS_OWN else tuple(sorted(words))


def _when(document: DocumentInfo) -> tuple[int, ...]:
    if document.date:
        return (document.date.year, document.date.month, document.date.day)
    for said in (document.title or "", _SUFFIX.sub("", document.name.rpartition("/")[2]).replace("_", " ")):
        if len(years := set(YEAR.findall(said))) == 1:
            within = months(said) or {int(m[1]) for m in _MONTH_BEHIND.finditer(said)}
            return (int(years.pop()), *(within if len(within) == 1 else ()))
    return ()
