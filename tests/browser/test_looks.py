"""Light and dark, wide and narrow, and what axe-core finds wrong."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from rag import LocalEngine
from tests.browser.conftest import ROOT, ask, serving

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

QUESTION = "Wer schläft unter den Eichen?"
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
SHOT = ROOT / "docs" / "page.png"
LARGEST_SHOT = 300_000


def luminance(page: Page, what: str) -> float:
    colour = page.evaluate(
        "what => { const c = document.createElement('canvas').getContext('2d');"
        " c.fillStyle = getComputedStyle(document.querySelector(what)).backgroundColor; c.fillRect(0, 0, 1, 1);"
        " return [...c.getImageData(0, 0, 1, 1).data]; }",
        what,
    )
    return sum(colour[:3]) / 3


def test_the_page_is_dark_where_the_reader_wants_it(open_page: Callable[..., Page], address: str) -> None:
    light, dark = open_page(address), open_page(address, color_scheme="dark")

    assert luminance(light, "body") > 200
    assert luminance(dark, "body") < 50
    dark.click("#theme")
    assert luminance(dark, "body") > 200
    dark.reload()
    assert luminance(dark, "body") > 200


@pytest.mark.parametrize("width", [320, 390, 768, 1024, 1920])
def test_nothing_hangs_over_the_edge(open_page: Callable[..., Page], address: str, width: int) -> None:
    page = open_page(address, viewport={"width": width, "height": 700})
    ask(page, QUESTION)
    over = "() => document.documentElement.scrollWidth - innerWidth"

    assert page.evaluate(over) <= 0
    page.locator(".cite").first.click()
    page.wait_for_selector(".column mark")
    assert page.evaluate(over) <= 0


def test_on_a_phone_the_source_covers_the_page_and_gives_it_back(open_page: Callable[..., Page], address: str) -> None:
    page = open_page(f"{address}#q={quote(QUESTION)}", **PHONE)
    page.wait_for_selector(".actions")
    page.locator(".marker").first.tap()
    page.wait_for_selector(".column mark")

    assert page.locator("#quote").is_hidden()
    assert page.locator("#source-panel").bounding_box() == {"x": 0, "y": 0, "width": 360, "height": 740}
    assert page.get_attribute("#source-panel", "aria-modal") == "true"
    assert page.evaluate("document.querySelector('main').inert")
    page.locator(".source-top button").tap()
    assert page.locator("#source-panel").is_hidden()
    assert not page.evaluate("document.querySelector('main').inert")


def test_a_phone_s_keyboard_does_not_jump_up_by_itself(open_page: Callable[..., Page], address: str) -> None:
    page = open_page(address, **PHONE)
    page.wait_for_selector("#welcome li")

    assert page.evaluate("document.activeElement === document.body")


def open_narrowing(page: Page) -> None:
    page.click("#narrow summary")


def open_documents(page: Page) -> None:
    page.click("#library-open")
    page.wait_for_selector("#documents .cite")


def open_source(page: Page) -> None:
    ask(page, QUESTION)
    page.locator(".cite").first.click()
    page.wait_for_selector(".column mark")


def point_at_a_marker(page: Page) -> None:
    ask(page, QUESTION)
    page.hover(".marker >> nth=0")
    page.wait_for_selector("#quote")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", [open_narrowing, open_documents, open_source, point_at_a_marker])
def test_axe_finds_nothing_serious(
    open_page: Callable[..., Page], address: str, state: Callable[[Page], None], scheme: str
) -> None:
    page = open_page(address, color_scheme=scheme)
    page.wait_for_selector("#welcome li")
    state(page)

    assert violations(page) == []


def test_axe_finds_nothing_serious_in_a_refusal(open_page: Callable[..., Page], engine: LocalEngine) -> None:
    from rag import connect

    with connect(engine.settings.model_copy(update={"threshold": 1.0})) as strict, serving(strict) as url:
        page = open_page(url, **PHONE)
        ask(page, QUESTION)
        page.click("text=Show what comes nearest")

        assert violations(page) == []


def violations(page: Page) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {one['help']}: {node['html'][:120]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


@pytest.mark.model
def test_the_readme_s_picture_is_made_here(
    open_page: Callable[..., Page], seeds_engine: LocalEngine, tmp_path: Path
) -> None:
    with serving(seeds_engine) as url:
        page = open_page(url, viewport={"width": 1200, "height": 700})
        ask(page, "Bis wann soll Europa die konventionelle Verteidigung der NATO übernehmen?")
        page.locator(".cite").nth(1).click()
        page.wait_for_selector(".column mark")
        page.evaluate("document.fonts.ready")
        shot = page.screenshot(path=tmp_path / "page.png")
    if os.environ.get("BELEG_PICTURE") == "1":
        SHOT.write_bytes(shot)

    assert 20_000 < len(shot) < LARGEST_SHOT
    assert SHOT.stat().st_size < LARGEST_SHOT
    assert "docs/page.png" in (ROOT / "README.md").read_text(encoding="utf-8")
