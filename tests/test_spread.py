"""An ingest spread over Ray's workers. The runs on a real Ray are opt-in: BELEG_RAY=1, with the extra ``ray`` installed."""

from __future__ import annotations

import importlib.util
import json
import os
import pickle
import shutil
import socket
import subprocess
import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from folders import write

from rag import IngestReport, InstallExtra, LocalEngine, RetryLater, sources
from rag.catalog import StoredChunk
from rag.embedding import HashedWords
from rag.index import Index, make_folder
from rag.ingest import ingest
from rag.plan import IngestRule, Todo, make_plan
from rag.reports import fold
from rag.spread import Job, Read, Reader, meant
from tests.chroma import running
from tests.cli.conftest import rag

__all__ = ["rag"]
LIMIT = 1_000_000
ROOT = Path(__file__).parent.parent
TEXT = "# Der Hafen\n\n" + "\n\n".join(f"Absatz {n}. " + f"Wort{n} von Hamburg steht hier. " * 30 for n in range(6))
DOCS = {f"{n}.txt": f"Der Bericht {n} handelt von Hamburg.\n\n" + f"Wort{n} steht darin. " * 200 for n in range(60)}
wants_ray = pytest.mark.skipif(
    os.environ.get("BELEG_RAY") != "1" or importlib.util.find_spec("ray") is None or shutil.which("unshare") is None,
    reason="on a real Ray: BELEG_RAY=1, with beleg[ray] installed",
)


def made(engine: LocalEngine) -> Index:
    make_folder(engine.folder)
    return engine._opened(create=True)


def todos_of(engine: LocalEngine, folder: Path) -> list[Todo]:
    index = made(engine)
    target = (sources.resolve(index.catalog, folder), folder)
    return make_plan(index.catalog, [target], IngestRule(LIMIT)).fresh


def batch_of(todos: Sequence[Todo]) -> dict[str, Any]:
    return {"at": list(range(len(todos))), "todo": [pickle.dumps(todo) for todo in todos]}


def ingested(engine: LocalEngine, folder: Path, stop: BaseException | None = None) -> IngestReport:
    """Ingest with workers in this process, which end before the last file where ``stop`` is given."""

    def here(todos: Sequence[Todo], collections: str | None) -> Generator[tuple[Todo, Read]]:
        with closing(Reader(pickle.dumps(Job(engine.settings, LIMIT, collections)))) as worker:
            done = worker(batch_of(todos))
            for todo, read in list(zip(todos, done["read"], strict=True))[: -1 if stop else None]:
                yield todo, pickle.loads(read)
            if stop is not None:
                raise stop

    index = made(engine)
    target = (sources.resolve(index.catalog, folder), folder)
    return fold(ingest(index, HashedWords(), engine._parser, [target], IngestRule(LIMIT), spread=here))


@pytest.fixture(params=["folder", "server"])
def spreading(request: pytest.FixtureRequest, open_engine: Any, tmp_path: Path) -> Iterator[LocalEngine]:
    """An engine whose vectors are in its folder, or on a Chroma server."""
    if request.param == "folder":
        yield open_engine()
        return
    with running(tmp_path / "chroma") as server:
        yield open_engine(chroma_url=server.url)


def test_what_workers_make_is_what_one_process_makes(spreading: LocalEngine, open_engine: Any, folder: Path) -> None:
    write(folder, {"a.md": TEXT, "b.txt": TEXT.replace("Hamburg", "Bremen"), "c.csv": "Hafen,Schiffe\nHamburg,8\n"})
    (folder / "d.txt").write_bytes(b"\0\1\2\3" * 100)
    plain: LocalEngine = open_engine(index=folder.parent / "other")

    told, expected = ingested(spreading, folder), plain.ingest(folder)

    assert (told.added, told.failed, told.chunks) == (expected.added, expected.failed, expected.chunks)
    made, known = (stored(engine) for engine in (spreading, plain))
    assert len(made) > 3
    assert [(a.chunk, a.shard) for a in made] == [(b.chunk, b.shard) for b in known]
    for a, b in zip(made, known, strict=True):
        assert a.tokens
        assert np.array_equal(a.vector, b.vector)
        assert np.array_equal(a.sentence_vectors, b.sentence_vectors)
        assert all(np.array_equal(x, y) for x, y in zip(a.tokens, b.tokens, strict=True))
    assert spreading.status().health.problems == ()
    assert {hit.document.name for hit in spreading.search("Bremen", limit=100)} == {"a.md", "b.txt", "c.csv"}
    assert spreading.ingest(folder).unchanged == 3


def stored(engine: LocalEngine) -> list[StoredChunk]:
    catalog = engine._opened().catalog
    return [chunk for document in catalog.documents() for chunk in catalog.chunks_of(document.id, document.version)]


