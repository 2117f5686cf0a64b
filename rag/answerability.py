"""How likely the documents answer a question: one calibrated probability, decided by code.

The product of two logistic models over features of retrieval and reading, fitted by
``evals/bench/fit_answerability.py`` on questions whose articles are, or are not, in the folder, and on
near misses. Its numbers are shipped; no text is.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from rag.naming import naming, of_others
from rag.reading.actors import is_of_another
from rag.reading.codes import having, is_unknown
from rag.reading.fitting import fitting
from rag.reading.heads import head_answers
from rag.reading.kinds import words_of_kind
from rag.reading.offices import is_of_another_office
from rag.reading.quantities import gives, quantity_asked
from rag.reading.questions import Asks, asks
from rag.reading.sayings import of_another
from rag.reading.scoring import ScoredSentence
from rag.reading.subjects import is_absent
from rag.reading.tables import in_unit, in_units
from rag.records import Hit, Judgement, Question
from rag.text.dates import YEAR
from rag.text.numbers import number_values
from rag.text.places import absent_places
from rag.tokens import Reading

_CAPITALISED = re.compile(r"(?<=\s)[A-ZÄÖÜ][\w-]+")
_TYPED = (Asks.NUMBER, Asks.TIME, Asks.PERSON)
# Sentences that are looked at for an answer of the kind asked for.
_SAID = 3
_PREFIX = 5
# The best sentence's lead is over the fifth.
_AMONG = 5
# Log odds of what is as good as certain.
_FAR = 60.0

BY_HAND = {
    "unknown_place": -4.0,
    "unknown_year": -4.0,
    "absent_quantity": -4.0,
    "unfit": -2.5,
    "unknown_code": -4.0,
    "absent_subject": -4.0,
    "of_another": -2.5,
    "another_acts": -4.0,
    "another_office": -4.0,
    "asked_head": 2.5,
}
"""Weights that are not fitted, as too few questions of the corpora bear on them.

