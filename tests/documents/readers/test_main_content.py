"""Pages that do not say where their main content stands: headings and lists are kept, and menus are not."""

from __future__ import annotations

import pytest

from tests.documents.real import parsed, place_at

MENU = '<nav><a href="/">Home</a></nav><div class="menu"><ul><li><a href="/a">About us</a></li><li><a href="/b">Opening hours</a></li></ul></div>'
COOKIES = '<div id="cookie-banner"><h3>Your privacy</h3><p>We use cookies to make your visit a better one.</p><button>Accept</button></div>'
RELATED = (
    '<div><h3>Related articles</h3><ul><li><a href="/x">Winter hours of all the stations</a></li>'
    '<li><a href="/y">How water comes to town</a></li></ul></div>'
)
COMMENTS = '<div id="comments"><h3>2 comments</h3><ol><li><p>Thank you, that helped me a lot.</p></li><li><p>When is it open?</p></li></ol></div>'
FOOTER = "<footer><h4>Legal</h4><ul><li>© Water Board</li></ul></footer>"
ASIDE = "<aside><h4>Weather</h4><ul><li>Rain in the afternoon</li></ul></aside>"

OPENS = "The station opens at 7 in the morning and closes at 9 in the evening, except on Sundays when it stays shut all day."
ENTER = (
    "Only trained staff of the water board, and visitors with a written permit from the director, may enter the halls."
)
RULES = (
    f"<h1>Pump station rules</h1><h2>Opening</h2><p>{OPENS}</p><h2>Who may enter?</h2><p>{ENTER}</p>"
    "<ul><li>Helmets are compulsory.</li></ul><ol><li>Ring the bell.</li><li>Wait for the guard.</li></ol>"
)
LINES = [
    "Pump station rules", "Opening", OPENS, "Who may enter?", ENTER, "Helmets are compulsory.", "Ring the bell.", "Wait for the guard.",
]  # fmt: skip


def lines(body: str) -> list[str]:
    page = f"<html lang=en><head><title>Pump station rules</title></head><body>{body}</body></html>"
    return parsed("page.html", page.encode()).text.split("\n\n")


@pytest.mark.parametrize(
    "body",
    [
        RULES,
        f"<section>{RULES}</section>",
        f'<div class="wrapper">{RULES}</div>',
        f'<div class="outer"><div class="inner">{RULES}</div></div>',
        f"<main>{RULES}</main>",
        RULES.replace("<h2>Who", '</div><div class="part"><h2>Who').join(('<div class="part">', "</div>")),
        RULES.replace("<h2>Opening", '<div class="text"><h2>Opening').replace("<ul>", "</div><ul>"),
    ],
)
def test_headings_and_lists_are_kept_wherever_they_stand(body: str) -> None:
    assert lines(body) == LINES


@pytest.mark.parametrize(
    "body",
    [
        f"{MENU}{COOKIES}{RULES}{RELATED}{COMMENTS}{ASIDE}{FOOTER}",
        f'{MENU}{COOKIES}<div class="wrapper">{RULES}</div>{ASIDE}{RELATED}{COMMENTS}{FOOTER}',
        f'{COOKIES}<div class="page">{MENU}<section>{RULES}</section>{RELATED}{COMMENTS}</div>{ASIDE}{FOOTER}',
        f"{MENU}{COOKIES}<article>{RULES}</article>{RELATED}{COMMENTS}{ASIDE}{FOOTER}",
    ],
)
def test_the_frame_of_a_page_is_left_out_all_the_same(body: str) -> None:
    assert lines(body) == LINES


def test_what_stands_under_a_heading_of_a_bare_page_is_said_to_stand_there() -> None:
    result = parsed("page.html", f"<html><body>{MENU}{RULES}{FOOTER}</body></html>".encode())
    assert place_at(result, "Wait for the guard.") == ("heading", None, "Who may enter?")


def test_a_page_whose_headings_are_all_links_to_others_gains_none() -> None:
    links = "".join(
        f'<h3><a href="/{n}">Story number {n} of this week</a></h3><p>{OPENS} ({n})</p>' for n in range(1, 4)
    )
    text = "\n".join(lines(f'<div class="list">{links}</div>'))
    assert OPENS in text
    assert "Story number" not in text


def test_a_column_of_links_beside_the_text_stays_out() -> None:
    column = "".join(f'<li><a href="/{n}">A story of last week, number {n}, that is well worth reading</a></li>' for n in range(1, 9))  # fmt: skip
    found = lines(f'<div class="left"><h3>More stories</h3><ul>{column}</ul></div><div class="right">{RULES}</div>')
    assert found == LINES


def test_of_several_articles_on_a_page_without_menus_none_is_lost() -> None:
    both = f"<article><h2>Opening</h2><p>{OPENS}</p><p>{OPENS[::-1]}</p></article><article><h2>Who may enter?</h2><p>{ENTER}</p></article>"
    assert lines(both) == ["Opening", OPENS, OPENS[::-1], "Who may enter?", ENTER]


SHORT = "<h1>Pool rules</h1><h2>Diving</h2><p>Allowed from the three metre board only.</p><ul><li>No glass.</li></ul>"
SHORT_LINES = ["Pool rules", "Diving", "Allowed from the three metre board only.", "No glass."]


@pytest.mark.parametrize(
    "body",
    [
        SHORT,
        f"<div>{SHORT}</div>",
        f"<main>{SHORT}</main>",
        f"{MENU}{COOKIES}{SHORT}{RELATED}{FOOTER}",
        f"{MENU}{COOKIES}<main>{SHORT}</main>{RELATED}{COMMENTS}{FOOTER}",
    ],
)
def test_a_short_page_has_its_paragraphs_and_no_menus(body: str) -> None:
    assert lines(body) == SHORT_LINES


def test_what_stands_under_a_heading_of_a_short_page_is_said_to_stand_there() -> None:
    assert place_at(parsed("page.html", SHORT.encode()), "No glass.") == ("heading", None, "Diving")


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("<p>Open from May.</p><p>Closed in winter.</p>", ["Open from May.", "Closed in winter."]),
        ("<p>Ferries.</p><table><tr><th>Pier</th><th>First</th></tr><tr><td>Oban</td><td>6:10</td></tr></table>", ["Ferries.", "Pier: Oban; First: 6:10"]),
        (f"{MENU}<p>Open from May.</p>", ["Open from May."]),
        ("<div>Open from May.</div><div>Closed in winter.</div>", ["Open from May.", "Closed in winter."]),
        ("Open from May.", ["Open from May."]),
    ],
)  # fmt: skip
def test_a_short_page_without_headings_has_its_paragraphs(body: str, found: list[str]) -> None:
    assert lines(body) == found