def test_a_worker_may_begin_again_and_nothing_is_live_before_the_driver_says_so(
    open_engine: Any, folder: Path, tmp_path: Path
) -> None:
    write(folder, {"a.txt": TEXT, "b.txt": TEXT.replace("Hamburg", "Bremen")})
    with running(tmp_path / "chroma") as server:
        engine: LocalEngine = open_engine(chroma_url=server.url)
        todos = todos_of(engine, folder)
        job = pickle.dumps(Job(engine.settings, LIMIT, engine._opened().entrust()))

        for _ in range(2):
            with closing(Reader(job)) as worker:
                out = worker(batch_of(todos))

        made = [chunk.chunk.id for file in out["read"] for _, _, chunks in pickle.loads(file) for chunk in chunks or ()]
        assert sorted(engine._opened()._home.store().ids()) == sorted(made)
        assert engine.documents() == []
        engine.ingest(tmp_path / "docs" / "a.txt")
        assert engine.status().health.problems == (), "the next that writes deletes what nobody took up"


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), RetryLater("The workers failed."), GeneratorExit()])
def test_an_interrupt_leaves_what_is_complete_and_nothing_else(
    spreading: LocalEngine, folder: Path, stop: BaseException
) -> None:
    write(folder, {f"{n}.txt": text for n, text in enumerate(DOCS.values()) if n < 5})

    with pytest.raises(type(stop)):
        ingested(spreading, folder, stop)

    assert len(spreading.documents()) == 4
    assert spreading.status().health.problems == ()
    assert len(ingested(spreading, folder).added) == 1
    assert spreading.status().health.problems == ()


def test_what_ended_the_work_of_a_worker_is_said_as_it_was() -> None:
    cause = RetryLater("The Chroma server does not answer.", hint="Start it.")
    wrapped = RuntimeError("Failed to process the following data block")
    wrapped.__cause__ = ValueError("a worker's")
    wrapped.__cause__.cause = pickle.loads(pickle.dumps(cause))  # type: ignore[attr-defined]

    assert (str(meant(wrapped, "local")), meant(wrapped, "local").hint) == (str(cause), cause.hint)
    assert "run the command again" in meant(RuntimeError("The raylet died.\nAt length."), "local").hint
    assert "The raylet died" in str(meant(RuntimeError("The raylet died.\nAt length."), "local"))


def test_without_ray_the_extra_is_named(rag: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder, DOCS)
    monkeypatch.setitem(sys.modules, "ray", None)

    refused = rag("ingest", folder, "--ray", "local")

    assert refused.code == InstallExtra.exit_code
    assert "beleg[ray]" in refused.err


def test_an_address_at_which_nobody_answers_is_said_at_once(
    rag: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, DOCS)
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    for name in ("ray", "ray.data"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setattr(sys.modules["ray"], "is_initialized", lambda: False, raising=False)

    refused = rag("ingest", folder, "--ray", address)

    assert (refused.code, address in refused.err) == (RetryLater.exit_code, True)
    assert "--ray local" in refused.err


@pytest.mark.parametrize("words", [["local", "--dry-run"], ["local", "--watch"], ["--sync"]])
def test_what_cannot_be_spread_is_refused(rag: Any, folder: Path, words: list[str]) -> None:
    refused = rag("ingest", folder, "--ray", *words)

    assert (refused.code, "--ray" in refused.err) == (2, True)


def told_by(script: str, place: Path, kind: str) -> dict[str, Any]:
    """Return what a script tells of an ingest over Ray.

    It runs where loopback is all there is, and no process outlives it: Ray listens beyond loopback, whatever it is told.
    """
    write(place / "docs", DOCS)
    mapped = [] if os.geteuid() == 0 else ["--map-root-user"]
    space = ["unshare", *mapped, "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests"), *filter(None, [os.environ.get("PYTHONPATH")])])
    run = [sys.executable, str(ROOT / "tests" / script), str(place), kind]
    done = subprocess.run(
        [*space, "sh", "-c", 'ip link set lo up && exec "$@"', "sh", *run],
        # Ray's workers step back behind all others, which on a busy machine would be minutes here.
        env={**os.environ, "PYTHONPATH": path, "RAY_worker_niceness": "0"},
        cwd=place, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@wants_ray
@pytest.mark.parametrize("kind", ["server", "folder"])
def test_two_workers_one_killed_midway(tmp_path: Path, kind: str) -> None:
    told = told_by("ray_ingest.py", tmp_path, kind)

    assert told["killed"], told
    assert told["workers"] == min(2, os.cpu_count() or 1)
    assert (told["added"], told["failed"], told["unchanged"], told["problems"]) == (60, [], 60, [])
    assert told["same"]
    assert told["chunks"] > 60
    assert len(told["found"]) == 60


@wants_ray
@pytest.mark.parametrize("kind", ["server", "folder"])
def test_an_interrupt_at_the_terminal_ends_all_workers_and_can_be_carried_on(tmp_path: Path, kind: str) -> None:
    told = told_by("ray_interrupt.py", tmp_path, kind)

    assert (told["code"], told["left"], told["problems"]) == (130, [], []), told
    assert "carry on" in told["said"]
    assert 0 < told["documents"] < 60
    assert told["documents"] + told["added"] == 60
    assert told["after"] == []
