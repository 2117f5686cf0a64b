"""Folders under watch, for the command line: what changes is noticed, and taken in until somebody interrupts."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from folders import settle, write

from rag import IngestReport, LocalEngine
from rag.documents.folder import File
from rag.reports import Ignored, fold
from rag.watching import Looks, changes, follow


def test_a_watch_tells_at_its_beginning_and_at_each_change(folder: Path) -> None:
    told = changes([folder], Looks())
    next(told)
    (folder / "a.txt").write_text("Neu.")
    next(told)
    told.close()


def test_there_is_another_look_as_long_as_a_file_is_waited_for(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks, held = Looks(), File("a.txt", "a.txt", 1, 1)
    # The beginning, silence, something, silence.
    monkeypatch.setattr("watchfiles.watch", lambda *_, **__: iter([set(), set(), {"x"}, set(), set(), set()]))
    told = changes([folder], looks)

    next(told)
    next(told)
    assert not looks.ready(held)
    next(told)
    assert looks.ready(held)
    assert next(told, "no more") == "no more"


@pytest.fixture
def watched(engine: LocalEngine, folder: Path) -> LocalEngine:
    """An engine that follows a folder with a document."""
    write(folder, {"a.txt": "Der Wal schläft."})
    engine.ingest(folder)
    return engine


def look(engine: LocalEngine, looks: Looks) -> IngestReport:
    looks.next()
    return follow(engine, looks.ready)


def test_a_file_that_grows_is_taken_in_once_it_was_quiet_for_a_look(watched: LocalEngine, folder: Path) -> None:
    looks, file = Looks(), folder / "b.txt"
    for part in range(3):
        with file.open("a", encoding="utf-8") as growing:
            growing.write(f"Das Nashorn {part} schläft.\n")
        settle(file)
        assert not look(watched, looks).anything
        assert looks.waiting

    assert look(watched, looks).added == ("b.txt",)
    assert not looks.waiting
    assert "Nashorn 2" in watched.document("b.txt").text


def test_a_time_stamp_that_moves_is_waited_for_too(watched: LocalEngine, folder: Path) -> None:
    looks, file = Looks(), folder / "b.txt"
    file.write_text("Das Nashorn.")
    for second in range(3):
        settle(file, second)
        assert not look(watched, looks).anything
    assert look(watched, looks).added == ("b.txt",)


def test_a_document_stays_as_it_was_while_its_file_is_written_anew(watched: LocalEngine, folder: Path) -> None:
    looks = Looks()
    (folder / "a.txt").write_text("")

    report = look(watched, looks)

    assert (report.anything, report.failed, report.unchanged) == (False, (), 1)
    assert watched.document("a.txt").text == "Der Wal schläft."
    write(folder, {"a.txt": "Der Wal ist heute wach."})
    assert not look(watched, looks).anything
    assert look(watched, looks).changed == ("a.txt",)


def test_others_do_not_wait_for_the_one_that_grows(watched: LocalEngine, folder: Path) -> None:
    looks = Looks()
    write(folder, {"b.txt": "Das Nashorn.", "c.txt": "Das Gnu."})
    look(watched, looks)
    write(folder, {"b.txt": "Das Nashorn und sein Kind."})

    assert look(watched, looks).added == ("c.txt",)
    (folder / "a.txt").unlink()
    report = look(watched, looks)
    assert (report.added, report.removed) == (("b.txt",), ("a.txt",))


def test_why_a_file_was_no_document_is_said_until_it_is_read_anew(watched: LocalEngine, folder: Path) -> None:
    (folder / "b.pdf").write_bytes(b"%PDF-1.7 and no more")
    settle(folder / "b.pdf")
    told = watched.ingest(folder).failed
    assert [one.name for one in told] == ["b.pdf"]
    looks = Looks()
    (folder / "b.pdf").write_bytes(b"%PDF-1.7 and a little more")

    looks.next()
    report = fold(watched.ingest_events(folder, ready=looks.ready))

    assert report.failed == told
    assert all(isinstance(one, Ignored) for one in told)


@pytest.mark.model
def test_a_folder_is_taken_in_as_it_changes_until_somebody_interrupts(folder: Path, tmp_path: Path) -> None:
    (folder / "a.txt").write_text("Der Wal schläft im Meer.")
    command = [sys.executable, "-m", "rag", "ingest", str(folder), "--index", str(tmp_path / "index"), "--watch"]
    # Whatever runs the tests may ignore Ctrl-C; this process may not.
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    ) as process:
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        assert any("chunks in" in line for line in lines)
        # It may be written before the watch stands; that is seen too.
        (folder / "b.txt").write_text("Das Nashorn schläft im Wald.")
        assert any("1 added" in line for line in lines)
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
