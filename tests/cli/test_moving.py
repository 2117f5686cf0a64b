"""``rag export``, ``rag import`` and ``rag remove --purge`` at the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def test_an_index_moves_as_one_file(rag: Any, place: Path, tmp_path: Path) -> None:
    file, there = tmp_path / "moved.beleg", tmp_path / "there"
    exported = rag("export", file, "--json", at=place)
    imported = rag("import", file, "--index", there, "--json", at=tmp_path)

    assert (exported.code, imported.code) == (0, 0)
    assert exported.json == imported.json
    assert exported.json["documents"] == 3
    asked = rag("ask", "Wer schläft unter den Eichen?", "--index", there, at=tmp_path)
    assert "Das Reh schläft unter den Eichen" in asked.out
    assert rag("doctor", "--index", there, at=tmp_path).code == 0


def test_what_was_done_is_said(rag: Any, place: Path, tmp_path: Path) -> None:
    assert rag("export", tmp_path / "a", at=place).out.startswith("Exported: 3 documents, ")
    assert rag("import", tmp_path / "a", "--index", tmp_path / "b", at=place).out.startswith("Imported: 3 documents, ")


def test_what_is_there_is_not_overwritten_unasked(rag: Any, own: Path, tmp_path: Path) -> None:
    rag("export", tmp_path / "a", at=own)
    for words in (("export", tmp_path / "a"), ("import", tmp_path / "a")):
        refused = rag(*words, "--json", at=own)
        assert (refused.code, refused.json["error"]["kind"]) == (2, "FixInput")
        assert "--replace" in refused.json["error"]["hint"]
        assert rag(*words, "--replace", at=own).code == 0
    assert "3 documents" in rag("doctor", at=own).out


def test_a_file_that_is_none_is_refused(rag: Any, place: Path, tmp_path: Path) -> None:
    (tmp_path / "brief.txt").write_text("Guten Tag.", "utf-8")
    for name in ("brief.txt", "nirgends"):
        refused = rag("import", tmp_path / name, "--index", tmp_path / "new", "--json", at=place)
        assert (refused.code, refused.json["error"]["kind"]) == (2, "FixInput")


def test_exporting_where_nothing_is_says_so(rag: Any, tmp_path: Path) -> None:
    ran = rag("export", tmp_path / "a", "--index", tmp_path / "none", "--json", at=tmp_path)

    assert (ran.code, ran.json["error"]["kind"]) == (1, "AddDocuments")
    assert not (tmp_path / "a").exists()


def test_a_purge_is_said_and_done(rag: Any, own: Path) -> None:
    ran = rag("remove", "wald.txt", "--purge", at=own)

    assert (ran.code, ran.out) == (0, "Purged: wald.txt\n")
    assert not [path for path in (own / ".beleg").rglob("*") if path.is_file() and b"Eichen" in path.read_bytes()]
    assert rag("remove", "hafen.txt", "--purge", "--json", at=own).json == {"removed": ["hafen.txt"]}


def test_an_import_that_fails_leaves_no_folder(rag: Any, own: Path) -> None:
    (own / "none.beleg").write_bytes(b"no export")
    (own / "mine").mkdir()
    (own / "mine" / "note.txt").write_text("mine", encoding="utf-8")

    for there in ("new", "mine"):
        assert rag("import", "none.beleg", "--index", there).code == 2
    assert not (own / "new").exists()
    assert (own / "mine" / "note.txt").exists()
