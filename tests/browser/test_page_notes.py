"""What the page says beside an answer: what was left out, and how far a receipt was checked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rag import LocalEngine, connect, load_settings
from rag.messages import ENGLISH
from tests.browser.conftest import ask, serving
from tests.folders import write

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

TEXTS = {
    "hafen.txt": "Der Hafen von Hamburg wächst. Am 3. Mai kamen acht Schiffe an.",
    "zahlen.txt": "Hamburg 4711",
    "mehr.txt": "Hamburg 0815",
}
QUESTION = "Wann kamen acht Schiffe an?"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalEngine]:
    """An engine over TEXTS, with the hashed-words double."""
    base = tmp_path_factory.mktemp("notes")
    (base / "docs").mkdir()
    write(base / "docs", TEXTS)
    with connect(load_settings(index=base / "index", embedding="hashed-words", threshold=0.0)) as made:
        made.ingest(base / "docs")
        yield made


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("en-GB", "2 documents of unknown language were left out."),
        ("de-DE", "2 Dokumente unbekannter Sprache blieben außen vor."),
    ],
)
def test_documents_that_show_no_language_are_counted_where_one_is_asked_for(
    open_page: Callable[..., Page], address: str, locale: str, said: str
) -> None:
    page = open_page(address, locale=locale)
    ask(page, QUESTION)
    assert said not in page.inner_text("#answer")

    page.click("#narrow summary")
    page.select_option("#in-language", "de")
    ask(page, QUESTION)

    assert said in page.locator("#answer .note").all_inner_texts()


def test_checking_again_says_how_far_the_wording_was_checked(page: Page) -> None:
    ask(page, QUESTION)
    page.click("text=Check again")

    page.wait_for_selector(".said-so .wording")
    assert page.inner_text(".said-so") == f"All quotes still hold. {ENGLISH.wording['verbatim']}"


@pytest.mark.parametrize(
    ("wording", "locale", "says"),
    [
        ("without the model", "en-GB", ENGLISH.wording["without the model"]),
        ("not checked", "en-GB", ENGLISH.wording["not checked"]),
        (
            "without the model",
            "de-DE",
            "Wortlaut: ohne das Modell geprüft, an Zahlen, Namen und Wörtern; nicht am Sinn.",
        ),
        # Of what a later server says, nothing is made up.
        ("<b>by heart</b>", "en-GB", ""),
    ],
)
def test_it_is_said_in_the_words_of_the_terminal(
    open_page: Callable[..., Page], address: str, wording: str, locale: str, says: str
) -> None:
    def checked(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "wording": wording})

    page = open_page(address, locale=locale)
    page.route("**/v1/verify", checked)
    ask(page, QUESTION)
    with page.expect_response("**/v1/verify"):
        page.click("text=Nachprüfen" if locale == "de-DE" else "text=Check again")

    holds = "Alle Zitate stehen noch." if locale == "de-DE" else "All quotes still hold."
    page.wait_for_selector(f".said-so >> text={holds}")
    assert page.inner_text(".said-so") == f"{holds} {says}".rstrip()


def test_of_a_refusal_what_came_nearest_is_checked_again(open_page: Callable[..., Page], tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    write(docs, {"hafen.txt": TEXTS["hafen.txt"]})
    refusing = load_settings(index=tmp_path / "index", embedding="hashed-words", threshold=1.0)
    with connect(refusing) as strict, serving(strict) as url:
        strict.ingest(docs)
        page = open_page(url)
        ask(page, QUESTION)
        page.click("text=Check again")
        page.wait_for_selector(".said-so >> text=All quotes still hold.")

        (docs / "hafen.txt").write_text(f"{TEXTS['hafen.txt']} Mehr nicht.", encoding="utf-8")
        page.click("text=Check again")
        page.wait_for_selector(".said-so >> text=Changed since it was taken in: hafen.txt")
        assert page.inner_text(".said-so").startswith("All quotes still hold.")

        write(docs, {"hafen.txt": TEXTS["hafen.txt"]})
        (docs / "hafen.txt").rename(docs / "ufer.txt")
        strict.ingest(docs, sync=True)
        page.click("text=Check again")
        page.wait_for_selector(".said-so >> text=No longer holds: [1] hafen.txt, now ufer.txt")


def test_what_says_that_a_quote_stands_covers_nothing(page: Page) -> None:
    def one_quote(route: Route) -> None:
        route.continue_(post_data=json.dumps(json.loads(route.request.post_data or "{}") | {"top": 1}))

    page.route("**/v1/ask", one_quote)
    ask(page, QUESTION)
    assert page.locator("#answer .marker").count() == 1

    page.locator("#answer .marker").first.click()

    exact, about = page.locator(".exact"), page.locator("#source-panel .about")
    exact.wait_for(state="visible")
    below, above = exact.bounding_box(), about.bounding_box()
    assert below is not None
    assert above is not None
    assert below["y"] >= above["y"] + above["height"]
