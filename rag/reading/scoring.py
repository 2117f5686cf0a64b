"""How well each sentence of the hits answers: features of meaning, words and kind, in one weighted sum.

The weights were fitted by ``evals/bench/fit_reading.py`` on questions over text that is not shipped;
``rag/data/reading.json`` holds them. A score is a logit: the difference of two sentences' scores says
how much likelier one of them is to hold the answer.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib import resources

from rag.lexical import analyse
from rag.naming import naming, of_others
from rag.place import heading_of, places_of
from rag.reading.definitions import explains, term_asked
from rag.reading.headings import MARK
from rag.reading.periods import Period, period_asked, too_early
from rag.reading.quantities import Quantity, gives, quantity_asked
from rag.reading.questions import Asks, asks
from rag.reading.stems import stems
from rag.reading.tables import in_unit, worth
from rag.records import Hit, Question, Span
from rag.text.calendar import tells_when
from rag.text.dates import YEAR
from rag.text.numbers import told_numbers
from rag.text.threads import SIGN
from rag.text.turns import ASKS, SPEAKER, agrees, asks_something, reply_to
from rag.text.words import FUNCTION, MONTHS_AND_DAYS

_NAME = re.compile(r"[A-ZÄÖÜ][\w'’-]+ [A-ZÄÖÜ][\w'’-]+")
_CAPITAL = re.compile(r"\b[A-ZÄÖÜ][^\W\d_]+")
_ENDS = re.compile(r"[.!…][\"'”“»)\]]*$")
# How a letter greets and ends, as far as nothing more stands in the line.
_GREETS = re.compile(
    r"(?:sehr\sgeehrte|liebe[rs]?|hallo|guten\s(?:tag|morgen|abend)|moin|dear|hello|hi|good\s(?:morning|afternoon|evening)"
    r"|to\swhom\sit\smay)\b(?:[^.!?]|\b(?:dr|prof|mr|mrs|ms)\.){0,80}[,!]|(?:mit\s)?(?:freundlichen?|vielen?|herzlichen?|lieben?|besten?)\s(?:grüßen?|gruß)[^.!?]{0,40}"
    r"|(?:(?:with\s)?(?:kind|best|warm)\s(?:regards|wishes)|yours\s(?:sincerely|faithfully|truly)|sincerely|regards)\b[^.!?]{0,40}",
    re.IGNORECASE,
)
_SIGNS = re.compile(r"[^\W_]")
_USUAL_LENGTH = 150
# Sentences whose words, numbers and dates are kept, some 10 MB.
_REMEMBERED = 8192

# What the fitting text has no examples of, set by hand: headlines and captions, questions, and a
# document that bears the year that the question names.
_FRAGMENT, _QUESTION, _YEAR_OF_DOCUMENT = -1.2, -2.5, 1.0
# The question asks for money, a weight, a telephone number, and the sentence gives none.
_LACKS = -1.5
# The question asks what something is, and the sentence says so.
_EXPLAINS = 2.0
# It stands in the contract or the manual of another thing than the one that the question names.
_OF_ANOTHER = -3.0
# A mail quotes it of an earlier one, which its own text may well have overtaken.
_EARLIER = -4.0
# Its document is older than the time that the question names.
_TOO_EARLY = -4.0
# How much less than a question of the text what stands under it is worth, and what is too short to stand alone there.
_UNDER, _SHORT = 0.2, 30
# What is replied to with a yes is worth so much less than the reply.
_AGREED = -0.4


@dataclass(frozen=True, slots=True)
class ScoredSentence:
    """A sentence of a hit with its score, and the features that made it.

    ``plain`` is the score that it had if question and passage were not read together.
    """

    hit: Hit
    span: Span
    text: str
    score: float
    features: dict[str, float]
    plain: float


@dataclass(frozen=True, slots=True)
class _Asked:
    """What of a question is compared with every sentence."""

    text: str
    kind: Asks
    quantity: Quantity | None
    term: str | None
    others: frozenset[str]
    numbers: frozenset[object]
    years: frozenset[int]
    period: Period | None
    words: dict[str | None, dict[str, float]]


def score_sentences(question: Question, hits: Sequence[Hit]) -> list[ScoredSentence]:
    """Return every sentence of the hits with its score, best first; ties in reading order."""
    texts = [[span_text(hit, span) for span in hit.chunk.sentences] for hit in hits]
    bags = [
        [
            stems(text, hit.document.language) | (_above(hit, span) if hit.places else frozenset())
            for text, span in zip(below, hit.chunk.sentences, strict=True)
        ]
        for hit, below in zip(hits, texts, strict=True)
    ]
    asked = _asked(question, hits, bags)
    tokens = "with_tokens" if any(hit.matched for hit in hits) else "without_tokens"
    plain = _weights(tokens)
    weights = _weights("with_joint") if any(hit.joint for hit in hits) else plain
    out: list[ScoredSentence] = []
    for hit, below, bag_row in zip(hits, texts, bags, strict=True):
        own: list[ScoredSentence] = []
        quotes = any(_of_earlier(place.name or "") for place in hit.places)
        tables = worth(question, asked.quantity, hit, below)
        for at, (span, text, bag) in enumerate(zip(hit.chunk.sentences, below, bag_row, strict=True)):
            features = _features(asked, hit, at, text, bag)
            by_hand = _by_hand(asked, hit, span, text, in_table=tables[at] is not None) + (tables[at] or 0.0)
            score, alone = (by_hand + _sum(of, features) for of in (weights, plain))
            # It answers as well as any, only not as lately.
            above = heading_of(places_of(hit.places, span.start, span.end)) if quotes else ""
            score += _EARLIER if _of_earlier(above) and not _is_asked(question, above) else 0.0
            own.append(ScoredSentence(hit, span, text, score, features, alone))
        out += _answered(question, own)
    return best_first(out)


def best_first(sentences: Iterable[ScoredSentence]) -> list[ScoredSentence]:
    """Return sentences by their scores, the highest first; ties in reading order."""
    return sorted(sentences, key=lambda one: (-one.score, one.hit.document.name, one.span))


def best_scores(scored: Iterable[ScoredSentence]) -> dict[str, float]:
    """Return the score of the best sentence of each document, by its id; ``scored`` are best first."""
    best: dict[str, float] = {}
    for one in scored:
        best.setdefault(one.hit.document.id, one.score)
    return best


def _sum(weights: dict[str, float], features: dict[str, float]) -> float:
    total = 0.0
    for name, value in features.items():
        total += weights.get(name, 0.0) * value
    return total


def is_said(text: str) -> bool:
    """Say whether a sentence says anything: headings, questions, greetings, and lines that are drawn do not."""
    return bool(_SIGNS.search(text)) and not (ASKS.search(text) or MARK.match(text) or is_greeting(text))


def is_greeting(text: str) -> bool:
    """Say whether a sentence is how a letter greets or ends, and nothing more."""
    return _GREETS.fullmatch(text) is not None


def span_text(hit: Hit, span: Span) -> str:
    """Return the characters of a span that lies within the hit's chunk."""
    offset = hit.chunk.span.start
    return hit.text[span.start - offset : span.end - offset]


