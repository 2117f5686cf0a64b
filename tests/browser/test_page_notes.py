"""What the page says beside an answer: what was left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from rag import LocalEngine, connect, load_settings
from tests.browser.conftest import ask
from tests.folders import write

if TYPE_CHECKING:
    from playwright.sync_api import Page

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
