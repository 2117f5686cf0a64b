"""What is read of the index for one question, in one state of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rag.embedding import HashedWords
from rag.records import Span
from rag.snapshot import begins_in
from rag.tokens import Begins
from tests.reading.test_scoring import hit

TEXT = "Der Hafen ist alt. Anna Berg baut ihn. Es regnet."


def test_where_the_answer_begins_is_told_in_offsets_of_the_span() -> None:
    one = replace(hit(TEXT, at=100), begins=((0.0, 0.1, 0.2, 0.3), (1.0, 1.1, 1.2, 1.3), (2.0, 2.1)))
    first, second, _ = one.chunk.sentences

    found = begins_in(one, second, HashedWords().spans)
    both = begins_in(one, Span(first.start, second.end), HashedWords().spans)

    assert found == Begins(((0, 4), (5, 9), (10, 14), (15, 18)), (1.0, 1.1, 1.2, 1.3))
    assert both is not None
    assert [TEXT[start:end] for start, end in both.spans][4:6] == ["Anna", "Berg"]
    assert len(both.logits) == 8


def test_nothing_is_told_of_what_was_not_read_or_is_cut_otherwise() -> None:
    one = hit(TEXT)
    (span, *_) = one.chunk.sentences

    assert begins_in(one, span, HashedWords().spans) is None
    assert begins_in(replace(one, begins=((0.0,), (0.0,), (0.0,))), span, HashedWords().spans) is None
    assert begins_in(replace(one, begins=((0.0,) * 4,) * 3), span, lambda _: np.zeros((0, 2), np.int64)) is None
