"""What a filter leaves is found as an exact search over it finds it, however little or much that is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import numpy as np
import pytest

from rag.catalog import Catalog, Entry, StoredChunk
from rag.embedding import unit
from rag.gathering import FolderIndex
from rag.index import Index
from rag.narrowing import Narrowing
from rag.records import Chunk, Document, DocumentInfo, Filters, Span

DOCUMENTS, CHUNKS = 120, 4
DAYS = [dt.date(2020, 1, 1) + dt.timedelta(days=number) for number in range(DOCUMENTS)]


def vectors_of(number: int) -> np.ndarray:
    return unit(np.random.default_rng(number).standard_normal((CHUNKS, 32)).astype(np.float32))


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("index")
    made = FolderIndex(folder, "some", create=True)
    made.catalog.note_source("s", "/docs", whole=True)
    entries: list[Entry] = []
    for number, day in enumerate(DAYS):
        language = "de" if number % 3 else "en"
        name = f"{number:03}.txt"
        info = DocumentInfo(f"d{number:03}", "s", name, f"v{number}", CHUNKS * 10, name, language, day)
        spans = [Span(10 * at, 10 * at + 9) for at in range(CHUNKS)]
        made.catalog.store(
            Document(info, "word sees " * CHUNKS),
            [
                StoredChunk(
                    Chunk(f"c{number:03}-{at}", info.id, info.version, span, (span,)),
                    language, vector.astype(np.float16), vector[None].astype(np.float16),
                )
                for at, (span, vector) in enumerate(zip(spans, vectors_of(number), strict=True))
            ],
        )  # fmt: skip
        entries.append(Entry(info, 1, 1, 1))
    made.publish(entries)
    yield made
    made.close()


QUESTION = unit(np.random.default_rng(999).standard_normal((1, 32)).astype(np.float32))[0]


def exact(numbers: range, language: str) -> list[str]:
    of = [n for n in numbers if (language == "de") == bool(n % 3)]
    cosines = {f"c{n:03}-{at}": float(v @ QUESTION) for n in of for at, v in enumerate(vectors_of(n))}
    return sorted(cosines, key=lambda identity: -cosines[identity])


@pytest.mark.parametrize("since", [0, 60, 100, 116, 119])
@pytest.mark.parametrize("language", ["de", "en"])
def test_the_nearest_of_what_is_left_are_those_of_an_exact_search(index: Index, since: int, language: str) -> None:
    with index.reading():
        narrowed = Narrowing(index.catalog).by(Filters(since=DAYS[since]))
        assert narrowed is not None
        dense, _ = index._parts()
        found = narrowed.nearest(dense.nearest, language, QUESTION, 10)

    assert found == exact(range(since, DOCUMENTS), language)[:10]


def test_little_is_left_and_the_plain_search_is_not_asked(index: Index) -> None:
    def never(*_: object) -> list[str]:
        raise AssertionError("the plain search was asked")

    with index.reading():
        narrowed = Narrowing(index.catalog).by(Filters(source="007.txt"))
        assert narrowed is not None

        assert narrowed.nearest(never, "de", QUESTION, 10) == exact(range(7, 8), "de")
        assert narrowed.nearest(never, "en", QUESTION, 10) == []


def test_where_the_plain_search_gives_only_what_is_forbidden_the_answer_is_exact(index: Index) -> None:
    forbidden = [f"c{number:03}-0" for number in range(60) if number % 3]
    with index.reading():
        narrowed = Narrowing(index.catalog).by(Filters(since=DAYS[60]))
        assert narrowed is not None
        found = narrowed.nearest(lambda *asked: (forbidden * 9)[: asked[2]], "de", QUESTION, 10)

    assert found == exact(range(60, DOCUMENTS), "de")[:10]


def test_nothing_is_narrowed_without_a_filter_and_what_was_is_remembered_until_something_changes(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrowing, listed = Narrowing(index.catalog), []
    documents = Catalog.documents
    monkeypatch.setattr(Catalog, "documents", lambda *given: listed.append(1) or documents(*given))

    assert narrowing.by(Filters()) is None
    first = narrowing.by(Filters(language="de"))
    assert narrowing.by(Filters(language="de")) is first
    assert len(listed) == 1
    index.catalog.mark(unsettled=False)
    assert narrowing.by(Filters(language="de")) is not first


def test_a_search_by_words_keeps_to_the_filter_too(index: Index) -> None:
    with index.reading():
        found = index.search("word", QUESTION, Filters(since=DAYS[118]), 50)

    assert {one.document.name for one in found} == {"118.txt", "119.txt"}
    assert {via for one in found for via in one.via} == {"vector", "words"}
