"""A folder offers its readable files in a fixed order, and says what it leaves out."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from rag.documents.folder import File, LeftOut, document_id, scan, source_of
from rag.documents.selection import Selection
from rag.errors import FixInput

NOBODY = 65534


def fill(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("Text.")


def files(path: Path, skip: Path | None = None) -> list[str]:
    return [item.name for item in scan(path, skip=skip) if isinstance(item, File)]


def left_out(path: Path) -> dict[str, str]:
    return {item.name: item.reason for item in scan(path) if isinstance(item, LeftOut)}


def test_files_come_before_folders_each_by_name(folder: Path) -> None:
    fill(folder, "b.txt", "a.md", "C.txt", "sub/b/x.txt", "sub/a.txt", "another/z.txt", "ä.txt")
    expected = ["C.txt", "a.md", "b.txt", "ä.txt", "another/z.txt", "sub/a.txt", "sub/b/x.txt"]
    assert files(folder) == expected
    assert files(folder) == expected


def test_a_file_carries_its_size_and_time(folder: Path) -> None:
    fill(folder, "a.txt")
    os.utime(folder / "a.txt", ns=(5, 1_234_567_890_123_456_789))
    assert list(scan(folder)) == [File(str((folder / "a.txt").resolve()), "a.txt", 5, 1_234_567_890_123_456_789)]


def test_hidden_files_and_folders_are_passed_over(folder: Path) -> None:
    fill(folder, ".hidden.txt", ".git/config.txt", "sub/.cache/a.txt", "seen.txt")
    assert list(scan(folder)) == list(scan(folder / "seen.txt"))


def test_the_index_is_passed_over(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(folder, "a.txt", "index/notes.txt", "sub/index/b.txt")
    assert files(folder, skip=folder / "index") == ["a.txt", "sub/index/b.txt"]
    assert files(folder / "index", skip=folder / "index") == []
    monkeypatch.chdir(folder)
    assert files(folder, skip=Path("index")) == ["a.txt", "sub/index/b.txt"]


@pytest.mark.parametrize("name", ["a.TXT", "a.Md", "a.text", "a.markdown", "a.b.txt", "a .txt"])
def test_suffixes_that_are_read(folder: Path, name: str) -> None:
    fill(folder, name)
    assert files(folder) == [name]


@pytest.mark.parametrize(
    ("name", "said"), [("a.png", ".png"), ("README", "no suffix"), ("txt", "no suffix"), ("a.txt~", ".txt~")]
)
def test_other_formats_are_named(folder: Path, name: str, said: str) -> None:
    fill(folder, name)
    assert said in left_out(folder)[name]


def test_links_are_not_followed(folder: Path, tmp_path: Path) -> None:
    fill(folder, "a.txt", "sub/b.txt")
    fill(tmp_path, "outside/c.txt")
    (folder / "loop").symlink_to(folder)
    (folder / "sub" / "up").symlink_to("..")
    (folder / "out").symlink_to(tmp_path / "outside")
    (folder / "link.txt").symlink_to(folder / "a.txt")
    (folder / "broken.txt").symlink_to("nowhere")
    assert files(folder) == ["a.txt", "sub/b.txt"]
    assert set(left_out(folder)) == {"loop", "sub/up", "out", "link.txt", "broken.txt"}


def test_what_is_no_regular_file_is_not_opened(folder: Path) -> None:
    os.mkfifo(folder / "pipe.txt")
    assert left_out(folder) == {"pipe.txt": "not a regular file"}


def test_a_name_with_a_line_break_is_left_out(folder: Path) -> None:
    fill(folder, "a\nb.txt", "c\td.txt")
    assert files(folder) == ["c\td.txt"]
    assert [(one.name, one.reason) for one in scan(folder) if isinstance(one, LeftOut)] == [
        ("a\nb.txt", "its name holds a line break")
    ]


def test_a_name_that_is_not_utf8_can_be_printed(folder: Path) -> None:
    for name in (b"gr\xfc\xdfe.txt", b"bild.\xff"):
        (folder / os.fsdecode(name)).write_text("Text.")
    assert files(folder) == ["gr\\xfc\\xdfe.txt"]
    (name, reason), *_ = left_out(folder).items()
    assert (name + reason).isprintable()


def test_names_are_composed(folder: Path) -> None:
    fill(folder, "u\u0308ber.txt")
    (file,) = scan(folder)
    assert isinstance(file, File)
    assert file.name == "über.txt"
    assert Path(file.path).read_text() == "Text."


def test_of_two_names_that_differ_only_in_composition_one_is_left_out(folder: Path) -> None:
    fill(folder, "u\u0308ber.txt", "über.txt")
    assert files(folder) == ["über.txt"]
    assert set(left_out(folder)) == {"über.txt"}


@pytest.mark.parametrize("name", [b"a.txt", "u\u0308ber.txt".encode(), b"gr\xfc\xdfe.txt", b".hidden.txt"])
def test_a_file_is_the_same_document_named_alone_or_with_its_folder(folder: Path, name: bytes) -> None:
    path = folder / os.fsdecode(name)
    path.write_text("Text.")
    (alone,) = scan(path)
    assert source_of(path).id == source_of(folder).id
    assert (source_of(path).whole, source_of(folder).whole) == (False, True)
    assert name.startswith(b".") or list(scan(folder)) == [alone]


def test_a_folder_that_vanished_is_named(folder: Path) -> None:
    fill(folder, "a/x.txt", "b/y.txt")
    walk = scan(folder)
    assert isinstance(next(walk), File)
    (folder / "b" / "y.txt").unlink()
    (folder / "b").rmdir()
    (gone,) = walk
    assert gone == LeftOut("b/", "folder cannot be read: No such file or directory")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become nobody")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_folder_without_permission_is_named_and_the_others_go_on() -> None:
    # Not under tmp_path, whose parents only their owner may enter.
    with tempfile.TemporaryDirectory() as top:
        folder = Path(top)
        folder.chmod(0o755)
        fill(folder, "closed/a.txt", "open/b.txt")
        (folder / "open").chmod(0o755)
        (folder / "closed").chmod(0o700)
        assert said_by_nobody(folder) == ["LeftOut closed/", "File open/b.txt"]
        folder.chmod(0o700)
        assert said_by_nobody(folder) == ["LeftOut ./"]


def said_by_nobody(folder: Path) -> list[str]:
    """Return what a scan yields to a user without rights: to a child that gave them up."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            os.write(write, "\n".join(f"{type(item).__name__} {item.name}" for item in scan(folder)).encode())
            status = 0
        finally:
            os._exit(status)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        said = pipe.read().decode()
    assert os.waitpid(child, 0)[1] == 0
    return said.split("\n")


