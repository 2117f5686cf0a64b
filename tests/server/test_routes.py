"""What each route answers."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from rag.receipts import from_json, to_json
from tests.server.conftest import TEXTS, TOKEN, Served

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "receipt.schema.json").read_text("utf-8"))


def test_an_answer_is_the_receipt(site: Served) -> None:
    response = site.ask("Wie viele Schiffe kamen an?", top=1)

    assert (response.status_code, response.headers["content-type"]) == (200, "application/json")
    jsonschema.validate(response.json(), SCHEMA)
    answer = from_json(response.content)
    assert len(answer.statements) == 1
    for c in answer.citations:
        assert site.engine.document(c.document_id).text[c.start : c.end] == c.quote
    assert answer.candidates == ()


def test_candidates_are_listed_where_they_are_asked_for(site: Served) -> None:
    assert from_json(site.ask("Schiffe?", explain=True).content).candidates


def test_filters_count(site: Served) -> None:
    answered = site.ask("Hamburg", since="2022-01-01", source="h*", language="EN").json()

    assert {c["document"] for c in answered["citations"]} == {"harbour.txt"}
    assert answered["filters"]["language"] == "en"


def test_a_day_is_read_as_the_command_reads_it(site: Served) -> None:
    filters = site.ask("Hamburg", since="2021", until="2024-02").json()["filters"]
    refused = site.ask("Hamburg", since="86400")

    assert (filters["since"], filters["until"]) == ("2021-01-01", "2024-02-29")
    assert site.http.get("/v1/documents", params={"since": "2022"}).status_code == 200
    assert refused.json()["errors"][0]["message"].startswith("since '86400' is no date. Write it as 2022-11-30")


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/search", "/v1/documents"])
def test_days_the_wrong_way_round_are_refused_by_field(site: Served, path: str) -> None:
    days = {"since": "2022-01-02", "until": "2022-01-01"}
    if path == "/v1/documents":
        refused = site.http.get(path, params=days)
    else:
        refused = site.http.post(path, json={"question": "Hamburg", **days})

    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == ["until"]
    assert "2022-01-02" in refused.json()["errors"][0]["message"]
    same = {"since": "2022-01-01", "until": "2022-01-01"}
    assert site.http.get("/v1/documents", params=same).status_code == 200


def test_what_is_known_of_a_document_is_told_without_reading_its_text(site: Served) -> None:
    site.ask("Hamburg")
    assert site.engine._index is not None
    asked: list[str] = []
    site.engine._index.catalog._db.connection.set_trace_callback(asked.append)
    try:
        assert site.http.get("/v1/documents/hafen.txt").status_code == 200
        assert site.http.get("/v1/documents/nowhere.txt").status_code == 404
    finally:
        site.engine._index.catalog._db.connection.set_trace_callback(None)

    assert asked
    assert not [statement for statement in asked if "text" in statement]


def test_search_names_what_the_contract_names(site: Served) -> None:
    hits = site.http.post("/v1/search", json={"question": "Hamburg", "limit": 2}).json()["hits"]

    assert len(hits) == 2
    assert set(hits[0]) == {
        "document_id", "version", "document", "title", "language", "date", "start", "end", "text", "score", "cosine",
        "lexical", "via", "places",
    }  # fmt: skip
    document = site.engine.document(hits[0]["document_id"])
    assert document.text[hits[0]["start"] : hits[0]["end"]] == hits[0]["text"]


def test_documents_are_listed_and_looked_at(site: Served) -> None:
    listed = site.http.get("/v1/documents").json()["documents"]

    assert [one["name"] for one in listed] == sorted(TEXTS)
    for one in listed:
        assert site.http.get(f"/v1/documents/{one['id']}").json() == one
        assert site.http.get(f"/v1/documents/{one['name']}").json() == one
    german = site.http.get("/v1/documents", params={"language": "de", "source": "tief/*"}).json()["documents"]
    assert [one["name"] for one in german] == ["tief/wald.md"]


@pytest.mark.parametrize(("start", "end"), [(0, 5), (40, None), (12, 10_000), (3, 3)])
def test_text_is_counted_in_code_points(site: Served, start: int, end: int | None) -> None:
    text = site.engine.document("tief/wald.md").text
    given = {"start": start, **({} if end is None else {"end": end})}

    part = site.http.get("/v1/documents/tief/wald.md/text", params=given).json()

    assert part["text"] == text[start:end]
    assert (part["start"], part["end"], part["length"]) == (start, min(end or len(text), len(text)), len(text))


def test_text_of_another_version_is_not_given_out(site: Served) -> None:
    refused = site.http.get("/v1/documents/hafen.txt/text", params={"version": "0" * 64})

    assert (refused.status_code, refused.json()["type"]) == (404, "urn:beleg:problem:unknown-document")


def test_a_receipt_is_checked_again(site: Served) -> None:
    receipt = site.ask("Wie viele Schiffe kamen an?").json()

    assert site.http.post("/v1/verify", json=receipt).json()["holds"] is True
    receipt["citations"][0]["quote"] = receipt["citations"][0]["quote"].replace("acht", "neun").replace("Eight", "Nine")
    found = site.http.post("/v1/verify", json=receipt).json()
    assert found["holds"] is False
    assert found["citations"][0]["verdict"] == "changed"


def test_the_server_says_how_it_is(site: Served) -> None:
    site.ask("Schiffe?")

    assert site.http.get("/healthz").json()["status"] == "ok"
    assert site.http.get("/readyz").json() == {"status": "ready", "documents": 3}
    figures = site.http.get("/metrics").text
    for name in (
        'beleg_requests_total{method="POST",route="/v1/ask",status="200"}', 'beleg_stage_seconds_count{stage="embed"}',
        'beleg_answers_total{status="answered"}', "beleg_dropped_statements_total", 'beleg_waiting{queue="questions"}',
    ):  # fmt: skip
        assert name in figures
    assert "Schiffe" not in figures


def test_a_request_keeps_its_id(site: Served) -> None:
    given = site.http.get("/healthz", headers={"X-Request-ID": "mine.1"})
    strange = site.http.get("/v1/documents/no", headers={"X-Request-ID": 'x" y'})

    assert given.headers["X-Request-ID"] == "mine.1"
    assert len(strange.headers["X-Request-ID"]) == 32
    assert strange.json()["request_id"] == strange.headers["X-Request-ID"]


def test_every_response_carries_safe_headers(site: Served) -> None:
    for path in ("/v1/documents", "/v1/nothing", "/healthz"):
        headers = site.http.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "access-control-allow-origin" not in headers


def test_sources_tell_no_path(site: Served) -> None:
    said = site.http.get("/v1/sources", headers={"Authorization": f"Bearer {TOKEN}"}).text

    assert str(site.engine.folder.parent) not in said
    assert json.loads(said)["sources"][0]["documents"] == 3


def test_the_receipt_is_what_the_engine_answers(site: Served) -> None:
    ours, theirs = to_json(site.engine.ask("Hamburg?")), site.ask("Hamburg?").json()

    for changing in ("asked", "timings"):
        del ours[changing], theirs[changing]
    assert ours == theirs
