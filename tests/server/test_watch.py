"""A server that follows folders goes on following them."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from rag.server.app import make_app
from rag.server.rule import ServerRule
from rag.server.watch import keep_up
from tests.server.conftest import TOKEN, Served, engine_at, soon


def test_a_change_waits_for_a_full_queue_of_writers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.server.watch._AGAIN", 0.05)
    with engine_at(tmp_path) as engine:
        service = make_app(engine, ServerRule(token=TOKEN, uploads=0)).state.service
        (tmp_path / "docs" / "neu.txt").write_text("Die Sonde landete im Mai.", "utf-8")
        go = threading.Event()

        async def follow() -> None:
            writer = asyncio.ensure_future(service.write(go.wait))
            await asyncio.to_thread(soon, lambda: bool(service.writing.running))
            following = asyncio.ensure_future(keep_up(service))
            await asyncio.wait([following], timeout=0.3)
            assert not following.done()
            go.set()
            await asyncio.wait_for(asyncio.gather(writer, following), 30)

        asyncio.run(follow())

        assert "neu.txt" in {document.name for document in engine.documents()}


def test_a_file_that_grows_is_taken_in_once_it_was_quiet_for_a_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored: list[set[str]] = []
    with engine_at(tmp_path) as engine:
        service = make_app(engine, ServerRule(token=TOKEN, watch=True)).state.service
        file = tmp_path / "docs" / "neu.txt"

        async def awatch(*_: object, **__: object) -> AsyncIterator[set[str]]:
            """Tell of what is written, then of nothing."""
            for part in ("Die Sonde ", "landete im Mai."):
                with file.open("a") as growing:
                    growing.write(part)
                yield {part}
                stored.append({document.name for document in engine.documents()})
            yield set()
            stored.append({document.name for document in engine.documents()})
            raise LookupError("enough")

        monkeypatch.setattr("watchfiles.awatch", awatch)
        with pytest.raises(LookupError):
            asyncio.run(keep_up(service))

        assert ["neu.txt" in names for names in stored] == [False, False, True]
        assert engine.document("neu.txt").text == "Die Sonde landete im Mai."


def test_what_did_not_change_is_counted(serve: Callable[..., Served], tmp_path: Path) -> None:
    served = serve()

    nothing = served.http.post("/v1/sync").json()
    (tmp_path / "docs" / "neu.txt").write_text("Die Sonde landete im Mai.", "utf-8")
    one = served.http.post("/v1/sync").json()

    assert (nothing["unchanged"], nothing["added"], nothing["dry_run"]) == (3, [], False)
    assert (one["unchanged"], one["added"], one["dry_run"]) == (3, ["neu.txt"], False)


def test_what_ends_the_following_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise OSError("the disk left")

    monkeypatch.setattr("rag.server.watch.follow", broken)
    with engine_at(tmp_path) as engine, caplog.at_level(logging.ERROR, "beleg.server"):
        service = make_app(engine, ServerRule(token=TOKEN)).state.service
        with pytest.raises(OSError, match="the disk left"):
            asyncio.run(keep_up(service))

    assert "no folder is followed any more" in caplog.text
