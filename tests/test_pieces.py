"""A unigram vocabulary cuts a text the likeliest way, and every piece keeps its place."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.pieces import Vocabulary

PIECES = {
    "<unk>": 0.0,
    "\u2581": -3.0,
    "a": -2.0,
    "b": -2.5,
    "ab": -3.0,
    "\u2581ab": -4.0,
    "ba": -4.1,
    "ü": -3.0,
    "🚢": -5.0,
}


def vocabulary(replaced: dict[str, str] | None = None) -> Vocabulary:
    encoded = [piece.encode() for piece in PIECES]
    ends = np.cumsum([0, *map(len, encoded)]).astype(np.uint32)
    return Vocabulary(b"".join(encoded), ends, np.array(list(PIECES.values()), np.float32), 0, replaced or {})


def pieces(text: str) -> list[str]:
    names = list(PIECES)
    return [names[identity] for identity in vocabulary().cut(text).ids]


def best_score(text: str) -> float:
    """The likeliest cut by trying all of them; what is no piece costs ten more than the least likely one."""
    unknown = min(PIECES.values()) - 10
    totals = []
    for cuts in itertools.product([False, True], repeat=len(text) - 1):
        places = [0, *(at + 1 for at, cut in enumerate(cuts) if cut), len(text)]
        parts = [text[start:end] for start, end in itertools.pairwise(places)]
        if all(part in PIECES or len(part) == 1 for part in parts):
            totals.append(sum(PIECES.get(part, unknown) for part in parts))
    return max(totals)


@given(st.text("ab ü🚢x", max_size=8))
def test_no_other_cut_is_likelier(text: str) -> None:
    read = "\u2581" + " ".join(text.split(" ")).lstrip(" ").replace(" ", "\u2581")
    while "\u2581\u2581" in read:
        read = read.replace("\u2581\u2581", "\u2581")
    unknown = min(PIECES.values()) - 10
    names = list(PIECES)

    found = vocabulary().cut(text).ids.tolist()

    assert sum(unknown if not identity else PIECES[names[identity]] for identity in found) == np.float32(
        best_score(read)
    )


def test_pieces_know_their_places() -> None:
    cut = vocabulary().cut("ab x🚢")

    assert pieces("ab x🚢") == ["\u2581ab", "\u2581", "<unk>", "🚢"]
    assert cut.spans.tolist() == [[0, 2], [2, 3], [3, 4], [4, 5]]


def test_a_character_that_is_read_as_two_keeps_its_place() -> None:
    cut = vocabulary({"æ": "ab"}).cut("xæ")

    assert cut.spans.tolist() == [[0, 1], [0, 1], [1, 2]]


def test_no_text_is_the_beginning_of_a_word() -> None:
    assert pieces("") == ["\u2581"]


@given(st.lists(st.text("ab ü🚢x", max_size=12), max_size=8), st.integers(1, 4))
def test_what_was_cut_before_changes_nothing(texts: list[str], room: int) -> None:
    used = vocabulary()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rag.pieces._WORDS", room)
        patch.setattr("rag.pieces._LETTERS", 4)
        for text in texts:
            again, fresh = used.cut(text), vocabulary().cut(text)

            assert again.ids.tolist() == fresh.ids.tolist()
            assert again.spans.tolist() == fresh.spans.tolist()


def test_words_that_are_remembered_are_bounded() -> None:
    used = vocabulary()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rag.pieces._WORDS", 5)
        for number in range(40):
            used.cut("a" * (number % 8 + 1) + " " + "b" * (number % 7 + 1))
            assert len(used._remembered) <= 5
