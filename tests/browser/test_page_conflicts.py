"""Documents that disagree: the page says so under the answer, with each value, its date and its quote."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from rag import LocalEngine, connect, load_settings
from tests.browser.conftest import ask
from tests.browser.test_looks import violations
from tests.folders import write

if TYPE_CHECKING:
    from playwright.sync_api import Page

TOLD = "Das Kraftwerk am Hafen von Ohlau beschäftigt {} Menschen."
TEXTS = {
    "alt.txt": f"Stand: 01.01.2020\n\n{TOLD.format(410)} Es ist alt.",
    "neu.txt": f"Stand: 01.01.2023\n\n{TOLD.format(380)} Die Schornsteine sind weg.",
    "karte.txt": "Eine Karte für das Hallenbad von Lehe kostet 22 Euro.",
    "preise.txt": "Eine Karte für das Hallenbad von Lehe kostet 18 Euro. Kinder zahlen nichts.",
    "wald.txt": "Das Reh schläft unter den Eichen.",
}
QUESTION = "Wie viele Menschen beschäftigt das Kraftwerk am Hafen von Ohlau?"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalEngine]:
    """An engine over TEXTS, with the hashed-words double."""
    base = tmp_path_factory.mktemp("conflicts")
    (base / "docs").mkdir()
    write(base / "docs", TEXTS)
    with connect(load_settings(index=base / "index", embedding="hashed-words", threshold=0.0)) as made:
        made.ingest(base / "docs")
        yield made


def test_both_values_are_said_with_their_dates_the_latest_first(page: Page, engine: LocalEngine) -> None:
    (conflict,) = engine.ask(QUESTION).conflicts
    markers = [one.citation + 1 for one in conflict.told]
    ask(page, QUESTION)

    said = page.inner_text(".conflict").replace("\n", "")
    assert said == f"The documents disagree: 380{markers[0]} (1 Jan 2023); 410{markers[1]} (1 Jan 2020)"
    assert violations(page) == []


def test_the_marker_of_a_value_opens_its_quote(page: Page) -> None:
    ask(page, QUESTION)
    page.hover(".conflict .marker >> nth=1")
    assert page.locator("#quote blockquote").evaluate("e => e.textContent") == TOLD.format(410)
    page.locator(".conflict .marker").nth(1).click()

    page.wait_for_selector(".column mark")
    assert page.locator(".column mark").evaluate("e => e.textContent") == TOLD.format(410)
    assert page.get_attribute(".conflict .marker >> nth=1", "aria-current") == "true"


def test_it_is_said_in_german_too_and_copied(open_page: Callable[..., Page], address: str) -> None:
    page = open_page(address, locale="de-DE")
    ask(page, QUESTION)

    assert page.inner_text(".conflict").startswith("Die Dokumente widersprechen sich: 380")
    page.click("text=Mit Belegen kopieren")
    page.wait_for_selector("text=Kopiert")
    assert "Die Dokumente widersprechen sich: 380 [" in page.evaluate("navigator.clipboard.readText()")


def test_a_value_is_shown_and_copied_with_its_unit(page: Page) -> None:
    ask(page, "Was kostet eine Karte für das Hallenbad von Lehe?")

    assert sorted(page.locator(".conflict b").all_inner_texts()) == ["18 Euro", "22 Euro"]
    page.click("text=Copy with citations")
    page.wait_for_selector("text=Copied")
    assert "22 Euro [" in page.evaluate("navigator.clipboard.readText()")


def test_where_documents_agree_nothing_is_said(page: Page) -> None:
    ask(page, "Wer schläft unter den Eichen?")

    assert page.locator(".conflict").count() == 0
