"""Names that documents may have, and the folder that an upload later turns out to be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag import FixFile, FixInput, LocalEngine
from rag.documents.folder import source_of
from rag.receipts import from_json, to_json
from rag.uploads import clean_name


@pytest.mark.parametrize(
    "name",
    ["", "/a.txt", "a//b.txt", "../a.txt", "a/../b.txt", "./a.txt", "a\x00.txt", "a\nb.txt", "a\\b.txt", "x" * 401,
     "a/" + "x" * 300 + ".txt", "\ud800.txt"],
)  # fmt: skip
def test_names_that_lead_anywhere_are_refused(name: str) -> None:
    with pytest.raises(FixInput):
        clean_name(name)


@pytest.mark.parametrize("name", ["", "/a.txt", "a//b.txt", "../a.txt", "a\nb.txt", "\ud800.txt", "x" * 4097])
def test_also_a_file_of_a_folder_leads_nowhere(name: str) -> None:
    with pytest.raises(FixInput):
        clean_name(name, file=True)


@pytest.mark.parametrize("name", ["a\x1bb.txt", "a\\b.txt", "l" * 240 + ".txt", "a/" * 300 + "b.txt"])
def test_a_file_of_a_folder_has_the_name_that_it_has(name: str) -> None:
    assert clean_name(name, file=True) == name


def test_names_of_other_formats_are_refused() -> None:
    with pytest.raises(FixFile) as refused:
        clean_name("a.png")
    assert refused.value.skipped


@given(st.text(max_size=30).map(lambda text: text + ".txt"))
def test_a_name_that_is_taken_can_stand_in_a_receipt(name: str) -> None:
    try:
        clean = clean_name(name)
    except (FixInput, FixFile):
        return
    assert clean_name(clean) == clean
    assert not Path(clean).is_absolute()
    assert ".." not in Path(clean).parts


def test_an_upload_is_a_document_like_any_other(engine: LocalEngine) -> None:
    taken = engine.upload("notes/a.md", "# Titel\n\nDie Sonde landete im Mai.".encode("latin-1"))

    assert (taken.verdict, taken.document.title) == ("added", "Titel")
    answer = engine.ask("Wann landete die Sonde?")
    assert engine.verify(from_json(json.dumps(to_json(answer)).encode())).holds
    assert engine.upload("notes/a.md", b"# Titel\n\nDie Sonde landete im Mai.").verdict == "unchanged"
    status = engine.status()
    assert (status.health.problems, status.missing_sources) == ((), ())
    assert engine.followed() == []


def test_a_folder_that_was_sent_is_the_same_folder_when_it_is_ingested(engine: LocalEngine, folder: Path) -> None:
    (folder / "a.txt").write_text("Die Sonde landete im Mai.", "utf-8")
    sent = engine.upload("a.txt", (folder / "a.txt").read_bytes(), source=source_of(folder).id)

    report = engine.ingest(folder)

    assert (report.added, report.changed, report.unchanged) == ((), (), 1)
    assert [document.id for document in engine.documents()] == [sent.document.id]
    assert engine.followed() == [folder]
