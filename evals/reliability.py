"""Whether the probability that the documents answer keeps what it promises."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .run import Row
from .stats import Interval, wilson

_BANDS = 5


@dataclass(frozen=True, slots=True)
class Band:
    """Questions whose probability lies in [``low``, ``high``): their mean, and how many are answerable.

    ``interval`` is Wilson's of the share, at 95 %.
    """

    low: float
    high: float
    n: int
    mean: float
    share: float
    interval: Interval


def reliability(rows: Iterable[Row]) -> list[Band]:
    """Return the bands that hold a question, lowest first.

    Answerable is what is to be answered. Questions that may be corrected or refused (a false premise)
    count on neither side.
    """
    known = [
        (row.judged.reply.confidence, row.case.expected == "answer")
        for row in rows
        if row.case.expected in ("answer", "abstain") and row.judged.reply.outcome != "error"
    ]
    bands: list[Band] = []
    for at in range(_BANDS):
        inside = [(p, answerable) for p, answerable in known if min(int(p * _BANDS), _BANDS - 1) == at]
        if inside:
            n, held = len(inside), sum(answerable for _, answerable in inside)
            mean = sum(p for p, _ in inside) / n
            bands.append(Band(at / _BANDS, (at + 1) / _BANDS, n, mean, held / n, wilson(held, n)))
    return bands


def calibration_error(bands: Iterable[Band]) -> float:
    """Return the expected calibration error: the mean of abs(share - mean), weighted by n (Naeini and others 2015)."""
    held = list(bands)
    total = sum(band.n for band in held)
    return sum(band.n * abs(band.share - band.mean) for band in held) / total if total else 0.0
