"""Commands on an index that a server answers from: they find it, and say what they say without it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rag import RetryLater, __version__
from rag.client import find
from rag.environment import fingerprint
from rag.ownership import Ownership, RunningServer, running_server
from tests.cli.conftest import SET
from tests.cli.test_imports import DEAR, imported
from tests.server.conftest import TEXTS, TOKEN, Served

Attached = Callable[[], Served]


@pytest.fixture
def attached(serve: Callable[..., Served], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Attached]:
    """A server over the index that commands in ``tmp_path`` use, its address beside it."""
    (tmp_path / "index").symlink_to(tmp_path / ".beleg")
    (tmp_path / ".beleg").mkdir()
    ownership = Ownership(tmp_path / ".beleg")

    def start() -> Served:
        served = serve()
        with monkeypatch.context() as patch:
            for key, value in SET.items():
                patch.setenv(key, value)
            mine = fingerprint()
        ownership.publish_address(RunningServer(served.url, TOKEN, 1, __version__, mine, "2026-01-01"))
        return served

    with ownership.serving():
        yield start


def same(text: str) -> Any:
    """An answer without what differs from one asking to the next."""
    if not text.startswith("{"):
        return text[: text.rindex("\n", 0, -1)] if text else text
    return {key: value for key, value in json.loads(text).items() if key not in ("asked", "timings")}


@pytest.mark.parametrize(
    "words",
    [
        ("ask", "Wie viele Schiffe kamen an?", "--json"),
        ("ask", "Wie viele Schiffe kamen an?"),
        ("ask", "How many ships arrived?", "--json", "--language", "en", "--explain"),
        ("ask", "How many ships arrived?", "--docs", "docs", "--since", "2022", "--json"),
        ("ask", "How many ships arrived?", "--top", "1", "--no-sync", "--json"),
        ("ask", "?"),
        ("ask", "?", "--json"),
        ("search", "Hamburg", "--json", "--limit", "2"),
        ("search", "Hamburg", "--since", "2022-01-01"),
        ("documents", "--json"),
        ("documents", "--language", "de"),
        ("show", "tief/wald.md", "--json"),
        ("show", "nothing"),
        ("remove", "nothing"),
    ],
)
def test_commands_say_what_they_say_without(rag: Any, attached: Attached, words: tuple[str, ...]) -> None:
    served = attached()
    counted = Counting(served)

    alone = rag(*words, "--no-server")
    before = counted.requests()
    ran = rag(*words)

    assert counted.requests() > before
    assert (ran.code, ran.err) == (alone.code, alone.err)
    assert same(ran.out) == same(alone.out)


class Counting:
    """How many requests a server has had."""

    def __init__(self, served: Served) -> None:
        self._served = served

    def requests(self) -> float:
        lines = self._served.http.get("/metrics").text.splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith("beleg_requests_total{method="))


def test_a_receipt_is_verified_by_the_server(rag: Any, attached: Attached, tmp_path: Path) -> None:
    attached()
    assert rag("ask", "Wie viele Schiffe kamen an?", "--receipt", "r.json").code == 0

    assert rag("verify", "r.json", "--json").json["holds"] is True
    assert rag("verify", "r.json", "--docs", "docs", "--json").json["holds"] is True
    (tmp_path / "r.json").write_text((tmp_path / "r.json").read_text().replace("acht", "neun"))
    assert rag("verify", "r.json").code == 1


def test_ingest_sends_contents_and_syncs(rag: Any, attached: Attached, tmp_path: Path) -> None:
    served = attached()
    more = tmp_path / "more"
    more.mkdir()
    for name in ("a.txt", "b.txt", "c.txt"):
        (more / name).write_text(f"Der Satz {name} steht hier.", "utf-8")
    (more / "bild.png").write_bytes(b"\x89PNG")
    (more / "leer.txt").write_text("  ")

    first = rag("ingest", "more", "--json")
    (more / "a.txt").write_text("Ein anderer Satz steht hier.", "utf-8")
    (more / "b.txt").unlink()
    dry = rag("ingest", "more", "--sync", "--dry-run", "--json").json
    second = rag("ingest", "more", "--sync", "--json").json

    assert (first.code, sorted(first.json["added"])) == (1, ["a.txt", "b.txt", "c.txt"])
    assert [one["name"] for one in first.json["skipped"]] == ["bild.png"]
    assert [one["name"] for one in first.json["failed"]] == ["leer.txt"]
    for report in (dry, second):
        assert (report["changed"], report["removed"], report["unchanged"]) == (["a.txt"], ["b.txt"], 1)
    assert not any(str(more) in row.root for row in served.engine.source_rows())
    # Opened here, it is the same folder with the same documents.
    alone = rag("ingest", "more", "--sync", "--json", "--no-server").json
    assert (alone["added"], alone["changed"], alone["removed"], alone["unchanged"]) == ([], [], [], 2)
    # As for rag import --replace: the server is in the way.
    assert rag("ingest", "more", "--rebuild").code == 1


@pytest.mark.parametrize(
    "words",
    [
        ("docs",),
        ("docs", "--json"),
        ("docs", "more", "--sync", "--json"),
        ("more", "--strict"),
        ("docs", "--dry-run"),
        ("docs", "--index", ".beleg"),
        ("nowhere",),
        ("nowhere", "--json"),
        ("",),
    ],
)
def test_the_short_way_of_an_ingest_says_what_the_long_one_says(
    rag: Any, attached: Attached, tmp_path: Path, words: tuple[str, ...]
) -> None:
    attached()
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "a.txt").write_text("Hier steht ein Satz.", "utf-8")
    (tmp_path / "more" / "bild.png").write_bytes(b"\x89PNG")
    assert rag("ingest", "docs", "more").code == 0

    # Dashes before the names of files are for the whole command line.
    paths = [word for word in words if word in ("docs", "more", "nowhere", "")]
    options = words[len(paths) :]
    ways = [rag("ingest", *words), rag("ingest", *options, "--", *paths)]

    assert len({(one.code, without_time(one.out), one.err) for one in ways}) == 1


def without_time(out: str) -> str:
    return re.sub(r'(in |"seconds": )[\d.]+|[\d.]+ seconds', "", out)


def test_an_ingest_through_a_server_loads_neither_a_parser_of_commands_nor_an_index(
    environment: dict[str, str], attached: Attached, tmp_path: Path
) -> None:
    attached()
    (tmp_path / "docs" / "neu.txt").write_text("Die Sonde landete im Mai.", "utf-8")

    assert imported(environment, tmp_path, "ingest", "docs", of={*DEAR, "typer"}) == set()
    assert "typer" in imported(environment, tmp_path, "ingest", "docs", "--exclude", "x", of={"typer"})


def test_a_folder_that_the_server_does_not_know_is_sent_to_it(rag: Any, attached: Attached, tmp_path: Path) -> None:
    attached()
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "a.txt").write_text("Die Sonde landete im Mai.", "utf-8")

    answer = rag("ask", "Wann landete die Sonde?", "--docs", "more", "--json").json

    assert {c["document"] for c in answer["citations"]} == {"a.txt"}


def test_what_changed_is_taken_in_before_the_answer(rag: Any, attached: Attached, tmp_path: Path) -> None:
    attached()
    # Behind the server's own look at its folder when it starts: there is one writer.
    rag("ask", "Schiffe?")
    (tmp_path / "docs" / "neu.txt").write_text("Die Sonde landete im Mai.", "utf-8")

    ran = rag("ask", "Wann landete die Sonde?", "--source", "neu.txt")

    assert "Mai" in ran.out
    assert "1 neu" in ran.err


def test_removed_stays_removed(rag: Any, attached: Attached) -> None:
    served = attached()

    assert rag("remove", "hafen.txt").out == "Removed: hafen.txt\n"
    rag("ask", "Schiffe?")
    assert {document.name for document in served.engine.documents()} == set(TEXTS) - {"hafen.txt"}


def test_other_settings_are_said(rag: Any, attached: Attached) -> None:
    attached()

    ran = rag("ask", "Hamburg?", "--json", RAG_TOP="1", RAG_CANDIDATES="20")

    assert (ran.code, "other settings" in ran.err) == (0, True)
    assert len(ran.json["statements"]) == 1
    assert rag("ask", "Hamburg?", RAG_TOPP="1").code == 2


def test_a_server_of_another_version_is_named(rag: Any, attached: Attached, tmp_path: Path) -> None:
    attached()
    other = RunningServer("http://127.0.0.1:1", "t", 1, "0.0.0", "", "2026-01-01")
    Ownership(tmp_path / ".beleg").publish_address(other)

    with pytest.raises(RetryLater, match=r"runs Beleg 0\.0\.0"):
        find(tmp_path / ".beleg")
    said = rag("ask", "Hamburg?")
    assert (said.code, "--no-server" in said.err) == (1, True)
    assert rag("ask", "Hamburg?", "--no-server").code == 0


def test_a_server_that_does_not_answer_is_named(rag: Any, attached: Attached, tmp_path: Path) -> None:
    attached()
    away = RunningServer("http://127.0.0.1:1", "t", 1, __version__, "", "2026-01-01")
    Ownership(tmp_path / ".beleg").publish_address(away)

    said = rag("search", "Hamburg?")

    assert (said.code, "does not answer" in said.err) == (1, True)


def test_a_token_that_others_could_have_written_counts_for_nothing(attached: Attached, tmp_path: Path) -> None:
    attached()
    path = tmp_path / ".beleg" / "server.json"

    assert running_server(tmp_path / ".beleg") is not None
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o666)
    assert running_server(tmp_path / ".beleg") is None


def test_a_chat_asks_the_server(rag: Any, attached: Attached) -> None:
    counted = Counting(attached())
    asked = "Wie viele Schiffe kamen an?\n?\nWer schläft unter den Eichen?\n"

    alone = rag("chat", "--json", "--no-server", given=asked)
    before = counted.requests()
    ran = rag("chat", "--json", given=asked)

    assert counted.requests() > before
    assert (ran.code, ran.err) == (alone.code, alone.err) == (1, "")
    assert [same(line) for line in ran.out.splitlines()] == [same(line) for line in alone.out.splitlines()]
