"""Keys: who may do what, rotation without a restart, and pages of strangers."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rag import FixInput
from rag.server.auth import Keys, new_key
from rag.server.log import JsonLines
from tests.server.conftest import TOKEN, Served, soon

KEPT = [
    ("POST", "/v1/ask"), ("POST", "/v1/standalone"), ("POST", "/v1/search"), ("GET", "/v1/documents"), ("PUT", "/v1/documents/a.txt"),
    ("DELETE", "/v1/documents/hafen.txt"), ("GET", "/v1/documents/hafen.txt/text"), ("POST", "/v1/verify"),
    ("GET", "/v1/models"), ("POST", "/v1/chat/completions"), ("GET", "/metrics"), ("POST", "/v1/sync"),
    ("GET", "/v1/sources"), ("GET", "/v1/nothing"), ("GET", "/mcp"),
]  # fmt: skip


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return tmp_path / "keys"


def add(file: Path, name: str, *, writes: bool = True) -> dict[str, str]:
    """Add a key to a file, and return the headers that carry it."""
    key, line = new_key(name, writes=writes)
    file.write_text((file.read_text() if file.exists() else "") + line + "\n")
    return {"Authorization": f"Bearer {key}"}


def add_behind(file: Path, name: str) -> dict[str, str]:
    """Add a key to a file that may hold what is no text."""
    key, line = new_key(name, writes=True)
    file.write_bytes(file.read_bytes() + line.encode() + b"\n")
    return {"Authorization": f"Bearer {key}"}


@pytest.mark.parametrize(("method", "path"), KEPT)
def test_without_a_key_nothing_is_told(serve: Callable[..., Served], keys: Path, method: str, path: str) -> None:
    add(keys, "somebody")
    served = serve(api_keys=keys)

    for headers in ({}, {"Authorization": "Bearer beleg_wrong"}, {"Authorization": "Basic eDp5"}):
        refused = served.http.request(method, path, headers=headers)
        assert (refused.status_code, refused.json()["type"]) == (401, "urn:beleg:problem:unauthorized")
        assert refused.headers["WWW-Authenticate"] == "Bearer"


def test_with_a_key_everything_works(serve: Callable[..., Served], keys: Path) -> None:
    headers = add(keys, "somebody")
    served = serve(api_keys=keys)

    for known in (headers, {"Authorization": f"bearer {TOKEN}"}):
        assert served.http.get("/v1/documents", headers=known).status_code == 200
        assert served.http.put("/v1/documents/a.txt", content="Ein Satz.", headers=known).status_code in (200, 201)
    assert served.http.get("/healthz").status_code == 200
    assert served.http.get("/openapi.json").status_code == 200


def test_a_key_to_read_changes_nothing(serve: Callable[..., Served], keys: Path) -> None:
    headers = add(keys, "reader", writes=False)
    served = serve(api_keys=keys)

    assert served.http.post("/v1/ask", json={"question": "Schiffe?"}, headers=headers).status_code == 200
    for method, path in (("PUT", "/v1/documents/a.txt"), ("DELETE", "/v1/documents/hafen.txt"), ("POST", "/v1/sync")):
        refused = served.http.request(method, path, headers=headers, content=b"x")
        assert (refused.status_code, refused.json()["type"]) == (403, "urn:beleg:problem:forbidden")
    assert len(served.engine.documents()) == 3


def test_keys_are_changed_without_a_restart(serve: Callable[..., Served], keys: Path) -> None:
    first = add(keys, "first")
    served = serve(api_keys=keys)

    second = add(keys, "second")
    assert served.http.get("/v1/models", headers=second).status_code == 200
    keys.write_text(keys.read_text().splitlines()[1] + "\n")
    assert served.http.get("/v1/models", headers=first).status_code == 401
    assert served.http.get("/v1/models", headers=second).status_code == 200


@pytest.mark.parametrize("left", ["", "# first was here\n", None])
def test_the_last_key_is_taken_out_too(
    serve: Callable[..., Served], keys: Path, left: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    headers = add(keys, "first")
    served = serve(api_keys=keys)
    caplog.set_level(logging.INFO, "beleg.server")

    keys.unlink() if left is None else keys.write_text(left)

    for _ in range(2):
        assert served.http.get("/v1/models", headers=headers).status_code == 401
    assert served.http.get("/v1/models").status_code == 401
    assert served.http.get("/v1/models", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
    assert sum("API key" in record.msg for record in caplog.records) == 1

    second = add(keys, "second")
    assert served.http.get("/v1/models", headers=second).status_code == 200
    assert served.http.get("/v1/models", headers=headers).status_code == 401


@pytest.mark.parametrize("broken", ["no key at all\n", "name sha256:12\n", "\udcff\n"])
def test_beside_a_line_that_breaks_the_keys_that_still_stand_there_stay(
    serve: Callable[..., Served], keys: Path, broken: str, caplog: pytest.LogCaptureFixture
) -> None:
    first, second, third = add(keys, "first"), add(keys, "second"), add(keys, "third")
    served = serve(api_keys=keys)
    caplog.set_level(logging.ERROR, "beleg.server")
    _, line, commented = keys.read_text().splitlines(keepends=True)

    keys.write_bytes((broken + line + "# " + commented).encode("utf-8", "surrogateescape"))
    new = add_behind(keys, "new")

    assert served.http.get("/v1/models", headers=second).status_code == 200
    for refused in (first, third, new, {}):
        assert served.http.get("/v1/models", headers=refused).status_code == 401
    assert "1 stay" in caplog.text


def test_a_key_that_was_made_one_to_read_is_that_beside_a_line_that_breaks(keys: Path) -> None:
    headers = add(keys, "first")
    known = Keys(keys, None)

    keys.write_text(keys.read_text().replace(" write", " read") + "broken\n")

    found = known.caller(headers["Authorization"].removeprefix("Bearer "))
    assert found is not None
    assert not found.writes


@pytest.mark.parametrize("content", [None, "", "# nothing but a comment\n", "beleg_a-key-itself\n"])
def test_an_unusable_file_is_refused_at_the_start(keys: Path, content: str | None) -> None:
    if content is not None:
        keys.write_text(content)

    with pytest.raises(FixInput):
        Keys(keys, None)


def test_a_file_holds_no_key_itself(keys: Path) -> None:
    headers = add(keys, "first")

    assert headers["Authorization"].removeprefix("Bearer ") not in keys.read_text()


def test_no_key_and_no_question_is_logged(
    serve: Callable[..., Served], keys: Path, caplog: pytest.LogCaptureFixture
) -> None:
    headers = add(keys, "somebody")
    served = serve(api_keys=keys)
    caplog.set_level(logging.INFO, "beleg")

    served.http.post("/v1/ask?x=hidden", json={"question": "Wo schläft das Reh?"}, headers=headers)

    # The line is written when the response has gone out.
    assert soon(lambda: any(record.name == "beleg.access" for record in caplog.records))
    lines = [JsonLines().format(record) for record in caplog.records if record.name == "beleg.access"]
    entry = json.loads(lines[-1])
    assert (entry["caller"], entry["path"], entry["status"], entry["method"]) == ("somebody", "/v1/ask", 200, "POST")
    assert entry["request_id"]
    assert entry["ms"] > 0
    for secret in (headers["Authorization"].removeprefix("Bearer "), "Reh", "hidden"):
        assert secret not in "".join(lines)


def test_a_page_under_another_name_reaches_nothing(serve: Callable[..., Served]) -> None:
    served = serve(hosts=("localhost", "127.0.0.1"))

    assert served.http.get("/v1/models").status_code == 200
    refused = served.http.get("/v1/models", headers={"Host": "evil.example:80"})
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:beleg:problem:forbidden")


def test_a_page_of_another_origin_reaches_nothing(serve: Callable[..., Served]) -> None:
    served = serve(origins=("https://friend.example",))
    own = served.url

    def status(origin: str) -> int:
        headers = {"Origin": origin, "Content-Type": "text/plain"}
        return served.http.put("/v1/documents/a.txt", content="Ein Satz.", headers=headers).status_code

    assert status("https://evil.example") == 403
    assert status("null") == 403
    assert status(own) == 201
    assert status("https://friend.example") == 200
    asked: Any = served.http.options(
        "/v1/ask", headers={"Origin": "https://friend.example", "Access-Control-Request-Method": "POST"}
    )
    assert asked.headers["access-control-allow-origin"] == "https://friend.example"
    asked = served.http.options(
        "/v1/ask", headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    )
    assert "access-control-allow-origin" not in asked.headers
