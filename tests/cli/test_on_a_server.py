"""The command line where the catalog stands on a PostgreSQL server: nothing is different but where things are."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import TEXTS, Rag
from tests.postgres import PostgresServer

QUESTION = "Wer schläft unter den Eichen?"


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def on_server(rag: Rag, postgres: PostgresServer) -> Callable[..., object]:
    """Run a command on a node of one catalog: ``on_server("a", "ask", ...)``."""
    url = postgres.database()
    return lambda node, *words: rag(*words, "--index", node, RAG_CATALOG_URL=url)


def test_two_nodes_work_as_one_index_does(on_server: Callable[..., object], docs: Path, tmp_path: Path) -> None:
    assert on_server("b", "documents").code == 1
    assert on_server("a", "ingest", docs).code == 0
    asked = on_server("b", "ask", QUESTION, "--receipt", "answer.json")
    assert asked.code == 0
    assert "Das Reh schläft unter den Eichen" in asked.out
    assert on_server("a", "verify", "answer.json").code == 0

    docs.joinpath("wald.txt").write_text("Das Zebra schläft unter den Eichen.", encoding="utf-8")
    assert "Zebra" in on_server("b", "ask", QUESTION).out
    assert on_server("a", "verify", "answer.json").code == 1
    told = on_server("a", "doctor")
    assert told.code == 0, told.out
    assert "Catalog: PostgreSQL, beleg" in told.out
    assert json.loads(on_server("b", "doctor", "--json").out)["health"]["documents"] == len(TEXTS)

    assert on_server("a", "remove", "wald.txt", "--purge").code == 0
    assert "wald.txt" not in on_server("b", "documents").out
    assert on_server("b", "export", "all.beleg").code == 0
    assert on_server("a", "import", "all.beleg").code == 2, "there is one already"
    assert on_server("a", "import", "all.beleg", "--replace").code == 0
    assert on_server("b", "doctor", "--repair").code == 0
    assert on_server("b", "compact").code == 0
    assert not (tmp_path / "a/catalog.sqlite3").exists()


@pytest.mark.parametrize(
    ("url", "code", "said"),
    [
        ("postgresql://beleg:geheim@127.0.0.1:1/x", 1, "does not answer"),
        ("mysql://beleg:geheim@127.0.0.1/x", 2, "postgresql://USER"),
    ],
)
def test_a_server_that_cannot_be_used_is_said_in_a_line_without_secrets(
    rag: Rag, docs: Path, url: str, code: int, said: str
) -> None:
    for words in (("ask", QUESTION), ("ingest", docs), ("doctor",)):
        told = rag(*words, RAG_CATALOG_URL=url)
        assert (told.code, told.out) == (code, "")
        assert said in " ".join(told.err.split())
        assert "geheim" not in told.err
