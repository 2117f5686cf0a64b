"""What a process finds that opens a grown index and asks it: python -m evals.performance.grown INDEX SEEDS DOCS."""

from __future__ import annotations

import datetime as dt
import json
import statistics
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rag.catalog import shard_of
from rag.gathering import FolderIndex
from rag.index import Index
from rag.narrowing import Narrowing
from rag.reading.questions import clean_question
from rag.records import Filters

from .asking import ask_all
from .questions import QUESTIONS, gold_questions
from .records import Filtered
from .synthetic import Jittered, Original

if TYPE_CHECKING:
    from rag.embedding import Vectors

# Gold questions in a fixed stride, so that all kinds and both languages are among them.
_QUESTIONS = 60
_NEAREST = 10
_CANDIDATES = 50
FILTERS = {
    "half, by date": Filters(since=dt.date(2012, 6, 1)),
    "a tenth, by date": Filters(since=dt.date(2022, 6, 1)),
    "one in a hundred, by name": Filters(source="*70.md"),
    "one language": Filters(language="de"),
}


def main() -> None:
    """Print one size as JSON, but for what only who made the index knows."""
    folder, seeds, docs = map(Path, sys.argv[1:4])
    embedder = Jittered(Original.of(seeds))
    questions = gold_questions(docs)
    import chromadb
    import tantivy

    assert chromadb
    assert tantivy
    embedder.embed([QUESTIONS[0]], "question", "de")
    before, started = _memory("VmRSS"), time.perf_counter()
    with closing(FolderIndex(folder, embedder.name)) as index:
        ask_all(index, embedder, QUESTIONS[:1])
        opened = time.perf_counter() - started
        ask_all(index, embedder, QUESTIONS)
        asked = ask_all(index, embedder, questions[:: len(questions) // _QUESTIONS])
        memory, held, chunks = _memory("VmHWM") - before, _held(index), index.catalog.chunk_count()
        vectors = [
            embedder.embed([text], "question", clean_question(text, 2000).language)[0] for text in questions[:30]
        ]
        proposed, ten = recall(index, vectors)
        found: dict[str, Any] = {
            "memory": memory,
            "held": round(held / chunks),
            "opened": round(opened, 3),
            "stages": [asdict(one) for one in asked.stages],
            "rest": asdict(asked.rest),
            "recall": proposed,
            "recall_of_ten": ten,
            "filters": [asdict(filtered(index, name, one, questions, vectors)) for name, one in FILTERS.items()],
        }
    print(json.dumps(found))


def recall(index: Index, vectors: Sequence[Vectors]) -> tuple[float, float]:
    """Return recall@10 against an exact search, mean over questions and shards: as Beleg asks, and of Chroma's own ten.

    Beleg takes fifty candidates and ranks them by the catalog's vectors. Chroma's vectors are moved a little,
    so that equal ones stay apart, which is enough to change its order at the tenth place.
    """
    shares: list[tuple[float, float]] = []
    with index.reading():
        dense, _ = index._parts()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        every: dict[str, list[str]] = {}
        for document in index.catalog.documents():
            every.setdefault(shard_of(document.language), []).append(document.id)
        for shard, documents in every.items():
            ids, matrix = index.catalog.vectors_of(shard, documents)
            for vector in vectors:
                nearest = {ids[at] for at in np.argsort(-(matrix @ vector), kind="stable")[:_NEAREST]}
                found = (dense.nearest(shard, vector, most) for most in (_CANDIDATES, _NEAREST))
                proposed, ten = (len(nearest & set(those)) / len(nearest) for those in found)
                shares.append((proposed, ten))
    proposed, ten = (statistics.mean(column) for column in zip(*shares, strict=True))
    return round(proposed, 4), round(ten, 4)


def filtered(
    index: Index, name: str, filters: Filters, questions: Sequence[str], vectors: Sequence[Vectors]
) -> Filtered:
    """Return what a filter costs: a search with it and one without, in turns; the first with it does not count."""
    with index.reading():
        narrowed = Narrowing(index.catalog).by(filters)
        assert narrowed is not None
        left = sum(map(len, narrowed.documents.values())) / index.corpus().documents

        def took(text: str, vector: Vectors, one: Filters) -> float:
            started = time.perf_counter()
            index.search(text, vector, one, _CANDIDATES)
            return time.perf_counter() - started

        asked = list(zip(questions, vectors, strict=False))[:12]
        took(*asked[0], filters)
        pairs = [(took(text, vector, filters), took(text, vector, Filters())) for text, vector in asked]
    with_it, without = (1000 * statistics.median(column) for column in zip(*pairs, strict=True))
    return Filtered(name, round(left, 4), round(with_it, 2), round(without, 2))


def _held(index: Index) -> int:
    """Return the bytes of all chunks' vectors (those of sentences and tokens too) and text."""
    total = 0
    for document in index.catalog.documents():
        for stored in index.catalog.chunks_of(document.id, document.version):
            span = stored.chunk.span
            tokens = sum(rows.nbytes for rows in stored.tokens)
            total += stored.vector.nbytes + stored.sentence_vectors.nbytes + tokens + span.end - span.start
    return total


def _memory(key: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return 1024 * int(next(line for line in lines if line.startswith(key)).split()[1])


if __name__ == "__main__":
    main()
