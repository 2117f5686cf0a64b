"""A question, its answer, and what can be done with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from rag import LocalEngine
from rag.receipts import from_json
from tests.browser.conftest import ask, serving

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page, Route

QUESTION = "Wer schläft unter den Eichen?"


def test_the_first_page_says_what_there_is(page: Page) -> None:
    page.wait_for_selector("#welcome li")

    assert page.inner_text("#library-open") == "3 documents"
    assert "Der Wald 🌲" in page.inner_text("#welcome")


def test_an_answer_is_what_the_engine_says(page: Page, engine: LocalEngine) -> None:
    ask(page, QUESTION)

    answer = engine.ask(QUESTION)
    said = page.eval_on_selector_all(
        ".said", "all => all.map(one => [...one.childNodes].filter(n => !n.matches?.('button')).map(n => n.textContent).join(''))"
    )  # fmt: skip
    assert [text.replace("\u2060", "") for text in said] == [statement.text for statement in answer.statements]
    assert page.locator(".marker").count() == sum(len(s.citations) for s in answer.statements)
    assert "independent source" in page.inner_text(".sources h3")


@pytest.mark.parametrize(
    ("question", "least"), [(QUESTION, 1), ("Der Hafen von Hamburg: wann kamen acht Schiffe an?", 2)]
)
def test_every_marker_opens_exactly_its_quote(page: Page, engine: LocalEngine, question: str, least: int) -> None:
    ask(page, question)

    citations = engine.ask(question).citations
    assert page.locator(".marker").count() >= least
    # Where the forest is asked about, characters of two UTF-16 units stand before the quote and in it.
    assert question != QUESTION or any(ord(c) > 0xFFFF for c in citations[0].quote)
    for number in range(page.locator(".marker").count()):
        marker = page.locator(".marker").nth(number)
        marker.click()
        page.wait_for_selector(".column mark")
        cited = citations[int(marker.get_attribute("data-citation") or "")]
        assert page.locator(".column mark").evaluate("e => e.textContent") == cited.quote
        assert page.locator(".column mark").count() == 1
        whole = engine.document(cited.document_id).text
        before = page.evaluate(
            "() => { const r = document.createRange(); r.setStart(document.querySelector('.column'), 0);"
            " r.setEndBefore(document.querySelector('.column mark')); return r.toString(); }"
        )
        assert before == whole[: cited.start]
        assert page.locator(".exact").is_visible()


def test_a_quote_that_stands_there_no_more_is_not_passed_off_as_one(page: Page) -> None:
    def shifted(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(
            response=answer, json={**answer.json(), "text": "x" + answer.json()["text"][1:].replace("Reh", "Huhn")}
        )

    page.route("**/text?**", shifted)
    ask(page, QUESTION)
    page.locator(".marker").first.click()

    page.wait_for_selector("text=This document has changed since the answer")
    assert page.locator(".exact").is_hidden()


def test_a_document_that_is_gone_is_said_to_be(open_page: Callable[..., Page], address: str) -> None:
    def of_another_version(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=re.sub(r'"version":"\w', '"version":"z', answer.text()))

    page = open_page(address, allowed="Failed to load resource")
    page.route("**/v1/ask", of_another_version)
    ask(page, QUESTION)
    page.locator(".marker").first.click()

    page.wait_for_selector("text=This document is no longer stored in the version that was quoted.")


def test_the_span_is_in_sight_when_the_source_opens(page: Page) -> None:
    ask(page, QUESTION)
    page.locator(".cite").first.click()
    page.wait_for_selector(".column mark")

    assert page.evaluate(
        "() => { const m = document.querySelector('.column mark').getBoundingClientRect();"
        " const v = document.querySelector('.source .text').getBoundingClientRect();"
        " return m.top >= v.top && m.bottom <= v.bottom; }"
    )
    assert page.locator(".cite[aria-current]").count() == 1


def test_pointing_at_a_marker_shows_the_quote(page: Page, engine: LocalEngine) -> None:
    ask(page, QUESTION)
    page.hover(".marker >> nth=0")

    quoted = engine.ask(QUESTION).citations[0]
    assert page.locator("#quote blockquote").evaluate("e => e.textContent") == quoted.quote
    assert page.locator("#quote").is_visible()
    page.mouse.move(5, 400)
    page.wait_for_selector("#quote", state="hidden")


def test_dates_and_languages_are_seen_at_a_glance(page: Page) -> None:
    ask(page, "Wann kamen acht Schiffe an?")
    assert "22 Oct 2021 · German" in page.inner_text("#answer .cites >> nth=0")

    ask(page, "Where did eight ships arrive?")
    assert "30 Nov 2022 · English" in page.inner_text("#answer .cites >> nth=0")


def test_a_link_asks_its_question_and_back_leads_back(open_page: Callable[..., Page], address: str) -> None:
    page = open_page(f"{address}#q={quote(QUESTION)}")
    page.wait_for_selector(".actions")
    first = page.inner_text(".said >> nth=0")
    ask(page, "Where did eight ships arrive?")
    assert "Where+did" in page.url

    page.go_back()
    page.wait_for_function("first => document.querySelector('.said')?.innerText === first", arg=first)

    assert page.input_value("#question") == QUESTION
    assert page.title() == f"{QUESTION} — Beleg"


def test_filters_narrow_the_answer_and_stand_in_the_link(page: Page) -> None:
    page.click("#narrow summary")
    page.select_option("#in-language", "en")
    page.fill("#since", "2022-01-01")
    ask(page, "Hamburg?")

    assert set(page.locator(".cite .title").all_inner_texts()) == {"harbour.txt"}
    assert "language=en" in page.url
    assert "since=2022-01-01" in page.url
    page.reload()
    page.wait_for_selector(".actions")
    assert page.input_value("#in-language") == "en"
    assert page.inner_text("#narrowed") == "· 2 in force"


def test_an_answer_is_copied_with_what_it_rests_on(page: Page, engine: LocalEngine) -> None:
    ask(page, QUESTION)
    page.click("text=Copy with citations")
    page.wait_for_selector("text=Copied")

    copied = page.evaluate("navigator.clipboard.readText()")
    answer = engine.ask(QUESTION)
    assert copied.startswith(f"{QUESTION}\n\n{answer.statements[0].text} [1]")
    for number, citation in enumerate(answer.citations, 1):
        assert f"[{number}] " in copied
        assert " ".join(citation.quote.split()) in copied
    page.click("text=Copy link")
    page.wait_for_function("navigator.clipboard.readText().then(text => text.includes('#q='))")


def test_a_saved_receipt_verifies(page: Page, engine: LocalEngine, tmp_path: Path) -> None:
    ask(page, QUESTION)
    with page.expect_download() as download:
        page.click("text=Save receipt")
    download.value.save_as(tmp_path / "receipt.json")

    answer = from_json((tmp_path / "receipt.json").read_bytes())

    assert download.value.suggested_filename.endswith(".json")
    assert answer.question == QUESTION
    assert engine.verify(answer).holds


def test_an_answer_is_checked_again(page: Page) -> None:
    ask(page, QUESTION)
    page.click("text=Check again")

    page.wait_for_selector("text=All quotes still hold.")


def test_a_refusal_does_not_look_like_an_answer(open_page: Callable[..., Page], engine: LocalEngine) -> None:
    from rag import connect

    with connect(engine.settings.model_copy(update={"threshold": 1.0})) as strict, serving(strict) as url:
        page = open_page(url)
        ask(page, "Wie heißt die Hauptstadt der Mongolei?")

        assert page.inner_text(".refused") == "The documents do not say."
        assert page.locator(".statement, .sources").count() == 0
        assert not page.locator(".nearest").is_visible()
        page.click("text=Show what comes nearest")
        assert page.locator(".nearest blockquote").count() > 0
        assert "Near, but not an answer" in page.inner_text(".nearest")
        quoted = page.locator(".nearest blockquote").first.evaluate("e => e.textContent")
        page.locator(".nearest .cite").first.click()
        page.wait_for_selector(".column mark")
        assert page.locator(".column mark").evaluate("e => e.textContent") == quoted


def test_the_page_speaks_german_where_the_browser_does(open_page: Callable[..., Page], address: str) -> None:
    page = open_page(address, locale="de-AT")
    ask(page, QUESTION)

    assert page.get_attribute("html", "lang") == "de"
    assert "unabhängige Quelle" in page.inner_text(".sources")
    page.click("#language")
    assert "independent source" in page.inner_text(".sources")
    page.reload()
    page.wait_for_selector(".actions")
    assert page.get_attribute("html", "lang") == "en"


def test_both_languages_have_every_word(page: Page) -> None:
    english, german = page.evaluate(
        """async () => {
          const { WORDS } = await import('/page/words.js');
          const blanks = (text) => String(text).split('{}').length - 1;
          const shape = (value) => typeof value === 'string' ? blanks(value)
            : Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shape(one)]));
          return [shape(WORDS.en), shape(WORDS.de)];
        }"""
    )

    assert english == german
    assert len(english) > 80
