"""Asking an index that may not be written: from a copy that is gone afterwards."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from folders import found, opened
from processes import in_child

from rag import FixStorage, LocalEngine, RetryLater, borrowing
from rag.borrowing import Place
from rag.ownership import Ownership


def shut(folder: Path) -> list[Path]:
    paths = [folder, *folder.rglob("*")]
    for path in paths:
        path.chmod(0o500 if path.is_dir() else 0o400)
    return paths


def asked(index: str, temporary: str) -> tuple[set[str], list[Path], list[Path]]:
    """Ask, and return what is in the folder for temporary files while the engine is open and after."""
    os.environ["TMPDIR"] = temporary
    with opened(Path(index)) as engine:
        names = found(engine, "Schiffe")
        during = list(Path(temporary).iterdir())
    return names, during, list(Path(temporary).iterdir())


def refused(index: str, most: int) -> str:
    borrowing.MOST = most
    with pytest.raises(FixStorage) as caught:
        Place(Path(index), 0.1).path()
    return f"{caught.value} {caught.value.hint}"


def busy(index: str) -> str:
    with pytest.raises(RetryLater) as caught:
        Place(Path(index), 0.1).path()
    return str(caught.value)


def test_the_copy_goes_with_the_engine(filled: LocalEngine, tmp_path_factory: pytest.TempPathFactory) -> None:
    filled.close()
    temporary = tmp_path_factory.mktemp("temporary")
    paths = shut(filled.folder)
    before = {path: path.stat().st_mtime_ns for path in paths}
    try:
        names, during, after = in_child(asked, str(filled.folder), str(temporary), unprivileged=True)
        assert {path: path.stat().st_mtime_ns for path in paths} == before
    finally:
        for path in paths:
            path.chmod(0o700)

    assert names == {"hafen.txt"}
    assert len(during) == 1
    assert after == []


def test_one_too_large_is_left_to_its_reader_to_copy(filled: LocalEngine) -> None:
    filled.close()
    paths = shut(filled.folder)
    try:
        told = in_child(refused, str(filled.folder), 1000, unprivileged=True)
    finally:
        for path in paths:
            path.chmod(0o700)

    assert "too large" in told
    assert f"cp -r {filled.folder}" in told


def test_nothing_is_copied_while_somebody_writes(filled: LocalEngine) -> None:
    filled.close()
    paths = shut(filled.folder)
    try:
        # The writer is root here, or had opened its files before.
        filled.folder.joinpath("write.lock").chmod(0o600)
        with Ownership(filled.folder).writer(wait=0):
            assert "writing" in in_child(busy, str(filled.folder), unprivileged=True)
    finally:
        for path in paths:
            path.chmod(0o700)


def test_an_index_that_may_be_written_is_read_where_it_is(filled: LocalEngine) -> None:
    assert Place(filled.folder, 0).path() == filled.folder
