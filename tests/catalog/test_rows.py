"""What the catalog hands out: packed and unpacked, filtered, put into shards."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag import DocumentInfo, Filters, Span
from rag.catalog import StoredChunk, shard_of
from rag.catalog.chunks import pack, unpack
from rag.catalog.rows import info, passes
from rag.records import Chunk

INFOS = {
    "a": DocumentInfo("1", "s", "old/a.txt", "v", 9, language="de", date=dt.date(2021, 10, 22)),
    "b": DocumentInfo("2", "s", "new/b.txt", "v", 9, language="en", date=dt.date(2022, 11, 30)),
    "c": DocumentInfo("3", "s", "new/c.txt", "v", 9),
}


@given(
    st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1)), min_size=1, max_size=9), st.integers(1, 9)
)
def test_a_chunk_comes_back_as_it_was_packed(bounds: list[tuple[int, int]], dimensions: int) -> None:
    spans = tuple(Span(*sorted(pair)) for pair in bounds)
    vectors = np.random.default_rng(len(bounds)).standard_normal((len(spans) + 1, dimensions)).astype(np.float16)
    tokens = tuple(np.full((at % 3, dimensions), at, np.int8) for at in range(len(spans)))
    stored = StoredChunk(Chunk("c", "d", "v", Span(0, 5), spans), "de", vectors[0], vectors[1:], tokens)

    back = unpack(pack(stored))

    assert (back.chunk, back.shard) == (stored.chunk, "de")
    assert np.array_equal(np.vstack([back.vector, back.sentence_vectors]), vectors)
    assert [rows.tolist() for rows in back.tokens] == [rows.tolist() for rows in tokens]


def test_a_chunk_without_tokens_comes_back_without() -> None:
    vectors = np.ones((2, 3), np.float16)
    stored = StoredChunk(Chunk("c", "d", "v", Span(0, 5), (Span(0, 5),)), "de", vectors[0], vectors[1:])

    assert unpack(pack(stored)).tokens == ()


@pytest.mark.parametrize(
    ("filters", "kept"),
    [
        (Filters(), "abc"),
        (Filters(since=dt.date(2022, 1, 1)), "b"),
        (Filters(until=dt.date(2021, 10, 22)), "a"),
        (Filters(since=dt.date(2022, 1, 1), include_undated=True), "bc"),
        (Filters(since=dt.date(2021, 10, 22), until=dt.date(2022, 11, 30)), "ab"),
        (Filters(source="new/*"), "bc"),
        (Filters(source="NEW/*"), ""),
        (Filters(language="de"), "a"),
        (Filters(folders=("s",)), "abc"),
        (Filters(folders=("another",)), ""),
        (Filters(language="en", source="old/*"), ""),
    ],
)
def test_a_filter_keeps_what_passes(filters: Filters, kept: str) -> None:
    assert "".join(letter for letter, info in INFOS.items() if passes(info, filters)) == kept


@pytest.mark.parametrize(("language", "shard"), [("de", "de"), ("en", "en"), ("fr", "other"), (None, "other")])
def test_a_language_with_an_analyser_has_a_shard_of_its_own(language: str | None, shard: str) -> None:
    assert shard_of(language) == shard


@pytest.mark.parametrize("one", INFOS.values(), ids=INFOS)
def test_what_is_known_of_a_document_comes_back_from_its_columns(one: DocumentInfo) -> None:
    date = one.date.isoformat() if one.date else None

    assert (
        info((one.id, one.source, one.name, one.version, one.length, one.title, one.language, date, one.author)) == one
    )
