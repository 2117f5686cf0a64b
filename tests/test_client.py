"""The engine of a server elsewhere, as far as no server is needed."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from rag import OpenEngine, RemoteEngine, RetryLater

NOBODY = "http://127.0.0.1:1"


def test_a_closed_engine_says_so_as_a_local_one_does(tmp_path: Path) -> None:
    with RemoteEngine(NOBODY) as engine, pytest.raises(RetryLater, match="does not answer"):
        engine.documents()

    for call in (
        lambda: engine.ask("Wer?"),
        lambda: list(engine.stream("Wer?")),
        lambda: engine.search("Wer?"),
        lambda: engine.ingest(tmp_path),
        engine.documents,
        lambda: asyncio.run(engine.aask("Wer?")),
    ):
        with pytest.raises(OpenEngine, match="closed") as caught:
            call()
        assert "rag.RemoteEngine" in caught.value.hint
