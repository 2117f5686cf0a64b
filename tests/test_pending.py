"""Changes that Chroma has not taken yet: found all the same, by every reader, without opening Chroma anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from folders import found, sound, write

from rag import Filters, LocalEngine, intake, pending
from rag.catalog import SHARDS
from rag.embedding import HashedWords
from rag.pending import Pending, due

Open = Callable[..., LocalEngine]


@pytest.fixture(autouse=True)
def _gathered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chroma takes the first change, and later ones only when they are many."""
    monkeypatch.setattr(pending, "SECONDS", 1e6)
    # On a busy machine the clock would end the first batch early.
    monkeypatch.setattr(intake, "_BATCH_SECONDS", float("inf"))


def text(number: int, edition: int = 0) -> str:
    return f"Brief {number} handelt von Hamburg. Wort{number}e{edition} steht nur hier."


def in_chroma(engine: LocalEngine) -> int:
    index = engine._opened()
    with index.reading():
        return index._home.store().count()


def test_the_nearest_are_those_of_the_exact_product() -> None:
    vectors = HashedWords().embed([text(number) for number in range(20)], "chunk", None)
    ids = [f"{number:02}" for number in range(20)]
    waiting = Pending({"de": (ids, vectors)}, {"de": 3}, frozenset(ids))
    question = HashedWords().embed(["Wort7e0 Wort3e0"], "question", None)[0]
    order = [ids[at] for at in np.argsort(-(vectors @ question))]

    assert waiting.nearest("de", question, 5, None) == order[:5]
    assert waiting.nearest("de", question, 5, ["07", "11", "nowhere"]) == [i for i in order if i in ("07", "11")]
    assert waiting.nearest("en", question, 5, None) == []
    assert (waiting.crowd("de"), waiting.crowd("en"), waiting.live) == (3, 0, 20)
    assert (waiting.of("de"), waiting.of("en")) == (ids, [])


def test_a_reader_keeps_chroma_open_while_few_documents_change(
    engine: LocalEngine, folder: Path, open_engine: Open
) -> None:
    write(folder, {f"{n}.txt": text(n) for n in range(10)})
    engine.ingest(folder)
    reader = open_engine()
    assert found(reader, "Wort3e0") == {"3.txt"}
    opened, words = reader._opened()._home.store()._client, reader._opened()._words

    write(folder, {"3.txt": text(3, 1), "new.txt": text(99)}, settled=False)
    engine.ingest(folder)
    engine.remove("4.txt")

    assert found(reader, "Wort3e1") == {"3.txt"}
    assert found(reader, "Wort99e0") == {"new.txt"}
    assert found(reader, "Wort3e0") == found(reader, "Wort4e0") == set()
    assert {hit.document.name for hit in reader.search("Wort99e0 handelt", limit=1)} == {"new.txt"}
    assert reader._opened()._home.store()._client is opened
    assert reader._opened()._words is words
    assert in_chroma(engine) == 10, "Chroma was not written"
    assert sound(reader)


def test_what_was_replaced_takes_no_place_of_what_is_live(engine: LocalEngine, folder: Path) -> None:
    write(folder, {f"{n}.txt": text(n) for n in range(60)})
    engine.ingest(folder)
    engine.remove(*(f"{n}.txt" for n in range(50)))

    index = engine._opened()
    vector = HashedWords().embed(["Hamburg"], "question", None)[0]
    with index.reading():
        hits = index.search("Hamburg", vector, Filters(), 10)
    assert {hit.document.name for hit in hits} == {f"{n}.txt" for n in range(50, 60)}
    assert all(hit.via == ("vector", "words") for hit in hits)


def test_a_filter_holds_for_what_waits(engine: LocalEngine, folder: Path) -> None:
    write(folder, {f"{n}.txt": text(n) for n in range(5)})
    engine.ingest(folder)
    write(folder, {"neu.txt": text(7), "auch.txt": text(8)})
    engine.ingest(folder)

    for pattern, names in (("n*", {"neu.txt"}), ("*u*", {"neu.txt", "auch.txt"}), ("[0n]*", {"0.txt", "neu.txt"})):
        assert {hit.document.name for hit in engine.search("Hamburg", Filters(source=pattern))} == names


