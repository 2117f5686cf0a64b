"""Vectors on a real Chroma server: what is found, what several processes see, and what can be wrong with a server."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rag import BelegError, FixSettings, RetryLater
from rag.catalog import SHARDS
from rag.vectors import ChromaServer, ServerVectors
from tests.chroma import Chroma, certificate_at, gate, running
from tests.test_vectors import around, names, random, recall

Open = Callable[..., ServerVectors]


@pytest.fixture(scope="module")
def chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chroma]:
    with running(tmp_path_factory.mktemp("chroma")) as server:
        yield server


@pytest.fixture
def server(chroma: Chroma) -> ChromaServer:
    return ChromaServer(chroma.url, patience=0, silence=20)


@pytest.fixture
def opened(server: ChromaServer, request: pytest.FixtureRequest) -> Iterator[Open]:
    """Open the vectors of the test's index, or of another, as a process of its own would."""
    made: list[ServerVectors] = []

    def open_one(identity: str = "", **other: object) -> ServerVectors:
        own = f"{abs(hash(request.node.nodeid)):x}"
        made.append(ServerVectors(replace(server, **other), identity + own, SHARDS))
        return made[-1]

    yield open_one
    for store in made:
        store.close()


@pytest.fixture
def store(opened: Open) -> ServerVectors:
    return opened()


@pytest.mark.parametrize("spread", [0.05, 10.0])
def test_nearly_all_that_an_exact_scan_finds_is_found(store: ServerVectors, spread: float) -> None:
    vectors = around(400, spread)
    store.upsert("de", names(400), vectors)

    assert recall(store, dict(zip(names(400), vectors, strict=True)), around(40, spread, seed=7), 50) >= 0.99


@pytest.mark.parametrize("seed", range(3))
def test_it_holds_what_a_dictionary_would(opened: Open, seed: int) -> None:
    chance, vectors, expected = np.random.default_rng(seed), random(200), dict[str, np.ndarray]()
    writers = [opened(), opened()]
    for step in range(6):
        store = writers[step % 2]
        ids = [f"v{n}" for n in chance.permutation(40)[: chance.integers(40)]]
        if chance.random() < 0.6:
            rows = vectors[::5][: len(ids)]
            store.upsert("de", ids, rows)
            expected |= dict(zip(ids, rows, strict=True))
        else:
            store.delete("de", ids)
            expected = {name: row for name, row in expected.items() if name not in ids}
        for one in writers:
            one.moved()
            assert one.ids() == dict.fromkeys(expected, "de")
            assert one.count() == len(expected)


def test_each_shard_by_itself(store: ServerVectors) -> None:
    vectors = random(60)
    store.upsert("de", names(30, "d"), vectors[:30])
    store.upsert("en", names(30, "e"), vectors[30:])

    assert store.nearest("de", vectors[4], 1) == ["d4"]
    assert store.nearest("other", vectors[4], 5) == []
    assert set(store.nearest("en", vectors[4], 50)) == set(names(30, "e"))
    assert store.nearest("de", vectors[4], 0) == []


def test_indexes_on_one_server_know_nothing_of_each_other(opened: Open) -> None:
    first, second = opened("a"), opened("b")
    first.upsert("de", names(5), random(5))
    second.upsert("de", names(3, "w"), random(3))

    assert set(first.ids()) == set(names(5))
    first.clear()
    assert first.ids() == {}
    assert set(second.ids()) == set(names(3, "w"))
    assert set(second.nearest("de", random(1)[0], 10)) == set(names(3, "w"))


def test_collections_that_another_process_made_anew_are_found_again(opened: Open) -> None:
    reader, writer = opened(), opened()
    writer.upsert("de", names(5), random(5))
    assert len(reader.ids()) == 5

    writer.clear()
    assert reader.count() == 0
    assert reader.nearest("de", random(1)[0], 5) == []
    writer.upsert("de", names(2, "new"), random(2))
    reader.moved()
    assert len(reader.nearest("de", random(1)[0], 5)) == 2

    writer.clear()
    reader.upsert("de", ["mine"], random(1))
    writer.moved()
    assert set(writer.ids()) == {"mine"}


def test_more_than_the_server_takes_at_once(store: ServerVectors) -> None:
    store._batch = 100
    store.upsert("de", names(250), random(250))
    store.delete("de", names(201))

    assert sorted(store.ids()) == sorted(names(250)[201:])


def test_vectors_of_another_length_are_refused(store: ServerVectors) -> None:
    store.upsert("de", names(2), random(2))

    with pytest.raises(BelegError, match="dimension"):
        store.upsert("de", ["x"], np.ones((1, 3), np.float32))


def test_a_token_lets_in_and_stays_secret(opened: Open, server: ChromaServer) -> None:
    with gate(server.url, token="open sesame") as url:
        inside = opened(url=url, headers={"Authorization": "Bearer open sesame"})
        inside.upsert("de", names(3), random(3))
        assert inside.count() == 3

        for headers in ({}, {"Authorization": "Bearer Haselnuss"}):
            with pytest.raises(FixSettings, match="does not accept") as caught:
                opened(url=url, headers=headers).count()
            assert "RAG_CHROMA_HEADERS" in caught.value.hint
            assert "Haselnuss" not in f"{caught.value} {caught.value.hint}"
    assert "sesame" not in repr(inside._server)


