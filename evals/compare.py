"""Two runs of the same questions: what differs by more than chance, metric by metric."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from .metrics import GATING
from .stats import RESAMPLES, SEED, Difference, holm, paired_difference

Outcome: TypeAlias = Literal["pass", "fail", "inconclusive"]

LEAST_EFFECT = 0.02
STILL_POSSIBLE = -0.05
_LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one gating metric between two runs; the difference counts better as more."""

    metric: str
    difference: Difference
    adjusted_p: float
    outcome: Outcome


def judge_differences(
    old: Mapping[str, Mapping[str, float]],
    new: Mapping[str, Mapping[str, float]],
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> list[Verdict]:
    """Return a verdict for every gating metric that both runs measured in some cluster.

    ``old`` and ``new`` are values by metric and cluster; only clusters that both have are compared.
    A metric fails if it got worse beyond chance (the one-sided paired cluster bootstrap, adjusted by
    Holm across the metrics, below 0.05) by at least 0.02; it is inconclusive if a loss of 0.05 is still
    possible (the lower one-sided 95 % bound lies below -0.05); otherwise it passes.
    """
    differences: dict[str, Difference] = {}
    for metric in GATING:
        before, after = old.get(metric.name, {}), new.get(metric.name, {})
        common = sorted(before.keys() & after.keys())
        if common:
            sign = -1 if metric.better == "low" else 1
            deltas = [sign * (after[name] - before[name]) for name in common]
            differences[metric.name] = paired_difference(deltas, resamples, seed)
    adjusted = holm({name: difference.p for name, difference in differences.items()})
    return [Verdict(name, d, adjusted[name], _outcome(d, adjusted[name])) for name, d in differences.items()]


def _outcome(difference: Difference, adjusted_p: float) -> Outcome:
    if adjusted_p < _LEVEL and difference.upper < 0 and difference.mean <= -LEAST_EFFECT:
        return "fail"
    return "inconclusive" if difference.lower < STILL_POSSIBLE else "pass"
