"""Files of all formats through an ingest: cited with their places, remembered, and left out with a reason."""

from __future__ import annotations

import csv
import json
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from folders import found, settle, sound

from rag import Filters, IngestReport, LocalEngine
from rag.documents.selection import Selection
from rag.documents.worker import Worker
from rag.receipts import from_json, to_json
from tests.documents.mails import TEXT, attach, mail
from tests.documents.real import FILES

KEYS = {"title": "headline", "text": "body", "date": "day", "id": "key"}


@pytest.fixture
def reader(open_engine: Callable[..., LocalEngine]) -> LocalEngine:
    return open_engine(jsonl=KEYS, parse_seconds=20)


def put(folder: Path, *names: str) -> None:
    for name in names:
        shutil.copy(FILES / name, folder / name)
        settle(folder / name)


def follow(engine: LocalEngine, folder: Path) -> IngestReport | None:
    return next((event for event in engine.follow(folder) if isinstance(event, IngestReport)), None)


def reasons(report: IngestReport) -> dict[str, str]:
    return {one.name: one.reason for one in (*report.skipped, *report.failed)}


def test_a_citation_says_the_page_the_slide_the_row_and_the_heading(reader: LocalEngine, folder: Path) -> None:
    put(folder, "chromium.pdf", "folien.pptx", "calc.xlsx", "writer.docx")
    report = reader.ingest(folder)
    assert (len(report.added), report.failed) == (4, ())

    questions = {
        "chromium.pdf": ("Wo werden die Kräne gebaut?", ("page", 3, None)),
        "folien.pptx": ("Wo werden die Kräne gebaut?", ("slide", 3, "Ausblick")),
        "calc.xlsx": ("Wie hoch war der Umschlag im Jahr 2023?", ("row", 3, "tabelle")),
        "writer.docx": ("Wie viele neue Kräne erwartet die Senatorin?", ("heading", None, "Ausblick")),
    }
    for name, (question, place) in questions.items():
        answer = reader.ask(question, Filters(source=name), top=20)
        for c in answer.citations:
            assert reader.document(c.document).text[c.start : c.end] == c.quote
        assert place in {(p.kind, p.number, p.name) for c in answer.citations for p in c.places}
        assert reader.verify(from_json(json.dumps(to_json(answer)))).holds
        assert reader.verify(answer, docs=folder).holds


@pytest.mark.parametrize("name", ["handbook.md", "handbook.html"])
def test_what_only_a_heading_names_is_found_in_the_whole_section(reader: LocalEngine, folder: Path, name: str) -> None:
    body = " ".join(
        f"Die Anlage wird nach {n} Tagen geprüft, und was dabei auffällt, steht im Buch." for n in range(60)
    )
    parts = ("Heizkessel", "Aufzug", "Brandmelder")
    pages = "".join(f"<h2>{part}</h2><p>{body}</p>" for part in parts)
    written = {
        "handbook.md": "\n\n".join(f"## {part}\n\n{body}" for part in parts),
        "handbook.html": f"<html><body><article><h1>Handbuch</h1>{pages}</article></body></html>",
    }
    (folder / name).write_text(written[name], encoding="utf-8")
    settle(folder / name)
    reader.ingest(folder)

    hits = reader.search("Aufzug geprüft", limit=3)

    assert len(reader.search("Aufzug geprüft", limit=20)) > 6
    assert [{p.name for p in hit.places} for hit in hits] == [{"Aufzug"}] * 3


def test_a_row_is_one_sentence(reader: LocalEngine, folder: Path) -> None:
    (folder / "a.csv").write_text("Name;Satz\nAnna;Sie kam. Sie ging.\nBert;Er blieb. Punkt.\n", "utf-8")
    reader.ingest(folder)
    document = reader.document("a.csv")

    (hit,) = reader.search("Bert", limit=1)
    assert [span.of(document.text) for span in hit.chunk.sentences] == document.text.split("\n\n")
    assert document.text == "Name: Anna; Satz: Sie kam. Sie ging.\n\nName: Bert; Satz: Er blieb. Punkt."


