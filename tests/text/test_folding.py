"""Texts that differ only in how they are written fold alike, and every fold finds its way back."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.records import Span
from rag.text.folding import fold, folded

# Characters that fold to none, to several, or together with their neighbours, among ordinary ones.
AWKWARD = st.sampled_from(
    [
        *"aAßẞſﬁﬃİıŉΐǆ½²…„“»'\"´¨- –—　\u00a0\u202f\t\n",
        *"\u00ad\u200b\u200d\u2060\ufeff\ufe0f\u202e",
        *"\u0301\u0308\u0323\u0345가\u1100\u1161\u11a8",
        *("\U0001f469\u200d\U0001f680", "ｶ\uff9e"),
    ]
)
TEXTS = st.text() | st.lists(AWKWARD | st.characters(codec="utf-8"), max_size=12).map("".join)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Straße", "STRASSE"),
        ("„Europa“", '"europa"'),
        ("»Europa«", "'Europa'"),
        ("US–Beamte", "us-beamte"),
        ("2027\u00a0bis\n 2030", "2027 bis 2030"),
        ("Ver\u00adtei\u00addi\u00adgung", "verteidigung"),
        ("Ver\u200bteidigung\ufeff", "verteidigung"),
        ("\u202aNATO\u202c", "nato"),
        ("ﬁnal", "final"),
        ("u\u0308ber", "ÜBER"),
        ("a\u00ad\u0301", "á"),
        ("\u1112\u1161\u11ab", "한"),
        ("❤\ufe0f", "❤"),
        ("Ⅳ", "iv"),
    ],
)
def test_ways_of_writing_fold_alike(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(("one", "other"), [("für", "fur"), ("schon", "schön"), ("2027", "2028"), ("a b", "ab")])
def test_what_differs_stays_different(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@pytest.mark.parametrize(
    ("text", "sought", "covered"),
    [
        ("Die STRASSE.", "strasse", "STRASSE"),
        ("Die Straße.", "strasse", "Straße"),
        ("Die Straße.", "stras", "Straß"),
        ("o\u00adß", "s", "ß"),
        ("der  ﬁnale Akt", "i", "ﬁ"),
        ("Ver\u00adtei\u00addigung jetzt", "verteidigung", "Ver\u00adtei\u00addigung"),
        ("u\u0308ber", "ü", "u\u0308"),
        ("a \n\t b", " ", " \n\t "),
        ("👩\u200d🚀 fliegt", "👩", "👩\u200d"),
    ],
)
def test_a_match_covers_the_characters_it_came_from(text: str, sought: str, covered: str) -> None:
    made = fold(text)
    at = made.text.index(sought)
    assert made.back(at, at + len(sought)).of(text) == covered


@given(TEXTS, st.data())
def test_back_always_covers_what_was_matched(text: str, data: st.DataObject) -> None:
    made = fold(text)
    start = data.draw(st.integers(0, len(made.text)))
    end = data.draw(st.integers(start, len(made.text)))
    span = made.back(start, end)
    assert span.end <= len(text)
    assert made.text[start:end] in folded(span.of(text))


@given(TEXTS)
def test_back_of_everything_leaves_out_only_what_vanished_in_front(text: str) -> None:
    made = fold(text)
    span = made.back(0, len(made.text))
    assert folded(text[: span.start]) == ""
    assert folded(text[span.end :]) == ""
    assert made.text == "" or folded(span.of(text)) == made.text


@given(TEXTS)
def test_origins_ascend_and_end_with_the_length(text: str) -> None:
    made = fold(text)
    assert len(made.origins) == len(made.text) + 1
    assert list(made.origins) == sorted(made.origins)
    assert made.origins[-1] == len(text)


@given(TEXTS)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(TEXTS)
def test_composed_and_decomposed_text_fold_alike(text: str) -> None:
    assert folded(unicodedata.normalize("NFC", text)) == folded(unicodedata.normalize("NFD", text))


def test_an_empty_match_has_an_empty_span() -> None:
    made = fold("Straße 5")
    assert made.back(0, 0) == Span(0, 0)
    assert made.back(7, 7) == Span(6, 6)
    assert made.back(len(made.text), len(made.text)) == Span(8, 8)
