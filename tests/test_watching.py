"""Folders under watch, for the command line: what changes is noticed, and taken in until somebody interrupts."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rag.watching import changes


def test_a_watch_tells_at_its_beginning_and_at_each_change(folder: Path) -> None:
    told = changes([folder])
    next(told)
    (folder / "a.txt").write_text("Neu.")
    next(told)
    told.close()


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