def test_what_was_refused_is_not_read_again_until_it_changes_or_is_named(
    reader: LocalEngine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(folder, "scanned.pdf", "writer.pdf")
    reader.ingest(folder)
    asked: list[str] = []
    real = Worker.parse
    monkeypatch.setattr(Worker, "parse", lambda self, name, data: asked.append(name) or real(self, name, data))

    assert follow(reader, folder) is None
    assert asked == []
    assert "scanned" in reasons(reader.ingest(folder))["scanned.pdf"]
    assert asked == ["scanned.pdf"]

    put(folder, "scanned.pdf", "chromium.pdf")
    (folder / "chromium.pdf").replace(folder / "scanned.pdf")
    settle(folder / "scanned.pdf", 60)
    report = follow(reader, folder)
    assert report is not None
    assert report.added == ("scanned.pdf",)
    assert reasons(reader.ingest(folder)) == {}


def test_an_archive_is_its_documents_and_follows_its_content(reader: LocalEngine, folder: Path) -> None:
    put(folder, "alles.zip")
    first = reader.ingest(folder)
    again = reader.ingest(folder)

    assert set(first.added) == {
        "alles.zip/ordner/hafen.md", "alles.zip/ordner/chromium.pdf", "alles.zip/ordner/artikel.jsonl/k1",
        "alles.zip/ordner/artikel.jsonl/k2",
    }  # fmt: skip
    assert set(reasons(first)) == {"alles.zip/bild.png", "alles.zip/ordner/artikel.jsonl/2"}
    assert (again.unchanged, again.added, reasons(again)) == (4, (), reasons(first))

    with zipfile.ZipFile(folder / "alles.zip", "w") as archive:
        archive.write(FILES / "chromium.pdf", "ordner/chromium.pdf")
        archive.writestr("neu.txt", "Das Nashorn ist neu.")
    changed = reader.ingest(folder)
    assert (changed.added, changed.unchanged, len(changed.removed), reasons(changed)) == (
        ("alles.zip/neu.txt",), 1, 3, {},
    )  # fmt: skip
    assert found(reader, "Nashorn") == {"alles.zip/neu.txt"}

    (folder / "alles.zip").unlink()
    assert len(reader.ingest(folder, sync=True).removed) == 2
    assert sound(reader)


def test_a_stopped_ingest_of_an_archive_carries_on(
    reader: LocalEngine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        for at in range(5):
            archive.writestr(f"{at}.txt", f"Das Tier Nummer {at} heißt Nashorn.")
    settle(folder / "a.zip")
    monkeypatch.setattr("rag.intake._BATCH_DOCUMENTS", 2)
    events = reader.ingest_events(folder)
    for _ in range(3):
        next(events)
    events.close()
    held = len(reader.documents())

    report = reader.ingest(folder)
    assert 0 < held < 5
    assert (len(report.added), report.unchanged) == (5 - held, held)
    assert len(found(reader, "Nashorn")) == 5


def test_hostile_files_are_one_line_each_and_stop_nothing(reader: LocalEngine, folder: Path) -> None:
    put(folder, "writer.pdf", "password.pdf", "scanned.pdf")
    shutil.copy(FILES / "writer.pdf", folder / "falsch.docx")
    os.mkfifo(folder / "rohr.pdf")
    (folder / "schleife").symlink_to(folder)
    (folder / "zwei\nzeilen.html").write_text("<p>Der Zaunkönig hat zwei Zeilen im Namen.</p>")
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff.html")).write_text("<p>Der Marder hat ein halbes Zeichen.</p>")
    with (folder / "gross.pdf").open("wb") as big:
        big.truncate(2_000_000_000)

    report = reader.ingest(folder)

    assert set(report.added) == {"writer.pdf", "\\xff.html"}
    said = reasons(report)
    assert {name: said[name] for name in ("rohr.pdf", "schleife", "gross.pdf", "password.pdf")} == {
        "rohr.pdf": "not a regular file", "schleife": "a link; links are not followed",
        "gross.pdf": "larger than 20 MB", "password.pdf": "protected by a password",
    }  # fmt: skip
    assert "Word" in said["falsch.docx"]
    assert len(said) == 7


def test_a_selection_leaves_other_documents_as_they_are(reader: LocalEngine, folder: Path) -> None:
    (folder / "a.txt").write_text("Das Nashorn.")
    (folder / "b.txt").write_text("Der Zaunkönig.")
    reader.ingest(folder)
    (folder / "a.txt").unlink()
    (folder / "b.txt").unlink()

    (report,) = [
        event
        for event in reader.ingest_events(folder, sync=True, selection=Selection(include=("a.*",)))
        if isinstance(event, IngestReport)
    ]
    assert report.removed == ("a.txt",)


def test_a_folder_of_which_a_part_was_meant_is_not_followed(reader: LocalEngine, folder: Path) -> None:
    (folder / "a.txt").write_text("Das Nashorn.")
    list(reader.ingest_events(folder, selection=Selection(include=("a.*",))))

    assert reader.followed() == []


def letter(*attached: tuple[str, str]) -> bytes:
    message = mail("Das Nashorn kommt am Montag.", "Die Lieferung")
    for name, text in attached:
        attach(message, text.encode(), name, TEXT)
    return message.as_bytes()


def test_a_mail_is_a_document_beside_its_attachments_and_follows_them(reader: LocalEngine, folder: Path) -> None:
    file = folder / "post" / "brief.eml"
    file.parent.mkdir()
    file.write_bytes(letter(("liste.txt", "Das Gnu wiegt drei Tonnen."), ("alt.txt", "Der Tapir schläft.")))
    settle(file)
    first, again = reader.ingest(folder), reader.ingest(folder)
    assert first.added == ("post/brief.eml", "post/brief.eml/liste.txt", "post/brief.eml/alt.txt")
    assert (again.unchanged, again.anything) == (3, False)
    assert found(reader, "Nashorn Montag") >= {"post/brief.eml"}
    answer = reader.ask("Wie viel wiegt das Gnu?")
    assert reader.document(answer.citations[0].document).info.name == "post/brief.eml/liste.txt"
    assert reader.verify(answer, docs=folder).holds

    file.write_bytes(letter(("liste.txt", "Das Gnu wiegt vier Tonnen.")))
    settle(file, 60)
    changed = reader.ingest(folder)
    assert (changed.changed, changed.removed, changed.unchanged) == (
        ("post/brief.eml/liste.txt",), ("post/brief.eml/alt.txt",), 1,
    )  # fmt: skip
    file.unlink()
    assert len(reader.ingest(folder, sync=True).removed) == 2
    assert sound(reader)


def test_a_mail_that_was_stored_without_its_attachments_gets_them(
    reader: LocalEngine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "brief.eml").write_bytes(letter(("liste.txt", "Das Gnu wiegt drei Tonnen.")))
    settle(folder / "brief.eml")
    with monkeypatch.context() as before:
        # An index of a release that left attachments out.
        for module in ("intake", "plan"):
            before.setattr(f"rag.{module}.is_many", lambda name: name.endswith(".zip"))
        real = Worker.parse
        before.setattr(Worker, "parse", lambda self, name, data: list(real(self, name, data))[:1])
        assert reader.ingest(folder).added == ("brief.eml",)

    report = reader.ingest(folder)

    assert (report.added, report.unchanged) == (("brief.eml/liste.txt",), 1)


def test_a_mail_that_is_handed_over_is_all_its_documents(reader: LocalEngine) -> None:
    first = reader.upload("brief.eml", letter(("liste.txt", "Das Gnu wiegt drei Tonnen.")))
    again = reader.upload("brief.eml", letter())

    assert isinstance(first, IngestReport)
    assert isinstance(again, IngestReport)
    assert first.added == ("brief.eml", "brief.eml/liste.txt")
    assert (again.unchanged, again.removed) == (1, ("brief.eml/liste.txt",))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_quotation_mark_in_a_value_moves_none_to_another_column(
    engine: LocalEngine, folder: Path, delimiter: str
) -> None:
    rows = [["Item", "Remark", "Tonnes"], ["Pipe", f'A 5" pipe{delimiter} "new"', "114"], ["Bolt", "two\nlines", "7"]]
    with (folder / "a.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)

    engine.ingest(folder)

    shown = "".join(engine.document("a.csv").text.split())
    assert f'Item:Pipe;Remark:A5"pipe{delimiter.strip()}"new";Tonnes:114' in shown


def test_a_line_without_an_id_keeps_beside_an_id_that_is_its_number(reader: LocalEngine, folder: Path) -> None:
    lines = [{"key": "2", "body": "Das Nashorn."}, {"body": "Der Zaunkönig."}]
    (folder / "a.jsonl").write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")

    assert reader.ingest(folder).added == ("a.jsonl/2", "a.jsonl/line 2")
