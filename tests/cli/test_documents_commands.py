"""``rag documents``, ``show``, ``verify`` and ``doctor``: what is stored, and whether it still holds."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

QUESTION = "Wer schläft unter den Eichen?"
WALD = "Der Wald ist\x1b[31m alt. Das Reh schläft unter den Eichen 🦌."


def test_documents_are_listed(rag: Any, place: Path) -> None:
    text, as_json = rag("documents", at=place), rag("documents", "--json", at=place)

    lines = [line.split() for line in text.out.strip().split("\n")]
    assert [line[1:3] for line in lines] == [["2021-10-22", "de"], ["2022-11-30", "en"], ["-", "de"]]
    assert [document["name"] for document in as_json.json["documents"]] == ["hafen.txt", "harbour.txt", "wald.txt"]
    assert rag("documents", "--language", "en", "--json", at=place).json["documents"][0]["name"] == "harbour.txt"
    assert (
        rag("documents", "--until", "2000", "--include-undated", "--language", "en", at=place).err == "No documents.\n"
    )


def test_what_a_filter_left_out_for_want_of_a_date_or_language_is_counted(rag: Any, own: Path) -> None:
    (own / "docs" / "code.txt").write_text("4711 0815", encoding="utf-8")
    rag("ingest", "docs")

    dated, spoken = rag("documents", "--since", "2022"), rag("documents", "--language", "en", "--since", "2022")
    as_json = rag("documents", "--language", "en", "--json")

    assert (dated.out.count("\n"), dated.err) == (1, "2 undated documents were left out.\n")
    assert spoken.err == "2 undated documents were left out. 1 document of unknown language was left out.\n"
    assert (as_json.json["undated_left_out"], as_json.json["unknown_language_left_out"]) == (0, 1)
    assert as_json.err == ""
    assert rag("documents", "--since", "2022", "--include-undated").err == rag("documents").err == ""
    assert rag("documents", "--since", "2030").err == "No documents.\n2 undated documents were left out.\n"


@pytest.mark.parametrize(
    ("span", "text"),
    [("0:8", "Der Wald"), (":3", "Der"), ("50:", WALD[50:]), ("0:0", ""), (f"0:{len(WALD)}", WALD), (":", WALD)],
)
def test_a_span_of_a_document_is_shown_as_it_is_stored(rag: Any, place: Path, span: str, text: str) -> None:
    ran, as_json = (
        rag("show", "wald.txt", "--span", span, at=place),
        rag("show", "wald", "--span", span, "--json", at=place),
    )

    assert ran.out == text + "\n"
    assert as_json.json["text"] == text == WALD[as_json.json["start"] : as_json.json["end"]]


@pytest.mark.parametrize("span", ["5:1", "0:999", "a:b", "5", "-1:3", "1:2:3", f"{'9' * 5000}:", "0x1:2", ""])
def test_a_bad_span_is_refused(rag: Any, place: Path, span: str) -> None:
    ran = rag("show", "wald.txt", "--span", span, "--json", at=place)

    assert (ran.code, ran.json["error"]["kind"]) == (2, "FixInput")


def test_a_document_that_is_not_there_or_not_unambiguous(rag: Any, place: Path) -> None:
    unknown, several = rag("show", "nowhere", at=place), rag("show", "ha", at=place)

    assert (unknown.code, several.code) == (2, 2)
    assert "rag documents" in unknown.err
    assert "hafen.txt" in several.err
    assert "harbour.txt" in several.err


def test_a_name_is_found_as_it_is_printed(rag: Any, own: Path) -> None:
    name = "b\x1b[31mär\u202e.txt"
    (own / "docs" / name).write_text("Der Bär schläft im Winter.", encoding="utf-8")
    rag("ingest", "docs")

    listed = rag("documents").out
    assert "\x1b" not in listed
    assert "  b\\x1b[31mär\\u202e.txt" in listed
    assert rag("show", "b\\x1b[31mär\\u202e.txt", "--json").json["name"] == name
    assert rag("remove", "b\\x1b[31mär\\u202e.txt").out == "Removed: b\\x1b[31mär\\u202e.txt\n"


def test_a_row_fits_the_terminal_and_is_whole_in_a_pipe(rag: Any, environment: dict[str, str], own: Path) -> None:
    title = "Ein langer Titel " * 9
    (own / "docs" / "lang.md").write_text(f"# {title}\n\nDer Bär schläft im Winter.", encoding="utf-8")
    rag("ingest", "docs")

    ours, theirs = pty.openpty()
    subprocess.run([sys.executable, "-m", "rag", "documents"], cwd=own, env=environment, stdout=theirs, check=True)
    os.close(theirs)
    told = os.read(ours, 4000).decode().splitlines()
    os.close(ours)

    assert max(map(len, told)) == 80
    assert any("lang.md  Ein langer" in line and line.endswith("…") for line in told)
    assert title.strip() in rag("documents").out


def test_a_document_does_not_steer_the_terminal(environment: dict[str, str], place: Path) -> None:
    ours, theirs = pty.openpty()
    ran = subprocess.run([sys.executable, "-m", "rag", "show", "wald.txt"], cwd=place, env=environment, stdout=theirs)
    os.close(theirs)
    shown = os.read(ours, 1000)
    os.close(ours)

    assert ran.returncode == 0
    assert shown.decode() == WALD.replace("\x1b", "") + "\r\n"


@pytest.fixture
def receipt(rag: Any, own: Path) -> Path:
    """A receipt of an answer over documents of one's own."""
    file = own / "receipt.json"
    assert rag("ask", QUESTION, "--receipt", file).code == 0
    return file


