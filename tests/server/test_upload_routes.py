"""Documents that are handed over while questions go on."""

from __future__ import annotations

import io
import shutil
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rag import LocalEngine
from rag.client import RemoteEngine
from rag.receipts import from_json
from tests.documents.mails import TEXT, attach, mail
from tests.documents.real import FILES
from tests.server.conftest import TEXTS, TOKEN, Served


def put(served: Served, name: str, text: str, **query: str) -> Any:
    return served.http.put(f"/v1/documents/{name}", content=text.encode(), params=query)


def test_a_document_can_be_cited_when_the_response_is_there(serve: Callable[..., Served]) -> None:
    served = serve()

    added = put(served, "notes/landung.md", "# Die Landung\n\nDie Sonde landete am 5. Mai.")
    answer = served.ask("Wann landete die Sonde?", source="notes/*").json()

    assert (added.status_code, added.json()["verdict"]) == (201, "added")
    assert added.json()["document"]["title"] == "Die Landung"
    assert answer["citations"][0]["document_id"] == added.json()["document"]["id"]


def test_the_same_again_is_unchanged_and_another_text_replaces_it(serve: Callable[..., Served]) -> None:
    served = serve()
    first = put(served, "a.txt", "Die Sonde landete im Mai.").json()

    same = put(served, "a.txt", "Die Sonde landete im Mai.")
    other = put(served, "a.txt", "Die Sonde landete im Juni.")

    assert (same.status_code, same.json()["verdict"]) == (200, "unchanged")
    assert (other.status_code, other.json()["verdict"]) == (200, "changed")
    assert other.json()["document"]["id"] == first["document"]["id"]
    assert "Juni" in served.http.get("/v1/documents/a.txt/text").json()["text"]
    assert served.engine.status().health.problems == ()


def test_a_row_called_text_is_a_document_like_others(serve: Callable[..., Served]) -> None:
    served = serve()
    rows = '{"id": "text", "text": "Die Sonde landete im Mai."}\n{"id": "b", "text": "Sie flog im Juni zurück."}'
    added = put(served, "rows.jsonl", rows).json()["added"]

    told = served.http.get("/v1/documents/rows.jsonl/text").json()

    assert "rows.jsonl/text" in added
    assert told["name"] == "rows.jsonl/text"
    assert "Mai" in served.http.get("/v1/documents/rows.jsonl/text/text").json()["text"]
    assert "Mai" in served.http.get(f"/v1/documents/{told['id']}/text").json()["text"]
    assert "Juni" in served.http.get("/v1/documents/rows.jsonl/b/text").json()["text"]


def test_what_was_removed_is_gone(serve: Callable[..., Served]) -> None:
    served = serve()
    put(served, "a.txt", "Die Sonde landete im Mai.")

    assert served.http.delete("/v1/documents/a.txt").json() == {"removed": ["a.txt"]}
    assert served.http.get("/v1/documents/a.txt").status_code == 404
    assert "a.txt" not in {c["document"] for c in served.ask("Sonde?").json()["citations"]}


def test_what_came_out_of_one_file_goes_with_it(serve: Callable[..., Served]) -> None:
    served = serve()
    letter, packed = mail("Das Nashorn kommt am Montag."), io.BytesIO()
    attach(letter, b"Das Gnu wiegt drei Tonnen.", "liste eins.txt", TEXT)
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.txt", "Das Zebra ruht.")
        archive.writestr("b.txt", "Die Giraffe frisst.")
    served.http.put("/v1/documents/up.eml", content=letter.as_bytes())
    for folder in ({}, {"folder": "0123456789abcdef"}):
        served.http.put("/v1/documents/arc.zip", content=packed.getvalue(), params=folder)

    assert served.http.delete("/v1/documents/up.eml").json() == {"removed": ["up.eml", "up.eml/liste eins.txt"]}
    assert served.http.delete("/v1/documents/up.eml/liste eins.txt").status_code == 404
    # An upload's name comes before that of a folder's file.
    for _ in range(2):
        assert served.http.delete("/v1/documents/arc.zip").json() == {"removed": ["arc.zip/a.txt", "arc.zip/b.txt"]}
    assert served.http.delete("/v1/documents/arc.zip").status_code == 404
    assert served.http.delete("/v1/documents/tief").status_code == 404


def test_a_client_removes_files_with_what_came_out_of_them(serve: Callable[..., Served], tmp_path: Path) -> None:
    served = serve()
    letter = mail("Das Nashorn kommt am Montag.")
    attach(letter, b"Das Gnu wiegt drei Tonnen.", "liste eins.txt", TEXT)
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "b 1.eml").write_bytes(letter.as_bytes())
    shutil.copy(FILES / "alles.zip", tmp_path / "more" / "alles #1?.zip")
    remote = RemoteEngine(served.url, TOKEN)
    remote.ingest(tmp_path / "more")
    held = [document.name for document in remote.documents() if document.name.startswith("alles #1?.zip/")]

    removed = remote.remove("b 1.eml/liste eins.txt", "b 1.eml", "alles #1?.zip", held[0], purge=True)

    assert removed == ["b 1.eml/liste eins.txt", "b 1.eml", *held]
    assert {document.name for document in remote.documents()} == set(TEXTS)


def test_a_name_that_two_have_is_asked_for_by_id(serve: Callable[..., Served]) -> None:
    served = serve()
    put(served, "hafen.txt", "Ein anderer Hafen.", folder="0123456789abcdef")

    refused = served.http.get("/v1/documents/hafen.txt")

    assert refused.status_code == 404
    for one in served.http.get("/v1/documents").json()["documents"]:
        assert served.http.get(f"/v1/documents/{one['id']}").json()["name"] == one["name"]


