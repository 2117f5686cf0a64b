"""Files that are no documents, are none any more, cannot be reached, or are odd: each is named, none stops a folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from folders import TEXTS, found, settle, sound, write
from processes import in_child

from rag import IngestReport, LocalEngine, connect, load_settings


@pytest.mark.parametrize("content", [b"", b" \n\t\n", b"\x00\x01binary"])
def test_the_old_text_of_an_emptied_file_is_gone(engine: LocalEngine, folder: Path, content: bytes) -> None:
    write(folder, TEXTS)
    engine.ingest(folder)
    (folder / "hafen.txt").write_bytes(content)

    report = engine.ingest(folder)

    assert report.removed == ("hafen.txt",)
    assert [item.name for item in (*report.failed, *report.skipped)] == ["hafen.txt"]
    assert found(engine, "Schiffe") == set()
    assert engine.ingest(folder).removed == ()


def ingest_as_user(index: str, folder: str) -> IngestReport:
    with connect(load_settings(index=index, embedding="hashed-words", wait=5)) as engine:
        return engine.ingest(folder, sync=True)


@pytest.mark.parametrize("locked", ["hafen.txt", "tief", "."])
def test_what_may_not_be_read_for_now_keeps_its_version(engine: LocalEngine, folder: Path, locked: str) -> None:
    write(folder, TEXTS)
    engine.ingest(folder)
    settle(folder / "hafen.txt", seconds=5)
    (folder / locked).chmod(0)
    try:
        report = in_child(ingest_as_user, str(engine.folder), str(folder), unprivileged=True)
    finally:
        (folder / locked).chmod(0o700)

    assert report.removed == ()
    named = {item.name: item.reason for item in (*report.failed, *report.skipped)}
    assert list(named) == [{"tief": "tief/", ".": "./"}.get(locked, locked)]
    assert "read" in next(iter(named.values()))
    assert {name: engine.document(name).text for name in TEXTS} == TEXTS


def test_a_file_that_vanishes_midway_keeps_its_version_and_is_reported(engine: LocalEngine, folder: Path) -> None:
    write(folder, {"a.txt": "Der Hafen.", "b.txt": "Der Garten.", "c.txt": "Das Reh."})
    engine.ingest(folder)
    write(folder, {"a.txt": "Neuer Hafen.", "b.txt": "Neuer Garten.", "d.txt": "Ein Zebra."}, settled=False)
    events = engine.ingest_events(folder, sync=True)
    next(events)
    (folder / "b.txt").unlink()
    (folder / "d.txt").unlink()
    *_, report = events

    assert isinstance(report, IngestReport)
    assert [item.name for item in report.failed] == ["b.txt", "d.txt"]
    assert (report.changed, report.removed) == (("a.txt",), ())
    assert (found(engine, "Garten"), found(engine, "Zebra")) == ({"b.txt"}, set())
    assert engine.ingest(folder, sync=True).removed == ("b.txt",)


def test_every_file_that_is_no_document_is_named_with_the_reason(engine: LocalEngine, folder: Path) -> None:
    write(folder, TEXTS)
    (folder / "bild.png").write_bytes(b"\x89PNG")
    (folder / "binary.txt").write_bytes(bytes(range(256)) * 10)
    (folder / "falsch.txt").write_bytes(b"\xff\xfe\x00")
    with (folder / "riesig.txt").open("wb") as file:
        file.truncate(50_000_000)

    report = engine.ingest(folder)

    assert sorted(report.added) == sorted(TEXTS)
    named = {item.name: item.reason for item in (*report.skipped, *report.failed)}
    assert sorted(named) == ["bild.png", "binary.txt", "falsch.txt", "riesig.txt"]
    assert "20 MB" in named["riesig.txt"]
    assert "binary" in named["binary.txt"]
    assert {item.name for item in report.failed} >= {"falsch.txt", "riesig.txt"}
    assert all(item.hint for item in report.failed)


@pytest.mark.parametrize(
    "text", ["Wort " * 20_000 + "Zebra.", "x" * 80_000 + " Zebra", "Satz eins. " * 6_000 + "Zebra."]
)
def test_a_document_of_one_giant_line_is_found_to_its_end(engine: LocalEngine, folder: Path, text: str) -> None:
    write(folder, {"a.txt": text})
    report = engine.ingest(folder)

    hit = engine.search("Zebra")[0]
    assert hit.lexical > 0
    assert text[hit.chunk.span.start : hit.chunk.span.end] == hit.text
    assert report.chunks > 30
    assert sound(engine)


def test_names_that_are_not_text_are_documents_too(engine: LocalEngine, tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    write(folder, {os.fsdecode(b"na\xefve.txt"): "Der Hafen.", "Gru\u0308n.txt": "Der Garten."})

    assert sorted(engine.ingest(folder).added) == ["Grün.txt", "na\\xefve.txt"]
    assert engine.ingest(folder).unchanged == 2
    assert [source.root for source in engine.status().sources] == [str(folder)]
