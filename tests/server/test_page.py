"""The page's files as the server hands them out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from rag.server.page import router

ROOT = Path(__file__).parent.parent.parent
PARTS = ROOT / "rag" / "server" / "page"


@pytest.fixture(scope="module")
def client() -> TestClient:
    app = FastAPI()
    app.include_router(router)
    return TestClient(app)


def test_the_page_brings_its_policy(client: TestClient) -> None:
    answer = client.get("/")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_every_part_that_is_named_is_there_and_nothing_comes_from_elsewhere(client: TestClient) -> None:
    texts = {path: path.read_text("utf-8") for path in PARTS.iterdir() if path.suffix in (".html", ".js", ".css")}
    named = {part for text in texts.values() for part in re.findall(r'["(]/page/([^")]+)[")]', text)}
    named |= {part for path, text in texts.items() for part in re.findall(r'from "\./([^"]+)"', text)}

    assert len(named) > 10
    for part in named:
        assert client.get(f"/page/{part}").status_code == 200, part
    for path, text in texts.items():
        assert not re.search(r"(?:src|href|url\(|fetch\(|import)\W*[\"'(]?(?:https?:)?//", text), path
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", text), path


def test_no_inline_script_or_style_stands_in_the_page() -> None:
    html = (PARTS / "index.html").read_text("utf-8")

    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", html)


def test_what_did_not_change_is_not_sent_again(client: TestClient) -> None:
    tag = client.get("/page/app.js").headers["etag"]

    assert client.get("/page/app.js", headers={"If-None-Match": tag}).status_code == 304
    assert client.get("/page/app.js", headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize("name", ["../page.py", "..%2fpage.py", "%2fetc%2fpasswd", "nothing.js", "", "fonts/OFL.txt"])
def test_nothing_else_can_be_named(client: TestClient, name: str) -> None:
    answer = client.get(f"/page/{name}")

    assert answer.status_code == 404
    assert b"import" not in answer.content
