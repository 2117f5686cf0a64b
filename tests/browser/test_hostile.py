"""Documents are data: whatever stands in them is shown, and nothing of it happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from rag import LocalEngine, connect, load_settings
from tests.browser.conftest import ask
from tests.folders import write

if TYPE_CHECKING:
    from playwright.sync_api import Page

BAD = "<img src=x onerror='window.hacked=1'><script>window.hacked=1</script><a href='javascript:hacked=1'>Klick</a>"
OVER = "\u202eرجلة\u202c"
BIG = 5_000_000
TEXTS = {
    "<img src=x onerror=window.hacked=1>.txt": f"Der Angreifer schrieb {BAD} in den Brief.",
    "titel.md": f"# </h2><script>window.hacked=2</script> Überschrift {BAD}\n\nDer Köder liegt {BAD} im Garten.",
    "rtl.txt": f"יונה שלחה מכתב לנמל.\n\nDer Bote {OVER} brachte \u202eden Brief heim. Alles danach bleibt lesbar.",
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalEngine]:
    base = tmp_path_factory.mktemp("hostile")
    (base / "docs").mkdir()
    write(base / "docs", TEXTS)
    # Few sentences, far apart: it is the length of the text that is tried, not the time to index it.
    line = "🦀 Die Krabbe läuft quer. " + (" " * 60 + "\n") * 400
    half = line * (BIG // 2 // len(line))
    write(base / "docs", {"gross.txt": f"{half}Der Leuchtturm steht\nauf dem Kliff 🗼.\n\n{half}"})
    with connect(load_settings(index=base / "index", embedding="hashed-words", threshold=0.0)) as made:
        made.ingest(base / "docs")
        yield made


@pytest.mark.parametrize("question", ["Was schrieb der Angreifer?", "Köder im Garten: wo liegt der Köder im Garten?"])
def test_markup_in_documents_is_text(page: Page, question: str) -> None:
    elsewhere: list[str] = []
    page.on("request", lambda request: None if "127.0.0.1" in request.url else elsewhere.append(request.url))
    ask(page, question)
    page.hover(".marker >> nth=0")
    page.locator(".marker").first.click()
    page.wait_for_selector(".column mark")
    page.wait_for_timeout(200)

    assert BAD in page.locator(".column").evaluate("e => e.textContent")
    assert page.evaluate("window.hacked") is None
    assert page.locator("main img, aside img, main script, aside script, #answer a, aside a").count() == 0
    assert elsewhere == []


def test_the_list_of_documents_shows_names_as_they_are(page: Page) -> None:
    page.click("#library-open")
    page.wait_for_selector("#documents .cite")

    shown = page.inner_text("#documents")
    assert "<img src=x onerror=window.hacked=1>.txt" in shown
    assert page.evaluate("window.hacked") is None


def test_text_that_turns_direction_turns_nothing_else(page: Page, engine: LocalEngine) -> None:
    ask(page, "Was brachte der Bote heim?")
    page.locator(".marker").first.click()
    page.wait_for_selector(".column mark")

    quoted = next(c for c in engine.ask("Was brachte der Bote heim?").citations if c.document == "rtl.txt")
    marks = page.locator(".column mark").evaluate_all("all => all.map(e => e.textContent)")
    assert marks == [quoted.quote]
    # The words beside the statement still run from left to right, the document's name after its number.
    number, title = (
        page.locator(".cite .number").first.bounding_box(),
        page.locator(".cite .title").first.bounding_box(),
    )
    assert number is not None
    assert title is not None
    assert number["x"] < title["x"]
    assert page.locator(".cite .title").first.inner_text() == "rtl.txt"


def test_a_document_of_five_megabytes_opens_at_its_span_at_once(page: Page, engine: LocalEngine) -> None:
    ask(page, "Wo steht der Leuchtturm?")
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(len(answer.body())) if "/text?" in answer.url else None)
    page.locator(".marker").first.click()
    page.wait_for_selector(".column mark")

    [cited] = [c for c in engine.ask("Wo steht der Leuchtturm?").citations if c.document == "gross.txt"]
    assert engine.document("gross.txt").info.length > BIG * 0.95
    assert page.locator(".column mark").evaluate("e => e.textContent") == cited.quote
    for by in (1, 1, 1, -1, -1, -1, -1, -1, -1, 1, 1, 1, 1, 1, 1, 1, 1):
        page.evaluate(
            "by => { const t = document.querySelector('.source .text'); t.scrollTop = by > 0 ? t.scrollHeight : 0; }",
            by,
        )
        page.wait_for_timeout(120)
        shown = page.locator(".column").evaluate("e => e.textContent")
        assert len(shown) < 120_000
        assert shown in engine.document("gross.txt").text
    assert sum(sizes) < BIG


def test_the_policy_lets_nothing_in(page: Page, address: str) -> None:
    answer = page.request.get(address)

    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    refused = page.evaluate(
        """() => new Promise((done) => {
          addEventListener('securitypolicyviolation', (event) => done(event.effectiveDirective));
          const script = document.createElement('script');
          try { script.text = 'window.hacked = 3'; } catch { done('trusted-types'); return; }
          document.head.append(script);
        })"""
    )
    assert refused in ("trusted-types", "script-src-elem", "require-trusted-types-for")
    assert page.evaluate("window.hacked") is None


@pytest.fixture
def page(open_page: Callable[..., Page], address: str) -> Page:
    return open_page(address, allowed="Trusted")
