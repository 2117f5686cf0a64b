"""Three API processes over one catalog on PostgreSQL and one Chroma server, while several processes write and one is killed."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from folders import found, write
from processes import Child

from rag import LocalEngine, connect, load_settings
from rag.ownership import running_server
from tests.chroma import running as running_chroma
from tests.postgres import PostgresServer
from tests.server.conftest import soon

ROOT = Path(__file__).parents[2]
FIRST = {
    f"hafen-{n}.txt": f"Der Hafen {n} von Hamburg wächst. Acht Schiffe kamen an, sagt Bericht {n}." for n in range(12)
}
MORE = {f"mehr-{n}.txt": f"Die Werft {n} baut Fähren. " + f"Wort{n} steht darin. " * 40 for n in range(30)}


def node(index: str | Path, chroma: str, catalog: str) -> LocalEngine:
    given: dict[str, Any] = {"embedding": "hashed-words", "wait": 120, "threshold": 0.0}
    return connect(load_settings(index=index, chroma_url=chroma, catalog_url=catalog, **given))


def ingest(index: str, chroma: str, catalog: str, docs: str) -> int:
    with node(index, chroma, catalog) as engine:
        return len(engine.ingest(docs).added)


@pytest.fixture
def both(tmp_path: Path, postgres: PostgresServer) -> Iterator[tuple[str, str]]:
    """The addresses of a Chroma server and of an empty database."""
    with running_chroma(tmp_path / "chroma") as chroma:
        yield chroma.url, postgres.database()


@pytest.fixture
def served(tmp_path: Path, both: tuple[str, str]) -> Iterator[list[httpx.Client]]:
    """Three ``rag serve`` processes, each with a folder of its own."""
    chroma, catalog = both
    write(tmp_path / "first", FIRST)
    with node(tmp_path / "writer", chroma, catalog) as engine:
        engine.ingest(tmp_path / "first")
    own = {
        "RAG_EMBEDDING": "hashed-words", "RAG_THRESHOLD": "0", "RAG_CHROMA_URL": chroma, "RAG_CATALOG_URL": catalog,
        "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "RAG_SERVE_DEADLINE": "120",
    }  # fmt: skip
    processes: list[subprocess.Popen[bytes]] = []
    clients: list[httpx.Client] = []
    try:
        for n in range(3):
            command = [sys.executable, "-W", "error", "-m", "rag", "serve", "--port", "0", "--index", f"node{n}"]
            with (tmp_path / f"log{n}").open("wb") as log:
                processes.append(
                    subprocess.Popen(command, cwd=tmp_path, env={**os.environ, **own}, stdout=log, stderr=log)
                )
        for n in range(3):
            place = tmp_path / f"node{n}"
            assert soon(lambda place=place: running_server(place) is not None, 400), (tmp_path / f"log{n}").read_text()
            server = running_server(place)
            assert server is not None
            head = {"Authorization": f"Bearer {server.token}"}
            clients.append(httpx.Client(base_url=server.url, headers=head, timeout=120, trust_env=False))
        yield clients
    finally:
        for client in clients:
            client.close()
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(60)


def test_three_servers_answer_while_others_write_and_one_dies(
    served: list[httpx.Client], both: tuple[str, str], tmp_path: Path
) -> None:
    chroma, catalog = both
    wrong: list[str] = []
    stop = threading.Event()
    asked = [0, 0, 0]

    def ask(which: int) -> None:
        while not stop.is_set():
            reply = served[which].post("/v1/search", json={"question": "Hafen Hamburg Schiffe", "limit": 100})
            hits = reply.json().get("hits", []) if reply.status_code == 200 else []
            names = {hit["document"] for hit in hits if "vector" in hit["via"] and "words" in hit["via"]}
            if not names >= FIRST.keys():
                wrong.append(f"{which}: {reply.status_code} {len(names)} {reply.text[:300]}")
            asked[which] += 1

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(3)]
    for thread in threads:
        thread.start()
    folders = [tmp_path / f"docs{n}" for n in range(3)]
    for n, docs in enumerate(folders):
        write(docs, {f"{n}-{name}": f"{text} Sammlung {n}." for name, text in MORE.items()})
    children = [
        Child(ingest, str(tmp_path / f"writer{n}"), chroma, catalog, str(docs)) for n, docs in enumerate(folders)
    ]
    time.sleep(3)
    children[0].kill()
    done = [child.result(300) for child in children[1:]]
    stop.set()
    for thread in threads:
        thread.join()

    assert done == [30, 30]
    assert wrong == []
    assert min(asked) > 0
    with node(tmp_path / "writer0", chroma, catalog) as engine:
        engine.ingest(folders[0])
        everything = {*FIRST, *(f"{n}-{name}" for n in range(3) for name in MORE)}
        assert {document.name for document in engine.documents()} == everything
        index = engine._opened()
        assert index.health().problems == ()
        assert index._home.store().count() == index.catalog.chunk_count()
        assert len(found(engine, "Fähren")) == 90
    for client in served:
        listed = client.post("/v1/search", json={"question": "Werft Fähren", "limit": 100}).json()["hits"]
        assert {hit["document"] for hit in listed if "words" in hit["via"]} == everything - FIRST.keys()


def test_a_node_that_makes_the_vectors_anew_disturbs_no_other(both: tuple[str, str], tmp_path: Path) -> None:
    chroma, catalog = both
    write(tmp_path / "docs", FIRST)
    with node(tmp_path / "a", chroma, catalog) as one, node(tmp_path / "b", chroma, catalog) as other:
        one.ingest(tmp_path / "docs")
        assert found(other, "Hafen") == FIRST.keys()
        stop, seen = threading.Event(), list[frozenset[str]]()

        def ask() -> None:
            while not stop.is_set():
                hits = other.search("Hafen Hamburg", limit=100)
                seen.append(frozenset(hit.document.name for hit in hits if "vector" in hit.via))

        asking = threading.Thread(target=ask)
        asking.start()
        one.compact()
        one.repair()
        one.remove("hafen-3.txt", purge=True)
        stop.set()
        asking.join()

        assert set(seen) <= {frozenset(FIRST), frozenset(FIRST.keys() - {"hafen-3.txt"})}
        assert found(other, "Hafen") == FIRST.keys() - {"hafen-3.txt"}
        for engine in (one, other):
            assert engine.status().health.problems == ()


def test_nodes_must_agree_on_where_vectors_are(both: tuple[str, str], tmp_path: Path) -> None:
    from rag import RebuildIndex

    chroma, catalog = both
    write(tmp_path / "docs", FIRST)
    with node(tmp_path / "a", chroma, catalog) as one:
        one.ingest(tmp_path / "docs")
    settings = load_settings(index=tmp_path / "b", catalog_url=catalog, embedding="hashed-words", threshold=0.0)
    with connect(settings) as astray, pytest.raises(RebuildIndex, match="are kept on the Chroma server"):
        astray.search("Hafen")