def test_a_receipt_holds_until_a_document_changes(process: Any, rag: Any, own: Path, receipt: Path) -> None:
    ran = process("verify", receipt)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith(": steht noch\nAlle Zitate stehen noch.\nWortlaut: jede Aussage ist eines ihrer Zitate.\n")
    assert rag("verify", receipt, "--docs", "docs", "--json").json["holds"]

    (own / "docs" / "wald.txt").write_text("Nur: " + WALD, encoding="utf-8")
    moved = rag("verify", receipt, "--docs", "docs")
    assert moved.code == 1
    assert "[1] wald.txt 23–58: GEBROCHEN: das Zitat steht jetzt bei 28\n" in moved.out
    (own / "docs" / "wald.txt").unlink()
    gone = rag("verify", receipt, "--docs", "docs", "--json")
    assert gone.code == 1
    assert gone.json["citations"][0]["verdict"] == "missing"
    assert rag("verify", receipt).code == 0


def test_that_a_file_changed_since_it_was_taken_in_is_noted(rag: Any, own: Path, receipt: Path) -> None:
    (own / "docs" / "wald.txt").write_text("Nur noch Wiese.", encoding="utf-8")

    text, as_json = rag("verify", receipt), rag("verify", receipt, "--json")

    assert (text.code, as_json.code) == (0, 0)
    assert (
        "Hinweis: die Datei von wald.txt hat sich seit der Aufnahme geändert; geprüft ist, was gespeichert ist.\n"
        in text.out
    )
    assert as_json.json["changed_files"] == ["wald.txt"]


def test_where_the_text_of_a_renamed_document_stands_now_is_said(rag: Any, own: Path, receipt: Path) -> None:
    (own / "docs" / "wald.txt").rename(own / "docs" / "forst.txt")
    assert rag("ingest", "docs", "--sync").code == 0

    text, as_json = rag("verify", receipt), rag("verify", receipt, "--json")

    assert (text.code, as_json.code) == (1, 1)
    said = "GEBROCHEN: das Dokument ist nicht mehr da; sein Text ist jetzt forst.txt, dort steht das Zitat bei 23\n"
    assert f"[1] wald.txt 23–58: {said}" in text.out
    first = as_json.json["citations"][0]
    assert (first["verdict"], first["now_in"], first["now"]) == ("missing", "forst.txt", 23)


def test_of_an_english_question_the_check_speaks_english(rag: Any, own: Path) -> None:
    rag("ask", "Which harbour grows?", "--receipt", "english.json", "--top", "1")

    held = rag("verify", "english.json")
    (own / "docs" / "harbour.txt").rename(own / "docs" / "port.txt")
    rag("ingest", "docs", "--sync")
    broken = rag("verify", "english.json")

    assert held.out.endswith(": holds\nAll citations hold.\nWording: every statement is one of its quotes.\n")
    assert ": BROKEN: the document is gone; its text is now port.txt, where the quote stands at " in broken.out


def test_a_receipt_may_come_from_standard_input(rag: Any, own: Path, receipt: Path) -> None:
    ran = rag("verify", "-", given=receipt.read_bytes())

    assert (ran.code, ran.err) == (0, "")
    assert rag("verify", "-", given="{}").code == 2


def test_a_tampered_statement_is_named(rag: Any, own: Path, receipt: Path) -> None:
    values = json.loads(receipt.read_text(encoding="utf-8"))
    values["statements"][0]["text"] = "Der\x1b[K Wal schläft."
    receipt.write_text(json.dumps(values), encoding="utf-8")

    ran = rag("verify", receipt)

    assert ran.code == 1
    assert "\nNICHT BELEGT: Der[K Wal schläft. (Wal)\nDer Beleg hält nicht.\n" in ran.out


