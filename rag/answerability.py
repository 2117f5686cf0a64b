"""How likely the documents answer a question: one calibrated probability, decided by code.

A logistic model over features of retrieval, fitted by ``evals/bench/fit_answerability.py`` on
questions whose articles are, or are not, in the folder. Its numbers are committed; no text is.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import cache
from importlib import resources

from rag.records import Hit, Judgement, Question


def features(question: Question, hits: Sequence[Hit]) -> dict[str, float]:
    """Return what the model sees of a question and its hits.

    ``sentence`` and ``chunk`` are the highest centred cosines, ``words`` the highest lexical share,
    ``top`` the best fused score, ``lead`` how far that stands above the tenth; ``across`` is 1 where
    the best hit is in another language than the question, and each cosine comes again multiplied by
    it, so that the two cases are calibrated apart.
    """
    if not hits:
        return {}
    across = float(question.language != hits[0].document.language)
    sentence = max(max(hit.sentence_cosines) for hit in hits)
    chunk = max(hit.cosine for hit in hits)
    words = max(hit.lexical for hit in hits)
    return {
        "sentence": sentence,
        "chunk": chunk,
        "words": words,
        "top": hits[0].score,
        "lead": hits[0].score - hits[min(9, len(hits) - 1)].score,
        "across": across,
        "sentence_across": sentence * across,
        "chunk_across": chunk * across,
        "words_across": words * across,
    }


def judge(question: Question, hits: Sequence[Hit], threshold: float) -> Judgement:
    """Return the probability that the hits answer the question, against a threshold."""
    found = features(question, hits)
    return Judgement(probability(found), threshold, found)


def probability(found: dict[str, float]) -> float:
    """Return 1 / (1 + exp(-(b + sum of weight x feature))); 0 where nothing was found."""
    if not found:
        return 0.0
    model = _model()
    total = model["intercept"] + sum(model[name] * value for name, value in found.items())
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, total))))


@cache
def _model() -> dict[str, float]:
    return json.loads(resources.files("rag").joinpath("data/answerability.json").read_bytes())["weights"]
