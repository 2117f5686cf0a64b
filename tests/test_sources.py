"""What a user means by a path or a name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from processes import in_child

from rag import DocumentInfo, FixInput, LocalEngine, connect, load_settings
from rag.sources import Meant, default_docs, meant, nothing_named, pick


def info(name: str, identity: str) -> DocumentInfo:
    return DocumentInfo(id=identity, source="s", name=name, version="v", length=1)


DOCUMENTS = [info("a.txt", "1a"), info("a.txt", "1b"), info("ab.txt", "2c"), info("2c", "3d"), info("a", "4e")]


@pytest.mark.parametrize(
    ("which", "identity"),
    [("1a", "1a"), ("1b", "1b"), ("ab", "2c"), ("a", "4e"), ("3", "3d"), ("4e", "4e"), ("ab.txt", "2c")],
)
def test_a_document_is_meant_by_id_name_or_beginning(which: str, identity: str) -> None:
    assert pick(DOCUMENTS, which).id == identity


@pytest.mark.parametrize("which", ["", "nowhere", "A.TXT", "txt"])
def test_a_document_that_is_not_there_is_said_so(which: str) -> None:
    with pytest.raises(FixInput, match="No document") as caught:
        pick(DOCUMENTS, which)
    assert "rag documents" in caught.value.hint


@pytest.mark.parametrize(("which", "count"), [("a.txt", 2), ("1", 2), ("2c", 2), ("a.", 2)])
def test_several_meant_documents_are_listed(which: str, count: int) -> None:
    with pytest.raises(FixInput, match=f"means {count} documents") as caught:
        pick(DOCUMENTS, which)
    assert "id" in caught.value.hint


HOLDING = [
    info("a.eml", "1"), info("a.eml/list.csv", "2"), info("b.zip/x.txt", "3"), info("b.zip/a.eml", "4"),
    info("b.zip/a.eml/y.txt", "5"), info("a.em", "6"), info("c.zip/z\x1b.txt", "7"), info("d\x1b.zip/z.txt", "8"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("which", "key", "ids"),
    [
        ("a.eml", "1", "12"), ("1", "1", "12"), ("a.eml/list.csv", "2", "2"), ("a.eml/l", "2", "2"), ("b.zip", "b.zip", "345"),
        ("b.zip/a.eml", "4", "45"), ("b.zip/a.eml/y.txt", "5", "5"), ("a.em", "6", "6"), ("d\\x1b.zip", "d\x1b.zip", "8"),
    ],
)  # fmt: skip
def test_a_file_is_meant_with_what_came_out_of_it(which: str, key: str, ids: str) -> None:
    found = meant(HOLDING, which)

    assert (found.key, "".join(document.id for document in found.documents)) == (key, ids)


def test_of_two_folders_archives_of_one_name_none_is_meant() -> None:
    other = replace(info("b.zip/x.txt", "9"), source="other")

    with pytest.raises(FixInput, match="means 4 documents"):
        meant([*HOLDING, other], "b.zip")
    assert meant([*HOLDING, replace(other, name="a.eml/x.txt")], "a.eml") == Meant("1", tuple(HOLDING[:2]))


def test_the_folder_to_answer_from_where_none_is_named(tmp_path: Path) -> None:
    assert default_docs(load_settings()) is None
    (tmp_path / "seeds").mkdir()
    assert default_docs(load_settings()) == Path("seeds")
    assert default_docs(load_settings(docs=tmp_path)) == tmp_path
    assert "--docs" in nothing_named().hint


def ingest_again(index: str, docs: str) -> int:
    with connect(load_settings(index=index, embedding="hashed-words")) as engine:
        assert engine.followed() == []
        assert engine.status().missing_sources == ()
        return len(engine.ingest(docs).added)


def test_a_folder_that_may_not_be_entered_is_not_taken_for_gone(
    engine: LocalEngine, tmp_path: Path, open_engine: Callable[..., LocalEngine]
) -> None:
    locked, other = tmp_path / "locked", tmp_path / "other"
    for docs in (locked / "docs", other):
        docs.mkdir(parents=True)
        (docs / "a.txt").write_text("Hamburg liegt an der Elbe.", encoding="utf-8")
    engine.ingest(locked / "docs")
    engine.close()
    locked.chmod(0)
    try:
        assert in_child(ingest_again, str(engine.folder), str(other), unprivileged=True) == 1
    finally:
        locked.chmod(0o700)
    assert len(open_engine().documents()) == 2


def test_a_folder_that_was_moved_keeps_its_documents(engine: LocalEngine, folder: Path, tmp_path: Path) -> None:
    for number in range(3):
        (folder / f"{number}.txt").write_text(f"Das ist Nummer {number}.", encoding="utf-8")
    engine.ingest(folder)
    before = {document.id for document in engine.documents()}
    moved = folder.rename(tmp_path / "moved")

    report = engine.ingest(moved, sync=True)

    assert (report.unchanged, report.added, report.removed) == (3, (), ())
    assert {document.id for document in engine.documents()} == before
    assert [source.root for source in engine.status().sources] == [str(moved)]


def test_a_folder_in_the_place_of_a_moved_one_is_another(engine: LocalEngine, folder: Path, tmp_path: Path) -> None:
    (folder / "a.txt").write_text("Das ist das alte.", encoding="utf-8")
    engine.ingest(folder)
    moved = folder.rename(tmp_path / "moved")
    engine.ingest(moved)
    folder.mkdir()
    (folder / "a.txt").write_text("Das ist das neue, und es ist länger.", encoding="utf-8")

    engine.ingest(folder)

    assert len({document.id for document in engine.documents()}) == 2
    assert {source.root for source in engine.status().sources} == {str(folder), str(moved)}


def test_a_copy_of_a_folder_is_a_folder_of_its_own(engine: LocalEngine, folder: Path, tmp_path: Path) -> None:
    for place in (folder, tmp_path / "copy"):
        place.mkdir(exist_ok=True)
        (place / "a.txt").write_text("Das steht zweimal da.", encoding="utf-8")
        engine.ingest(place)

    assert len(engine.documents()) == 2
    assert len(engine.source_ids([folder, tmp_path / "copy"])) == 2
    assert len(set(engine.source_ids([folder, folder / "a.txt", tmp_path / "copy"]))) == 2
