"""Clocks that are wrong: this machine's, set back or ahead, and those of whoever wrote the files."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from folders import found, sound, write

from rag import LocalEngine, pending

HOUR = 3_600_000_000_000
NOW = time.time_ns()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Set this machine's clock to so many nanoseconds after the test began."""

    def to(after: int) -> None:
        monkeypatch.setattr("rag.intake.time.time_ns", lambda: NOW + after)
        monkeypatch.setattr("rag.gathering.time.time", lambda: (NOW + after) / 1e9)

    return to


def stamped(folder: Path, text: str, after: int) -> None:
    """Write a file as a machine would whose clock shows so many nanoseconds after the test began."""
    (folder / "a.txt").write_text(text, "utf-8")
    os.utime(folder / "a.txt", ns=(NOW + after, NOW + after))


def word(number: int) -> str:
    return f"Hier steht Wort{number:02}."


@pytest.mark.parametrize("jump", [-24 * HOUR, -HOUR, -1_000_000_000, HOUR])
def test_a_clock_that_jumps_between_two_ingests_loses_nothing(
    engine: LocalEngine, folder: Path, clock: Callable[[int], None], jump: int
) -> None:
    write(folder, {"b.txt": "Ein anderes Blatt."})
    for step, (ours, theirs) in enumerate([(0, -HOUR), (jump, jump - HOUR), (jump + HOUR, jump), (HOUR, 0)]):
        clock(ours)
        # Always of one size: only the stamp tells that it changed.
        stamped(folder, word(step), theirs + step)
        report = engine.ingest(folder)
        assert ("a.txt" in report.changed) == (step > 0)
        assert found(engine, f"Wort{step:02}") == {"a.txt"}
        assert step == 0 or found(engine, f"Wort{step - 1:02}") == set()
    assert engine.ingest(folder).unchanged == 2
    assert sound(engine)


@pytest.mark.parametrize("ahead", [HOUR, 10 * 365 * 24 * HOUR, -HOUR, -50 * 365 * 24 * HOUR])
def test_files_of_a_machine_whose_clock_is_wrong_are_followed(engine: LocalEngine, folder: Path, ahead: int) -> None:
    for step in range(3):
        stamped(folder, word(step), ahead + step)
        engine.ingest(folder)
        assert found(engine, f"Wort{step:02}") == {"a.txt"}
    # Where its stamp lies ahead of our clock, a file is read again, and is found to be the same.
    assert engine.ingest(folder).unchanged == 1
    assert sound(engine)


def test_a_file_from_the_future_that_keeps_its_stamp_is_read_again(engine: LocalEngine, folder: Path) -> None:
    stamped(folder, word(1), HOUR)
    engine.ingest(folder)
    stamped(folder, word(2), HOUR)

    assert engine.ingest(folder).changed == ("a.txt",)
    assert found(engine, "Wort02") == {"a.txt"}


def test_an_older_copy_put_back_is_taken_in(engine: LocalEngine, folder: Path) -> None:
    for number, after in ((2, -HOUR), (1, -9 * HOUR)):
        stamped(folder, word(number), after)
        engine.ingest(folder)

    assert found(engine, "Wort01") == {"a.txt"}
    assert found(engine, "Wort02") == set()


def test_two_machines_write_one_index_in_turn_with_clocks_an_hour_apart(
    open_engine: Callable[..., LocalEngine], folder: Path, clock: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pending, "SECONDS", 10.0)
    machines = open_engine(), open_engine()
    for step in range(6):
        clock(HOUR * (step % 2))
        stamped(folder, word(step), step - HOUR)
        assert machines[step % 2].ingest(folder).failed == ()
        for machine in machines:
            assert found(machine, f"Wort{step:02}") == {"a.txt"}
            assert step == 0 or found(machine, f"Wort{step - 1:02}") == set()
    assert all(sound(machine) for machine in machines)
