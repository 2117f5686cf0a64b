"""What is removed with a file, and what stays out when its folder is followed."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from folders import found, settle, sound

from rag import FixInput, IngestReport, LocalEngine
from rag.watching import follow
from tests.documents.mails import TEXT, attach, mail


@pytest.fixture
def filled(engine: LocalEngine, folder: Path) -> LocalEngine:
    """An engine over a mail with an attachment, a mail without, and an archive."""
    message = mail("Das Nashorn kommt am Montag.", "Die Lieferung")
    attach(message, b"Das Gnu wiegt drei Tonnen.", "liste eins.txt", TEXT)
    (folder / "brief.eml").write_bytes(message.as_bytes())
    (folder / "kurz.eml").write_bytes(mail("Der Tapir bleibt hier.", "Der Tapir").as_bytes())
    with zipfile.ZipFile(folder / "alles.zip", "w") as archive:
        for name, text in (("a.txt", "Das Zebra ruht."), ("b.txt", "Die Giraffe frisst.")):
            archive.writestr(name, text)
    for file in folder.iterdir():
        settle(file)
    engine.ingest(folder)
    return engine


def names(engine: LocalEngine) -> list[str]:
    return [document.name for document in engine.documents()]


ALL = ["alles.zip/a.txt", "alles.zip/b.txt", "brief.eml", "brief.eml/liste eins.txt", "kurz.eml"]


def test_a_mail_goes_with_what_is_attached_to_it(filled: LocalEngine, folder: Path) -> None:
    assert filled.remove("brief.eml", purge=True) == ["brief.eml", "brief.eml/liste eins.txt"]

    assert found(filled, "Gnu") == set()
    assert sound(filled)
    assert b"drei Tonnen" not in (filled.folder / "catalog.sqlite3").read_bytes()
    (folder / "brief.eml").touch()
    follow(filled)
    assert "brief.eml/liste eins.txt" not in names(filled)
    assert set(filled.ingest(folder / "brief.eml").added) == {"brief.eml", "brief.eml/liste eins.txt"}


def test_an_archive_goes_with_all_that_is_in_it(filled: LocalEngine, folder: Path) -> None:
    assert filled.remove("alles.zip", "alles.zip/a.txt") == ALL[:2]

    assert names(filled) == ALL[2:]
    settle(folder / "alles.zip", 60)
    assert isinstance(follow(filled), IngestReport)
    assert names(filled) == ALL[2:]
    filled.ingest(folder)
    assert names(filled) == ALL


def test_what_is_in_a_file_goes_alone_by_its_own_name(filled: LocalEngine) -> None:
    assert filled.remove("brief.eml/liste eins.txt", "alles.zip/b.txt") == [
        "brief.eml/liste eins.txt",
        "alles.zip/b.txt",
    ]

    follow(filled)
    assert names(filled) == ["alles.zip/a.txt", "brief.eml", "kurz.eml"]


def test_a_mail_with_nothing_attached_comes_back_when_it_is_named(filled: LocalEngine, folder: Path) -> None:
    filled.remove("kurz.eml")

    follow(filled)
    assert "kurz.eml" not in names(filled)
    assert filled.ingest(folder / "kurz.eml").added == ("kurz.eml",)


def test_of_two_folders_archives_none_is_removed_by_its_name(filled: LocalEngine, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "alles.zip").write_bytes((folder / "alles.zip").read_bytes())
    filled.ingest(tmp_path / "other")

    with pytest.raises(FixInput, match="means 4 documents"):
        filled.remove("alles.zip")
    assert len(names(filled)) == len(ALL) + 2
