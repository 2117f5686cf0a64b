"""``rag ask`` and ``rag search``: answers for people and programs, from an index that is kept up to date."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rag.receipts import from_json

QUESTION = "Wer schläft unter den Eichen?"


def test_an_answer_is_text_without_escape_codes(process: Any, place: Path) -> None:
    ran = process("ask", QUESTION, at=place)

    assert (ran.code, ran.err) == (0, "")
    assert "Das Reh schläft unter den Eichen 🦌. [1]\n" in ran.out
    assert "[1] wald.txt · ohne Datum · Deutsch · Zeichen " in ran.out
    assert all(c == "\n" or c.isprintable() for c in ran.out)
    assert all(len(line) <= 80 for line in ran.out.split("\n"))


def test_an_answer_as_json_is_its_receipt(rag: Any, place: Path, tmp_path: Path) -> None:
    file = tmp_path / "receipt.json"
    ran = rag("ask", QUESTION, "--json", "--explain", "--top", "1", "--receipt", file, at=place)

    assert (ran.code, ran.err) == (0, "")
    answer = from_json(ran.out)
    assert answer == from_json(file.read_bytes())
    assert (answer.status, len(answer.statements), answer.question) == ("answered", 1, QUESTION)
    assert answer.candidates


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_a_refusal_has_its_own_exit_code(rag: Any, place: Path, form: tuple[str, ...]) -> None:
    ran = rag("ask", "Who eats Quark?", *form, at=place, RAG_THRESHOLD="1")

    assert (ran.code, ran.err) == (3, "")
    if form:
        assert ran.json["status"] == "not_in_documents"
        assert ran.json["nearest"]
    else:
        assert ran.out.startswith("The documents do not say.\n")


def test_an_explanation_is_added(rag: Any, place: Path) -> None:
    ran = rag("ask", QUESTION, "--explain", at=place)

    assert "Wahrscheinlichkeit" in ran.out
    assert "bm25" in ran.out


def test_a_question_may_come_from_standard_input(rag: Any, place: Path) -> None:
    asked = rag("ask", "-", "--json", given=f"{QUESTION}\n", at=place)
    broken = rag("ask", "-", "--json", given=b"Wer schl\xe4ft unter den Eichen?", at=place)
    empty = rag("ask", "-", "--json", at=place)

    assert asked.json["question"] == QUESTION
    assert broken.json["statements"][0]["text"] == asked.json["statements"][0]["text"]
    assert (empty.code, empty.json["error"]["kind"]) == (2, "FixInput")


def test_without_an_index_the_named_folder_is_indexed_first(rag: Any, own: Path) -> None:
    ran = rag("ask", QUESTION, "--docs", "docs", "--index", "new/index")

    assert ran.code == 0
    assert "wald.txt" in ran.out
    assert ran.err.startswith("Dokumente: 3 neu, 0 unverändert (")
    assert (own / "new" / "index" / "catalog.sqlite3").exists()


def test_what_changed_in_the_folder_is_taken_in_first(rag: Any, own: Path) -> None:
    (own / "docs" / "wal.txt").write_text("Im Meer schläft der Wal.", encoding="utf-8")

    as_it_is = rag("ask", "Wo schläft der Wal?", "--no-sync", "--json")
    followed = rag("ask", "Wo schläft der Wal?")
    again = rag("ask", "Wo schläft der Wal?")

    assert as_it_is.json["documents"] == 3
    assert "Im Meer schläft der Wal. [1]" in followed.out
    assert followed.err.startswith("Dokumente: 1 neu, 3 unverändert (1 Abschnitt, 0,")
    assert again.err == ""


def test_files_that_cannot_be_read_are_counted_in_one_line(rag: Any, own: Path, closed: Any) -> None:
    (own / "docs" / "bild.png").write_bytes(b"\x89PNG")
    (own / "docs" / "zu.txt").write_text("Im Meer schläft der Wal.", encoding="utf-8")
    closed("zu.txt")

    (own / "docs" / "wolf.txt").write_text("Der Wolf heult im Wald.", encoding="utf-8")
    changed, again = rag("ask", QUESTION), rag("ask", QUESTION)
    (own / "docs" / "zu.txt").rename(own / "docs" / "offen.txt")
    mended = rag("ask", QUESTION)

    assert changed.err.startswith("Dokumente: 1 neu, 3 unverändert (")
    assert "Nicht gelesen: zu.txt: no permission to read it" in changed.err
    assert again.err == "1 Datei war nicht zu lesen. Welche, und warum: rag doctor\n\n"
    assert rag("ask", QUESTION, "--json").err == ""
    assert mended.err.startswith("Dokumente: 1 neu, 4 unverändert (")


def test_what_is_said_before_an_answer_is_in_the_language_of_the_question(rag: Any, own: Path) -> None:
    (own / "docs" / "wal.txt").write_text("Im Meer schläft der Wal.", encoding="utf-8")
    english = rag("ask", "Who sleeps in the sea?", "--judge")
    (own / "docs" / "wal.txt").write_text("Im Meer schläft der Walfisch.", encoding="utf-8")
    german = rag("ask", "Wer schläft im Meer?", "--judge")

    assert "\nDocuments: 1 added, 3 unchanged (1 chunk, 0." in english.err
    assert "\nDokumente: 1 geändert, 3 unverändert (" in german.err
    assert english.err.startswith("--judge and --prompts count for nothing without a model")
    assert german.err.startswith("--judge und --prompts bewirken nichts ohne ein Modell")


def test_a_single_word_is_answered_in_the_language_of_the_document(rag: Any, place: Path) -> None:
    assert "\nBelege\n[1] hafen.txt · 2021-10-22 · Deutsch · " in rag("ask", "Hafen", "--top", "1", at=place).out
    assert "\nEvidence\n[1] harbour.txt · 2022-11-30 · English · " in rag("ask", "harbour", "--top", "1", at=place).out


def test_docs_limits_the_answer_to_that_folder(rag: Any, own: Path) -> None:
    (own / "more").mkdir()
    (own / "more" / "wal.txt").write_text("Im Meer schläft der Wal.", encoding="utf-8")

    ran = rag("ask", QUESTION, "--docs", "more", "--json")

    assert {citation["document"] for citation in ran.json["citations"]} == {"wal.txt"}
    assert ran.json["documents"] == 4


def test_an_empty_folder_is_nothing_to_answer_from(rag: Any, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    ran = rag("ask", "Wer?", "--docs", "empty")

    assert ran.code == 1
    assert "Error: The index holds no document.\nHint: " in ran.err


def test_a_receipt_that_cannot_be_written_costs_no_answer(rag: Any, place: Path) -> None:
    text = rag("ask", QUESTION, "--receipt", "no/such/place.json", at=place)
    as_json = rag("ask", QUESTION, "--receipt", "no/such/place.json", "--json", at=place)

    assert (text.code, as_json.code) == (1, 1)
    assert "Das Reh schläft" in text.out
    assert text.err.startswith("Error: The receipt no/such/place.json cannot be written")
    assert as_json.json["error"]["kind"] == "FixStorage"


def test_filters_by_date_language_and_name(rag: Any, place: Path) -> None:
    late = rag("ask", "Hamburg", "--since", "2022", "--json", at=place).json
    early = rag(
        "ask", "Hamburg", "--until", "30.11.2022", "--source", "ha*", "--language", "DE", "--json", at=place
    ).json

    assert {candidate["document"] for candidate in late["citations"]} == {"harbour.txt"}
    assert late["undated_left_out"] == 1
    assert {candidate["document"] for candidate in early["citations"]} == {"hafen.txt"}


@pytest.mark.parametrize(
    ("option", "value", "meant"),
    [
        ("--since", "2022-11", "2022-11-01"),
        ("--since", "2022", "2022-01-01"),
        ("--until", "2024-02", "2024-02-29"),
        ("--until", "9999", "9999-12-31"),
        ("--until", "9999-12", "9999-12-31"),
        ("--until", "3.2.2020", "2020-02-03"),
    ],
)
def test_a_date_may_be_a_month_or_a_year(option: str, value: str, meant: str) -> None:
    from rag.cli.options import filters

    chosen = filters(
        **{"since": None, "until": None, option[2:]: value}, include_undated=False, source=None, language=None
    )

    assert str(chosen.since or chosen.until) == meant


def test_a_search_shows_passages_and_answers_nothing(rag: Any, place: Path) -> None:
    text = rag("search", "Eichen", "--limit", "2", at=place)
    as_json = rag("search", "Eichen", "--limit", "2", "--json", at=place)
    nothing = rag("search", "Eichen", "--language", "it", at=place)

    assert text.out.startswith("1. wald.txt 0–")
    assert all(c == "\n" or c.isprintable() for c in text.out)
    best, _ = as_json.json["hits"]
    assert best["document"]["name"] == "wald.txt"
    assert (nothing.code, nothing.out, nothing.err) == (0, "", "Nothing found.\n")


def test_a_search_counts_what_its_filters_left_out(rag: Any, place: Path) -> None:
    german = rag("search", "Wer schläft im Wald?", "--since", "2022", at=place)
    as_json = rag("search", "Wer schläft im Wald?", "--since", "2022", "--json", at=place)

    assert german.err == "1 Dokument ohne Datum blieb außen vor.\n"
    assert (as_json.json["undated_left_out"], as_json.json["unknown_language_left_out"], as_json.err) == (1, 0, "")
    assert rag("search", "Wer schläft im Wald?", at=place).err == ""


def test_an_index_that_another_process_writes_to_is_asked_as_it_is(rag: Any, own: Path) -> None:
    from rag.ownership import Ownership

    (own / "docs" / "wal.txt").write_text("Im Meer schläft der Wal.", encoding="utf-8")
    with Ownership(own / ".beleg").writer(wait=0):
        ran = rag("ask", QUESTION, RAG_WAIT="0")

    assert ran.code == 0
    assert "Das Reh schläft" in ran.out
    assert ran.err.startswith("Answering from the index as it is: Another process is writing")


@pytest.mark.parametrize("words", [("documents",), ("show", "wald.txt", "--json")])
def test_a_reader_that_stops_reading_is_no_failure(
    environment: dict[str, str], place: Path, words: tuple[str, ...]
) -> None:
    running = subprocess.Popen(
        [sys.executable, "-m", "rag", *words],
        cwd=place,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert running.stdout is not None
    running.stdout.close()
    assert running.stderr is not None
    with running.stderr:
        assert running.stderr.read() == b""
    assert running.wait(60) == 0


def test_a_full_disk_behind_the_output_is_said(environment: dict[str, str], place: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full here")
    with full.open("wb") as out:
        ran = subprocess.run(
            [sys.executable, "-m", "rag", "documents"],
            cwd=place,
            env=environment,
            stdout=out,
            stderr=subprocess.PIPE,
            text=True,
        )

    assert ran.returncode == 1
    assert ran.stderr == "Error: The output cannot be written: No space left on device.\n"


def test_output_in_a_poor_encoding_is_escaped(environment: dict[str, str], place: Path) -> None:
    poor = {**environment, "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    text, as_json = (
        subprocess.run(
            [sys.executable, "-m", "rag", "show", "wald.txt", *form],
            cwd=place,
            env=poor,
            capture_output=True,
            check=True,
        ).stdout
        for form in ((), ("--json",))
    )

    assert b"schl\\xe4ft unter den Eichen \\U0001f98c" in text
    assert "schläft" in json.loads(as_json.decode("utf-8"))["text"]


@pytest.mark.parametrize("words", [("--judge",), ("--prompts", "docs")])
def test_what_only_a_model_heeds_is_said_where_there_is_none(rag: Any, place: Path, words: tuple[str, ...]) -> None:
    asked, chat = rag("ask", QUESTION, *words, at=place), rag("chat", *words, at=place, given=QUESTION)

    assert (asked.code, chat.code) == (0, 0)
    assert "ohne ein Modell" in asked.err
    # Before its first question a conversation has no language.
    assert "without a model" in chat.err
    assert rag("ask", QUESTION, at=place).err == ""
