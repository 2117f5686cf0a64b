"""The catalog, in a file and on a server: whole versions, content that comes back as it went in, and what changed when."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag import RebuildIndex
from rag.catalog import AnyCatalog, Entry, StoredChunk, seat_of, shard_of
from rag.catalog.chunks import ChunkText
from rag.chunking import address
from rag.documents.folder import document_id
from rag.documents.reading import text_version
from rag.place import Place
from rag.records import Chunk, Document, DocumentInfo, Span

SOURCE = "s" * 16
TEXT = "Der Hafen wächst 🚢. Acht Schiffe kamen an. Das Ende."


CATALOGS = ("file", "postgres")


@contextmanager
def made(folder: Path, url: str | None) -> Iterator[AnyCatalog]:
    with closing(seat_of(folder, url)) as seat, closing(seat.open(folder, {"embedder": "e/1"})) as catalog:
        catalog.note_source(SOURCE, "/docs", whole=True)
        yield catalog


@pytest.fixture
def catalog(tmp_path: Path, catalog_url: Callable[[Path], str | None]) -> Iterator[AnyCatalog]:
    with made(tmp_path, catalog_url(tmp_path)) as catalog:
        yield catalog


@pytest.fixture(scope="module", params=CATALOGS)
def shared(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[AnyCatalog]:
    url = request.getfixturevalue("postgres").database() if request.param == "postgres" else None
    with made(tmp_path_factory.mktemp("catalog"), url) as catalog:
        yield catalog


def document(name: str, text: str = TEXT, **known: object) -> Document:
    info = DocumentInfo(document_id(SOURCE, name), SOURCE, name, text_version(text), len(text), **known)
    return Document(info, text)


def chunks(of: Document, *bounds: int) -> list[StoredChunk]:
    """Cut at the bounds; each chunk is two sentences."""
    made = []
    for start, end in pairwise((0, *bounds, len(of.text))):
        span, middle = Span(start, end), (start + end) // 2
        chunk = Chunk(
            address(of.info, span, "e/1"), of.info.id, of.info.version, span, (Span(start, middle), Span(middle, end))
        )
        vectors = np.linspace(0, 1, 12, dtype=np.float16).reshape(3, 4)
        made.append(StoredChunk(chunk, shard_of(of.info.language), vectors[0], vectors[1:]))
    return made


def entry(of: Document, size: int = 1, modified: int = 2, checked: int = 3) -> Entry:
    return Entry(of.info, size, modified, checked)


def publish(catalog: AnyCatalog, *documents: Document) -> None:
    for one in documents:
        catalog.store(one, chunks(one))
    catalog.go_live([entry(one) for one in documents])


def test_what_is_stored_is_invisible_until_it_goes_live(catalog: AnyCatalog) -> None:
    one = document("a.txt")
    parts = chunks(one, 20)
    catalog.store(one, parts)

    ids = [part.chunk.id for part in parts]
    assert catalog.documents() == []
    assert catalog.live_chunks(ids) == []
    assert (catalog.chunk_ids(), catalog.chunk_count()) == ({}, 0)
    assert catalog.orphans() == [(one.info.id, one.info.version)]

    before = catalog.generation
    catalog.go_live([entry(one)])

    assert catalog.documents() == [one.info]
    assert catalog.document(one.info.id) == one
    assert {(one.id, one.span) for one, _ in catalog.live_chunks(ids)} == {(part.id, part.chunk.span) for part in parts}
    assert (catalog.chunk_ids(), catalog.chunk_count()) == (dict.fromkeys(ids, "other"), 2)
    assert catalog.orphans() == []
    assert catalog.generation > before


def test_a_new_version_replaces_the_old_one_at_once(catalog: AnyCatalog) -> None:
    old, new = document("a.txt"), document("a.txt", "Ganz anders. Und neu.")
    publish(catalog, old)
    stale = list(catalog.chunk_ids())
    publish(catalog, new)

    assert catalog.documents() == [new.info]
    assert catalog.live_chunks(stale) == []
    assert catalog.document(old.info.id, old.info.version) is None
    assert catalog.text_of(old.info.id, old.info.version, Span(4, 9)) == "Hafen", "stored as long as it is not swept"

    catalog.forget(catalog.orphans())

    assert catalog.text_of(old.info.id, old.info.version, Span(4, 9)) is None
    assert catalog.chunks_of(old.info.id, old.info.version) == []
    assert catalog.document(new.info.id) == new


def test_a_version_stored_twice_is_there_once(catalog: AnyCatalog) -> None:
    one = document("a.txt")
    catalog.store(one, chunks(one))
    catalog.store(one, chunks(one, 10, 30))

    assert len(catalog.chunks_of(one.info.id, one.info.version)) == 3


def test_several_documents_go_live_together_or_not_at_all(catalog: AnyCatalog) -> None:
    stored, missing = document("a.txt"), document("b.txt", "Nie gespeichert.")
    catalog.store(stored, chunks(stored))
    before = catalog.generation

    with pytest.raises(RebuildIndex):
        catalog.go_live([entry(stored), entry(missing)])

    assert (catalog.documents(), catalog.changes(), catalog.generation) == ([], [], before)


def test_a_failed_transaction_leaves_the_next_one_free(catalog: AnyCatalog) -> None:
    with pytest.raises(KeyError), catalog.writing():
        raise KeyError
    catalog.move_source(SOURCE, "/elsewhere")

    assert catalog.sources()[0].root == "/elsewhere"


def test_a_withdrawn_document_is_gone_and_remembered_as_unwanted_if_a_person_said_so(catalog: AnyCatalog) -> None:
    a, b, c = document("a.txt"), document("b.txt", "Zwei."), document("c.txt", "Drei.")
    publish(catalog, a, b, c)

    catalog.withdraw([a.info.id], unwanted=True)
    catalog.withdraw([b.info.id, "unknown"], unwanted=False)

    assert catalog.documents() == [c.info]
    assert catalog.unwanted(SOURCE) == {"a.txt"}
    publish(catalog, a)
    assert catalog.unwanted(SOURCE) == set(), "taken in again, it is wanted"


def test_the_change_feed_tells_each_step_in_order(catalog: AnyCatalog) -> None:
    old, new = document("a.txt"), document("a.txt", "Neu.")
    publish(catalog, old)
    publish(catalog, new)
    catalog.withdraw([old.info.id], unwanted=False)

    told = [(change.name, change.version, change.previous) for change in catalog.changes()]
    assert told == [
        ("a.txt", old.info.version, None),
        ("a.txt", new.info.version, old.info.version),
        ("a.txt", None, new.info.version),
    ]
    first = catalog.changes()[0]
    assert [change.number for change in catalog.changes(first.number)] == [first.number + 1, first.number + 2]
    assert dt.datetime.fromisoformat(first.at).tzinfo is not None


def test_the_fingerprint_is_that_of_the_live_documents(catalog: AnyCatalog) -> None:
    empty = catalog.corpus().fingerprint
    a, b = document("a.txt"), document("b.txt", "Zwei.")
    publish(catalog, a, b)
    both = catalog.corpus().fingerprint
    catalog.withdraw([b.info.id], unwanted=False)
    one = catalog.corpus().fingerprint
    publish(catalog, b)

    assert len({empty, both, one}) == 3
    assert catalog.corpus().fingerprint == both


def test_passages_are_what_spans_and_places_say(catalog: AnyCatalog) -> None:
    plain, paged = document("a.txt", "Ohne Seiten 🚢. Zwei."), document("b.pdf", "Seite eins 🚢. Seite zwei.")
    paged = replace(paged, places=(Place(0, "page", 1), Place(14, "page", 2)))
    for one in (plain, paged):
        catalog.store(one, chunks(one, 14))
    catalog.go_live([entry(one) for one in (plain, paged)])
    parts = [stored.chunk for one in (plain, paged) for stored in chunks(one, 14)]

    found = catalog.passages([*(part.id for part in parts), chunks(document("c.txt", "Weg."))[0].id])

    assert found == {
        part.id: ChunkText(
            part,
            catalog.text_of(part.document_id, part.version, part.span) or "",
            catalog.places(part.document_id, part.version, part.span),
        )
        for part in parts
    }
    assert [place.number for place in found[parts[-1].id].places] == [2]
    assert catalog.passages([]) == {}


def test_equal_text_in_the_same_language_is_reusable(catalog: AnyCatalog) -> None:
    one = document("a.txt", language="de")
    catalog.store(one, chunks(one, 20))

    found = catalog.reusable(one.info.version, "de")
    assert [stored.chunk for stored in found or []] == [part.chunk for part in chunks(one, 20)]
    assert catalog.reusable(one.info.version, None) is None
    assert catalog.reusable(text_version("anders"), "de") is None


def test_what_is_remembered_of_a_file_can_be_renewed(catalog: AnyCatalog) -> None:
    one = document("a.txt")
    catalog.store(one, chunks(one))
    catalog.go_live([entry(one, 10, 20, 30)])
    generation = catalog.generation
    catalog.checked([replace(catalog.known(SOURCE, "a.txt")["a.txt"], size=11, modified=21, checked=31)])

    known = catalog.known(SOURCE)["a.txt"]
    assert (known.size, known.modified, known.checked, known.version) == (11, 21, 31, one.info.version)
    assert catalog.known("another") == catalog.known(SOURCE, "b.txt") == {}
    assert catalog.generation == generation, "no reader needs to notice"


def test_a_file_is_remembered_with_what_is_in_it(catalog: AnyCatalog) -> None:
    for one in map(document, ("a.zip/b.txt", "a.zip", "a.zipper", "c/a.zip")):
        catalog.store(one, chunks(one))
        catalog.go_live([entry(one)])

    assert catalog.known(SOURCE, "a.zip").keys() == {"a.zip", "a.zip/b.txt"}


def test_a_source_named_whole_once_stays_whole_and_a_file_s_source_ends_with_its_documents(catalog: AnyCatalog) -> None:
    catalog.note_source(SOURCE, "/docs", whole=False)
    catalog.note_source("loose", "/loose", whole=False)
    assert [(row.id, row.whole) for row in catalog.sources()] == [(SOURCE, True), ("loose", False)]

    catalog.withdraw([], unwanted=False)

    assert [row.id for row in catalog.sources()] == [SOURCE]


def test_a_path_that_is_not_text_is_kept(catalog: AnyCatalog) -> None:
    root = os.fsdecode(b"/docs/caf\xe9")
    catalog.note_source("odd", root, whole=True)
    assert catalog.sources()[-1].root == root

    catalog.move_source("odd", root + "/2")
    assert catalog.sources()[-1].root == root + "/2"


def test_more_ids_than_a_statement_takes(catalog: AnyCatalog) -> None:
    many = [document(f"{n}.txt", f"Text {n}.") for n in range(1000)]
    for one in many:
        catalog.store(one, chunks(one))
    catalog.go_live([entry(one) for one in many])
    ids = list(catalog.chunk_ids())

    assert len(catalog.live_chunks([*ids, "unknown"])) == 1000
    assert catalog.chunk_ids([one.info.id for one in many]) == catalog.chunk_ids()
    assert set(catalog.owners([*ids, "unknown"]).values()) == {one.info.id for one in many}
    assert set(catalog.vectors_of("other", [one.info.id for one in many])[0]) == set(ids)


@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1), data=st.data())
def test_a_span_of_a_stored_text_is_the_slice_of_that_text(shared: AnyCatalog, text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    one = document("a.txt", text)
    shared.withdraw([one.info.id], unwanted=False)
    shared.store(one, [])
    shared.go_live([entry(one)])

    assert shared.text_of(one.info.id, one.info.version, Span(start, end)) == text[start:end]
    assert shared.document(one.info.id) == one
