"""An index whose vectors are on a real Chroma server: moved there and back, killed writers and servers, several of both."""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from folders import TEXTS, found, write
from processes import Child

from rag import BelegError, LocalEngine, RebuildIndex, RetryLater, connect, load_settings, pending
from rag.embedding import HashedWords
from tests.chroma import Chroma, gate, running
from tests.cli.conftest import rag

__all__ = ["rag"]
Open = Callable[..., LocalEngine]
MANY = {f"{n}.txt": f"Der Bericht {n} handelt von Hamburg. " + f"Wort{n} steht darin. " * 30 for n in range(40)}


@pytest.fixture(scope="module")
def chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chroma]:
    with running(tmp_path_factory.mktemp("chroma")) as server:
        yield server


@pytest.fixture
def open_there(open_engine: Open, chroma: Chroma) -> Open:
    """Open engines whose vectors are on the server."""
    return lambda **given: open_engine(**{"chroma_url": chroma.url, **given})


def on(url: str, index: str) -> LocalEngine:
    return connect(load_settings(index=index, embedding="hashed-words", wait=30, threshold=0.0, chroma_url=url))


def exact(engine: LocalEngine) -> bool:
    """Whether server and words hold just the live chunks: nothing lost, nothing twice."""
    index = engine._opened()
    assert index.health().problems == ()
    return index._home.store().count() == index.catalog.chunk_count()


def by_vector(engine: LocalEngine, question: str) -> set[str]:
    return {hit.document.name for hit in engine.search(question, limit=100) if "vector" in hit.via}


