"""Everything without a mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.conftest import ask

if TYPE_CHECKING:
    from playwright.sync_api import Page

QUESTION = "Wer schläft unter den Eichen?"


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.id || document.activeElement.className")


def tab_to(page: Page, what: str, most: int = 40) -> None:
    for _ in range(most):
        if page.evaluate("what => document.activeElement.matches(what)", what):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{what} is not reached by Tab")


def test_the_question_has_the_focus_and_enter_asks(page: Page) -> None:
    page.wait_for_selector("#welcome li")
    assert focused(page) == "question"

    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")

    page.wait_for_selector(".actions")


def test_a_new_line_takes_shift_and_asks_nothing(page: Page) -> None:
    page.keyboard.type("Wer")
    page.keyboard.press("Shift+Enter")

    assert page.input_value("#question") == "Wer\n"
    assert page.locator("#answer").is_hidden()


def test_from_the_question_to_the_source_and_back(page: Page) -> None:
    ask(page, QUESTION)
    tab_to(page, ".marker")

    assert page.locator("#quote").is_visible()
    assert page.get_attribute(".marker >> nth=0", "aria-describedby") == "quote"
    page.keyboard.press("Escape")
    assert page.locator("#quote").is_hidden()
    page.keyboard.press("Enter")
    page.wait_for_selector(".column mark")
    assert focused(page) == "source-title"
    page.keyboard.press("Escape")
    assert page.locator("#source-panel").is_hidden()
    assert focused(page) == "marker"


def test_the_source_can_be_scrolled_and_stepped_through(page: Page) -> None:
    ask(page, "Der Hafen von Hamburg: wann kamen acht Schiffe an?")
    assert page.locator(".cite").count() > 1
    tab_to(page, ".cite")
    page.keyboard.press("Enter")
    page.wait_for_selector(".column mark")
    first = page.inner_text(".column mark")
    tab_to(page, ".steps button:not(:disabled)")
    page.keyboard.press("Enter")
    page.wait_for_function(
        "first => document.querySelector('.column mark')?.innerText !== first && document.querySelector('.column mark')",
        arg=first,
    )
    tab_to(page, ".source .text")

    assert "Quote 2 of" in page.inner_text(".steps")


def test_the_documents_open_and_close(page: Page) -> None:
    page.wait_for_selector("#welcome li")
    page.keyboard.press("Shift+Tab")
    tab_to_back(page, "#library-open")
    page.keyboard.press("Enter")
    page.wait_for_selector("#documents .cite")
    page.fill("#find", "harb")
    assert page.locator("#documents .cite").count() == 1
    tab_to(page, "#documents .cite")
    page.keyboard.press("Enter")
    page.wait_for_selector(".column")
    assert "Eight ships" in page.inner_text(".column")
    page.keyboard.press("Escape")

    assert focused(page) == "library-open"


def test_a_slash_leads_back_to_the_question(page: Page) -> None:
    ask(page, QUESTION)
    tab_to(page, ".cite")
    page.keyboard.press("/")

    assert focused(page) == "question"
    assert page.input_value("#question") == QUESTION


def test_the_first_stop_is_a_way_to_the_question(page: Page) -> None:
    page.wait_for_selector("#welcome li")
    assert page.evaluate("document.querySelector('a, button, input, textarea').className") == "skip"
    tab_to_back(page, ".skip")

    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    page.keyboard.press("Enter")
    assert focused(page) == "question"


def tab_to_back(page: Page, what: str) -> None:
    for _ in range(10):
        if page.evaluate("what => document.activeElement.matches(what)", what):
            return
        page.keyboard.press("Shift+Tab")
    raise AssertionError(f"{what} is not reached by Shift+Tab")
