"""Documents that are called the same are told apart on the page, wherever they are named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from rag import LocalEngine, connect, load_settings
from tests.browser.conftest import ask
from tests.folders import write

if TYPE_CHECKING:
    from playwright.sync_api import Page

FOLDERS = {
    "alt": {"hafen.txt": "Der Hafen von Hamburg wächst.", "allein.txt": "Der Dachs gräbt in Kiel."},
    "neu": {
        "hafen.txt": "Die Schiffe im Hafen von Hamburg sind alt.",
        "mai.md": "---\ntitle: Protokoll\n---\n\nDer Chor von Bremen singt im Dom.",
        "juni.md": "---\ntitle: Protokoll\n---\n\nDie Orgel von Bremen steht im Dom.",
    },
}
HARBOUR = "Was ist mit dem Hafen von Hamburg?"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalEngine]:
    """An engine over two folders that have a file of one name, and documents of one title."""
    base = tmp_path_factory.mktemp("alike")
    with connect(load_settings(index=base / "index", embedding="hashed-words", threshold=0.0)) as made:
        for folder, texts in FOLDERS.items():
            (base / folder).mkdir()
            write(base / folder, texts)
            made.ingest(base / folder)
        yield made


@pytest.fixture
def ids(engine: LocalEngine) -> set[str]:
    """How the ids of the two files of one name begin."""
    found = {document.id[:8] for document in engine.documents() if document.name == "hafen.txt"}
    assert len(found) == 2
    return found


def test_the_list_has_the_ids_of_documents_of_one_name(page: Page, ids: set[str]) -> None:
    page.click("#library-open")
    lines = page.locator("#documents .cite").all_inner_texts()

    assert {one for line in lines if "hafen.txt" in line for one in re.findall(r"\b[0-9a-f]{8}\b", line)} == ids
    assert not [line for line in lines if "hafen.txt" not in line and re.search(r"\b[0-9a-f]{8}\b", line)]
    for one in ids:
        assert page.locator(f"[aria-label='Remove hafen.txt ({one})']").count() == 1


def test_whoever_removes_one_is_asked_about_it(page: Page, ids: set[str]) -> None:
    one = min(ids)
    page.click("#library-open")
    page.click(f"[aria-label='Remove hafen.txt ({one})']")

    assert f"hafen.txt ({one})" in page.inner_text("#removing")


def test_citations_say_which_of_them_is_quoted(page: Page, engine: LocalEngine, ids: set[str]) -> None:
    cited = engine.ask(HARBOUR).citations
    assert {citation.document_id[:8] for citation in cited} >= ids
    page.wait_for_selector("#library-open >> text=5 documents")
    ask(page, HARBOUR)

    for number, citation in enumerate(cited):
        known = [citation.document_id[:8]] if citation.document == "hafen.txt" else []
        line = page.locator(f".cite[data-citation='{number}']").first
        assert line.locator(".apart").all_inner_texts() == known
        assert all(one in (line.get_attribute("aria-label") or "") for one in known)
    sources = page.inner_text(".sources ul")
    assert all(f"hafen.txt ({one})" in sources for one in ids)


def test_the_opened_source_and_the_card_say_it_too(page: Page, engine: LocalEngine) -> None:
    page.wait_for_selector("#library-open >> text=5 documents")
    ask(page, HARBOUR)
    identity = next(c.document_id[:8] for c in engine.ask(HARBOUR).citations if c.document == "hafen.txt")
    marker = page.locator(f".marker[aria-label$='hafen.txt ({identity})']").first

    marker.hover()
    assert f"hafen.txt ({identity})" in page.inner_text("#quote .card-foot")
    marker.click()
    assert identity in page.inner_text("#source-panel .about")


def test_documents_of_one_title_are_told_apart_by_the_names_of_their_files(page: Page) -> None:
    page.wait_for_selector("#library-open >> text=5 documents")
    for question, file in (("Wer singt im Dom von Bremen?", "mai.md"), ("Wo steht die Orgel?", "juni.md")):
        ask(page, question)

        assert page.inner_text(".cite .cite-text >> nth=0").startswith(f"Protokoll {file} ")


def test_what_is_copied_says_it(page: Page, ids: set[str]) -> None:
    page.wait_for_selector("#library-open >> text=5 documents")
    ask(page, HARBOUR)
    page.click("text=Copy with citations")
    page.wait_for_selector("text=Copied")

    copied = page.evaluate("navigator.clipboard.readText()")
    assert all(f"hafen.txt · {one} · " in copied for one in ids)
