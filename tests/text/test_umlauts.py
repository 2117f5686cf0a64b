"""Whoever has no umlauts on his keyboard finds the word all the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rag.text.umlauts import spellings


def test_each_umlaut_is_taken_by_itself() -> None:
    assert sorted(spellings("größe")) == ["groesse", "groeße", "grösse"]
    assert spellings("strasse") == ["straße"]
    assert spellings("haus") == []


@given(st.text(alphabet="aeoußäöüs", max_size=40))
def test_a_word_is_none_of_its_other_spellings_and_there_are_few(word: str) -> None:
    found = spellings(word)

    assert word not in found
    assert len(found) == len(set(found)) < 16
