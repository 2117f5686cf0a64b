"""What a mail quotes of the mails before it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.threads import is_head, parts


def told(text: str) -> list[tuple[str, str]]:
    return [(part.under, f"{part.lead}{part.text}".strip()) for part in parts(text)]


def test_marked_lines_stand_under_who_wrote_them_level_by_level() -> None:
    text = "750 Euro.\n\nAm 4. März 2025 schrieb Tom:\n> Wie viel?\n>\n> Am 3. März 2025 schrieb\n> Petra:\n>> 700\n>> Euro.\n\nGruß\n"
    tom, petra = "> Am 4. März 2025 schrieb Tom:", "> Am 3. März 2025 schrieb Petra:"
    assert told(text) == [
        ("", "750 Euro."),
        (tom, "Am 4. März 2025 schrieb Tom:"),
        (tom, "Wie viel?"),
        (petra, "Am 3. März 2025 schrieb\nPetra:"),
        (petra, "700\nEuro."),
        ("", "Gruß"),
    ]


def test_answers_between_the_lines_are_the_mails_own() -> None:
    assert told("> Um zehn?\nJa.\n> Wo?\nHier.\n") == [("> ", "Um zehn?"), ("", "Ja."), ("> ", "Wo?"), ("", "Hier.")]


@pytest.mark.parametrize(
    "line",
    [
        "On Mon, Mar 3, 2025 at 10:00 AM Ann <ann@example.org> wrote:",
        "Am 03.03.2025 um 10:12 schrieb Petra Hansen:",
        "-----Original Message-----",
        "-------- Ursprüngliche Nachricht --------",
        "---------- Forwarded message ---------",
        "Von: Jan\nGesendet: Mittwoch, 5. März 2025\nAn: Eva\nBetreff: Ausflug",
        "**From:** Jan\n**Sent:** Wednesday",
    ],
)
def test_without_marks_the_rest_is_quoted(line: str) -> None:
    name = "> " + " ".join(line.split()).strip("*_ ")
    assert told(f"Neu.\n\n{line}\n\nAlt.\n\nSehr alt.\n") == [("", "Neu."), (name, f"{line}\n\nAlt.\n\nSehr alt.")]


@pytest.mark.parametrize(
    "text",
    [
        "Der Kunde schrieb am 3. März:\ndas Gerät sei defekt.",
        "On reflection, what he wrote: nothing.",
        "From: Berlin\nTo: Hamburg",
        "Am Montag schrieb Tom einen Brief.",
    ],
)
def test_what_only_tells_of_writing_quotes_nothing(text: str) -> None:
    assert told(text) == [("", text)]


@given(st.text("> \nabAm schrieb:1.@wrote On") | st.text())
def test_no_word_is_lost(text: str) -> None:
    shown = "".join(f"{part.lead}{part.text}" for part in parts(text))
    assert "".join(shown.split()).replace(">", "") == "".join(text.split()).replace(">", "")


def test_however_deep_a_mail_quotes_it_is_read() -> None:
    *_, deep, end = parts(f"Hello\n{'>' * 5_000} deep\nend\n")

    assert deep.text.strip() == "deep"
    assert deep.under
    assert (end.text.strip(), end.under) == ("end", "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("From: Ann Lee\nTo: Tom\nSubject: Pumps", True),
        ("Von: Ann\nAn: Tom\nBetreff: Pumpen", True),
        ("Subject: Pumps", True),
        ("To: Tom\nThe pumps are here.", False),
        ("To all: the pumps are here.", False),
        ("", False),
    ],
)
def test_a_head_is_nothing_but_its_lines(text: str, expected: bool) -> None:
    assert is_head(text) is expected


@pytest.mark.parametrize(
    "text",
    [
        "The test only counts as passed where the samples were\n> 5 degrees warmer than the room, and not before.\n",
        "Die Prüfung gilt nur dann als bestanden, wenn die Werte\n> 5 Grad über denen des Raumes liegen.\n\nGruß\n",
        "Please tell us whether the sum that was paid in was\n>500 euros or less.\n",
    ],
)
def test_a_comparison_in_a_wrapped_paragraph_keeps_its_sign(text: str) -> None:
    assert told(text) == [("", text.strip())]
    quoted = "".join(f"> {line}\n" for line in text.splitlines())
    assert [said for _, said in told(quoted)] == [text.strip()]


@pytest.mark.parametrize(
    "text",
    [
        "We have looked at all of it and answer below.\n> 5 pumps?\nYes.\n",
        "Siehe unten, wir haben alles noch einmal angesehen:\n> 5 Pumpen?\nJa.\n",
        "Yes\n> 5 pumps?\nNo.\n",
        "We have looked at all of it and we think that so far\n> 5 pumps are broken\n> and two are lost.\n",
    ],
)
def test_a_quoted_figure_is_no_comparison(text: str) -> None:
    assert any(under for under, _ in told(text))