def _above(hit: Hit, span: Span) -> frozenset[str]:
    """Return the stems of the headings that a sentence stands under, or of the line above what a mail quotes."""
    return stems(heading_of(places_of(hit.places, span.start, span.end)), hit.document.language)


def _is_asked(question: Question, line: str) -> bool:
    """Say whether a question names whom a mail quotes, by a name in the line above that."""
    asked, named = (set(map(str.casefold, _CAPITAL.findall(text))) for text in (question.text, line))
    return bool((asked & named) - FUNCTION - MONTHS_AND_DAYS)


def _of_earlier(heading: str) -> bool:
    """Say whether what stands under a heading is quoted of an earlier mail."""
    return heading.startswith(SIGN.strip())


def _answered(question: Question, sentences: list[ScoredSentence]) -> list[ScoredSentence]:
    """Give what stands under a question of the text (a page of such, an interview) the score of that question, if that is higher."""
    out, texts = list(sentences), [one.text for one in sentences]
    for at, one in enumerate(sentences):
        asks = asks_something(one.text, question.text)
        reply = reply_to(texts, at) if asks or SPEAKER.match(one.text) else None
        if not (asks or (reply is not None and agrees(texts[reply]))):
            continue
        score = one.score - (_QUESTION if asks else _AGREED)
        first = at + 1 if reply is None else reply
        for under in range(first, min(first + 2, len(out))):
            if not is_said(out[under].text):
                break
            score -= _UNDER
            out[under] = replace(out[under], score=max(out[under].score, score))
            if len(out[under].text) > _SHORT:
                break
    return out


