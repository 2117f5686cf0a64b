"""Catalog, vectors and words as one: what is live is found, what is not never surfaces."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from rag import Document, Filters, LocalEngine, RebuildIndex, pending
from rag.catalog import Entry, Seat, StoredChunk, seat_of, shard_of
from rag.chunking import chunk_document
from rag.documents.folder import document_id
from rag.documents.reading import make_document
from rag.embedding import HashedWords
from rag.gathering import FolderIndex
from rag.index import Index
from rag.node import NodeIndex

EMBEDDER = HashedWords()
GERMAN = {
    "hafen": "Der Hafen von Hamburg wächst. Acht Schiffe kamen an.",
    "wald": "Der Wald ist alt. Das Reh schläft unter den Eichen.",
    "rede": "Die Ministerin sprach in Hamburg über den Wald und die Schiffe.",
}
ENGLISH = {"harbour": "The harbour of Hamburg grows. Eight ships arrived.", "wood": "The deer sleeps in the wood."}


CATALOGS = ("file", "gathered", "postgres")


@pytest.fixture
def opened(
    tmp_path: Path,
    catalog_url: Callable[[Path], str | None],
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Iterator[Callable[[], Index]]:
    """Open the index of the test as another process would see it; Chroma takes every change, or the first one alone."""
    gathered = getattr(request.node, "callspec", None) and request.node.callspec.params.get("catalog_url") == "gathered"
    monkeypatch.setattr(pending, "SECONDS", 1000.0 if gathered else 0.0)
    made: list[tuple[Index, Seat]] = []

    def open_one() -> Index:
        seat = seat_of(tmp_path, catalog_url(tmp_path))
        kind = partial(NodeIndex, seat=seat) if seat.remote else FolderIndex
        index = kind(tmp_path, EMBEDDER.name, create=True)
        made.append((index, seat))
        index.catalog.note_source("s", "/docs", whole=True)
        return index

    yield open_one
    for index, seat in made:
        index.close()
        seat.close()


@pytest.fixture
def index(opened: Callable[[], Index]) -> Index:
    return opened()


def store(index: Index, name: str, text: str) -> Entry:
    """Store a version, not yet live."""
    one = make_document(text.encode(), identity=document_id("s", name), source="s", name=name)
    index.catalog.store(one, chunks(one))
    return Entry(one.info, len(text), 0, 0)


def chunks(of: Document) -> list[StoredChunk]:
    def embed(texts: Sequence[str]) -> np.ndarray:
        return EMBEDDER.embed(texts, "chunk", of.info.language).astype(np.float16)

    return [
        StoredChunk(
            chunk,
            shard_of(of.info.language),
            embed([chunk.span.of(of.text)])[0],
            embed([span.of(of.text) for span in chunk.sentences]),
        )
        for chunk in chunk_document(of, EMBEDDER.name, EMBEDDER.count)
    ]


def publish(index: Index, texts: dict[str, str]) -> list[Entry]:
    entries = [store(index, name, text) for name, text in texts.items()]
    index.publish(entries)
    return entries


def found(index: Index, question: str, filters: Filters | None = None, limit: int = 50) -> dict[str, str]:
    """Return names of documents and how they were found."""
    vector = EMBEDDER.embed([question], "question", None)[0]
    with index.reading():
        hits = index.search(question, vector, filters or Filters(), limit)
    return {hit.document.name: "+".join(hit.via) for hit in hits}


def test_what_is_published_is_found_by_vector_and_by_word(index: Index) -> None:
    publish(index, GERMAN | ENGLISH)

    assert found(index, "Hamburg") == {
        "hafen": "vector+words", "rede": "vector+words", "harbour": "vector+words", "wald": "vector", "wood": "vector",
    }  # fmt: skip
    assert found(index, "Hamburg", limit=1).keys() <= {"hafen", "rede", "harbour"}
    assert index.health().problems == ()


def test_a_filter_holds_for_both_ways(index: Index) -> None:
    publish(index, GERMAN | ENGLISH)

    assert found(index, "Hamburg", Filters(language="en")).keys() == {"harbour", "wood"}
    assert found(index, "Hamburg", Filters(source="r*")).keys() == {"rede"}
    assert found(index, "Hamburg", Filters(language="fr")) == {}


def test_a_new_version_replaces_the_old_one(index: Index) -> None:
    publish(index, GERMAN)
    before = index.corpus()
    publish(index, {"hafen": "Der Garten liegt still."})

    assert "words" in found(index, "Garten")["hafen"]
    assert "words" not in found(index, "Schiffe")["hafen"]
    assert index.corpus() != before
    health = index.health()
    assert (health.documents, health.chunks, health.orphans, health.problems) == (3, 3, 0, ())


def test_a_withdrawn_document_leaves_nothing(index: Index) -> None:
    entries = publish(index, GERMAN)
    index.withdraw([entries[0].document.id], unwanted=True)

    assert found(index, "Hafen Hamburg").keys() == {"wald", "rede"}
    assert index.catalog.unwanted("s") == {"hafen"}
    assert index.health().problems == ()


def test_what_a_killed_ingest_put_into_the_indexes_never_surfaces(index: Index) -> None:
    publish(index, GERMAN)
    new, replaced = store(index, "neu", "Hamburg hat ein Zebra."), store(index, "wald", "Hamburg hat einen Wald.")
    for entry in (new, replaced):
        index._index(index.catalog.chunks_of(entry.document.id, entry.document.version))

    hits = found(index, "Zebra Hamburg")
    assert hits.keys() == GERMAN.keys()
    assert hits["wald"] == "vector"
    assert sum("too many" in problem for problem in index.health().problems) == 2

    assert index.sweep() == 2
    assert index.sweep() == 0
    assert index.health().problems == ()


def test_what_was_replaced_and_not_swept_never_surfaces(index: Index) -> None:
    publish(index, GERMAN)
    entry = store(index, "hafen", "Der Garten liegt still.")
    index._index(index.catalog.chunks_of(entry.document.id, entry.document.version))
    index.catalog.go_live([entry])

    assert "words" not in found(index, "Schiffe")["hafen"]
    publish(index, {"wald": "Der nächste Ingest räumt auf."})
    assert index.health().problems == ()
    index.compact()
    assert index.catalog.orphans() == []


def test_documents_are_published_all_or_none(index: Index) -> None:
    publish(index, GERMAN)
    good, bad = store(index, "neu", "Ein Zebra."), store(index, "fehlt", "Nichts.")
    index.catalog.forget([(bad.document.id, bad.document.version)])

    with pytest.raises(RebuildIndex):
        index.publish([good, bad])

    assert found(index, "Zebra").keys() == GERMAN.keys()
    index.publish([good])
    assert found(index, "Zebra")["neu"] == "vector+words"
    assert index.health().problems == ()


def test_readers_open_anew_even_where_the_writer_died_before_anything_went_live(opened: Callable[[], Index]) -> None:
    writer, reader = opened(), opened()
    publish(writer, GERMAN)
    found(reader, "Hamburg")
    before = reader._marks.generation
    with pytest.raises(KeyboardInterrupt), writer._publishing():
        raise KeyboardInterrupt

    assert reader._marks.generation > before
    assert found(reader, "Hamburg").keys() == GERMAN.keys()


def test_two_writers_in_turn_see_what_the_other_wrote(opened: Callable[[], Index]) -> None:
    first, second = opened(), opened()
    for n in range(4):
        publish((first, second)[n % 2], {f"{n}": f"Text Nummer {n} über Hamburg."})
        assert found(first, "Hamburg").keys() == found(second, "Hamburg").keys() == {str(m) for m in range(n + 1)}

    assert first.health().problems == second.health().problems == ()


@pytest.mark.parametrize("broken", ["vectors/chroma.sqlite3", "vectors/*/data_level0.bin", "words/de/meta.json", ""])
def test_what_a_writer_that_died_has_broken_is_mended_by_the_next_to_come(
    opened: Callable[[], Index], broken: str
) -> None:
    writer, reader = opened(), opened()
    publish(writer, GERMAN | ENGLISH)
    before = found(reader, "Hamburg")
    writer._marks.mark(unsettled=True)
    writer.close()
    for path in writer.folder.glob(broken) if broken else ():
        path.unlink()

    assert found(reader, "Hamburg") == found(opened(), "Hamburg") == before
    assert not reader._marks.unsettled
    generation = reader._marks.generation
    assert reader.health().problems == ()
    assert reader._marks.generation == generation, "mended once"


@pytest.mark.parametrize("catalog_url", ["file"], indirect=True)
@pytest.mark.parametrize("part", ["vectors", "words"])
def test_a_lost_part_is_named_and_made_anew_without_embedding(opened: Callable[[], Index], part: str) -> None:
    writer = opened()
    publish(writer, GERMAN | ENGLISH)
    before = found(writer, "Hamburg")
    shutil.rmtree(writer.folder / part)

    index = opened()
    with pytest.raises(RebuildIndex, match=rf"{part}.* hold 0 of 5 ") as caught:
        found(index, "Hamburg")
    assert "--repair" in caught.value.hint
    assert [problem.partition(":")[0] for problem in index.health().problems] == [part]
    if part == "words" or pending.SECONDS == 0:
        with pytest.raises(RebuildIndex):
            publish(index, {"neu": "Ein Hamburg für sich."})

    index.rebuild()

    before |= dict.fromkeys(found(index, "Hamburg").keys() & {"neu"}, "vector+words")
    assert found(index, "Hamburg") == before
    assert found(writer, "Hamburg") == before, "a reader that was open notices"
    assert index.health().problems == ()


def test_health_counts_what_is_missing_in_one_part(index: Index) -> None:
    entries = publish(index, GERMAN)
    stored = index.catalog.chunks_of(entries[0].document.id, entries[0].document.version)
    dense, words = index._parts()
    dense.delete("de", [stored[0].chunk.id])
    words.add("en", [(stored[0].chunk.id, "d", "in the wrong shard")])
    words.commit()

    assert index.health().problems[:1] == ("vectors: 1 of 3 chunks are missing",)
    index.rebuild()
    assert index.health().problems == ()


@pytest.mark.parametrize("catalog_url", ["file"], indirect=True)
def test_compacting_gives_space_back_and_loses_nothing(index: Index) -> None:
    entries = publish(index, GERMAN | {"gross": "Ein sehr langer Satz über den Wald. " * 3000})
    index.withdraw([entries[-1].document.id])
    before = sum(path.stat().st_size for path in index.folder.rglob("*") if path.is_file())
    index.compact()

    assert sum(path.stat().st_size for path in index.folder.rglob("*") if path.is_file()) < before / 2
    assert found(index, "Hamburg").keys() == GERMAN.keys()
    assert index.health().problems == ()


def test_a_search_beside_a_publication_sees_one_state(index: Index) -> None:
    publish(index, {"a": "Hamburg null.", "b": "Hamburg null."})
    seen: list[set[str]] = []
    stop = threading.Event()

    def search() -> None:
        while not stop.is_set():
            with index.reading():
                hits = index.search("Hamburg", EMBEDDER.embed(["Hamburg"], "question", None)[0], Filters(), 50)
                seen.append({index.text_of(h.document.id, h.document.version, h.proposed.span) or "" for h in hits})

    threads = [threading.Thread(target=search) for _ in range(2)]
    for thread in threads:
        thread.start()
    for word in ("eins", "zwei", "drei"):
        publish(index, {"a": f"Hamburg {word}.", "b": f"Hamburg {word}."})
    stop.set()
    for thread in threads:
        thread.join()

    assert seen
    assert {len(texts) for texts in seen} == {1}, "both documents are of one publication"


def test_the_ranking_of_a_language_does_not_depend_on_what_lies_beside_it(
    open_engine: Callable[..., LocalEngine], tmp_path: Path
) -> None:
    alone, mixed = (open_engine(index=tmp_path / name) for name in ("alone", "mixed"))
    for engine, texts in (
        (alone, GERMAN),
        (mixed, GERMAN | ENGLISH | {"bois": "Le cerf dort dans les bois de Hamburg."}),
    ):
        docs = tmp_path / f"docs-{engine.folder.name}"
        docs.mkdir()
        for name, text in texts.items():
            (docs / f"{name}.txt").write_text(text, "utf-8")
        engine.ingest(docs)

    for question in ("Wo schläft das Reh?", "Schiffe in Hamburg", "Wer sprach über den Wald?", "Zebra"):
        pure = alone.search(question, limit=20)
        beside = [hit for hit in mixed.search(question, limit=20) if hit.document.language == "de"]
        assert [(h.document.name, h.via) for h in beside] == [(h.document.name, h.via) for h in pure]
        assert [h.score for h in beside] == pytest.approx([h.score for h in pure], abs=1e-6)
        assert len(pure) == 3
