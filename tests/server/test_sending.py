"""A folder that is sent to a server: a file whose size and time stamp are known is neither read nor sent again."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rag import IngestReport, RemoteEngine
from rag.documents.folder import document_id
from rag.documents.selection import Selection
from rag.reports import fold
from rag.watching import Looks
from tests.server.conftest import TOKEN, Served

LONG_AGO = 1_700_000_000_000_000_000
SECOND = 1_000_000_000


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "more"
    folder.mkdir()
    for name in ("a.txt", "b.txt"):
        write(folder / name, f"Der Satz {name} steht hier.")
    with zipfile.ZipFile(folder / "c.zip", "w") as packed:
        packed.writestr("d.txt", "Der Satz im Archiv steht hier.")
    os.utime(folder / "c.zip", ns=(LONG_AGO, LONG_AGO))
    return folder


@pytest.fixture
def remote(serve: Callable[..., Served]) -> RemoteEngine:
    return RemoteEngine(serve().url, TOKEN)


def write(path: Path, text: str, stamp: int = LONG_AGO) -> None:
    path.write_text(text, "utf-8")
    os.utime(path, ns=(stamp, stamp))


def told(report: IngestReport) -> tuple[set[str], set[str], set[str], int]:
    return set(report.added), set(report.changed), set(report.removed), report.unchanged


def test_what_is_known_by_its_stamp_is_not_read(remote: RemoteEngine, docs: Path) -> None:
    assert told(remote.ingest(docs)) == ({"a.txt", "b.txt", "c.zip/d.txt"}, set(), set(), 0)

    # Another text of the same size and stamp: nobody can see it who does not read.
    write(docs / "a.txt", "Ein Satz a.txt steht hier.")
    (docs / "c.zip").write_bytes(bytes((docs / "c.zip").stat().st_size))
    os.utime(docs / "c.zip", ns=(LONG_AGO, LONG_AGO))

    assert told(remote.ingest(docs, sync=True)) == (set(), set(), set(), 3)
    write(docs / "a.txt", "Ein Satz a.txt steht hier.", LONG_AGO + SECOND)
    assert told(remote.ingest(docs)) == (set(), {"a.txt"}, set(), 2)


def test_a_touched_file_is_read_once_more_and_never_again(remote: RemoteEngine, docs: Path) -> None:
    remote.ingest(docs)
    os.utime(docs / "a.txt", ns=(LONG_AGO + SECOND, LONG_AGO + SECOND))

    assert told(remote.ingest(docs, dry_run=True)) == told(remote.ingest(docs)) == (set(), set(), set(), 3)

    write(docs / "a.txt", "Ein Satz a.txt steht hier.", LONG_AGO + SECOND)
    assert told(remote.ingest(docs)) == (set(), set(), set(), 3)


def test_a_file_that_was_written_just_now_may_change_once_more(remote: RemoteEngine, docs: Path) -> None:
    (docs / "a.txt").write_text("Ein Satz eins.", "utf-8")
    stamp = (docs / "a.txt").stat().st_mtime_ns
    remote.ingest(docs)
    write(docs / "a.txt", "Ein Satz zwei.", stamp)

    assert told(remote.ingest(docs)) == (set(), {"a.txt"}, set(), 2)


def test_what_is_gone_and_comes_back_is_taken_in_again(remote: RemoteEngine, docs: Path, tmp_path: Path) -> None:
    remote.ingest(docs)
    for name in ("a.txt", "c.zip"):
        (docs / name).rename(tmp_path / name)

    assert told(remote.ingest(docs, sync=True, dry_run=True))[2] == {"a.txt", "c.zip/d.txt"}
    assert told(remote.ingest(docs, sync=True)) == (set(), set(), {"a.txt", "c.zip/d.txt"}, 1)
    assert told(remote.ingest(docs, sync=True)) == (set(), set(), set(), 1)

    for name in ("a.txt", "c.zip"):
        (tmp_path / name).rename(docs / name)
    assert told(remote.ingest(docs)) == ({"a.txt", "c.zip/d.txt"}, set(), set(), 1)


def test_a_file_that_has_become_unreadable_loses_its_document(remote: RemoteEngine, docs: Path) -> None:
    remote.ingest(docs)
    write(docs / "a.txt", "   ", LONG_AGO + SECOND)

    report = remote.ingest(docs)

    assert told(report) == (set(), set(), {"a.txt"}, 2)
    assert [one.name for one in report.failed] == ["a.txt"]


def test_one_file_that_is_refused_stops_nothing(remote: RemoteEngine, docs: Path) -> None:
    (docs / "aa.txt").write_bytes(b"ab\0\1cd\0")
    (docs / "ab.txt").write_bytes(b"\x80\x81\x82\x83" * 50)
    (docs / "ac\nname.txt").write_text("Ein Satz.", "utf-8")
    (docs / ("l" * 240 + ".txt")).write_text("Ein Satz.", "utf-8")
    Path(os.fsdecode(bytes(docs) + b"/ae\x1b\xff.txt")).write_text("Ein Satz.", "utf-8")
    write(docs / "ad.txt", "Ein alter Satz steht hier.", -LONG_AGO // 10)

    dry, report = remote.ingest(docs, dry_run=True), remote.ingest(docs)

    odd = {"l" * 240 + ".txt", "ae\x1b\\xff.txt"}
    assert told(report) == ({"a.txt", "ad.txt", "b.txt", "c.zip/d.txt", *odd}, set(), set(), 0)
    assert {one.name for one in report.skipped} == {"aa.txt", "ac\nname.txt"}
    assert {one.name for one in report.failed} == {one.name for one in dry.failed} == {"ab.txt"}
    assert {one.name for one in dry.skipped} == {one.name for one in report.skipped}
    assert told(remote.ingest(docs))[3] == 6


def test_a_selection_is_of_files_not_of_what_is_in_them(remote: RemoteEngine, docs: Path) -> None:
    remote.ingest(docs)
    some = Selection(include=("*.txt",))

    (report,) = (e for e in remote.ingest_events(docs, sync=True, selection=some) if isinstance(e, IngestReport))

    assert told(report) == (set(), set(), set(), 2)
    (docs / "c.zip").unlink()
    (report,) = (e for e in remote.ingest_events(docs, sync=True, selection=some) if isinstance(e, IngestReport))
    assert report.removed == ()
    assert remote.ingest(docs, sync=True).removed == ("c.zip/d.txt",)


def test_what_a_person_removed_from_an_archive_comes_back_when_it_is_named(remote: RemoteEngine, docs: Path) -> None:
    remote.ingest(docs)
    remote.remove("c.zip/d.txt")

    assert told(remote.ingest(docs / "c.zip")) == ({"c.zip/d.txt"}, set(), set(), 0)
    assert told(remote.ingest(docs)) == (set(), set(), set(), 3)


def test_what_an_archive_does_not_hold_any_more_is_not_told_again(remote: RemoteEngine, docs: Path) -> None:
    for names, stamp in ((("d.txt", "x.doc", "y.pdf"), LONG_AGO), (("d.txt",), LONG_AGO + SECOND)):
        with zipfile.ZipFile(docs / "c.zip", "w") as packed:
            for name in names:
                packed.writestr(name, "Der Satz im Archiv steht hier.")
        os.utime(docs / "c.zip", ns=(stamp, stamp))
        first, again = remote.ingest(docs), remote.ingest(docs)
        assert [one.name for one in again.failed] == [one.name for one in first.failed]
        assert {one.name for one in again.skipped + again.failed} == {f"c.zip/{name}" for name in names[1:]}


def test_a_file_that_is_still_being_written_is_not_sent(remote: RemoteEngine, docs: Path) -> None:
    remote.ingest(docs)
    write(docs / "a.txt", "Ein neuer Satz steht hier.", LONG_AGO + SECOND)
    write(docs / "e.txt", "Ein halber")
    looks = Looks()

    looks.next()
    assert told(fold(remote.ingest_events(docs, sync=True, ready=looks.ready))) == (set(), set(), set(), 3)
    write(docs / "e.txt", "Ein ganzer Satz steht hier.")
    looks.next()
    assert told(fold(remote.ingest_events(docs, sync=True, ready=looks.ready))) == (set(), {"a.txt"}, set(), 2)
    looks.next()
    assert told(fold(remote.ingest_events(docs, sync=True, ready=looks.ready))) == ({"e.txt"}, set(), set(), 3)


def test_the_index_s_own_folder_is_passed_over(serve: Callable[..., Served], docs: Path) -> None:
    (docs / "index").mkdir()
    (docs / "index" / "x.txt").write_text("Kein Dokument.", "utf-8")
    served = serve()

    report = RemoteEngine(served.url, TOKEN, index=docs / "index").ingest(docs)

    assert told(report)[0] == {"a.txt", "b.txt", "c.zip/d.txt"}
    assert report.skipped == ()


def test_an_index_that_was_made_here_is_known_to_who_sends(serve: Callable[..., Served], tmp_path: Path) -> None:
    served = serve()
    docs = served.engine.followed()[0]
    before = told(RemoteEngine(served.url, TOKEN).ingest(docs))

    assert before[:3] == (set(), set(), set())
    assert before[3] == len(served.engine.documents())
    assert served.engine.followed() == [docs]


def test_nobody_lets_go_of_another_source_s_documents(serve: Callable[..., Served]) -> None:
    served = serve()
    mine, another = "0" * 16, "1" * 16
    for source in (mine, another):
        served.http.put("/v1/documents/a.txt", content=b"Die Sonde landete.", params={"folder": source})

    said: Any = served.http.post(
        f"/v1/sources/{mine}/files",
        json={
            "gone": [document_id(source, "a.txt") for source in (another, mine, mine)],
            "same": [{"document": document_id(another, "a.txt"), "size": 1, "modified": LONG_AGO}],
        },
    )

    assert said.json() == {"removed": ["a.txt"]}
    left = served.http.get(f"/v1/sources/{another}/files").json()["documents"]
    assert [(one["name"], one["modified"]) for one in left] == [("a.txt", 0)]


@pytest.mark.parametrize(
    "body", ['{"past": ["\\ud800"]}', '{"gone": ["\\ud800"]}', '{"gone": ["x"]}', '{"same": [{}]}', "[]"]
)
def test_what_is_no_name_and_no_id_is_refused(served_http: Any, body: str) -> None:
    refused = served_http.post(
        f"/v1/sources/{'0' * 16}/files", content=body, headers={"Content-Type": "application/json"}
    )

    assert refused.status_code == 422


@pytest.mark.parametrize("source", ["uploads", "0" * 15, "0" * 15 + "g"])
def test_only_a_folder_s_files_are_told(served_http: Any, source: str) -> None:
    assert served_http.get(f"/v1/sources/{source}/files").status_code == 422


@pytest.fixture
def served_http(site: Served) -> Any:
    return site.http