def test_a_certificate_must_be_one_that_is_trusted(opened: Open, server: ChromaServer, tmp_path: Path) -> None:
    own = certificate_at(tmp_path)
    with gate(server.url, certificate=own) as url:
        trusted = opened(url=url, ca=own)
        trusted.upsert("de", names(3), random(3))
        assert trusted.count() == 3

        with pytest.raises(FixSettings, match="not trusted") as caught:
            opened(url=url).count()
        assert "RAG_CHROMA_CA" in caught.value.hint
        with pytest.raises(FixSettings, match=r"nowhere\.pem"):
            opened(url=url, ca=tmp_path / "nowhere.pem").count()
        with pytest.raises(BelegError):
            opened(url=url.replace("https", "http")).count()


def test_a_server_below_a_path_is_reached(opened: Open, chroma: Chroma, server: ChromaServer) -> None:
    with pytest.raises(FixSettings, match="no Chroma server"):
        opened(url=f"{server.url}/below").count()


@pytest.mark.parametrize(
    ("instead", "error", "match"),
    [
        ({"/version": (200, '"0.6.3"')}, FixSettings, r"version 0\.6\.3"),
        ({"/version": (200, '"2.0.0"')}, FixSettings, r"version 2\.0\.0"),
        ({"/version": (404, "<html>")}, FixSettings, "no Chroma server"),
        ({"/version": (200, "<html>hello</html>")}, FixSettings, "no Chroma server"),
        ({"/version": (200, '{"other": 1}')}, FixSettings, "no Chroma server"),
        ({"/version": (403, "{}")}, FixSettings, "does not accept"),
        ({"/version": (503, "later")}, RetryLater, "busy"),
        ({"/upsert": (429, '{"error": "RateLimitError", "message": "slow down"}')}, RetryLater, "busy"),
        ({"/upsert": (500, '{"error": "InternalError", "message": "No space left"}')}, BelegError, "cannot write"),
        ({"/upsert": (500, '{"error": "InternalError", "message": "index broke"}')}, BelegError, "index broke"),
    ],
)
def test_what_a_server_says_becomes_what_a_reader_can_do(
    opened: Open, server: ChromaServer, instead: dict[str, tuple[int, str]], error: type[BelegError], match: str
) -> None:
    with gate(server.url, instead=instead) as url:
        with pytest.raises(error, match=match) as caught:
            opened(url=url).upsert("de", names(2), random(2))
        assert caught.value.hint
        assert url in str(caught.value)


@pytest.mark.parametrize("other", [{"tenant": "nobody"}, {"database": "nothing"}])
def test_a_tenant_or_database_that_is_not_there_is_named(opened: Open, other: dict[str, str]) -> None:
    with pytest.raises(FixSettings, match=r"nobody|nothing") as caught:
        opened(**other).count()
    assert "RAG_CHROMA_TENANT" in caught.value.hint


def test_variables_for_other_programs_do_not_count(
    opened: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CHROMA_SERVER_HOST", "elsewhere")
    monkeypatch.setenv("CHROMA_SERVER_HTTP_PORT", "1")
    (tmp_path / ".env").write_text("CHROMA_SERVER_SSL_ENABLED=1\n")

    assert opened().count() == 0


def test_a_header_that_is_none_is_refused(opened: Open) -> None:
    with pytest.raises(FixSettings, match="header") as caught:
        opened(headers={"X-Token": "geheim\n€"}).count()
    assert "geheim" not in str(caught.value)


def test_a_server_that_is_away_is_waited_for_when_writing(opened: Open, tmp_path: Path) -> None:
    with running(tmp_path / "own") as own:
        store = opened(url=own.url, patience=30)
        store.upsert("de", names(3), random(3))
        own.kill()
        with pytest.raises(RetryLater, match="does not answer"):
            store.nearest("de", random(1)[0], 3)
        with pytest.raises(RetryLater), closing(opened(url=own.url)) as impatient:
            impatient.upsert("de", ["x"], random(1))
        back = threading.Timer(1.0, own.start)
        back.start()

        store.upsert("de", names(3, "w"), random(3))

        back.join()
        assert set(store.ids()) == {*names(3), *names(3, "w")}, "what was acknowledged before the kill is there too"
        assert len(store.nearest("de", random(1)[0], 10)) == 6


def test_a_server_that_hears_and_does_not_answer_is_given_up(opened: Open, tmp_path: Path) -> None:
    with running(tmp_path / "own") as own:
        store = opened(url=own.url, silence=1.0)
        store.upsert("de", names(3), random(3))
        started = time.monotonic()
        with own.frozen(), pytest.raises(RetryLater, match="does not answer"):
            store.count()

        assert time.monotonic() - started < 10
        assert store.count() == 3