def test_sync_takes_in_what_changed_in_followed_folders(serve: Callable[..., Served]) -> None:
    served = serve()
    docs = served.engine.followed()[0]
    # Behind what the server takes in by itself when it starts.
    assert served.http.post("/v1/sync").json()["added"] == []
    (docs / "neu.txt").write_text("Die Sonde landete im Mai.", encoding="utf-8")

    report = served.http.post("/v1/sync", headers={"Authorization": f"Bearer {TOKEN}"}).json()

    assert report["added"] == ["neu.txt"]
    assert served.http.post("/v1/sync").json()["added"] == []


def test_readers_see_the_old_text_or_the_new_one_as_a_whole(serve: Callable[..., Served]) -> None:
    served = serve(threads=3)
    texts = [f"Die Sonde Nummer {n} landete. Es waren {n} Sonden." for n in range(12)]
    put(served, "sonde.txt", texts[0])
    versions = {put(served, "sonde.txt", text).json()["document"]["version"] for text in texts}
    done, wrong, asked = threading.Event(), list[Any](), [0]

    def ask() -> None:
        while not done.is_set():
            response = served.ask("Wie viele Sonden landeten?", source="sonde.txt")
            asked[0] += 1
            if response.status_code != 200:
                wrong.append(response.text)
                continue
            answer = from_json(response.content)
            if not answer.citations or {c.version for c in answer.citations} - versions:
                wrong.append(answer)
            for c in answer.citations:
                numbers = {text for text in texts if c.quote in text}
                if not numbers or not any(s.text in texts[texts.index(t)] for s in answer.statements for t in numbers):
                    wrong.append(c)

    readers = [threading.Thread(target=ask) for _ in range(3)]
    for reader in readers:
        reader.start()
    for text in texts * 2:
        assert put(served, "sonde.txt", text).status_code == 200
    done.set()
    for reader in readers:
        reader.join()

    assert wrong == []
    assert asked[0] > 10
    assert served.engine.status().health.problems == ()


def test_a_purged_upload_leaves_no_byte_of_its_text(serve: Callable[..., Served]) -> None:
    served = serve()
    served.http.put("/v1/documents/geheim.txt", content=b"Der Geheimplan heisst Seeadler.")
    assert holds(served.engine.folder, b"Seeadler")

    assert served.http.delete("/v1/documents/geheim.txt", params={"purge": True}).json() == {"removed": ["geheim.txt"]}

    assert not holds(served.engine.folder, b"Seeadler")
    assert served.ask("Wie viele Schiffe kamen an?").json()["status"] == "answered"


def holds(folder: Path, words: bytes) -> bool:
    return any(words in path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_file_of_any_format_is_taken_and_its_receipt_carries_the_page(serve: Callable[..., Served]) -> None:
    served = serve()
    data = (FILES / "chromium.pdf").read_bytes()

    added = served.http.put("/v1/documents/hafen.pdf", content=data)
    again = served.http.put("/v1/documents/hafen.pdf", content=data)
    answer = served.ask("Wo werden die Kräne gebaut?", source="hafen.pdf").json()
    scanned = served.http.put("/v1/documents/scan.pdf", content=(FILES / "scanned.pdf").read_bytes())

    assert (added.json()["verdict"], again.json()["verdict"]) == ("added", "unchanged")
    assert {"start": 368, "kind": "page", "number": 3, "name": None} in answer["citations"][0]["places"]
    assert served.http.post("/v1/verify", json=answer).json()["holds"]
    assert (scanned.status_code, scanned.json()["type"]) == (422, "urn:beleg:problem:unusable-document")
    assert "scanned" in scanned.json()["detail"]


def test_an_archive_becomes_its_documents_and_a_report(serve: Callable[..., Served]) -> None:
    served = serve()

    report = served.http.put("/v1/documents/alles.zip", content=(FILES / "alles.zip").read_bytes())

    assert report.status_code == 200
    assert "alles.zip/ordner/chromium.pdf" in report.json()["added"]
    assert "alles.zip/bild.png" in {one["name"] for one in report.json()["skipped"]}
    assert served.http.get("/v1/documents/alles.zip/ordner/hafen.md").json()["title"] == "Der Hafen wächst"


def test_a_folder_that_a_client_sends_becomes_the_same_documents(
    serve: Callable[..., Served], tmp_path: Path, open_engine: Callable[..., LocalEngine]
) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    for name in ("writer.pdf", "alles.zip", "scanned.pdf"):
        shutil.copy(FILES / name, folder / name)
    engine = open_engine(index=tmp_path / "own")
    here = engine.ingest(folder)
    remote = RemoteEngine(serve().url)

    first, again = remote.ingest(folder, sync=True), remote.ingest(folder, sync=True)

    names = {one.name for one in (*here.skipped, *here.failed)}
    assert (set(first.added), {one.name for one in (*first.skipped, *first.failed)}) == (set(here.added), names)
    assert (again.added, again.changed, again.removed, again.unchanged) == ((), (), (), len(first.added))
    assert {(d.name, d.version) for d in engine.documents()} <= {(d.name, d.version) for d in remote.documents()}


def test_a_name_of_two_lines_names_nothing_and_is_documented(site: Served) -> None:
    answer = site.http.put("/v1/documents/a%0Ab.txt", content=b"Der Wal.")

    described = site.http.get("/openapi.json").json()["paths"]["/v1/documents/{id}"]["put"]["responses"]
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:beleg:problem:fix-input")
    assert "404" in described
