"""One writer, many readers, between processes; nobody starves, and the dead hold nothing."""

from __future__ import annotations

import os
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from processes import Child, in_child

from rag import FixStorage, RetryLater
from rag.ownership import Ownership, make_folder


def hold(pipe: Connection, folder: str, lock: str) -> None:
    """Hold a lock until told otherwise."""
    own = Ownership(Path(folder), wait=10)
    with own.writer(wait=10) if lock == "writer" else getattr(own, lock)():
        pipe.send("held")
        pipe.recv()


def read_on(pipe: Connection, folder: str) -> int:
    """Search again and again, with hardly a pause, as a busy reader does."""
    own, searches = Ownership(Path(folder), wait=10), 0
    pipe.send("begun")
    while not pipe.poll():
        with own.reading():
            time.sleep(0.01)
        searches += 1
    return searches


def write_as_user(folder: str) -> None:
    with Ownership(Path(folder)).writer(wait=0):
        pass


def read_as_user(folder: str) -> str:
    with Ownership(Path(folder)).reading():
        return "read"


class Holder:
    """A process that holds a lock for as long as the test wants it to."""

    def __init__(self, folder: Path, lock: str) -> None:
        self.child = Child(hold, str(folder), lock, talking=True)
        assert self.child.pipe.recv() == "held"

    def let_go(self) -> None:
        self.child.pipe.send("let go")
        self.child.result()


@pytest.fixture
def holders() -> Iterator[list[Holder]]:
    made: list[Holder] = []
    yield made
    for holder in made:
        holder.child.kill()


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def own(folder: Path, wait: float = 0.05) -> Ownership:
    return Ownership(folder, wait=wait)


def test_a_second_writer_is_told_who_the_first_is(tmp_path: Path, holders: list[Holder]) -> None:
    holders.append(Holder(tmp_path, "writer"))

    who = f"process {holders[0].child.pid}"
    with pytest.raises(RetryLater, match=rf"writing.*{who}") as caught, own(tmp_path).writer(wait=0.05):
        pass
    assert caught.value.hint

    holders[0].let_go()
    with own(tmp_path).writer(wait=0):
        assert (tmp_path / "write.lock").read_text("ascii") == str(os.getpid())


def test_a_second_writer_waits_as_long_as_it_was_told(tmp_path: Path, holders: list[Holder]) -> None:
    holders.append(Holder(tmp_path, "writer"))
    timer = threading.Timer(0.2, holders[0].let_go)
    timer.start()

    with own(tmp_path).writer(wait=10):
        timer.join()


@pytest.mark.parametrize("lock", ["writer", "publishing", "reading"])
def test_a_killed_process_holds_nothing(tmp_path: Path, lock: str, holders: list[Holder]) -> None:
    holders.append(Holder(tmp_path, lock))
    holders[0].child.kill()

    with own(tmp_path).writer(wait=0), own(tmp_path).publishing():
        pass


def test_readers_do_not_mind_each_other_nor_a_writer_that_does_not_publish(
    tmp_path: Path, holders: list[Holder]
) -> None:
    holders += [Holder(tmp_path, "reading"), Holder(tmp_path, "writer"), Holder(tmp_path, "reading")]

    with own(tmp_path).reading(), own(tmp_path).reading():
        pass


def test_a_reader_is_kept_out_while_something_is_published(tmp_path: Path, holders: list[Holder]) -> None:
    with own(tmp_path).writer(wait=0):
        holders.append(Holder(tmp_path, "publishing"))
        with pytest.raises(RetryLater, match="writing"), own(tmp_path).reading():
            pass
        holders[0].let_go()
        with own(tmp_path).reading():
            pass


def test_who_publishes_waits_for_readers_and_says_so_if_they_stay(tmp_path: Path, holders: list[Holder]) -> None:
    holders.append(Holder(tmp_path, "reading"))
    with pytest.raises(RetryLater, match="reading"), own(tmp_path).publishing():
        pass

    with own(tmp_path).reading():
        pass
    holders[0].let_go()
    with own(tmp_path).publishing():
        pass


def test_a_reader_that_comes_after_a_waiting_publisher_lets_it_pass(tmp_path: Path, holders: list[Holder]) -> None:
    holders.append(Holder(tmp_path, "reading"))
    order: list[str] = []

    def publish() -> None:
        with own(tmp_path, 10).publishing():
            order.append("published")

    def read() -> None:
        with own(tmp_path, 10).reading():
            order.append("read")

    threads = [threading.Thread(target=publish), threading.Thread(target=read)]
    for thread in threads:
        thread.start()
        time.sleep(0.1)
    holders[0].let_go()
    for thread in threads:
        thread.join()

    assert order == ["published", "read"]


def test_a_stream_of_readers_does_not_keep_a_writer_out(tmp_path: Path) -> None:
    readers = [Child(read_on, str(tmp_path), talking=True) for _ in range(4)]
    assert [reader.pipe.recv() for reader in readers] == ["begun"] * 4
    for _ in range(5):
        with own(tmp_path, 10).publishing():
            pass
        time.sleep(0.02)
    for reader in readers:
        reader.pipe.send("stop")

    assert min(reader.result() for reader in readers) >= 1


def test_locks_are_let_go_when_the_work_fails(tmp_path: Path) -> None:
    for lock in (own(tmp_path).writer(wait=0), own(tmp_path).publishing(), own(tmp_path).reading()):
        with pytest.raises(KeyError), lock:
            raise KeyError
    with ExitStack() as stack:
        stack.enter_context(own(tmp_path).writer(wait=0))
        stack.enter_context(own(tmp_path).publishing())


def test_no_file_stays_open(tmp_path: Path) -> None:
    before = open_files()
    for _ in range(3):
        with own(tmp_path).writer(wait=0), own(tmp_path).reading():
            pass
        with own(tmp_path).publishing(), pytest.raises(RetryLater), own(tmp_path, 0).reading():
            pass

    assert open_files() == before


@pytest.mark.parametrize("made", [True, False])
def test_a_folder_that_may_not_be_written_can_be_read_if_its_locks_are_there(tmp_path: Path, made: bool) -> None:
    if made:
        with own(tmp_path).writer(wait=0), own(tmp_path).publishing():
            pass
    for path in (*tmp_path.iterdir(), tmp_path):
        path.chmod(stat.S_IRUSR | (stat.S_IXUSR if path == tmp_path else 0))
    try:
        with pytest.raises(FixStorage, match="locked"):
            in_child(write_as_user, str(tmp_path), unprivileged=True)
        if made:
            assert in_child(read_as_user, str(tmp_path), unprivileged=True) == "read"
        else:
            with pytest.raises(FixStorage, match="locked"):
                in_child(read_as_user, str(tmp_path), unprivileged=True)
    finally:
        tmp_path.chmod(stat.S_IRWXU)


def test_a_folder_that_is_not_there_cannot_be_locked(tmp_path: Path) -> None:
    with pytest.raises(FixStorage), own(tmp_path / "none").reading():
        pass


def test_an_index_folder_is_hidden_from_version_control(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "index"
    make_folder(folder)
    assert (folder / ".gitignore").read_text("ascii") == "*\n"

    (folder / ".gitignore").write_text("mine\n", encoding="ascii")
    make_folder(folder)
    assert (folder / ".gitignore").read_text("ascii") == "mine\n"


def test_an_index_folder_that_is_a_file_is_storage_to_fix(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="ascii")

    with pytest.raises(FixStorage, match="cannot be made"):
        make_folder(tmp_path / "file")