def test_what_a_citation_says_of_its_document_is_named(rag: Any, receipt: Path) -> None:
    values = json.loads(receipt.read_text(encoding="utf-8"))
    values["citations"][0] |= {"title": "Anderes", "date": "1999-01-01"}
    receipt.write_text(json.dumps(values), encoding="utf-8")

    ran = rag("verify", receipt)

    assert ran.code == 1
    assert ": GEBROCHEN: das Zitat steht dort, aber das Dokument hat jetzt anderes: Titel und Datum\n" in ran.out


def test_of_a_refusal_what_came_nearest_is_checked(rag: Any, own: Path) -> None:
    assert rag("ask", QUESTION, "--receipt", "refusal.json", at=own, RAG_THRESHOLD="1").code == 3

    held = rag("verify", "refusal.json", at=own)
    (own / "docs" / "wald.txt").unlink()
    broken = rag("verify", "refusal.json", "--docs", "docs", at=own)

    assert held.code == 0
    assert "Am nächsten: [1] wald.txt 23–58: steht noch\n" in held.out
    assert held.out.endswith(
        "Alle nächsten Zitate stehen noch.\nWortlaut: eine Absage hat keine Aussagen, die zu prüfen wären.\n"
    )
    assert broken.code == 1
    assert "Am nächsten: [1] wald.txt 23–58: GEBROCHEN: das Dokument ist nicht mehr da\n" in broken.out


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"schema": 2}', b"[1]"])
def test_a_broken_receipt_is_refused(rag: Any, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "receipt.json").write_bytes(content)
    ran = rag("verify", "receipt.json", "--json")

    assert (ran.code, ran.json["error"]["kind"]) == (2, "FixInput")
    assert "eceipt" in ran.json["error"]["message"]


def test_a_folder_is_no_receipt(rag: Any, tmp_path: Path) -> None:
    ran = rag("verify", tmp_path)

    assert ran.code == 2
    assert "cannot be read" in ran.err


def test_without_an_index_a_receipt_is_checked_against_files(rag: Any, own: Path, receipt: Path) -> None:
    assert rag("verify", receipt, "--index", "nowhere", "--docs", "docs").code == 0
    assert rag("verify", receipt, "--index", "nowhere").code == 1
    assert not (own / "nowhere").exists()


def test_a_doctor_finds_a_sound_index(rag: Any, place: Path) -> None:
    text, as_json = rag("doctor", at=place), rag("doctor", "--json", at=place)

    assert (text.code, as_json.code) == (0, 0)
    assert f"Folder: {place / 'docs'} (3 documents)\nAll is well.\n" in text.out
    assert as_json.json["health"]["problems"] == as_json.json["advice"] == []


def test_a_doctor_names_what_is_broken_and_repairs_it(rag: Any, own: Path) -> None:
    for path in (own / ".beleg" / "words").rglob("*"):
        if path.is_file():
            path.unlink()

    ill = rag("doctor")
    assert ill.code == 1
    assert "Problem: words: " in ill.out
    assert "rag doctor --repair" in ill.out
    assert rag("doctor", "--repair").code == 0
    assert "Das Reh schläft" in rag("ask", QUESTION).out


def test_a_doctor_names_files_that_could_not_be_read(rag: Any, own: Path, closed: Any) -> None:
    (own / "docs" / "leer.txt").write_text("\n", encoding="utf-8")
    (own / "docs" / "zu.txt").write_text("Im Meer schläft der Wal.", encoding="utf-8")
    closed("zu.txt")
    assert rag("ingest", "docs").code == 1

    text, as_json = rag("doctor"), rag("doctor", "--json")

    assert (text.code, as_json.code) == (0, 0)
    assert "Failed: leer.txt: no text in it (Remove the file, or put text into it.)\n" in text.out
    assert "Failed: zu.txt: no permission to read it (Allow reading it, or leave it out.)\n" in text.out
    assert text.out.endswith("2 files could not be read. Mend or remove them, then: rag ingest FOLDER\n")
    assert [one["name"] for one in as_json.json["unread"]] == ["leer.txt", "zu.txt"]
    (own / "docs" / "leer.txt").unlink()
    (own / "docs" / "zu.txt").unlink()
    assert rag("doctor").out.endswith("All is well.\n")


def test_a_folder_that_is_gone_is_told_and_is_no_damage(rag: Any, own: Path) -> None:
    (own / "docs").rename(own / "elsewhere")
    ran = rag("doctor")

    assert ran.code == 0
    assert f"Note: folder is gone: {own / 'docs'}\n" in ran.out
    assert rag("ask", QUESTION).code == 0
