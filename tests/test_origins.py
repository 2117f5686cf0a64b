"""Tellings of one story are one source; articles on one topic are not."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rag import LocalEngine
from rag.origins import OriginRule, Sentences, fold_counterparts, group_by_origin, shared
from rag.records import DocumentInfo, Draft, DraftStatement, Evidence, Span

SIZE = 16
AXES = np.eye(SIZE, dtype=np.float32)
MATRICES = st.integers(0, 6).flatmap(
    lambda rows: hnp.arrays(np.float32, (rows, SIZE), elements=st.floats(-1, 1, width=32))
)


def document(name: str, version: str | None = None) -> DocumentInfo:
    return DocumentInfo(id=f"id of {name}", source="s", name=name, version=version or f"text of {name}", length=1)


def sentences(vectors: np.ndarray) -> Sentences:
    """Return sentences of fifty characters each with these vectors."""
    return Sentences(np.array([(50 * n, 50 * n + 49) for n in range(len(vectors))]), vectors)


def grouped(vectors: dict[str, np.ndarray], rule: OriginRule | None = None) -> list[list[str]]:
    """Group documents by name that have these sentence vectors."""
    by_id = {document(name).id: sentences(matrix) for name, matrix in vectors.items()}
    groups = group_by_origin([document(name) for name in vectors], by_id, rule)
    return [[member.name for member in group] for group in groups]


def unit(matrix: np.ndarray) -> np.ndarray:
    return matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-9)


def near(matrix: np.ndarray, cosine: float) -> np.ndarray:
    """Return unit vectors at this cosine of each row of unit axes, away from all other axes in use."""
    return (cosine * matrix + np.sqrt(1 - cosine**2) * np.roll(AXES, 8, axis=0)[: len(matrix)]).astype(np.float32)


def test_the_same_sentences_in_other_words_are_one_origin() -> None:
    assert grouped({"a": AXES[:5], "b": near(AXES[:5], 0.8)}) == [["a", "b"]]


def test_articles_on_one_topic_are_two_origins() -> None:
    assert grouped({"a": AXES[:5], "b": near(AXES[:5], 0.5)}) == [["a"], ["b"]]


def test_a_short_report_within_a_long_one_is_one_origin() -> None:
    assert grouped({"long": AXES[:12], "short": AXES[3:6]}) == [["long", "short"]]


def test_one_sentence_in_common_does_not_make_one_origin() -> None:
    a, b = AXES[:5], np.concatenate([AXES[4:5], AXES[8:12]])

    assert shared(a, b, 0.6) == pytest.approx(1 / 5)
    assert grouped({"a": a, "b": b}) == [["a"], ["b"]]


def test_likeness_in_a_chain_is_one_origin() -> None:
    a, b, c = AXES[:6], AXES[3:9], AXES[6:12]

    assert shared(a, c, 0.6) == 0
    assert grouped({"a": a, "b": b, "c": c}) == [["a", "b", "c"]]
    assert grouped({"a": a, "c": c, "b": b}) == [["a", "c", "b"]]


def test_a_sentence_is_the_counterpart_of_one_sentence_only() -> None:
    repeated = np.repeat(AXES[:1], 4, axis=0)

    assert shared(AXES[:4], repeated, 0.6) == pytest.approx(1 / 4)


def test_the_same_text_under_two_names_is_one_origin_whatever_its_vectors() -> None:
    twice = [document("a", "same"), document("b", "other"), document("c", "same")]

    groups = group_by_origin(twice, {one.id: sentences(np.zeros((0, SIZE), np.float32)) for one in twice})

    assert [[member.name for member in group] for group in groups] == [["a", "c"], ["b"]]


def test_only_the_first_sentences_of_a_document_are_compared() -> None:
    rule = OriginRule(most_sentences=2)

    assert grouped({"a": AXES[:4], "b": np.concatenate([AXES[8:10], AXES[:4]])}, rule) == [["a"], ["b"]]


def test_headings_and_labels_that_all_documents_of_a_kind_have_are_not_compared() -> None:
    bounds = np.array([(0, 29), (30, 90)])
    cv = {name: Sentences(bounds, np.stack([AXES[0], own])) for name, own in (("a", AXES[1]), ("b", AXES[2]))}

    assert len(group_by_origin([document("a"), document("b")], {document(k).id: v for k, v in cv.items()})) == 2


def test_what_is_formal_in_both_is_not_counted() -> None:
    bounds = np.array([(0, 50), (60, 120)])
    both = {name: Sentences(bounds, np.stack([AXES[0], own])) for name, own in (("a", AXES[1]), ("b", AXES[2]))}
    documents = [document("a"), document("b")]
    by_id = {document(k).id: v for k, v in both.items()}

    assert len(group_by_origin(documents, by_id)) == 1
    assert len(group_by_origin(documents, by_id, formal=lambda _, span: span == Span(0, 50))) == 2
    assert len(group_by_origin(documents, by_id, formal=lambda d, span: span == Span(0, 50) and d.name == "a")) == 1
    assert len(group_by_origin(documents, by_id, formal=lambda *_: True)) == 2


@pytest.mark.parametrize(
    ("head", "one", "other", "question"),
    [
        (
            "From: Ann Lee\nTo: All staff of the hall\nDate: 3 May 2025\nSubject: Car park\n",
            "The car park is open behind the old hall, its yard is paved.",
            "The car park is open with a new permit, Ben Ortiz has it.",
            "Is the car park open?",
        ),
        (
            "Von: Petra Hansen\nAn: alle Mieter im Lindenweg\nDatum: 3. Mai 2025\nBetreff: Keller\n\nSehr geehrte Mieterinnen und Mieter,\n",
            "im Keller stehen keine Fahrräder mehr vor der neuen Heizung.",
            "im Keller liegt der Schlüssel ab Montag beim Hausmeister Kern.",
            "Was ist im Keller?",
        ),
    ],
)
def test_mails_with_the_same_head_that_say_different_things_are_two_origins(
    open_engine: Callable[..., LocalEngine], folder: Path, head: str, one: str, other: str, question: str
) -> None:
    for name, said in (("a.txt", one), ("b.txt", other)):
        (folder / name).write_text(f"{head}\n{said}\n", "utf-8")
    engine = open_engine()
    engine.ingest(folder)

    assert sorted(map(sorted, engine.ask(question).origins)) == [["a.txt"], ["b.txt"]]


def test_no_document_makes_no_group() -> None:
    assert group_by_origin([], {}) == []


@given(a=MATRICES, b=MATRICES, cosine=st.floats(0, 1))
def test_a_share_is_symmetric_and_a_share(a: np.ndarray, b: np.ndarray, cosine: float) -> None:
    a, b = unit(a), unit(b)

    assert 0 <= shared(a, b, cosine) <= 1
    cosines = a @ b.T
    # Where two sentences are equally near, or just as near as it takes, rounding decides.
    rows = [row for axis in (cosines, cosines.T) for row in np.sort(axis, axis=1)]
    ties = any(np.isclose(x, y, atol=1e-5) for row in rows for x, y in pairwise([*row, np.inf]))
    if not ties and not np.isclose(cosines, cosine, atol=1e-5).any():
        assert shared(a, b, cosine) == shared(b, a, cosine)


@given(matrices=st.lists(MATRICES, max_size=6))
def test_every_document_is_in_one_group_in_order(matrices: list[np.ndarray]) -> None:
    names = {f"{number}": unit(matrix) for number, matrix in enumerate(matrices)}
    groups = grouped(names)

    assert sorted(name for group in groups for name in group) == sorted(names)
    assert [group[0] for group in groups] == sorted(group[0] for group in groups)
    assert all(group == sorted(group) for group in groups)


def drafted(*places: str) -> Draft:
    """Return a draft whose statements each rest on one place such as ``a3``: the third sentence of a."""
    made = []
    for place in places:
        at = 50 * (int(place[1:]) - 1)
        made.append(DraftStatement(place, (Evidence(document(place[0]), Span(at, at + 49)),), 1.0))
    return Draft(tuple(made))


def folded(draft: Draft, *, origins: str) -> list[str]:
    """Fold a draft over three documents that tell the same, grouped as in ``ab c``."""
    known = {
        document(name).id: sentences(near(AXES[:5], cosine)) for name, cosine in (("a", 1.0), ("b", 0.8), ("c", 0.8))
    }
    groups = [[document(name) for name in group] for group in origins.split()]
    return [
        "+".join(f"{e.document.name}{e.span.start // 50 + 1}" for e in s.evidence)
        for s in fold_counterparts(draft, groups, known).statements
    ]


@pytest.mark.parametrize(
    ("places", "origins", "expected"),
    [
        (("a1", "b1"), "ab", ["a1+b1"]),
        (("b1", "a1"), "ab", ["b1+a1"]),
        (("a1", "b1", "c1"), "abc", ["a1+b1+c1"]),
        (("a1", "b1"), "a b", ["a1", "b1"]),
        (("a1", "b2"), "ab", ["a1", "b2"]),
        (("a1", "a2", "b2", "b1"), "ab", ["a1+b1", "a2+b2"]),
        (("a1", "c1", "b1"), "ab c", ["a1+b1", "c1"]),
        ((), "ab", []),
    ],
)
def test_one_origin_says_a_thing_once(places: tuple[str, ...], origins: str, expected: list[str]) -> None:
    assert folded(drafted(*places), origins=origins) == expected
