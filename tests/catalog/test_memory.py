"""What was read lately is given again without reading, never what is stale, and never more than fits."""

from __future__ import annotations

import numpy as np
import pytest

from rag.catalog import memory
from rag.catalog.chunks import Proposed, Sentences
from rag.catalog.memory import ChunkMemory, SentenceMemory
from rag.records import Span


def chunk(identity: str, shard: str = "de") -> Proposed:
    vectors = np.ones((1, 4), np.float16)
    return Proposed(identity, shard, Span(0, 1), vectors[0], vectors)


class Store:
    """A catalog's table that counts what is read of it."""

    def __init__(self, *chunks: Proposed) -> None:
        self.chunks = {one.id: one for one in chunks}
        self.read: list[str] = []

    def load(self, ids: list[str]) -> list[Proposed]:
        self.read += ids
        return [self.chunks[identity] for identity in reversed(ids)]


def test_chunks_come_in_order_and_are_read_once() -> None:
    store, kept = Store(chunk("a"), chunk("b"), chunk("c")), ChunkMemory()

    first = kept.of([("b", "de"), ("a", "de")], store.load)
    second = kept.of([("a", "de"), ("c", "de"), ("b", "de")], store.load)

    assert [one.id for one in first] == ["b", "a"]
    assert [one.id for one in second] == ["a", "c", "b"]
    assert store.read == ["b", "a", "c"]


def test_a_chunk_that_moved_to_another_language_is_read_again() -> None:
    store, kept = Store(chunk("a")), ChunkMemory()
    kept.of([("a", "de")], store.load)
    store.chunks["a"] = chunk("a", "en")

    assert kept.of([("a", "en")], store.load)[0].shard == "en"
    assert store.read == ["a", "a"]


def test_what_was_used_longest_ago_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_MOST_CHUNKS", 2)
    store, kept = Store(chunk("a"), chunk("b"), chunk("c")), ChunkMemory()
    for identity in ("a", "b", "a", "c"):
        kept.of([(identity, "de")], store.load)

    assert [one.id for one in kept.of([("a", "de"), ("b", "de"), ("c", "de")], store.load)] == [
        "a",
        "b",
        "c",
    ]
    assert store.read == ["a", "b", "c", "b"]


def test_more_than_fits_is_still_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_MOST_CHUNKS", 1)
    monkeypatch.setattr(memory, "_MOST_SENTENCES", 3)
    store, kept, sentences = Store(chunk("a"), chunk("b")), ChunkMemory(), SentenceMemory()

    assert len(kept.of([("a", "de"), ("b", "de")], store.load)) == 2
    many = Sentences(np.array([(n, n + 1) for n in range(5)]), np.ones((5, 4), np.float16))
    assert sentences.of(("d", "v"), lambda: many) is many
    few = Sentences(np.array([(0, 1), (1, 2)]), np.ones((2, 4), np.float16))
    assert sentences.of(("e", "v"), lambda: few) is few
    assert sentences.of(("e", "v"), lambda: many) is few
    assert sentences.of(("d", "v"), lambda: few) is few, "the long one was not kept"
