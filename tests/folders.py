"""Folders of documents for tests, and questions about what an engine holds of them."""

from __future__ import annotations

import os
from pathlib import Path

from rag import LocalEngine, connect, load_settings

TEXTS = {
    "hafen.txt": "Der Hafen von Hamburg wächst. Acht Schiffe kamen an.",
    "tief/wald.md": "# Der Wald\n\nDas Reh schläft unter den Eichen.",
    "harbour.txt": "The harbour of Hamburg grows. Eight ships arrived there.",
}


def write(folder: Path, texts: dict[str, str], *, settled: bool = True) -> None:
    """Write files; ``settled`` ones are so old that their time stamp proves that they did not change."""
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        if settled:
            settle(path)


def settle(path: Path, seconds: int = 0) -> None:
    """Set the time of a file's last change to so many seconds after a day long ago."""
    os.utime(path, ns=(0, 1_700_000_000_000_000_000 + seconds * 1_000_000_000))


def opened(index: str, wait: float = 20) -> LocalEngine:
    """An engine on an index with the hashed-words double, for a process of its own."""
    return connect(load_settings(index=index, embedding="hashed-words", wait=wait, threshold=0.0))


def found(engine: LocalEngine, word: str) -> set[str]:
    """Names of the documents that hold a word."""
    return {hit.document.name for hit in engine.search(word, limit=100) if hit.lexical > 0}


def sound(engine: LocalEngine) -> bool:
    """Whether all parts of the index hold the same."""
    return engine.status().health.problems == ()