def test_under_a_filter_what_waits_has_its_place_and_what_was_replaced_takes_none(
    engine: LocalEngine, folder: Path
) -> None:
    write(folder, {f"{n}.txt": text(n) for n in range(60)} | {"other.md": text(60)})
    engine.ingest(folder)
    engine.compact()
    write(folder, {f"{n}.txt": f"Ein Blatt {n} über Bremen." for n in range(30)}, settled=False)
    write(folder, {"near.txt": "Hier geht es nur um Hamburg und um Hamburg."})
    engine.ingest(folder)

    index = engine._opened()
    vector = HashedWords().embed(["Hamburg"], "question", None)[0]
    with index.reading():
        assert in_chroma(engine) == 61, "the later ones wait"
        found = index.search("Elbe", vector, Filters(source="*.txt"), 5)
        near = {one.proposed.id for one in found}
        documents = [document.id for document in engine.documents() if document.name != "other.md"]
        for shard in SHARDS:
            ids, vectors = index.catalog.vectors_of(shard, documents)
            assert near >= {ids[at] for at in np.argsort(-(vectors @ vector))[:5]} if ids else True
    assert "near.txt" in {one.document.name for one in found}
    assert "other.md" not in {one.document.name for one in found}


def test_a_document_that_comes_back_as_it_was_is_found_once(engine: LocalEngine, folder: Path) -> None:
    write(folder, {"a.txt": text(1), "b.txt": text(2)})
    engine.ingest(folder)
    for edition in (1, 0):
        write(folder, {"a.txt": text(1, edition)}, settled=False)
        engine.ingest(folder)

    assert [hit.document.name for hit in engine.search("Wort1e0", limit=1)] == ["a.txt"]
    assert [hit.via for hit in engine.search("Wort1e0")] == [("vector", "words"), ("vector",)]
    assert sound(engine)


def test_many_changes_go_into_chroma_and_nothing_is_left_behind(engine: LocalEngine, folder: Path) -> None:
    write(folder, {f"{n}.txt": text(n) for n in range(40)})
    engine.ingest(folder)
    for edition in range(1, 6):
        write(folder, {f"{n}.txt": text(n, edition) for n in range(40)}, settled=False)
        engine.ingest(folder)

    catalog = engine._opened().catalog
    # The fourth edition made them too many: 40 that are live and 160 or more that were replaced.
    assert len(catalog.orphans()) < pending.MOST
    assert found(engine, "Wort9e5") == {"9.txt"}
    assert sound(engine)
    engine.compact()
    assert in_chroma(engine) == 40
    assert catalog.orphans() == []


def test_old_changes_are_due_and_a_clock_that_went_back_makes_them_so(
    engine: LocalEngine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pending, "SECONDS", 10.0)
    write(folder, {"a.txt": text(1)})
    engine.ingest(folder)
    catalog = engine._opened().catalog
    at = catalog.folded_at
    assert not due(catalog, at + 100), "nothing waits"
    monkeypatch.setattr("rag.gathering.time.time", lambda: at + 1)
    write(folder, {"a.txt": text(2)}, settled=False)
    engine.ingest(folder)

    assert not due(catalog, at + 5)
    assert due(catalog, at + 10)
    assert due(catalog, at - 3600)
    monkeypatch.setattr("rag.gathering.time.time", lambda: at - 3600)
    engine.ingest(folder)
    assert not due(catalog, at - 3600)
    assert catalog.orphans() == []
    assert sound(engine)


def test_an_index_of_before_has_nothing_that_waits(engine: LocalEngine, folder: Path) -> None:
    write(folder, {"a.txt": text(1)})
    engine.ingest(folder)
    catalog = engine._opened().catalog
    with catalog.writing():
        catalog._db.run("DELETE FROM meta WHERE key IN ('folded', 'folded_at', 'graph')")

    assert (catalog.fresh_ids(), catalog.replaced(), catalog.stale_counts()) == ([], set(), {})
    write(folder, {"b.txt": text(2)})
    engine.ingest(folder)
    assert found(engine, "Wort2e0") == {"b.txt"}
    assert sound(engine)
