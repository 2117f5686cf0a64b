"""What checking finds out about statements and their spans: values of an answer, frozen like the records."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Checks:
    """What the soft checks say of a statement: scores in [0, 1], and the weakest of them, which decides.

    ``judged`` is a judge's verdict in words, None where no judge was asked; ``reason`` says why the
    statement fails, and is empty where it does not.
    """

    scores: dict[str, float]
    combined: float
    judged: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What one cited span says: the value as it is written there, and where and when it was said.

    ``citation`` is an index into the answer's list; ``date`` is the document's, None where it bears none. ``whole`` is the
    value with its unit, or the range that it is an end of, as it is written there; empty where it stands alone.
    """

    citation: int
    value: str
    document: str
    date: dt.date | None
    whole: str = ""

    @property
    def shown(self) -> str:
        """What a reader is shown of it."""
        return self.whole or self.value


@dataclass(frozen=True, slots=True)
class Conflict:
    """One thing for which cited spans give different values, the latest document first.

    ``subject`` is what the spans say alike, in the words of the first of them.
    """

    subject: str
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """How likely the documents answer: a calibrated probability against the threshold in force."""

    probability: float
    threshold: float
    features: dict[str, float] = field(default_factory=dict)

    @property
    def answers(self) -> bool:
        """Whether the probability reaches the threshold."""
        return self.probability >= self.threshold
