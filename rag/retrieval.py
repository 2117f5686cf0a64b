"""A question to ranked hits: both indexes propose, exact cosines and word shares decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rag.embedding import cosines, unit
from rag.index import Found, Index
from rag.records import Filters, Hit, Question
from rag.tokens import Reading, match

if TYPE_CHECKING:
    from rag.embedding import Vectors

# Half the chunk, half its best sentence: worth 2 points of Recall@1 within a language and 3 to 5
# across, over the chunk alone (evals/bench/README.md).
_SENTENCE = 0.5
# What tokens add to that: 1 to 2 points across languages, nothing lost within one.
_TOKENS = 0.3
# Fewer sentences than this have no mean of their own worth the name.
_FEW = 4


def retrieve(
    index: Index, asked: Reading, question: Question, filters: Filters, *, candidates: int, weight: float, limit: int
) -> list[Hit]:
    """Return the best ``limit`` hits for a question, best first.

    score = (cosine of the chunk + highest cosine of a sentence in it) / 2 + ``weight`` x lexical
    share + 0.3 x how near the question's tokens come in the chunk, where it has vectors of tokens. A
    chunk that only the word index proposed gets its exact cosine too. ``asked`` is the question as the
    embedder read it, ``candidates`` how many chunks each index proposes a language. To be called
    inside ``index.reading()``.
    """
    vector = asked.vector
    found = index.search(question.text, vector, filters, candidates)
    if not found:
        return []
    chunks, sentences = _cosines(found, vector)
    matches = match(asked, [one.stored.tokens for one in found])
    ranked = sorted(
        (
            (
                _SENTENCE * max(near)
                + (1 - _SENTENCE) * cosine
                + weight * one.share
                + (_TOKENS * matched.chunk if matched else 0.0),
                one,
                cosine,
                near,
                matched,
            )
            for one, cosine, near, matched in zip(found, chunks, sentences, matches, strict=True)
        ),
        key=lambda scored: (-scored[0], scored[1].document.name, scored[1].stored.chunk.span),
    )[:limit]
    local = _local_cosines([one for _, one, *_ in ranked], vector)
    return [
        Hit(
            chunk=one.stored.chunk,
            document=one.document,
            score=score,
            cosine=cosine,
            lexical=one.share,
            via=one.via,
            text=index.text_of(one.document.id, one.document.version, one.stored.chunk.span) or "",
            sentence_cosines=near,
            local_cosines=about,
            places=index.catalog.places(one.document.id, one.document.version, one.stored.chunk.span),
            matched=matched,
        )
        for (score, one, cosine, near, matched), about in zip(ranked, local, strict=True)
    ]


def _cosines(found: list[Found], vector: Vectors) -> tuple[list[float], list[tuple[float, ...]]]:
    """Return each chunk's cosine with the question, and those of its sentences: one product for all."""
    chunks = cosines(np.stack([one.stored.vector for one in found]).astype(np.float32), vector)
    matrix = cosines(np.concatenate([one.stored.sentence_vectors for one in found]).astype(np.float32), vector)
    ends = np.cumsum([len(one.stored.sentence_vectors) for one in found])
    parts = np.split(matrix, ends[:-1])
    return [float(c) for c in chunks], [tuple(float(s) for s in part) for part in parts]


def _local_cosines(found: list[Found], vector: Vectors) -> list[tuple[float, ...]]:
    """Return each sentence's cosine with the question, both taken from the mean of its document's hits.

    Within one article all sentences share its topic, and a question that names the topic comes near
    to all of them; about the mean only what differs is left. A document with fewer than four
    sentences among the hits is taken about the mean of all.
    """
    parts = [one.stored.sentence_vectors.astype(np.float32) for one in found]
    of: dict[str, list[Vectors]] = {}
    for one, part in zip(found, parts, strict=True):
        of.setdefault(one.document.id, []).append(part)
    overall = np.concatenate(parts).mean(axis=0)
    means = {
        identity: np.concatenate(members).mean(axis=0) if sum(map(len, members)) >= _FEW else overall
        for identity, members in of.items()
    }
    return [
        tuple(float(c) for c in cosines(unit(part - mean), unit((vector - mean)[None])[0]))
        for part, mean in ((part, means[one.document.id]) for one, part in zip(found, parts, strict=True))
    ]
