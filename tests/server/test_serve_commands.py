"""``rag serve`` and ``rag key``: what is refused and why, what is left of a server that died, and how keys are made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rag import RetryLater, __version__
from rag.ownership import Ownership, RunningServer, running_server
from rag.server.auth import Keys
from tests.server.conftest import Served


def test_leftovers_of_a_dead_server_count_for_nothing(tmp_path: Path) -> None:
    ownership = Ownership(tmp_path)
    server = RunningServer("http://127.0.0.1:1", "t", 1, __version__, "", "2026-01-01")
    with ownership.serving():
        ownership.publish_address(server)
        assert running_server(tmp_path) == server
        with pytest.raises(RetryLater, match="already answers"), Ownership(tmp_path).serving():
            raise AssertionError("there are two")
        kept = (tmp_path / "server.json").read_bytes()
    assert running_server(tmp_path) is None

    (tmp_path / "server.json").write_bytes(kept)
    assert running_server(tmp_path) is None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--workers", "2"), "cannot share"),
        (("--host", "0.0.0.0"), "--api-keys"),
        (("--api-keys", "none"), "cannot be read"),
        (("--docs", "none"), "No such"),
        (("--host", "999.1.1.1", "--insecure"), "no address"),
    ],
)
def test_what_cannot_be_served_is_refused(rag: Any, tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    ran = rag("serve", "--port", "0", *words)

    assert (ran.code, said in ran.err) == (2, True), ran.err
    assert running_server(tmp_path / ".beleg") is None


def test_a_port_that_is_taken_is_named(rag: Any, site: Served) -> None:
    ran = rag("serve", "--port", site.url.rpartition(":")[2])

    assert (ran.code, "--port 0" in ran.err) == (2, True)


def test_where_keys_are_missing_the_command_that_makes_one_there_is_named(rag: Any, tmp_path: Path) -> None:
    (tmp_path / "empty keys").touch()

    for file, named in (("missing", "missing"), ("empty keys", "'empty keys'")):
        ran = rag("serve", "--port", "0", "--api-keys", file)
        assert (ran.code, ran.err.splitlines()[-1]) == (2, f"Hint: Make one: rag key NAME --file {named}")


def test_a_key_is_made_once_and_kept_as_a_hash(rag: Any, tmp_path: Path) -> None:
    key = rag("key", "somebody", "--file", "keys", "--read-only").out.strip()

    caller = Keys(tmp_path / "keys", None).caller(key)
    assert caller is not None
    assert (caller.name, caller.writes) == ("somebody", False)
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o600
    assert key not in (tmp_path / "keys").read_text()
    assert rag("key", "some body").code == 2


def test_a_program_reads_the_key_and_its_line(rag: Any, tmp_path: Path) -> None:
    kept, told = rag("key", "somebody", "--file", "keys", "--json"), rag("key", "other", "--read-only", "--json")

    assert (kept.err, told.err, kept.json["name"], kept.json["file"], told.json["file"]) == (
        "", "", "somebody", "keys", None,
    )  # fmt: skip
    assert (tmp_path / "keys").read_text() == f"{kept.json['line']}\n"
    assert Keys(tmp_path / "keys", None).caller(kept.json["key"]) is not None
    assert told.json["line"].endswith(" read")


def test_a_key_has_a_line_of_its_own_where_the_last_one_was_not_ended(rag: Any, tmp_path: Path) -> None:
    first = rag("key", "first", "--file", "keys").out.strip()
    (tmp_path / "keys").write_text((tmp_path / "keys").read_text().rstrip("\n"))

    second = rag("key", "second", "--file", "keys").out.strip()

    known = Keys(tmp_path / "keys", None)
    assert [caller.name for key in (first, second) if (caller := known.caller(key))] == ["first", "second"]


def test_a_name_that_has_a_key_in_the_file_gets_no_second_one_there(rag: Any, tmp_path: Path) -> None:
    first = rag("key", "somebody", "--file", "keys").out.strip()
    rag("key", "somebody.else", "--file", "keys")
    before = (tmp_path / "keys").read_text()

    again = rag("key", "somebody", "--file", "keys")
    told = rag("key", "somebody.else", "--file", "keys", "--read-only", "--json")

    assert (again.code, again.out, "'somebody'" in again.err, "delete line 1" in again.err) == (2, "", True, True)
    assert (told.code, told.json["error"]["kind"], "line 2" in told.json["error"]["hint"]) == (2, "FixInput", True)
    assert (tmp_path / "keys").read_text() == before
    assert Keys(tmp_path / "keys", None).caller(first) is not None
    # Elsewhere, or once its line is gone, the name is free.
    assert rag("key", "somebody", "--file", "others").code == 0
    (tmp_path / "keys").write_text("# " + before)
    assert rag("key", "somebody", "--file", "keys").code == 0