def test_a_source_is_its_resolved_place(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(folder, "sub/a.txt")
    (folder.parent / "link").symlink_to(folder)
    monkeypatch.chdir(folder)
    assert (
        source_of(folder) == source_of(Path()) == source_of(folder / "sub" / "..") == source_of(folder.parent / "link")
    )
    assert source_of(folder).id != source_of(folder / "sub").id


def test_what_cannot_be_a_source(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    (folder / "loop").symlink_to("loop")
    bad = [
        folder / "none",
        folder / "pipe",
        folder / "loop",
        Path("~nobody-of-that-name/x"),
        Path("a\x00b"),
        Path("x" * 5_000),
    ]
    for path in bad:
        with pytest.raises(FixInput):
            source_of(path)


def test_a_document_keeps_its_identity_by_place_and_name() -> None:
    assert document_id("s", "a.txt") == document_id("s", "a.txt")
    assert len({document_id("s", "a.txt"), document_id("t", "a.txt"), document_id("s", "b.txt")}) == 3
    assert document_id("s", "\udcff.txt")


def test_rules_as_of_git_leave_files_out_and_the_deepest_decides(folder: Path) -> None:
    fill(folder, "a.txt", "b.txt", "entwurf/c.txt", "tief/a.txt", "tief/b.txt", "tief/noch/b.txt")
    (folder / ".ragignore").write_text("# Entwürfe\nentwurf/\nb.txt\n", "utf-8")
    (folder / "tief" / ".ragignore").write_text("!b.txt\n/a.txt\n", "utf-8")

    assert files(folder) == ["a.txt", "tief/b.txt", "tief/noch/b.txt"]


def test_globs_choose_among_the_files_and_say_nothing_of_the_others(folder: Path) -> None:
    fill(folder, "a.txt", "b.md", "tief/c.txt", "tief/d.png")
    chosen = Selection(include=("*.txt",), exclude=("tief/",))

    assert [item.name for item in scan(folder, selection=chosen)] == ["a.txt"]


def test_a_glob_that_is_none_is_the_callers_mistake() -> None:
    with pytest.raises(FixInput, match="pattern"):
        Selection(include=("!",)).matcher()