Of 704 answerable questions that name a place, 8 name one that no hit does, and of 340 that name a year 6 (XQuAD); where the
topic is not there, 123 of 194 name such a year. ``unfit``: evals/bench/README.md.
"""


@dataclass(frozen=True, slots=True)
class Model:
    """Weights by feature name for each part, ``intercept`` among them, and what is taken off the log odds of all parts together."""

    parts: list[dict[str, float]]
    shift: float = 0.0

    def log_odds(self, found: Mapping[str, float]) -> float:
        """Return the log odds that all parts hold, by the features."""
        return together(*(part["intercept"] + _sum(part, found) for part in self.parts)) - self.shift


def features(
    question: Question, hits: Sequence[Hit], scored: Sequence[ScoredSentence], asked: Reading | None = None
) -> dict[str, float]:
    """Return what the model sees of a question, its hits and their scored sentences.

    ``sentence``, ``chunk`` and ``local`` are the highest cosines, ``words`` the highest lexical share,
    ``top`` the best fused score and ``lead`` its distance to the tenth; ``read`` is the best reading
    score over ten, ``read_lead`` its distance to the tenth. ``untyped`` is the share of the first three
    sentences without a number, a time or a person, where the question asks for such. ``absent_year``
    is 1 where the question names a year that neither the hits of the best sentence's document nor its
    date hold; ``absent_numbers`` and ``absent_names`` are the shares of the question's numbers and
    capitalised words that stand in no hit. ``unknown_place`` is 1 where it names a country, a people or a town that no hit
    names in either language, ``unknown_year`` where it names a year that no hit holds, nor its date, ``absent_quantity`` where it asks
    for money, a weight, a telephone number and no hit gives any, or neither the first sentence nor a hit of a document, or with a code, that it
    names does; ``unknown_code`` where it names a model or a version that no hit has, ``absent_subject`` where no hit has a word
    for what it asks about, nor one near to that, ``unfit`` where the first sentence gives nothing of the kind, ``of_another``
    where it is for what somebody said, and nobody of that name is near, ``another_acts`` where a country does something in it, and in
    the first sentence another one, ``another_office`` where it asks for the holder of an office, and that sentence tells of others;
    ``asked_head`` is 1 where it asks who wrote a mail, or
    when, and the head of one that speaks of the matter is at
    hand, -1 where no mail speaks of it. ``match`` is how near
    the question's tokens come to those of a sentence at best, ``match_read`` in the sentence that is read first, ``match_chunk`` in a chunk, ``least``
    the same of the worst token; their leads are over the fifth sentence and the middle chunk. ``joint`` are the log odds
    over ten that any sentence answers (see ``joint.read``); scores and the first sentence are those without them,
    of which more was fitted on. ``across`` is 1 where the best hit is in another language than the question; what depends on
    it comes again multiplied by it, so that the two cases are calibrated apart.
    """
    if not hits or not scored:
        return {}
    ahead = scored[0]
    unfit = fitting(question, in_unit(ahead.hit, ahead.span, ahead.text), ahead.hit.document.language) == ()
    scored = sorted(scored, key=lambda one: (-one.plain, one.hit.document.name, one.span))
    across = float(question.language != hits[0].document.language)
    tenth, tenth_read = hits[min(9, len(hits) - 1)], scored[min(9, len(scored) - 1)]
    names = _absent_names(question, hits)
    first, years = scored[0].hit.document.id, set(YEAR.findall(question.text))
    found = {
        "sentence": max(max(hit.sentence_cosines) for hit in hits),
        "chunk": max(hit.cosine for hit in hits),
        "local": max(max(hit.local_cosines or hit.sentence_cosines) for hit in hits),
        "words": max(hit.lexical for hit in hits),
        "top": hits[0].score,
        "lead": hits[0].score - tenth.score,
        "read": scored[0].plain / 10,
        "read_lead": (scored[0].plain - tenth_read.plain) / 10,
        "untyped": _untyped(question, scored),
        "absent_year": _absent_years(years, [hit for hit in hits if hit.document.id == first]),
        "absent_numbers": _absent_numbers(question, hits),
        "absent_names": names,
        "unknown_place": float(bool(absent_places(question.text, [_shown(hit) for hit in hits]))),
        "unknown_year": _absent_years(years, hits),
        "absent_quantity": _absent_quantity(question, hits, scored),
        "unfit": float(unfit),
        "unknown_code": float(is_unknown(question.text, hits)),
        "absent_subject": float(asked is not None and is_absent(question, asked, hits)),
        "of_another": float(of_another(question.text, ahead)),
        "another_acts": float(is_of_another(question, ahead)),
        "another_office": float(is_of_another_office(question.text, ahead, hits)),
        "asked_head": float(head_answers(question, hits)),
        "across": across,
    }
    again = ("sentence", "chunk", "words", "read", "absent_names")
    for more in (_tokens(hits, scored[0]), _joint(hits)):
        found |= more
        again = (*again, *more)
    return found | {f"{name}_across": found[name] * across for name in again}


def judge(
    question: Question,
    hits: Sequence[Hit],
    scored: Sequence[ScoredSentence],
    threshold: float,
    asked: Reading | None = None,
) -> Judgement:
    """Return the probability that the hits answer the question, against a threshold; ``asked`` is the question as it was embedded."""
    found = features(question, hits, scored, asked)
    return Judgement(probability(found), threshold, found)


def probability(found: dict[str, float]) -> float:
    """Return how likely it is that the topic is there and that it is told what is asked; 0 where nothing was found.

    Each of these parts is likely as 1 / (1 + exp(-(b + sum of weight x feature))), both together as their product. The log
    odds of that are shifted to where .5 decides, and what is set by hand is added.
    """
    if not found:
        return 0.0
    model = _model("with_joint" if "joint" in found else "with_tokens" if "match" in found else "without_tokens")
    total = model.log_odds(found) + _sum(BY_HAND, found)
    return 1 / (1 + math.exp(-max(-_FAR, min(_FAR, total))))


def _sum(weights: Mapping[str, float], found: Mapping[str, float]) -> float:
    return sum(weight * found[name] for name, weight in weights.items() if name != "intercept")


def together(*parts: float) -> float:
    """Return the log odds that all happen, of the log odds of each, as if they were independent."""
    unlikely = math.expm1(sum(math.log1p(math.exp(-max(-_FAR, min(_FAR, part)))) for part in parts))
    return -math.log(max(unlikely, math.exp(-_FAR)))


def _tokens(hits: Sequence[Hit], first: ScoredSentence) -> dict[str, float]:
    """Return how near the question's tokens come (see ``tokens.Matched``), where the embedder has vectors of them."""
    matched = [hit.matched for hit in hits if hit.matched]
    own = first.hit.matched
    if not matched or not own:
        return {}
    at = first.hit.chunk.sentences.index(first.span)
    means = sorted((mean for one in matched for mean in one.mean), reverse=True)
    chunks = sorted((one.chunk for one in matched), reverse=True)
    return {
        "match": means[0],
        "match_read": own.mean[at],
        "match_lead": means[0] - means[min(_AMONG, len(means)) - 1],
        "match_chunk": chunks[0],
        "match_chunk_lead": chunks[0] - chunks[len(chunks) // 2],
        "least": max(least for one in matched for least in one.least),
        "won": own.won[at],
    }


def _joint(hits: Sequence[Hit]) -> dict[str, float]:
    """Return the log odds that an answer stands in the hits, over ten, where they were read with the question."""
    logits = [logit for hit in hits for logit in hit.joint]
    if not logits:
        return {}
    highest = max(logits)
    return {"joint": (highest + math.log(sum(math.exp(logit - highest) for logit in logits))) / 10}


def _untyped(question: Question, scored: Sequence[ScoredSentence]) -> float:
    if asks(question.text) not in _TYPED:
        return 0.0
    said = scored[:_SAID]
    return sum(not words_of_kind(question, one.text, one.hit.document.language) for one in said) / len(said)


def _absent_years(asked: set[str], hits: Sequence[Hit]) -> float:
    if not asked:
        return 0.0
    held = {year for hit in hits for year in YEAR.findall(_shown(hit))}
    held |= {str(hit.document.date.year) for hit in hits if hit.document.date is not None}
    return float(not asked <= held)


def _absent_quantity(question: Question, hits: Sequence[Hit], scored: Sequence[ScoredSentence]) -> float:
    quantity = quantity_asked(question.text)
    if quantity is None:
        return 0.0
    documents = [hit.document for hit in hits]
    named = naming(question, documents)
    others = of_others(named, documents)
    told = [hit for hit in hits if hit.document.id in named] or having(question.text, hits) or hits
    if not quantity.closed:
        # Of whom one document tells, another's birth or party is nobody's.
        told = [hit for hit in told if hit.document.id == scored[0].hit.document.id] or told
    # A name may be in the question by chance: what is read first may be of another document, if not of another of its kind.
    first = [one for one in scored[:1] if one.hit.document.id not in others]
    if any(gives(quantity, in_unit(one.hit, one.span, one.text), one.hit.document.language) for one in first):
        return 0.0
    return float(not any(gives(quantity, in_units(hit), hit.document.language) for hit in told))


def _absent_numbers(question: Question, hits: Sequence[Hit]) -> float:
    asked = number_values(question.text, question.language)
    if not asked:
        return 0.0
    dates = {hit.document.date.isoformat() for hit in hits if hit.document.date}
    missing = asked - {value for date in dates for value in number_values(date, "en")}
    for hit in hits:
        if not missing:
            break
        missing -= number_values(hit.text, hit.document.language)
    return len(missing) / len(asked)


def _absent_names(question: Question, hits: Sequence[Hit]) -> float:
    names = [name.casefold()[:_PREFIX] for name in _CAPITALISED.findall(question.text)]
    if not names:
        return 0.0
    text = " ".join(map(_shown, hits)).casefold()
    return sum(not _begins_a_word(name, text) for name in names) / len(names)


def _begins_a_word(name: str, text: str) -> bool:
    # A pattern for each name would take longer to make than all of the search.
    at = text.find(name)
    while at > 0 and (text[at - 1].isalnum() or text[at - 1] == "_"):
        at = text.find(name, at + 1)
    return at >= 0


def _shown(hit: Hit) -> str:
    return f"{hit.document.title or ''} {hit.text}"


@cache
def _model(kind: str) -> Model:
    return Model(**json.loads(resources.files("rag").joinpath("data/answerability.json").read_bytes())[kind])
