"""Who replies to whom in a conversation that is written down."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.turns import agrees, asks_something, reply_to

TALK = [
    "LEO CASTELL: Why salt?",
    "Hardly anyone uses it.",
    "ABIOLA: Because I like it.",
    "CASTELL: And clay?",
    "No idea.",
]


@pytest.mark.parametrize(("at", "reply"), [(0, 2), (1, 2), (2, 3), (3, None), (4, None)])
def test_the_next_speaker_replies(at: int, reply: int | None) -> None:
    assert reply_to(TALK, at) == reply


def test_one_name_in_two_lengths_is_one_speaker() -> None:
    assert reply_to(["LEO CASTELL: Why salt?", "CASTELL: Or clay?", "ABIOLA: Both."], 0) is None


@pytest.mark.parametrize(
    "stamp", ["[02/06/2025, 18:0{}]", "[12.03.25, 18:04:1{}]", "12.03.25, 18:0{} -", "3/12/25, 6:0{} PM -"]
)
def test_a_message_of_a_chat_is_a_turn(stamp: str) -> None:
    texts = [
        f"{stamp.format(1)} Ann Berg: What about half plots?",
        "Are there any?",
        f"{stamp.format(2)} Tom: Yes, £38.",
    ]
    assert reply_to(texts, 0) == reply_to(texts, 1) == 2
    assert agrees(texts[2])


def test_without_speakers_nobody_replies() -> None:
    assert reply_to(["Why salt?", "Because I like it."], 0) is None


@pytest.mark.parametrize(
    ("text", "does"), [("B: Yes, since May.", True), ("**Wu:** Nein.", True), ("B: Yesterday.", False), ("Yes.", False)]
)
def test_a_turn_that_agrees(text: str, does: bool) -> None:
    assert agrees(text) is does


@given(st.lists(st.sampled_from(["A: x", "B: Yes", "y", "", ":"]), min_size=1, max_size=9), st.data())
def test_a_reply_stands_behind(texts: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(texts) - 1))
    assert (found := reply_to(texts, at)) is None or at < found < len(texts)


def test_a_reported_question_asks_unless_it_is_asked_who_asked() -> None:
    reported = (
        "She asked who would direct it.",
        "Herr Büchner fragt, ob er bleibt.",
        "Sie will wissen, wann der Zaun kommt.",
    )

    assert all(asks_something(text, "Who will direct the musical?") for text in reported)
    assert not any(asks_something(text, "Wer fragte danach?") for text in reported)
    assert asks_something("Who will direct it?", "Who asked?")
    assert not asks_something("She asked for a key.", "Who has the key?")
    assert not asks_something("He was asked and agreed.", "Who agreed?")