@pytest.fixture
def no_embedding(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError("a chunk was embedded again")

    real = HashedWords.embed
    monkeypatch.setattr(
        HashedWords,
        "embed",
        lambda self, texts, kind, lang: real(self, texts, kind, lang) if kind == "question" else refuse(),
    )


def collections(chroma: Chroma) -> set[str]:
    import httpx

    listed = httpx.get(f"{chroma.url}/api/v2/tenants/default_tenant/databases/default_database/collections")
    return {one["name"] for one in listed.json()}


def test_nothing_of_a_vector_is_in_the_folder(open_there: Open, folder: Path) -> None:
    write(folder, TEXTS)
    engine = open_there()
    engine.ingest(folder)

    assert by_vector(engine, "Hamburg Schiffe") == {"hafen.txt", "tief/wald.md", "harbour.txt"}
    assert engine.ask("Wie viele Schiffe kamen an?").status == "answered"
    assert not (engine.folder / "vectors").exists()
    assert exact(engine)
    engine.remove("hafen.txt")
    assert by_vector(engine, "Hamburg Schiffe") == {"tief/wald.md", "harbour.txt"}
    assert exact(engine)


def test_an_index_that_is_kept_elsewhere_is_refused_and_moves_without_embedding(
    open_engine: Open, open_there: Open, folder: Path
) -> None:
    write(folder, TEXTS)
    here = open_engine()
    here.ingest(folder)
    before = by_vector(here, "Hamburg Schiffe")
    here.close()

    for open_one, gone in ((open_there, True), (open_engine, False)):
        engine = open_one()
        with pytest.raises(RebuildIndex, match="are kept") as caught:
            engine.search("Hamburg")
        assert "rag doctor --repair" in caught.value.hint
        assert engine.documents(), "what needs no vectors goes on"
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(HashedWords, "count", lambda *_: pytest.fail("embedded again"))
            engine.repair()
        assert by_vector(engine, "Hamburg Schiffe") == before
        assert exact(engine)
        assert (engine.folder / "vectors").exists() is not gone
        engine.close()


def test_changes_that_wait_for_chroma_move_too_and_what_was_done_there_is_here_again(
    open_engine: Open, open_there: Open, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pending, "SECONDS", 1e6)
    write(folder, TEXTS)
    here = open_engine()
    here.ingest(folder)
    write(folder, {"neu.txt": "Acht neue Schiffe in Hamburg."})
    here.ingest(folder)
    here.remove("hafen.txt")
    assert here._opened().catalog.replaced(), "they wait"
    here.close()

    there = open_there()
    there.repair()
    assert by_vector(there, "Hamburg Schiffe") == {"neu.txt", "tief/wald.md", "harbour.txt"}
    assert there._opened().catalog.orphans() == []
    write(folder, {"neu.txt": "Neun Wagen in Bremen.", "mehr.txt": "Zehn Reiter in Hamburg."}, settled=False)
    there.ingest(folder / "neu.txt", folder / "mehr.txt")
    assert exact(there)
    there.close()

    here = open_engine()
    with pytest.raises(RebuildIndex, match="are kept"):
        here.ingest(folder)
    here.repair()
    assert exact(here)
    assert by_vector(here, "Reiter") == {"mehr.txt", "neu.txt", "tief/wald.md", "harbour.txt"}


def test_an_index_of_before_there_were_servers_moves_too(open_engine: Open, open_there: Open, folder: Path) -> None:
    write(folder, TEXTS)
    open_engine().ingest(folder)
    with closing(sqlite3.connect(open_engine().folder / "catalog.sqlite3")) as catalog, catalog:
        catalog.execute("DELETE FROM meta WHERE key IN ('vectors', 'collections')")

    assert exact(open_engine())
    engine = open_there()
    with pytest.raises(RebuildIndex):
        engine.search("Hamburg")
    engine.repair()
    assert exact(engine)


def test_the_doctor_says_where_they_are_and_mends(rag: Any, open_engine: Open, folder: Path, chroma: Chroma) -> None:
    write(folder, TEXTS)
    index = open_engine().folder
    open_engine().ingest(folder)

    refused = rag("doctor", "--index", index, RAG_CHROMA_URL=chroma.url)
    mended = rag("doctor", "--repair", "--index", index, RAG_CHROMA_URL=chroma.url)
    known = rag("doctor", "--index", index, "--json", RAG_CHROMA_URL=chroma.url).json

    assert (refused.code, "rag doctor --repair" in refused.out + refused.err) == (1, True)
    assert mended.code == 0, mended.err
    assert f"on the Chroma server {chroma.url}" in mended.out
    assert known["health"]["vectors"].startswith(chroma.url)
    with gate(chroma.url, token="geheim") as url:
        away = rag("ask", "Hamburg?", "--index", index, RAG_CHROMA_URL=url)
        assert (away.code, "are kept" in away.err) == (1, True)
        closed = rag("ingest", folder, "--index", index / "new", RAG_CHROMA_URL=url)
        assert (closed.code, "RAG_CHROMA_HEADERS" in closed.err) == (2, True)


@pytest.mark.parametrize("what", ["compact", "purge", "rebuild", "import"])
def test_what_makes_an_index_anew_leaves_no_old_collections(
    open_there: Open, folder: Path, tmp_path: Path, chroma: Chroma, what: str
) -> None:
    others = collections(chroma)
    write(folder, TEXTS)
    engine = open_there()
    engine.ingest(folder)
    engine.export_to(tmp_path / "one.beleg")
    reader = open_there()
    assert found(reader, "Hamburg")
    before = collections(chroma) - others
    if what == "compact":
        engine.compact()
    elif what == "purge":
        engine.remove("hafen.txt", purge=True)
    elif what == "rebuild":
        list(engine.ingest_events(folder, rebuild=True))
        reader = open_there()
    else:
        engine.import_from(tmp_path / "one.beleg", replace=True)
        reader = open_there()

    after = collections(chroma) - others
    assert exact(engine)
    assert len(after) == 2
    assert after.isdisjoint(before)
    assert found(reader, "Hamburg") == {"harbour.txt"} | ({"hafen.txt"} if what != "purge" else set())


def test_an_index_and_its_copy_elsewhere_do_not_share(open_there: Open, folder: Path, tmp_path: Path) -> None:
    write(folder, TEXTS)
    one = open_there()
    one.ingest(folder)
    one.export_to(tmp_path / "one.beleg")
    other = open_there(index=tmp_path / "other")
    other.import_from(tmp_path / "one.beleg")

    one.remove("hafen.txt", "tief/wald.md")

    assert exact(one)
    assert exact(other)
    assert len(by_vector(other, "Hamburg")) == 3


def test_vectors_that_a_server_lost_are_named_and_made_anew(open_there: Open, folder: Path, chroma: Chroma) -> None:
    write(folder, TEXTS)
    engine = open_there()
    engine.ingest(folder)
    engine._opened()._home.store().clear()
    engine = open_there()

    with pytest.raises(RebuildIndex, match="hold 0 of 3") as caught:
        engine.search("Hamburg")
    assert "--repair" in caught.value.hint
    engine.repair()
    assert exact(engine)


def ingest_there(url: str, index: str, docs: str) -> int:
    with on(url, index) as engine:
        return len(engine.ingest(docs).added)


def test_a_server_killed_in_the_middle_of_an_ingest(open_engine: Open, folder: Path, tmp_path: Path) -> None:
    write(folder, MANY)
    with running(tmp_path / "own") as server:
        engine = open_engine(chroma_url=server.url, wait=0)
        engine.ingest(write_one(tmp_path))
        server.kill()
        with pytest.raises(RetryLater, match="does not answer"):
            engine.ingest(folder)
        server.start()
        engine.ingest(folder)
        assert exact(engine)
        assert len(by_vector(engine, "Bericht")) >= 40

        patient = open_engine(chroma_url=server.url, wait=30)
        write(folder, {name: f"{text} Neu." for name, text in MANY.items()}, settled=False)
        server.kill()
        back = threading.Timer(1.5, server.start)
        back.start()
        assert len(patient.ingest(folder).changed) == 40, "it was waited for"
        back.join()
        assert exact(patient)


def write_one(tmp_path: Path) -> Path:
    write(tmp_path / "first", {"erst.txt": "Ein erster Text über Hamburg."})
    return tmp_path / "first"


def test_a_server_killed_in_the_middle_of_questions(open_engine: Open, folder: Path, tmp_path: Path) -> None:
    write(folder, TEXTS)
    with running(tmp_path / "own") as server:
        engine = open_engine(chroma_url=server.url, wait=0.1)
        engine.ingest(folder)
        said: list[object] = []
        stop = threading.Event()

        def ask() -> None:
            while not stop.is_set():
                try:
                    said.append(frozenset(by_vector(engine, "Hamburg")))
                except BelegError as error:
                    said.append(type(error))
                    time.sleep(0.05)

        asking = threading.Thread(target=ask)
        asking.start()
        for _ in range(3):
            time.sleep(0.3)
            server.kill()
            time.sleep(0.2)
            server.start()
        until = len(said) + 5
        while len(said) < until and asking.is_alive():
            time.sleep(0.05)
        stop.set()
        asking.join()

        whole = frozenset(TEXTS)
        assert set(said) == {whole, RetryLater}, "an answer is whole, or says that it cannot be had now"
        assert said[-1] == whole


@pytest.mark.parametrize("seed", range(4))
def test_a_writer_killed_anywhere_loses_and_doubles_nothing(
    chroma: Chroma, folder: Path, tmp_path: Path, open_there: Open, seed: int
) -> None:
    write(folder, MANY)
    index = str(tmp_path / "index")
    child = Child(ingest_there, chroma.url, index, str(folder))
    time.sleep(random.Random(seed).uniform(0.3, 1.5))
    child.kill()

    engine = open_there()
    if engine.has_index:
        live = {document.name for document in engine.documents()}
        assert not live or by_vector(engine, "Bericht Hamburg") >= live
    engine.ingest(folder)

    assert len(engine.documents()) == 40
    assert exact(engine)


def test_several_writers_one_of_them_killed(chroma: Chroma, tmp_path: Path, open_there: Open) -> None:
    index = str(tmp_path / "index")
    folders = [tmp_path / f"docs{n}" for n in range(4)]
    for n, docs in enumerate(folders):
        write(docs, {f"{n}-{name}": f"{text} Sammlung {n}." for name, text in MANY.items()})
    children = [Child(ingest_there, chroma.url, index, str(docs)) for docs in folders]
    time.sleep(2.0)
    children[0].kill()
    assert [child.result(120) for child in children[1:]] == [40, 40, 40]

    engine = open_there()
    assert {document.name for document in engine.documents()} >= {f"{n}-{name}" for n in (1, 2, 3) for name in MANY}
    engine.ingest(folders[0])
    assert len(engine.documents()) == 160
    assert exact(engine)
