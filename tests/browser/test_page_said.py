"""Statements on the page are shown without the marks of Markdown, rows with the names of their columns; quotes stay as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from rag import LocalEngine, connect, load_settings
from rag.messages import messages
from rag.records import Answer
from rag.render import whereabouts
from rag.showing import shown
from tests.browser.conftest import ask, serving
from tests.folders import write

if TYPE_CHECKING:
    from playwright.sync_api import Page

TEXTS = {
    "pension.md": "# Pension 🌲\n\n| Zimmer | Sommer | Winter | |\n|---|---|---|---|\n| Einzelzimmer 🛏 | 74 € | **58 €** | neu |\n"
    "| Doppelzimmer |  112 €  | 91 € | a \\| b |\n",
    "vergleich.md": "# Vergleich\n\n| | Merian 14 | Talos X3 |\n|---|---|---|\n| Gewicht | 1,29 kg | 1,12 kg |\n",
    "telefon.csv": "Name,Telefon,Raum\nPetra Kühn,77-10,E.01\nCarla Jansen,77-31,2.12\n",
    "changes.md": "# Changes\n\n## 4.0.0 - 2025-03-02\n\n### Removed\n\nThe option quick was removed from the exporter.\n\n### Added\n\nAn importer.\n",
    "hilfe.md": '# Hilfe\n\n- Die **Anmeldung** 🦊 steht in der [Anleitung](https://beleg.example/a_(b) "Hilfe") und ![im Plan](img/plan.png).\n',
}
QUESTION = "Which option was removed from the exporter?"
ASKED = (
    "Was kostet das Einzelzimmer im Winter?",
    "Was kostet das Doppelzimmer im Sommer?",
    "Welches Gewicht hat das Talos X3?",
    "Welches Telefon hat Carla Jansen?",
    "Wo steht die Anmeldung in der Anleitung?",
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalEngine]:
    """An engine over TEXTS, with the hashed-words double."""
    base = tmp_path_factory.mktemp("said")
    (base / "docs").mkdir()
    write(base / "docs", TEXTS)
    with connect(load_settings(index=base / "index", embedding="hashed-words", threshold=0.0)) as made:
        made.ingest(base / "docs")
        yield made


def texts(page: Page) -> list[str]:
    said = page.eval_on_selector_all(
        ".said", "all => all.map(one => [...one.childNodes].filter(n => !n.matches?.('button')).map(n => n.textContent).join(''))"
    )  # fmt: skip
    return [text.replace("\u2060", "") for text in said]


def told(answer: Answer) -> list[str]:
    pieces = [shown(one, [answer.citations[n] for n in one.citations]) for one in answer.statements]
    return ["".join(text for text, _ in one) for one in pieces]


@pytest.mark.parametrize("question", ASKED)
def test_the_page_shows_what_the_terminal_shows(page: Page, engine: LocalEngine, question: str) -> None:
    ask(page, question)

    assert texts(page) == told(engine.ask(question))


@pytest.mark.parametrize(
    ("question", "shows", "cell"),
    [
        (ASKED[0], "Zimmer: Einzelzimmer 🛏; Sommer: 74 €; Winter: 58 €; neu", "58 €"),
        (ASKED[1], "Zimmer: Doppelzimmer; Sommer: 112 €; Winter: 91 €; a | b", "112 €"),
        (ASKED[2], "Gewicht; Merian 14: 1,29 kg; Talos X3: 1,12 kg", "1,12 kg"),
        (ASKED[3], "Name: Carla Jansen; Telefon: 77-31; Raum: 2.12", "77-31"),
    ],
)
def test_a_row_has_the_names_of_its_columns_and_its_answering_cell_is_marked(
    page: Page, question: str, shows: str, cell: str
) -> None:
    ask(page, question)

    assert texts(page)[0] == shows
    assert page.locator(".said").first.locator("b.hit").all_inner_texts() == [cell]


def test_a_statement_has_no_marks_of_markdown_and_its_quote_has_them_all(page: Page) -> None:
    ask(page, ASKED[4])

    assert texts(page)[0] == "Die Anmeldung 🦊 steht in der Anleitung und im Plan."
    page.locator(".marker").first.click()
    page.wait_for_selector(".column mark")
    quote = TEXTS["hilfe.md"].split("\n\n- ")[1].rstrip()
    assert quote in page.locator(".column mark").evaluate("e => e.textContent")


def test_the_quote_of_a_row_stays_as_it_stands(page: Page) -> None:
    ask(page, ASKED[0])
    page.locator(".marker").first.click()
    page.wait_for_selector(".column mark")

    assert page.locator(".column mark").evaluate("e => e.textContent") == "| Einzelzimmer 🛏 | 74 € | **58 €** | neu |"


@pytest.mark.parametrize(
    ("question", "place"), [(ASKED[1], "row 2"), (ASKED[3], "row 3"), (QUESTION, "“4.0.0 - 2025-03-02 › Removed”")]
)
def test_a_citation_s_place_in_its_file_stands_beside_it(
    page: Page, engine: LocalEngine, question: str, place: str
) -> None:
    told = whereabouts(engine.ask(question).citations[0].places, messages("en"))
    ask(page, question)

    assert place in told
    assert page.inner_text(".cite .place >> nth=0") == f" · {told}"
    assert (page.get_attribute(".cite >> nth=0", "aria-label") or "").endswith(f", {told}")


def test_of_what_is_not_an_answer_the_place_is_said_too(open_page: Callable[..., Page], engine: LocalEngine) -> None:
    with connect(engine.settings.model_copy(update={"threshold": 1.0})) as strict, serving(strict) as url:
        page = open_page(url)
        ask(page, QUESTION)
        page.click("text=Show what comes nearest")

        assert "4.0.0 - 2025-03-02 › Removed" in page.inner_text(".nearest .place >> nth=0")


def test_what_is_copied_reads_as_the_page_does(page: Page) -> None:
    ask(page, ASKED[0])
    page.click("text=Copy with citations")
    page.wait_for_selector("text=Copied")

    copied = page.evaluate("navigator.clipboard.readText()")
    assert "Zimmer: Einzelzimmer 🛏; Sommer: 74 €; Winter: 58 €; neu [1]" in copied
    assert "| Einzelzimmer 🛏 | 74 € | **58 €** | neu |" in copied
