"""A question to ranked hits: both indexes propose, exact cosines and word shares decide."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

from rag import joint
from rag.catalog import stacked
from rag.columns import headed
from rag.embedding import cosines, unit
from rag.index import Found, Index
from rag.naming import lent, naming, naming_tokens
from rag.records import Filters, Hit, Lent, Question, Span
from rag.tokens import Headed, Matched, Naming, Reading, match

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rag.embedding import Vectors

# Half the chunk, half its best sentence: worth 2 points of Recall@1 within a language and 3 to 5
# across, over the chunk alone (evals/bench/README.md).
_SENTENCE = 0.5
# What tokens add to that: 1 to 2 points across languages, nothing lost within one.
_TOKENS = 0.3
# So many of the best without tokens have theirs read: with 50 no answer of any question set was another.
_MATCHED = 24
# Fewer sentences than this have no mean of their own worth the name.
_FEW = 4


@dataclass(frozen=True, slots=True)
class _Scored:
    """A found chunk with its cosine, those of its sentences, what they are lent, and what tokens add to its score."""

    score: float
    found: Found
    cosine: float
    sentences: tuple[float, ...]
    lent: Lent
    matched: Matched | None = None

    def matching(self, matched: Matched | None) -> _Scored:
        return replace(self, score=self.score + _TOKENS * matched.chunk, matched=matched) if matched else self

    @property
    def order(self) -> tuple[float, str, Span]:
        """Best first, ties by name and place."""
        return -self.score, self.found.document.name, self.found.proposed.span


@dataclass(frozen=True, slots=True, eq=False)
class Retrieved:
    """Hits, best first, the vectors of each one's tokens, by sentence, and which of the question's name its document, or columns."""

    hits: list[Hit]
    tokens: list[tuple[NDArray[np.int8], ...]]
    named: list[Naming | None]
    headed: list[Headed | None]

    def read(self, asked: Reading) -> list[Hit]:
        """Return the hits as they are read together with the question (``joint.read``).

        That needs no index, so that nobody waits for one who reads.
        """
        read = joint.read(asked, self.tokens, self.named, self.headed)
        hits = self.hits
        if any(self.headed):
            # What is near to a sentence shows with its heading, or the names of its columns, which stand with the hits.
            matches = match(asked, self.tokens, self.named, self.headed)
            hits = [replace(hit, matched=one) for hit, one in zip(hits, matches, strict=True)]
        return [replace(hit, joint=one.logits, begins=one.begins) for hit, one in zip(hits, read, strict=True)]


def retrieve(
    index: Index, asked: Reading, question: Question, filters: Filters, *, candidates: int, weight: float, limit: int
) -> Retrieved:
    """Return the best ``limit`` hits for a question, best first.

    score = (cosine of the chunk + highest cosine of a sentence in it) / 2 + ``weight`` x lexical
    share + 0.3 x how near the question's tokens come in the chunk, for the best 24 without it. In a
    document that the question names both cosines are lent some of what its best are worth (see
    ``naming``). A chunk that only the word index proposed gets its exact cosine too. ``asked`` is the
    question as the embedder read it, ``candidates`` how many chunks each index proposes a language. To be called
    inside ``index.reading()``.
    """
    vector = asked.vector
    found = index.search(question.text, vector, filters, candidates)
    if not found:
        return Retrieved([], [], [], [])
    named = naming(question, [one.document for one in found])
    scored = sorted(_scored(found, vector, weight, named), key=attrgetter("order"))[: max(_MATCHED, limit)]
    tokens = index.catalog.tokens([one.found.proposed.id for one in scored])
    called = naming_tokens(asked, named)
    matches = match(
        asked,
        [tokens.get(one.found.proposed.id, ()) for one in scored],
        [called.get(one.found.document.id) for one in scored],
    )
    ranked = sorted(map(_Scored.matching, scored, matches), key=attrgetter("order"))[:limit]
    passages = index.catalog.passages([one.found.proposed.id for one in ranked])
    chosen = [one.found for one in ranked]
    hits = [
        Hit(
            chunk=passage.chunk,
            document=one.found.document,
            score=one.score,
            cosine=one.cosine,
            lexical=one.found.share,
            via=one.found.via,
            text=passage.text,
            sentence_cosines=one.sentences,
            local_cosines=about,
            places=passage.places,
            matched=one.matched,
            lent=one.lent,
        )
        for one, about in zip(ranked, _local_cosines(chosen, vector), strict=True)
        if (passage := passages[one.found.proposed.id])
    ]
    return Retrieved(
        hits,
        [tokens.get(one.proposed.id, ()) for one in chosen],
        [called.get(one.document.id) for one in chosen],
        [headed(question, asked, hit) for hit in hits],
    )


def _scored(found: list[Found], vector: Vectors, weight: float, named: Container[str]) -> Iterator[_Scored]:
    """Yield what each chunk is worth before its tokens are looked at."""
    chunks, sentences = _cosines(found, vector)
    documents = [one.document.id for one in found]
    bests = [max(near) for near in sentences]
    gains = map(Lent, lent(documents, chunks, named), lent(documents, bests, named))
    for one, cosine, near, best, gain in zip(found, chunks, sentences, bests, gains, strict=True):
        score = _SENTENCE * (best + gain.best) + (1 - _SENTENCE) * (cosine + gain.chunk) + weight * one.share
        yield _Scored(score, one, cosine, near, gain)


def _cosines(found: list[Found], vector: Vectors) -> tuple[list[float], list[tuple[float, ...]]]:
    """Return each chunk's cosine with the question, and those of its sentences: one product for all."""
    chunks = cosines(stacked([one.proposed for one in found]), vector)
    matrix = cosines(np.concatenate([one.proposed.sentence_vectors for one in found]).astype(np.float32), vector)
    near, ends = matrix.tolist(), accumulate(len(one.proposed.sentence_vectors) for one in found)
    return chunks.tolist(), [tuple(near[start:end]) for start, end in pairwise((0, *ends))]


def _local_cosines(found: list[Found], vector: Vectors) -> list[tuple[float, ...]]:
    """Return each sentence's cosine with the question, both taken from the mean of its document's hits.

    Within one article all sentences share its topic, and a question that names the topic comes near
    to all of them; about the mean only what differs is left. A document with fewer than four
    sentences among the hits is taken about the mean of all.
    """
    parts = [one.proposed.sentence_vectors.astype(np.float32) for one in found]
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
