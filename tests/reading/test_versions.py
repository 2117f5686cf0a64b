"""Versions of one document, by their number."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.reading.scoring import ScoredSentence
from rag.reading.versions import above_of, numbers_in, others_of
from tests.reading.test_extractive import scored


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("What did version 1.0 say?", {(1,)}),
        ("Was stand in Fassung 2.1 und in v3?", {(2, 1), (3,)}),
        ("Handbook (Rev. 4)", {(4,)}),
        ("version no. 1.0.2", {(1, 0, 2)}),
        ("Brief v. 12. Mai", set()),
        ("Fassung 1. Juli", set()),
        ("Version 2024", set()),
        ("Thackeray v. Brightwater", set()),
    ],
)
def test_which_numbers_are_of_versions(text: str, numbers: set[tuple[int, ...]]) -> None:
    assert numbers_in(text) == numbers


def of(title: str | None, name: str, text: str = "Das Tagegeld beträgt 24 Euro.") -> ScoredSentence:
    one = scored((text, 1.0), name=name)[0]
    return replace(one, hit=replace(one.hit, document=replace(one.hit.document, title=title)))


@pytest.mark.parametrize(
    "both",
    [
        [of("Manual, version 1.0", "a.md"), of("Manual, version 2.0", "b.md")],
        [of("Manual v1.0", "a.md"), of("Manual v2 (May)", "b.md")],
        [of(None, "manual_v1.md"), of(None, "manual-v2.md")],
        [of(None, "a.txt", "Richtlinie\nVersion 1.0\n\nText."), of(None, "b.txt", "Richtlinie\nVersion 2.0\n\nText.")],
    ],
)
def test_versions_of_one_document(both: list[ScoredSentence]) -> None:
    one, two = (sentence.hit.document.id for sentence in both)
    assert others_of(frozenset({(1,)}), both) == {two: {one}}
    assert others_of(frozenset({(2,)}), both) == above_of(both) == {one: {two}}
    assert others_of(frozenset({(3,)}), both) == {}


@pytest.mark.parametrize(
    "both",
    [
        [of("Manual, version 1.0", "a.md"), of("Handbook, version 2.0", "b.md")],
        [of("Manual", "a.md"), of("Manual, version 2.0", "b.md")],
        [of("Manual, version 1 and version 2", "a.md"), of("Manual, version 2.0", "b.md")],
    ],
)
def test_no_versions_of_one_document(both: list[ScoredSentence]) -> None:
    assert others_of(frozenset({(2,)}), both) == above_of(both) == {}
