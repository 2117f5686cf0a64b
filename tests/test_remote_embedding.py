"""Vectors from a server: the right ones in the right order, in requests of bounded size, over real HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from rag import ChangeModel, FixModel, FixSettings, LocalEngine, RebuildIndex, RetryLater
from rag.address import Access
from rag.embedding import HashedWords
from rag.index import Index
from rag.remote_embedding import RemoteEmbedder
from tests.scripted import Fails, ScriptedServer
from tests.ships import DEER, SHIPS

QUICK = {"retry-after-ms": "10"}


@pytest.fixture
def vectors_server(server: ScriptedServer) -> ScriptedServer:
    server.embedded.clear()
    server.embedding_faults.clear()
    server.dimensions = HashedWords.dimensions
    return server


def embedder(server: ScriptedServer, retries: int = 0) -> RemoteEmbedder:
    return RemoteEmbedder("e", Access(server.address, "k", retries=retries, part="embedding"))


@pytest.mark.parametrize("count", [0, 1, 64, 300])
def test_every_text_gets_its_vector_in_order(vectors_server: ScriptedServer, count: int) -> None:
    texts = [f"Satz {number} über Hamburg" for number in range(count)]
    made = embedder(vectors_server)

    vectors = made.embed(texts, "chunk", "de")

    assert vectors.shape == (count, made.dimensions)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(vectors, HashedWords().embed(texts, "chunk", "de"), atol=1e-5)
    assert max(map(len, vectors_server.embedded)) <= 64


def test_long_texts_are_spread_over_requests_and_odd_ones_are_taken(vectors_server: ScriptedServer) -> None:
    texts = ["a" * 50_000, "", "\x00", "b " * 9_000, "c " * 9_000, "d " * 9_000, "e " * 9_000]

    vectors = embedder(vectors_server).embed(texts, "chunk", None)

    assert vectors.shape == (7, 64)
    assert all(sum(map(len, batch)) <= 60_000 for batch in vectors_server.embedded)
    assert all(text for batch in vectors_server.embedded for text in batch)


def test_what_fails_in_passing_is_asked_again(vectors_server: ScriptedServer) -> None:
    vectors_server.embedding_faults = [Fails(429, headers=QUICK), Fails(503, headers=QUICK)]

    assert embedder(vectors_server, retries=3).embed(["Hallo"], "question", "de").shape == (1, 64)
    assert len(vectors_server.embedded) == 3


def wrong(*vectors: list[float]) -> str:
    return json.dumps({"object": "list", "data": [{"index": n, "embedding": v} for n, v in enumerate(vectors)]})


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fails(401), FixModel),
        (Fails(404), FixModel),
        (Fails(503), RetryLater),
        (wrong(), ChangeModel),
        (wrong([0.0] * 64), ChangeModel),
        (wrong([1.0], [1.0]), ChangeModel),
        ("{broken", ChangeModel),
        ("<html>", FixModel),
        (Fails(307, headers={"Location": "http://else.example/"}), FixModel),
        ("[1]", ChangeModel),
        ('{"data": null}', ChangeModel),
        ('{"data": [1]}', ChangeModel),
        ('{"data": [{"embedding": [1.0]}]}', ChangeModel),
        ('{"data": [{"index": "0", "embedding": [1.0]}]}', ChangeModel),
        ('{"data": [{"index": 0, "embedding": null}]}', ChangeModel),
        ('{"data": [{"index": 0, "embedding": "AACAPw=="}]}', ChangeModel),
        ('{"data": [{"index": 0, "embedding": [[1.0]]}]}', ChangeModel),
        (f'{{"data": [{{"index": 0, "embedding": [{10**400}]}}]}}', ChangeModel),
        ('{"data": [{"index": 0, "embedding": [1e999]}]}', ChangeModel),
        ('{"data": [{"index": 0, "embedding": [1e200, 1.0]}]}', ChangeModel),
        ("[" * 100_000, ChangeModel),
    ],
)
def test_what_goes_wrong_is_an_error_with_a_name(
    vectors_server: ScriptedServer, fault: Fails | str, kind: type[Exception]
) -> None:
    vectors_server.embedding_faults = [fault]

    with pytest.raises(kind) as caught:
        embedder(vectors_server).embed(["Hallo"], "question", "de")
    # It is not the model that writes whose settings are wrong.
    assert "llm_base_url" not in caught.value.hint
    assert "model's server" not in str(caught.value)


def test_vectors_without_numbers_are_named(vectors_server: ScriptedServer) -> None:
    vectors_server.embedding_faults = [wrong([1.0], [1.0]).replace('"index": 0', '"index": "0"')]

    with pytest.raises(ChangeModel, match="without the numbers of their texts"):
        embedder(vectors_server).embed(["Hallo", "Welt"], "question", "de")


def test_the_settings_of_the_embedding_server_are_pointed_to(open_engine: Callable[..., LocalEngine]) -> None:
    given = {"embedding": "openai:e", "embedding_base_url": "http://127.0.0.1:9/v1", "llm_retries": 0}
    with open_engine(**given) as engine, pytest.raises(FixModel, match="embedding server") as caught:
        engine.upload("a.txt", b"Der Hafen ist offen.")
    assert "RAG_EMBEDDING_BASE_URL" in caught.value.hint


def test_an_index_is_made_asked_and_resumed_with_it(
    open_engine: Callable[..., LocalEngine], folder: Path, vectors_server: ScriptedServer
) -> None:
    for name, text in SHIPS.items():
        (folder / name).write_text(text, encoding="utf-8")
    remote = {
        "embedding": "openai:e",
        "embedding_base_url": vectors_server.address,
        "embedding_key": "own",
        "llm_retries": 0,
    }
    with open_engine(**remote) as engine:
        # A document is one request: its chunks and its sentences.
        vectors_server.embedding_faults = [None, Fails(503)]
        with pytest.raises(RetryLater):
            engine.ingest(folder)
        vectors_server.embedded.clear()
        report = engine.ingest(folder)
        assert len(report.added) + report.unchanged == 3
        assert len(vectors_server.embedded) == 2, "the first document is not embedded again"

        answer = engine.ask("Wer schläft unter den Eichen?")

    assert answer.embedder == "openai/e"
    assert answer.statements[0].text == DEER
    assert set(vectors_server.keys) == {"Bearer own"}
    with pytest.raises(RebuildIndex, match="made by the embedder openai/e") as caught:
        open_engine().ask("Wer?")
    assert "--rebuild" in caught.value.hint


@pytest.fixture
def remote(vectors_server: ScriptedServer) -> dict[str, object]:
    return {"embedding": "openai:e", "embedding_base_url": vectors_server.address, "llm_retries": 0}


def test_vectors_of_another_length_are_refused_before_anything_is_stored(
    open_engine: Callable[..., LocalEngine], folder: Path, vectors_server: ScriptedServer, remote: dict[str, object]
) -> None:
    (folder / "a.txt").write_text(DEER, encoding="utf-8")
    with open_engine(**remote) as engine:
        engine.ingest(folder)
    vectors_server.dimensions = 32
    (folder / "b.txt").write_text("Der Dampfer liegt im Hafen von Kiel.", encoding="utf-8")
    asked: list[Callable[[LocalEngine], object]] = [
        lambda engine: engine.ingest(folder),
        lambda engine: engine.upload("c.txt", "Die Fähre fährt nach Föhr.".encode()),
        lambda engine: engine.ask("Wer schläft unter den Eichen?"),
        lambda engine: engine.search("Eichen"),
    ]
    for ask in asked:
        with open_engine(**remote) as engine, pytest.raises(RebuildIndex, match="32 numbers") as caught:
            ask(engine)
        assert "embedding_base_url" in caught.value.hint
        assert "--rebuild" in caught.value.hint

    vectors_server.dimensions = 64
    with open_engine(**remote) as engine:
        assert engine.status().health.problems == ()
        assert engine.ask("Wer schläft unter den Eichen?").statements[0].text == DEER


@pytest.mark.parametrize("folded", [False, True])
@pytest.mark.parametrize("right", [64, 32])
def test_an_index_of_two_lengths_is_named_and_mended(
    open_engine: Callable[..., LocalEngine],
    folder: Path,
    vectors_server: ScriptedServer,
    remote: dict[str, object],
    monkeypatch: pytest.MonkeyPatch,
    right: int,
    folded: bool,
) -> None:
    (folder / "a.txt").write_text(DEER, encoding="utf-8")
    with open_engine(**remote) as engine:
        engine.ingest(folder)
    vectors_server.dimensions = 32
    (folder / "b.txt").write_text("Der Dampfer liegt im Hafen von Kiel.", encoding="utf-8")
    # As it was stored by versions that did not look.
    with monkeypatch.context() as patched:
        patched.setattr(Index, "require_length", lambda *_: None)
        if folded:
            # Chroma is to take them at once, and does not.
            patched.setattr("rag.pending.SECONDS", 0)
        with open_engine(**remote) as engine, suppress(RebuildIndex):
            engine.ingest(folder)

    vectors_server.dimensions = right
    with open_engine(**remote) as engine:
        for ask in (engine.ask, engine.search):
            with pytest.raises(RebuildIndex) as caught:
                ask("Wer schläft unter den Eichen?")
            assert "rag doctor --repair" in caught.value.hint or "--rebuild" in caught.value.hint
        if folded:
            with pytest.raises(RebuildIndex, match="several lengths"):
                engine.status()
        else:
            assert any("several lengths (32, 64 numbers)" in problem for problem in engine.status().health.problems)

        repaired = engine.repair()

        assert repaired is not None
        assert repaired.embedded == ("b.txt" if right == 64 else "a.txt",)
        assert repaired.lost == ()
        assert engine.status().health.problems == ()
        assert engine.ask("Wer schläft unter den Eichen?").statements[0].text == DEER
        assert engine.ingest(folder).unchanged == 2


@pytest.mark.parametrize("name", ["openai:", "openai", "cohere:x", "no"])
def test_an_embedder_that_there_is_not_is_refused(open_engine: Callable[..., LocalEngine], name: str) -> None:
    with pytest.raises(FixSettings, match="no embedder"):
        open_engine(embedding=name)
