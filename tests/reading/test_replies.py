"""A reply read while it is written: whole statements only, however the text is cut and wrapped."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.reading.replies import Proposal, ReplyReader

TEXTS = st.text(max_size=40)
STATEMENTS = st.lists(st.tuples(TEXTS, st.lists(st.integers(0, 50), max_size=4)), max_size=4)


def read(*pieces: str) -> tuple[ReplyReader, list[Proposal]]:
    reader = ReplyReader()
    return reader, [proposal for piece in pieces for proposal in reader.feed(piece)]


def written(
    statements: list[tuple[str, list[int]]],
    *,
    answered: bool = True,
    ascii_only: bool = False,
    indent: int | None = None,
) -> str:
    values = {"answered": answered, "statements": [{"text": text, "ids": ids} for text, ids in statements]}
    return json.dumps(values, ensure_ascii=ascii_only, indent=indent)


@given(STATEMENTS, st.booleans(), st.booleans(), st.sampled_from([None, 1]), st.lists(st.integers(0, 400), max_size=8))
def test_any_cut_gives_the_same_statements(
    statements: list[tuple[str, list[int]]], answered: bool, ascii_only: bool, indent: int | None, cuts: list[int]
) -> None:
    text = written(statements, answered=answered, ascii_only=ascii_only, indent=indent)
    ends = sorted({*cuts, 0, len(text)})

    reader, found = read(*(text[a:b] for a, b in pairwise(ends)))

    assert found == [Proposal(text, tuple(ids)) for text, ids in statements]
    assert (reader.answered, reader.formed, reader.broken) == (answered, True, 0)


@given(STATEMENTS, st.data())
def test_a_reply_that_is_cut_off_gives_a_beginning_of_its_statements(
    statements: list[tuple[str, list[int]]], data: st.DataObject
) -> None:
    text = written(statements)

    _, found = read(text[: data.draw(st.integers(0, len(text)))])

    assert found == [Proposal(text, tuple(ids)) for text, ids in statements][: len(found)]


@given(st.text(max_size=200))
def test_nothing_that_a_model_writes_breaks_the_reading(text: str) -> None:
    reader, found = read(text)

    assert not found or reader.formed


def test_a_statement_is_there_as_soon_as_its_object_is_closed() -> None:
    reader = ReplyReader()

    assert reader.feed('{"answered": true, "statements": [{"text": "A}]", "ids": [1]') == []
    assert reader.answered is True
    assert reader.feed("}") == [Proposal("A}]", (1,))]
    assert reader.feed(', {"text": "B", "ids": ["2", "[3]"]}]}') == [Proposal("B", (2, 3))]


@pytest.mark.parametrize(
    ("before", "after"),
    [("```json\n", "\n```"), ("Here is the answer:\n", "\nI hope it helps {}"), ("<think>{[\"no\"} hm</think>\n", ""),
     ("\n <think>a</think>\n<think>{b</think>", "<think>"), ("<thing>", ""), ("<think", ""), ("<think></thin</think>", ""), ("{} ", " {}")],
)  # fmt: skip
def test_what_stands_around_the_object_is_passed_over(before: str, after: str) -> None:
    text = before + written([("A", [1])]) + after

    for size in (1, 5, len(text)):
        reader, found = read(*(text[at : at + size] for at in range(0, len(text), size)))
        assert found == [Proposal("A", (1,))]
        assert (reader.formed, reader.answered) == (True, True)


def work(pieces: Sequence[str]) -> int:
    """Return the nanoseconds of work that reading these pieces takes."""
    reader = ReplyReader()
    started = time.process_time_ns()
    for piece in pieces:
        reader.feed(piece)
    return time.process_time_ns() - started


@pytest.mark.parametrize(
    "piece",
    [
        "<think>" + "a " * 20,
        "<think>hm</think>",
        "\n\n",
        "\n<",
        " hm",
        '{"statements": [],',
        '{"statements": [',
        "[[",
        '"a" "',
    ],
)
def test_reading_takes_as_long_as_the_reply_is(piece: str) -> None:
    def of(count: int) -> int:
        inner = piece.removeprefix("{")
        return min(work([piece] + [inner] * count) for _ in range(3))

    of(100)
    # Eight times as much takes eight times as long; what is read over and over would take sixty-four times.
    assert of(16_000) < 30 * max(of(2_000), 1_000_000)


def test_a_statement_is_read_from_small_pieces_after_long_thoughts() -> None:
    thoughts = ["<think>", *(["hm "] * 50_000), "</think>", *(["\n"] * 50_000)]

    _, found = read(*thoughts, *written([("A", [1])]))

    assert found == [Proposal("A", (1,))]


def test_a_refusal_is_known_before_any_statement() -> None:
    reader, found = read('{"answered": false, "statements": [')

    assert (reader.answered, found) == (False, [])


@pytest.mark.parametrize(
    "text", ['{"answered": false}', '{"answered": false, "statements": []}', '{"statements": [], "answered": false}']
)
def test_a_refusal_may_come_in_several_forms(text: str) -> None:
    assert read(text)[0].answered is False


@pytest.mark.parametrize(
    "statement",
    ['{"text": "A"}', '{"ids": [1]}', '{"text": 3, "ids": [1]}', '{"text": "A", "ids": 1}', '{"text": "A", "ids": [1.5]}',
     '{"text": "A", "ids": [true]}', '{"text": "A", "ids": ["one"]}', '{"text": "A" "ids": [1]}', "{}"],
)  # fmt: skip
def test_a_statement_of_another_form_is_counted(statement: str) -> None:
    reader, found = read(f'{{"answered": true, "statements": [{statement}, {{"text": "B", "ids": [2]}}]}}')

    assert (reader.broken, found) == (1, [Proposal("B", (2,))])


@pytest.mark.parametrize(
    "text", ["", "I do not know.", "[]", '[{"text": "A", "ids": [1]}]', '{"text": "A", "ids": [1]}', "{broken"]
)
def test_another_form_altogether_is_no_reply(text: str) -> None:
    reader, found = read(text)

    assert (reader.formed, found) == (False, [])
