"""A disk that is full at any step: the error says so, nothing is lost, and once there is room the step gets there."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from disks import Disk, mounted
from folders import opened, sound
from processes import in_child
from test_ingest_crash import STEPS, Stage, act, check_whole, rows, stage

from rag import AddDocuments, FixStorage

__all__ = ["stage"]
# Bytes that are free when a step begins: from none to more than any step takes.
FREE = (0, 8_192, 65_536, 200_000, 500_000, 1_000_000, 2_000_000, 4_000_000)
SAMPLE = tuple((step, FREE[(2 * at + 1) % len(FREE)]) for at, step in enumerate(STEPS))


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with mounted(tmp_path / "disk", 64) as one:
        yield one


def fill_up(made: Stage, disk: Disk, free: int) -> bool:
    """Carry a step out with little room, then with enough; say whether the room was enough at once."""
    index = disk.path / "index"
    if made.step == "first":
        index.mkdir()
    else:
        shutil.copytree(made.index, index)
    disk.fill(free)
    hint = ""
    try:
        in_child(act, index, made.docs, made.step, made.gathered)
    except FixStorage as error:
        hint = error.hint
    enough = not hint
    assert enough or "space" in hint, "it says what to do"
    if not enough and made.step != "migrate":
        disk.give_room()
        try:
            check_whole(index, made.step)
        except AddDocuments:
            assert made.step == "first"
    disk.give_room()
    in_child(act, index, made.docs, made.step, made.gathered)
    assert rows(index) == made.rows
    check_whole(index, made.step)
    with opened(str(index)) as engine:
        engine.compact()
        assert sound(engine)
    return enough


@pytest.mark.parametrize(("step", "free"), SAMPLE)
def test_a_step_on_a_full_disk(stage: Callable[[str, bool], Stage], disk: Disk, step: str, free: int) -> None:
    fill_up(stage(step, STEPS.index(step) % 2 == 0), disk, free)


@pytest.mark.soak
@pytest.mark.parametrize("gathered", [False, True])
@pytest.mark.parametrize("free", FREE)
@pytest.mark.parametrize("step", STEPS)
def test_every_step_on_a_disk_with_any_room(
    stage: Callable[[str, bool], Stage], disk: Disk, step: str, free: int, gathered: bool
) -> None:
    fill_up(stage(step, gathered), disk, free)


def test_room_enough_is_enough_and_none_is_named(stage: Callable[[str, bool], Stage], disk: Disk) -> None:
    made = stage("change", STEPS.index("change") % 2 == 0)
    assert not fill_up(made, disk, 8_192)
    shutil.rmtree(disk.path / "index")
    assert fill_up(made, disk, 40_000_000)
