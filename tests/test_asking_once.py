"""A process that asks a single question does without Chroma, and finds what any other finds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from folders import write

from rag import Filters, LocalEngine, connect, gathering, pending
from rag.errors import RebuildIndex

Open = Callable[..., LocalEngine]
QUESTION = "Wort7 Hamburg"


@pytest.fixture
def filled(engine: LocalEngine, folder: Path, monkeypatch: pytest.MonkeyPatch) -> LocalEngine:
    """Sixty documents, two of them changed and one removed without Chroma having been told."""
    monkeypatch.setattr(pending, "SECONDS", 1e6)
    write(folder, {f"{n}.txt": f"Brief {n} handelt von Hamburg. Wort{n} steht nur hier." for n in range(60)})
    engine.ingest(folder)
    write(folder, {"7.txt": "Brief 7 handelt von Bremen. Wort7 steht nur hier."}, settled=False)
    write(folder, {"new.txt": "The letter speaks of Hamburg, and nothing else does it say."}, settled=False)
    engine.ingest(folder)
    engine.remove("9.txt")
    return engine


@pytest.mark.parametrize("filters", [Filters(), Filters(source="1*.txt"), Filters(language="en"), Filters(source="no")])
def test_it_finds_what_any_other_finds(filled: LocalEngine, filters: Filters) -> None:
    usual = filled.search(QUESTION, filters, limit=8)

    with connect(filled.settings, once=True) as once:
        found = once.search(QUESTION, filters, limit=8)
        home = once._opened()._home

    assert found == usual
    assert bool(found) == (filters.source != "no")
    assert home._store is None, "Chroma was opened"


def test_many_chunks_are_left_to_chroma(filled: LocalEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "_FEW", 10)

    with connect(filled.settings, once=True) as once:
        assert once.needs_chroma
        assert once.search(QUESTION) == filled.search(QUESTION)
        assert once._opened()._home._store is not None


def test_an_engine_that_stays_opens_chroma(filled: LocalEngine) -> None:
    assert filled.needs_chroma


def test_words_that_are_gone_are_noticed(filled: LocalEngine) -> None:
    filled.close()
    for file in (filled.folder / "words").rglob("*.*"):
        file.unlink()

    with connect(filled.settings, once=True) as once, pytest.raises(RebuildIndex):
        once.search(QUESTION)