def _asked(question: Question, hits: Sequence[Hit], bags: list[list[frozenset[str]]]) -> _Asked:
    # How telling a word is, judged by the sentences at hand: no index is asked a second time.
    seen = Counter(word for below in bags for bag in below for word in bag)
    total = sum(map(len, bags))
    documents = [hit.document for hit in hits]
    return _Asked(
        text=question.text,
        kind=asks(question.text),
        quantity=quantity_asked(question.text),
        term=term_asked(question.text),
        others=of_others(naming(question, documents), documents),
        numbers=_numbers(question.text, question.language),
        years=frozenset(int(year) for year in YEAR.findall(question.text)),
        period=period_asked(question.text),
        words={
            language: {word: math.log(1 + total / (1 + seen[word])) for word in analyse(question.text, language)}
            for language in {hit.document.language for hit in hits}
        },
    )


def _features(asked: _Asked, hit: Hit, at: int, text: str, bag: frozenset[str]) -> dict[str, float]:
    """Return what the weights are for.

    ``chunk`` the chunk's cosine; ``best`` the highest cosine of its sentences (both with what is ``lent``); ``local`` the
    sentence's cosine about the mean of its document, which leaves what sets it apart there;
    ``previous`` the cosine of the sentence before; ``words`` the share of the question's words in it,
    weighted by idf; ``chunk_words`` the chunk's lexical share; ``length`` log(characters / 150);
    ``match``, ``least`` and ``won`` how near the question's tokens come to the sentence's (see
    ``tokens.Matched``), where the embedder has vectors of tokens; ``joint`` the logit of both read together
    (see ``joint.read``), where they are of the embedded model; then
    +0.5 or -0.5 for a new number, a date or year, two names or none (one is 0), where the question
    asks for such.
    """
    words = asked.words[hit.document.language]
    local = hit.local_cosines or hit.sentence_cosines
    of = hit.matched
    tokens = {"joint": hit.joint[at]} if hit.joint else {}
    tokens |= {"match": of.mean[at], "least": of.least[at], "won": of.won[at]} if of else {}
    return tokens | {
        "chunk": hit.cosine + hit.lent.chunk,
        "best": max(hit.sentence_cosines) + hit.lent.best,
        "local": local[at],
        "previous": hit.sentence_cosines[at - 1] if at else 0.0,
        "words": sum(weight for word, weight in words.items() if word in bag) / (sum(words.values()) or 1.0),
        "chunk_words": hit.lexical,
        "length": math.log(max(len(text), 1) / _USUAL_LENGTH),
        "number": _new_number(asked, hit, text) - 0.5 if asked.kind is Asks.NUMBER else 0.0,
        "time": _dated(text) - 0.5 if asked.kind is Asks.TIME else 0.0,
        "person": min(len(_NAME.findall(text)), 2) / 2 - 0.5 if asked.kind is Asks.PERSON else 0.0,
    }


def _new_number(asked: _Asked, hit: Hit, text: str) -> bool:
    return not _numbers(text, hit.document.language) <= asked.numbers


# What a sentence says by itself is the same for every question, and a server meets the same sentences
# over and over.
@lru_cache(_REMEMBERED)
def _numbers(text: str, language: str | None) -> frozenset[object]:
    return frozenset(number.value for number in told_numbers(text, language))


_dated = lru_cache(_REMEMBERED)(tells_when)


def _by_hand(asked: _Asked, hit: Hit, span: Span, text: str, *, in_table: bool) -> float:
    score = 0.0
    if asks_something(text, asked.text):
        score += _QUESTION
    elif not in_table and not _ENDS.search(text):
        score += _FRAGMENT
    if hit.document.date is not None and hit.document.date.year in asked.years:
        score += _YEAR_OF_DOCUMENT
    if asked.quantity is not None:
        told = in_unit(hit, span, text) if in_table else text
        score += 0.0 if gives(asked.quantity, told, hit.document.language) else _LACKS
    if asked.term is not None and explains(asked.term, text, hit.document.language):
        score += _EXPLAINS
    if hit.document.id in asked.others:
        score += _OF_ANOTHER
    if asked.period is not None and too_early(asked.period, hit):
        score += _TOO_EARLY
    return score


@cache
def _weights(kind: str) -> dict[str, float]:
    return json.loads(resources.files("rag").joinpath("data/reading.json").read_bytes())[kind]
