"""An ingest spread over Ray's workers. The runs on a real Ray are opt-in: BELEG_RAY=1, with the extra ``ray`` installed."""

from __future__ import annotations

import importlib.util
import json
import os
import pickle
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from folders import write

from rag import InstallExtra, LocalEngine, transforms
from rag.documents.folder import document_id
from rag.documents.reading import make_document
from rag.embedding import HashedWords
from rag.plan import IngestRule, make_plan
from rag.spread import Job, Reader, embedded
from tests.chroma import running
from tests.cli.conftest import rag

__all__ = ["rag"]
ROOT = Path(__file__).parent.parent
TEXT = "# Der Hafen\n\n" + "\n\n".join(f"Absatz {n}. " + f"Wort{n} von Hamburg steht hier. " * 30 for n in range(6))
DOCS = {f"{n}.txt": f"Der Bericht {n} handelt von Hamburg. " + f"Wort{n} steht darin. " * 60 for n in range(60)}
wants_ray = pytest.mark.skipif(
    os.environ.get("BELEG_RAY") != "1" or importlib.util.find_spec("ray") is None or shutil.which("unshare") is None,
    reason="on a real Ray: BELEG_RAY=1, with beleg[ray] installed",
)


def test_chunks_are_those_that_one_process_makes() -> None:
    document = make_document(TEXT.encode(), identity=document_id("s", "hafen.md"), source="s", name="hafen.md")
    embedder = HashedWords()

    plain, piped = embedded(document, embedder), transforms.run(transforms.pipeline(embedder), document)

    assert len(plain) > 1
    assert [(a.chunk, a.shard) for a in plain] == [(b.chunk, b.shard) for b in piped]
    for a, b in zip(plain, piped, strict=True):
        assert np.allclose(a.vector, b.vector, atol=1e-3)
        assert np.allclose(a.sentence_vectors, b.sentence_vectors, atol=1e-3)


def test_a_worker_reads_embeds_and_writes_and_may_do_it_twice(open_engine: Any, folder: Path, tmp_path: Path) -> None:
    write(folder, {"a.txt": TEXT, "b.txt": TEXT.replace("Hamburg", "Bremen")})
    (folder / "c.txt").write_bytes(b"\0\1\2\3" * 100)
    with running(tmp_path / "chroma") as server:
        engine: LocalEngine = open_engine(chroma_url=server.url)
        write(tmp_path / "first", {"erst.txt": "Ein erster Text."})
        engine.ingest(tmp_path / "first")
        index = engine._opened()
        from rag import sources

        target = (sources.resolve(index.catalog, folder), folder)
        todos = make_plan(index, [target], IngestRule(1_000_000)).fresh
        job = pickle.dumps(Job(engine.settings, 1_000_000, index.collections))
        batch = {"at": list(range(len(todos))), "todo": [pickle.dumps(todo) for todo in todos]}

        with closing(Reader(job)) as worker:
            out = worker(batch)
        with closing(Reader(job)) as restarted:
            again = restarted(batch)

        files = [pickle.loads(file) for file in out["read"]]
        chunks = {chunk.chunk.id for file in files for _, _, made in file for chunk in made or ()}
        assert len(files) == 3
        assert len(chunks) == 2 * len(embedded(files[0][0][1], HashedWords()))
        assert {type(result).__name__ for file in files for _, result, _ in file} == {"Document", "FixFile"}
        assert len(again["read"]) == 3
        held = index._home.store().ids()
        assert chunks <= held.keys()
        assert len(held) == len(chunks) + 1
        assert {document.name for document in engine.documents()} == {"erst.txt"}, "nothing is live yet"


def test_without_ray_the_extra_is_named(rag: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder, DOCS)
    monkeypatch.setitem(sys.modules, "ray", None)

    refused = rag("ingest", folder, "--ray", "local")

    assert refused.code == InstallExtra.exit_code
    assert "beleg[ray]" in refused.err


@pytest.mark.parametrize("other", [["--dry-run"], ["--watch"]])
def test_what_cannot_be_spread_is_refused(rag: Any, folder: Path, other: list[str]) -> None:
    refused = rag("ingest", folder, "--ray", "local", *other)

    assert (refused.code, "--ray" in refused.err) == (2, True)


@wants_ray
@pytest.mark.parametrize("kind", ["server", "folder"])
def test_two_workers_one_killed_midway(tmp_path: Path, kind: str) -> None:
    """In a network namespace of its own: Ray listens beyond loopback, whatever it is told."""
    write(tmp_path / "docs", DOCS)
    script = f"ip link set lo up && exec {sys.executable} {ROOT / 'tests' / 'ray_ingest.py'} {tmp_path} {kind}"
    done = subprocess.run(
        ["unshare", "-n", "sh", "-c", script],
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests"))), "RAY_TMPDIR": "/tmp"},
        cwd=tmp_path, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout.splitlines()[-1])

    assert told["killed"], told
    assert told["workers"] == min(2, os.cpu_count() or 1)
    assert (told["added"], told["failed"], told["unchanged"], told["problems"]) == (60, [], 60, [])
    assert told["vectors"] == told["chunks"] > 60
    assert len(told["found"]) == 60
