"""The list of documents on the page: removing one, and looking through thousands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from rag import LocalEngine, connect, load_settings
from rag.records import DocumentInfo
from tests.browser.conftest import serving
from tests.documents.mails import TEXT, attach, mail
from tests.folders import write

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

TEXTS = {"reh.txt": "Das Reh schläft.", "fuchs.txt": "Der Fuchs wacht.", "<b>.txt": "Der Dachs gräbt."}
MANY = 450


@pytest.fixture
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalEngine]:
    base = tmp_path_factory.mktemp("library")
    (base / "docs").mkdir()
    write(base / "docs", TEXTS)
    with connect(load_settings(index=base / "index", embedding="hashed-words", threshold=0.0)) as made:
        made.ingest(base / "docs")
        yield made


@pytest.fixture
def address(engine: LocalEngine) -> Iterator[str]:
    with serving(engine) as url:
        yield url


def stored(engine: LocalEngine) -> set[str]:
    return {document.name for document in engine.documents()}


def tab_to(page: Page, label: str) -> None:
    """Press Tab until the element of that name has the focus."""
    for _ in range(40):
        if page.evaluate("() => document.activeElement.getAttribute('aria-label')") == label:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{label} cannot be reached with Tab")


def holding_the_list(page: Page) -> list[Route]:
    """Keep back every further answer with the list of documents, until it is let go."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/v1/documents", hold)
    return held


def kept(page: Page, held: list[Route], number: int) -> Route:
    """Return a kept answer, once the page has asked for it: on a busy machine that comes after the list is drawn."""
    for _ in range(500):
        if number < len(held):
            return held[number]
        page.wait_for_timeout(20)
    raise AssertionError(f"the page asked {len(held)} times")


def test_a_document_is_removed_by_keyboard_after_asking(page: Page, engine: LocalEngine) -> None:
    page.focus("#library-open")
    page.keyboard.press("Enter")
    tab_to(page, "Remove fuchs.txt")
    page.keyboard.press("Enter")
    assert "Remove from every later answer? fuchs.txt" in page.inner_text(".removing")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")

    page.wait_for_selector("#removed >> text=Removed: fuchs.txt")
    assert stored(engine) == set(TEXTS) - {"fuchs.txt"}
    assert page.locator("#documents li").count() == 2
    assert page.evaluate("() => document.activeElement.id") == "find"
    page.keyboard.press("Escape")
    assert page.inner_text("#library-open") == "2 documents"


def test_the_list_is_drawn_anew_under_the_keyboard(page: Page, engine: LocalEngine, tmp_path: Path) -> None:
    held = holding_the_list(page)
    page.click("#library-open")
    tab_to(page, "Remove fuchs.txt")
    write(tmp_path, {"aal.txt": "Der Aal schwimmt."})
    engine.ingest(tmp_path)
    kept(page, held, 0).continue_()

    page.wait_for_selector("[aria-label='Remove aal.txt']")
    assert page.evaluate("() => document.activeElement.getAttribute('aria-label')") == "Remove fuchs.txt"


def test_a_list_that_is_loaded_again_unchanged_keeps_its_buttons(page: Page) -> None:
    held = holding_the_list(page)
    page.click("#library-open")
    button = page.wait_for_selector("[aria-label='Remove fuchs.txt']")
    assert button is not None
    with page.expect_response("**/v1/documents") as loaded:
        kept(page, held, 0).continue_()
    loaded.value.finished()
    page.evaluate("() => new Promise((drawn) => setTimeout(drawn, 50))")

    assert button.evaluate("(one) => one.isConnected")


def test_a_slower_answer_to_an_earlier_request_shows_no_older_list(
    page: Page, engine: LocalEngine, tmp_path: Path
) -> None:
    held = holding_the_list(page)
    page.click("#library-open")
    page.wait_for_selector("#find")
    old = kept(page, held, 0).fetch()
    write(tmp_path, {"aal.txt": "Der Aal schwimmt."})
    engine.ingest(tmp_path)
    page.keyboard.press("Escape")
    page.click("#library-open")
    kept(page, held, 1).continue_()
    page.wait_for_selector("[aria-label='Remove aal.txt']")
    with page.expect_response("**/v1/documents") as loaded:
        kept(page, held, 0).fulfill(body=old.text(), content_type="application/json")
    loaded.value.finished()
    page.evaluate("() => new Promise((drawn) => setTimeout(drawn, 50))")

    assert page.inner_text("#library-open") == "4 documents"
    assert page.locator("[aria-label='Remove aal.txt']").count() == 1


