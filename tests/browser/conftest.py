"""The page in a real browser, before the real server; where a moment must be held still, before a scripted one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from rag import LocalEngine, connect, load_settings
from tests.folders import write
from tests.serving import Serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

ROOT = Path(__file__).parent.parent.parent
TEXTS = {
    # Characters outside of the basic plane stand before what is cited: code points are not UTF-16 units.
    "wald.md": "# Der Wald 🌲\n\n🦌🦌🦌 Im Wald ist es still.\nDas Reh schläft\nunter den Eichen 🌳. Der Fuchs 🦊 wacht.",
    "hafen.txt": "Stand: 22.10.2021\n\nDer Hafen von Hamburg wächst. Am 3. Mai kamen acht Schiffe an.",
    "harbour.txt": "Published on 30 November 2022\n\nThe harbour of Hamburg grows. Eight ships arrived there.",
}
FOUND = ("chromium", "chromium-browser", "google-chrome")
WIDE = {"width": 1280, "height": 800}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium of this machine; without one the tests are skipped, or fail where they are required."""
    program = next(filter(None, map(shutil.which, FOUND)), None)
    if program is None:
        missing = "no Chromium on this machine (Debian: apt-get install chromium)"
        if os.environ.get("BELEG_REQUIRE_BROWSER") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    from playwright.sync_api import sync_playwright

    # Not for the whole session: its event loop would stand in the way of other tests' own.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open pages, each in a context of its own; what the page complains about fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_one(url: str, *, allowed: str = "", **given: Any) -> Page:
        context = browser.new_context(**{"viewport": WIDE, "locale": "en-GB", "reduced_motion": "reduce", **given})
        context.set_default_timeout(30_000)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.goto(url)
        page.allowed_complaint = allowed  # type: ignore[attr-defined]
        expected.append(allowed)
        return page

    expected: list[str] = []
    yield open_one
    for context in contexts:
        context.close()
    assert not [said for said in complaints if not any(part and part in said for part in expected)]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalEngine]:
    """An engine over TEXTS, with the hashed-words double."""
    base = tmp_path_factory.mktemp("browser")
    (base / "docs").mkdir()
    write(base / "docs", TEXTS)
    with connect(load_settings(index=base / "index", embedding="hashed-words", threshold=0.0)) as made:
        made.ingest(base / "docs")
        yield made


@pytest.fixture(scope="module")
def address(engine: LocalEngine) -> Iterator[str]:
    """Where the real server serves it."""
    with serving(engine) as url:
        yield url


@pytest.fixture
def page(open_page: Callable[..., Page], address: str) -> Page:
    """The page as it opens, in English and wide."""
    return open_page(address)


def serving(engine: LocalEngine) -> Serving:
    """The real server over an engine."""
    from rag.server.app import make_app
    from rag.server.rule import ServerRule

    return Serving(make_app(engine, ServerRule()))


def ask(page: Page, question: str) -> None:
    """Ask, and wait until the answer is whole."""
    page.fill("#question", question)
    page.press("#question", "Enter")
    page.wait_for_selector("#answer .actions")
