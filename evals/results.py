"""A measured value, or why there is none. The three states never mix, and none counts as another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from .cases import Case, DocSpan
from .corpus import Corpus
from .facts import Reading
from .replies import Reply

State: TypeAlias = Literal["measured", "ineligible", "unmeasured"]


@dataclass(frozen=True, slots=True)
class Value:
    """``number`` holds only where ``state`` is measured; otherwise ``why`` says why there is none.

    Ineligible: the question does not ask for it (recall where nothing has to be said). Unmeasured:
    it should have been measured and was not; a run with such a value is not usable.
    """

    state: State
    number: float = 0.0
    why: str = ""


def measured(number: float) -> Value:
    """Return a value that counts."""
    return Value("measured", float(number))


def share(part: float, whole: float, why: str) -> Value:
    """Return part / whole, or ineligible (``why``) where there is no whole."""
    return measured(part / whole) if whole else ineligible(why)


def ineligible(why: str) -> Value:
    """Return a value that is not asked for here."""
    return Value("ineligible", why=why)


def unmeasured(why: str) -> Value:
    """Return a value that is missing."""
    return Value("unmeasured", why=why)


@dataclass(frozen=True, slots=True)
class Judged:
    """All that a metric sees of one case.

    ``chunks`` are all chunks of the documents that hold gold evidence, retrieved or not.
    """

    case: Case
    reply: Reply
    reading: Reading
    corpus: Corpus
    chunks: Sequence[DocSpan] = ()
