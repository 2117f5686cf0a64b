"""What the page shows while an answer comes, and where it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from rag import LocalEngine
from tests.browser.scripted import Scripted
from tests.serving import Serving

if TYPE_CHECKING:
    from playwright.sync_api import Page

QUESTION = "Wer schläft unter den Eichen?"


@pytest.fixture
def scripted(engine: LocalEngine) -> Iterator[Scripted]:
    script = Scripted(engine)
    with Serving(script.app) as script.url:  # type: ignore[attr-defined]
        yield script
        script.end()


@pytest.fixture
def page(scripted: Scripted, open_page: Callable[..., Page]) -> Page:
    return open_page(scripted.url, allowed="Failed to load resource")  # type: ignore[attr-defined]


def begin(page: Page) -> None:
    page.fill("#question", QUESTION)
    page.press("#question", "Enter")


def test_a_statement_is_shown_before_the_answer_is_whole(page: Page, scripted: Scripted) -> None:
    begin(page)
    page.wait_for_selector("text=Asking …")
    text = scripted.say_first_statement(QUESTION)

    assert text in page.inner_text(".said").replace("\u2060", "")
    assert page.inner_text("#progress") == "Verifying every quote …"
    assert page.get_attribute("#answer", "aria-busy") == "true"
    assert page.locator(".actions").count() == 0
    first = page.locator(".marker").first
    first.focus()
    scripted.say_receipt(QUESTION)
    page.wait_for_selector(".actions")

    assert page.locator(".statement").count() == len(scripted.engine.ask(QUESTION).statements)
    assert page.inner_text("#progress") == ""
    assert page.get_attribute("#answer", "aria-busy") == "false"


def test_the_focus_stays_where_it_is_when_the_answer_ends(page: Page, scripted: Scripted) -> None:
    begin(page)
    scripted.say_first_statement(QUESTION)
    page.locator(".marker").first.focus()
    answer = scripted.engine.ask(QUESTION, top=1)
    from rag.receipts import to_json

    scripted.say("done", to_json(answer))
    scripted.end()
    page.wait_for_selector(".actions")

    assert page.evaluate("document.activeElement.className") == "marker"


def test_comments_keep_the_stream_alive_and_are_not_shown(page: Page, scripted: Scripted) -> None:
    begin(page)
    scripted.said.put(": ping\n\n")
    scripted.say_receipt(QUESTION)

    page.wait_for_selector(".actions")


def test_an_answer_can_be_stopped(page: Page, scripted: Scripted) -> None:
    begin(page)
    scripted.say_first_statement(QUESTION)
    page.wait_for_selector(".said")
    page.click("#stop")

    page.wait_for_selector("text=Stopped.")
    assert page.locator(".statement").count() == 1
    assert page.locator("#go").is_visible()


def test_an_answer_that_breaks_off_says_so_and_keeps_what_was_verified(page: Page, scripted: Scripted) -> None:
    begin(page)
    text = scripted.say_first_statement(QUESTION)
    scripted.end()

    page.wait_for_selector("text=The answer broke off before it was complete.")
    assert text in page.inner_text(".said").replace("\u2060", "")
    page.click("text=Try again")
    scripted.say_receipt(QUESTION)
    page.wait_for_selector(".actions")


def test_an_error_in_the_stream_is_told_with_its_hint(page: Page, scripted: Scripted) -> None:
    begin(page)
    scripted.say("error", {"type": "urn:beleg:problem:rebuild-index", "status": 500, "title": "x",
                           "detail": "The index is damaged.", "hint": "Make it anew.", "request_id": "r-7"})  # fmt: skip
    page.wait_for_selector(".failure")

    shown = page.inner_text(".failure")
    assert "The index is damaged." in shown
    assert "Make it anew." in shown
    assert "Request r-7" in shown


def test_a_refused_question_names_what_is_wrong(page: Page, scripted: Scripted) -> None:
    scripted.refuse(400, "fix-input", "The question is too long.", hint="Shorten it.")
    begin(page)

    page.wait_for_selector(".failure >> text=Shorten it.")
    assert "The question is too long." in page.inner_text(".failure")


def test_a_busy_server_is_asked_again_by_itself(page: Page, scripted: Scripted) -> None:
    scripted.refuse(503, "busy", "Too many questions at once.", retry_after="1")
    begin(page)
    page.wait_for_selector("text=Trying again in 1 s …")
    scripted.say_receipt(QUESTION)

    page.wait_for_selector(".actions")
    assert page.locator(".failure").count() == 0


def test_a_key_is_asked_for_and_used(page: Page, scripted: Scripted) -> None:
    scripted.refuse(401, "unauthorized", "An API key is needed.")
    begin(page)
    page.fill("#key", "beleg_secret")
    scripted.say_receipt(QUESTION)
    page.click("text=Use key")
    page.wait_for_selector(".actions")

    assert scripted.keys == ["", "Bearer beleg_secret"]
    assert "beleg_secret" not in page.url
    assert page.evaluate("Object.values(localStorage).join()").find("beleg_secret") == -1


def test_without_documents_the_page_says_how_to_begin(page: Page, scripted: Scripted) -> None:
    scripted.refuse(409, "add-documents", "There is no index yet.")
    begin(page)

    page.wait_for_selector("#answer >> text=There are no documents yet.")


def test_a_server_that_is_gone_is_found_again(open_page: Callable[..., Page], engine: LocalEngine) -> None:
    script = Scripted(engine)
    serving = Serving(script.app)
    with serving as url:
        page = open_page(url, allowed="Failed to load resource")
        page.wait_for_selector("#welcome li")
    begin(page)
    page.wait_for_selector("#banner >> text=The server cannot be reached.")
    assert "Not connected" in page.inner_text(".failure")

    script.say_receipt(QUESTION)
    with Serving(script.app, port=serving.port):
        page.wait_for_selector(".actions")
        assert page.locator("#banner").is_hidden()
