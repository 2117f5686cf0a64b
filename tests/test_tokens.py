"""Tokens of a question against those of sentences, and how they are stored by sentence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.embedding import HashedWords, unit
from rag.tokens import Begins, Headed, Matched, Naming, Reading, by_sentence, lifted, match, raised, within

EMBED = HashedWords()
WORDS = st.lists(st.sampled_from(["Reh", "Eiche", "Hafen", "wächst", "schläft", "1999"]), max_size=6)


def asked(text: str) -> Reading:
    return EMBED.read([text], "question", None)[0]


def chunk(*sentences: str) -> tuple[np.ndarray, ...]:
    text = " ".join(sentences)
    bounds, at = [], 0
    for sentence in sentences:
        bounds.append((at, at + len(sentence)))
        at += len(sentence) + 1
    return by_sentence(EMBED.read([text], "chunk", None)[0], bounds)


def matched(question: str, *sentences: str) -> Matched:
    found = match(asked(question), [chunk(*sentences)])[0]
    assert found is not None
    return found


@given(st.lists(WORDS, min_size=1, max_size=4))
def test_every_token_belongs_to_the_sentence_in_which_it_ends(sentences: list[list[str]]) -> None:
    parts = chunk(*(" ".join(words) for words in sentences))

    if any(sentences):
        assert [len(part) for part in parts] == [len(words) for words in sentences]
    else:
        assert parts == ()


def test_coordinates_are_stored_to_a_254th() -> None:
    vectors = unit(np.random.default_rng(0).standard_normal((50, 64)).astype(np.float32))
    reading = Reading(vectors[0], vectors, np.array([(at, at + 1) for at in range(50)]))

    (stored,) = by_sentence(reading, [(0, 50)])

    assert stored.dtype == np.int8
    np.testing.assert_allclose(stored / 254, np.clip(vectors, -0.5, 0.5), atol=0.002)


def test_the_sentence_with_the_words_of_the_question_wins() -> None:
    found = matched("Hafen wächst", "Das Reh schläft.", "Der Hafen wächst.")

    assert found.mean == pytest.approx((0.0, 1.0), abs=0.35)
    assert found.won == (0.0, 1.0)
    assert found.least[1] > found.least[0]


def test_a_chunk_matches_by_the_best_of_all_its_sentences() -> None:
    found = matched("Hafen Reh", "Das Reh schläft.", "Der Hafen wächst.")

    assert found.chunk > max(found.mean)
    assert found.won == (0.5, 0.5)


def test_what_a_question_finds_is_the_same_in_any_company() -> None:
    question = asked("Hafen wächst")
    alone = match(question, [chunk("Der Hafen wächst.")])[0]
    among = match(question, [chunk("Das Reh schläft."), chunk("Der Hafen wächst."), chunk("Eiche 1999")])[1]

    assert alone is not None
    assert among is not None
    assert [*among.mean, *among.least, among.chunk] == pytest.approx([*alone.mean, *alone.least, alone.chunk], abs=1e-6)


def test_without_tokens_nothing_is_said() -> None:
    bare = Reading.whole(np.ones(4, np.float32))

    assert match(bare, [chunk("Der Hafen wächst.")]) == [None]
    assert match(asked("Hafen"), [(), chunk("Der Hafen.")])[0] is None
    assert by_sentence(bare, [(0, 3)]) == ()


def test_a_sentence_without_tokens_matches_nothing() -> None:
    found = matched("Hafen", "…", "Der Hafen wächst.")

    assert found.mean[0] == 0.0
    assert found.mean[1] > 0.5


def test_tokens_that_name_a_document_are_as_near_as_in_the_nearest_of_its_rows() -> None:
    near = np.array([[0.9, 0.1], [0.2, 0.6], [0.3, 0.3], [0.1, 0.8]], np.float32)
    named = Naming("a", np.array([True, False]))

    raised = lifted(near, [2, 1, 1], [named, None, named])

    assert raised.tolist() == np.array([[0.9, 0.1], [0.9, 0.6], [0.3, 0.3], [0.9, 0.8]], np.float32).tolist()
    assert near[1, 0] == np.float32(0.2)
    assert lifted(near, [2, 1, 1], [None, None, None]) is near
    assert lifted(near, [2, 1, 1], ()) is near


def test_a_chunk_of_a_named_document_matches_the_name_that_stands_in_another() -> None:
    question = asked("Nolorin lagern")
    chunks = [chunk("Nolorin hilft"), chunk("Kühl lagern"), chunk("Warm lagern")]
    named = Naming("n", question.touching([(0, 7)]))

    _, _, plain = match(question, chunks)
    first, second, third = match(question, chunks, [named, named, None])

    assert plain is not None
    assert first is not None
    assert second is not None
    assert third is not None
    assert second.mean[0] == pytest.approx(1, abs=0.01)
    assert first.mean[0] < 0.8
    assert third.mean == plain.mean
    assert third.mean[0] < 0.8


def test_tokens_that_name_a_column_are_as_near_to_each_row_as_to_the_line_that_names_it() -> None:
    near = np.array([[0.9, 0.1], [0.2, 0.6], [0.3, 0.3], [0.1, 0.8]], np.float32)
    rows = [Headed("a", np.array([[False, False], [True, False]])), None, Headed("a", np.array([[True, False]]))]

    found = raised(near, [2, 1, 1], rows)

    assert found.tolist() == np.array([[0.9, 0.1], [0.9, 0.6], [0.3, 0.3], [0.9, 0.8]], np.float32).tolist()
    assert near[1, 0] == np.float32(0.2)
    assert raised(near, [2, 1, 1], [None, None, None]) is near
    assert raised(near, [2, 1, 1], ()) is near


def test_a_row_matches_the_name_of_its_column_that_stands_above_it() -> None:
    question = asked("Zimmer Winter")
    chunks = [chunk("Art Winter"), chunk("Zimmer 58"), chunk("Zimmer 58")]
    named = question.touching([(7, 13)])[None]
    columns = [Headed("a", np.zeros_like(named)), Headed("a", named), Headed("b", named)]

    _, first, second = match(question, chunks, (), columns)

    assert first is not None
    assert second is not None
    assert first.mean[0] == pytest.approx(1, abs=0.01)
    # Another document's names are not its own.
    assert second.mean[0] < 0.8


def test_of_a_part_of_a_text_its_own_tokens_are_kept() -> None:
    begins = Begins(((0, 3), (3, 8), (8, 12)), (0.1, 0.2, 0.3))

    assert within(begins, 4, 8) == Begins(((0, 4),), (0.2,))
    assert within(begins, 3, 12) == Begins(((0, 5), (5, 9)), (0.2, 0.3))
