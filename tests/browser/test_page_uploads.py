"""Files that a person adds on the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from rag import LocalEngine, connect, load_settings
from tests.browser.conftest import ask
from tests.folders import write

if TYPE_CHECKING:
    from playwright.sync_api import Page

DROP = """([name, text]) => {
  const files = new DataTransfer();
  files.items.add(new File([text], name, { type: 'text/plain' }));
  const send = (kind) => document.body.dispatchEvent(
    new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: files }));
  send('dragenter');
  const veiled = !document.getElementById('drop').hidden;
  send('dragover');
  send('drop');
  return veiled;
}"""


@pytest.fixture
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalEngine]:
    base = tmp_path_factory.mktemp("uploads")
    (base / "docs").mkdir()
    write(base / "docs", {"wald.txt": "Das Reh schläft unter den Eichen."})
    with connect(load_settings(index=base / "index", embedding="hashed-words", threshold=0.0)) as made:
        made.ingest(base / "docs")
        yield made


@pytest.fixture
def address(engine: LocalEngine) -> Iterator[str]:
    from tests.browser.conftest import serving

    with serving(engine) as url:
        yield url


def choose(page: Page, *files: tuple[str, bytes]) -> None:
    page.set_input_files("#files", [{"name": n, "mimeType": "text/plain", "buffer": data} for n, data in files])


def test_a_chosen_file_can_be_asked_about(page: Page) -> None:
    page.click("#library-open")
    choose(page, ("kranich.txt", "Der Kranich zieht nach Süden.".encode()))
    page.wait_for_selector("#uploads .good >> text=Added")
    page.wait_for_selector("#documents >> text=kranich.txt")
    page.keyboard.press("Escape")

    assert page.inner_text("#library-open") == "2 documents"
    ask(page, "Wohin zieht der Kranich?")
    assert "Der Kranich zieht nach Süden." in page.inner_text(".said >> nth=0")


def test_a_dropped_file_is_added_under_its_own_name(page: Page, engine: LocalEngine) -> None:
    page.wait_for_selector("#welcome li")
    assert page.evaluate(DROP, ["Möwe & Möwe <1>.txt", "Die Möwe folgt dem Kutter."])

    page.wait_for_selector("#uploads .good")
    assert page.locator("#drop").is_hidden()
    assert "Möwe & Möwe <1>.txt" in {document.name for document in engine.documents()}


def test_a_file_that_cannot_be_added_says_why_and_stops_no_other(open_page: Callable[..., Page], address: str) -> None:
    page = open_page(address, allowed="Failed to load resource")
    choose(
        page,
        ("bild.png", b"\x89PNG\r\n"),
        ("kaputt.txt", bytes(range(256)) * 8),
        ("gut.txt", b"Der Storch klappert laut."),
    )

    page.wait_for_selector("#uploads .good >> text=gut.txt")
    bad = page.locator("#uploads .bad")
    assert bad.count() == 2
    assert "Not added" in bad.nth(0).inner_text()
    assert ".txt" in bad.nth(0).locator("p").inner_text()


def test_a_large_file_shows_how_far_it_is(page: Page, engine: LocalEngine) -> None:
    shares: list[float] = []

    def noted(share: float) -> None:
        shares.append(share)

    page.expose_function("noted", noted)
    page.evaluate(
        """() => new MutationObserver(() => {
          const bar = document.querySelector('#uploads progress');
          if (bar) noted(bar.hasAttribute('value') ? bar.value : 1);
        }).observe(document.getElementById('library'), { childList: true, subtree: true })"""
    )
    choose(page, ("lang.txt", ("Ein Satz steht hier." + " " * 4_000_000).encode()))
    page.wait_for_selector("#uploads .good", timeout=60_000)

    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert "lang.txt" in {document.name for document in engine.documents()}


def test_an_index_without_documents_invites_to_add_some(
    open_page: Callable[..., Page], tmp_path_factory: pytest.TempPathFactory
) -> None:
    from tests.browser.conftest import serving

    index = tmp_path_factory.mktemp("none") / "index"
    with connect(load_settings(index=index, embedding="hashed-words", threshold=0.0)) as empty, serving(empty) as url:
        page = open_page(url, allowed="Failed to load resource")
        page.wait_for_selector("#welcome >> text=There are no documents yet.")
        choose(page, ("erste.txt", b"Der Anfang ist gemacht."))
        page.wait_for_selector("#uploads .good")
        page.keyboard.press("Escape")

        page.wait_for_selector("#welcome >> text=erste.txt")