def test_asking_can_be_taken_back(page: Page, engine: LocalEngine) -> None:
    page.click("#library-open")
    page.click("[aria-label='Remove reh.txt']")
    page.click(".removing >> text=Keep")
    assert page.evaluate("() => document.activeElement.getAttribute('aria-label')") == "Remove reh.txt"
    page.click("[aria-label='Remove reh.txt']")
    page.keyboard.press("Escape")

    assert page.locator("#library").is_visible(), "Escape leaves the list open"
    assert page.locator(".removing").count() == 0
    assert stored(engine) == set(TEXTS)


def test_removing_speaks_german_too(open_page: Callable[..., Page], address: str, engine: LocalEngine) -> None:
    page = open_page(address, locale="de-DE")
    page.click("#library-open")
    page.click("[aria-label='<b>.txt entfernen']")
    page.click(".removing .danger >> text=Entfernen")

    page.wait_for_selector("#removed >> text=Entfernt: <b>.txt")
    assert stored(engine) == set(TEXTS) - {"<b>.txt"}


def test_with_a_mail_goes_what_was_attached_to_it(page: Page, engine: LocalEngine) -> None:
    letter = mail("Das Nashorn kommt am Montag.", "Die Lieferung")
    attach(letter, b"Das Gnu wiegt drei Tonnen.", "liste.txt", TEXT)
    engine.upload("brief.eml", letter.as_bytes())
    page.reload()
    page.click("#library-open")
    page.click("[aria-label='Remove Die Lieferung']")
    page.click(".removing .danger")

    page.wait_for_selector("#removed >> text=Removed: Die Lieferung, brief.eml/liste.txt")
    assert stored(engine) == set(TEXTS)
    assert page.locator("#documents li").count() == 3


def test_a_document_that_is_gone_already_is_no_failure(
    open_page: Callable[..., Page], address: str, engine: LocalEngine
) -> None:
    page = open_page(address, allowed="Failed to load resource")
    page.click("#library-open")
    page.click("[aria-label='Remove reh.txt']")
    engine.remove("reh.txt")
    page.click(".removing .danger")

    page.wait_for_selector("#removed >> text=Removed: reh.txt")


def test_what_stands_in_the_way_of_removing_is_said(open_page: Callable[..., Page], address: str) -> None:
    page = open_page(address, allowed="Failed to load resource")
    refused = '{"type": "urn:beleg:problem:forbidden", "status": 403, "detail": "Not with this key.", "hint": ""}'

    def refuse(route: Any) -> None:
        if route.request.method == "DELETE":
            route.fulfill(status=403, body=refused)
        else:
            route.continue_()

    page.route("**/v1/documents/*", refuse)
    page.click("#library-open")
    page.click("[aria-label='Remove reh.txt']")
    page.click(".removing .danger")

    page.wait_for_selector(".removing [role=alert] >> text=Not with this key.")
    assert page.locator(".removing .danger").is_enabled()


def test_the_question_has_no_accessibility_violation(page: Page) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page.click("#library-open")
    page.click("[aria-label='Remove reh.txt']")
    found = Axe().run(page).response["violations"]

    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []


def test_thousands_are_shown_a_page_at_a_time(page: Page, engine: LocalEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    many = [DocumentInfo(f"{n:024}", "s" * 16, f"brief-{n:04}.txt", "0" * 64, 10) for n in range(MANY)]
    monkeypatch.setattr(engine, "documents", lambda filters=None: many)
    page.click("#library-open")
    page.wait_for_selector("#more >> text=200 of 450 are shown.")
    assert page.locator("#documents li").count() == 200

    page.click("#more button")
    assert page.locator("#documents li").count() == 400
    assert "brief-0200.txt" in page.evaluate("() => document.activeElement.innerText")
    page.click("#more button")
    assert page.locator("#documents li").count() == MANY
    assert page.locator("#more button").count() == 0
    page.fill("#find", "brief-044")
    assert page.locator("#documents li").count() == 10
