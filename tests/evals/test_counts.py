"""The work that a command takes is what was accepted; more of it is a regression, and is found to be one."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from evals.performance import counts
from evals.performance.synthetic import Original, write_documents
from rag import LocalEngine, connect, load_settings
from rag.catalog import Catalog

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalEngine]:
    folder = tmp_path_factory.mktemp("counted")
    texts = tuple(
        f"Das Lager {at} am Hafen von Hamburg hält seit 2021 Pumpen bereit. Es wird geprüft." for at in range(9)
    )
    write_documents(Original({"de": texts}, {}), folder / "docs", 0, 2)
    with connect(load_settings(index=folder / "index", embedding="hashed-words", threshold=0.0)) as made:
        made.ingest(folder / "docs")
        yield made


def test_nothing_takes_more_work_than_was_accepted() -> None:
    # In a process of its own, where nothing else watches the calls.
    done = subprocess.run([sys.executable, "-m", "evals.performance.counts"], cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, f"{done.stdout}{done.stderr}\nMeant so? python -m evals.performance.counts --accept"


def test_counts_are_the_same_every_time(engine: LocalEngine) -> None:
    assert counts.asking(engine) == counts.asking(engine)


def test_a_statement_more_for_each_hit_is_found(engine: LocalEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    before, once = counts.asking(engine), Catalog.passages

    def twice(catalog: Catalog, *given: object) -> object:
        once(catalog, *given)  # type: ignore[arg-type]
        return once(catalog, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Catalog, "passages", twice)

    assert [one.name for one in counts.worse(counts.asking(engine), before)] == ["question, statements"]


def test_a_loop_over_all_documents_is_found(engine: LocalEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    before, corpus = counts.asking(engine), Catalog.live_chunks

    def looping(catalog: Catalog, *given: object) -> object:
        assert sum(map(int, map(str, range(5000)))) > 0
        for number in range(5000):
            str.upper(str(number))
        return corpus(catalog, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Catalog, "live_chunks", looping)

    assert [one.name for one in counts.worse(counts.asking(engine), before)] == ["question, calls"]


def test_an_import_more_is_found() -> None:
    before = {"rag --help over import typer, modules": 40.0}

    assert counts.worse({"rag --help over import typer, modules": 42.0}, before) == []
    found = counts.worse({"rag --help over import typer, modules": 43.0}, before)
    assert [str(one) for one in found] == ["rag --help over import typer, modules: 43, accepted 40 and 5% more"]


def test_a_count_that_was_never_accepted_is_compared_with_nothing() -> None:
    assert counts.worse({"new, statements": 5.0}, {}) == []


def test_calls_of_another_python_are_not_compared(tmp_path: Path) -> None:
    file = tmp_path / "counts.json"
    file.write_text(json.dumps({"python": "2.7", "counts": {"question, calls": 1, "question, statements": 2}}))

    assert counts.accepted(file) == {"question, statements": 2}
