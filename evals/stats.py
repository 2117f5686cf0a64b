"""Intervals and tests, all seeded: Wilson, the cluster bootstrap, its paired form, Holm."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

SEED = 20260101
RESAMPLES = 10_000
_BATCH = 1_000

Interval = tuple[float, float]


def wilson(successes: float, n: int, confidence: float = 0.95) -> Interval:
    """Return the Wilson score interval of a proportion.

    centre = (p + z^2 / 2n) / (1 + z^2 / n), half width = z / (1 + z^2 / n) x sqrt(p (1 - p) / n + z^2 / 4n^2).

    Raises:
        ValueError: ``n`` is not positive, or there are more successes than trials.
    """
    if not 0 <= successes <= n or n < 1:
        raise ValueError(f"{successes} of {n} is no proportion")
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    p = successes / n
    scale = 1 + z * z / n
    centre = (p + z * z / (2 * n)) / scale
    half = z / scale * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)


def never_seen_bound(n: int, confidence: float = 0.95) -> float:
    """Return the rate that n trials without a single event still allow: 1 - (1 - confidence)^(1 / n)."""
    if n < 1:
        raise ValueError("no trial bounds nothing")
    return float(1 - (1 - confidence) ** (1 / n))


def bootstrap_means(values: Sequence[float], resamples: int = RESAMPLES, seed: int = SEED) -> NDArray[np.float64]:
    """Return the sorted means of resamples of the values, drawn with replacement.

    One value is one cluster, so questions that belong together are drawn together.
    """
    data = np.asarray(values, dtype=np.float64)
    generator = np.random.default_rng(seed)
    means: list[NDArray[np.float64]] = []
    for start in range(0, resamples, _BATCH):
        picks = generator.integers(0, len(data), size=(min(_BATCH, resamples - start), len(data)))
        means.append(data[picks].mean(axis=1))
    return np.sort(np.concatenate(means))


def mean_interval(values: Sequence[float], *, is_share: bool, resamples: int = RESAMPLES, seed: int = SEED) -> Interval:
    """Return a 95 % interval of the mean over clusters.

    Where a share is 0 or 1 in every cluster it is Wilson's, which does not shrink to nothing at the
    ends; else the percentile interval of the cluster bootstrap.
    """
    if is_share and all(value in (0, 1) for value in values):
        return wilson(sum(values), len(values))
    means = bootstrap_means(values, resamples, seed)
    return _quantile(means, 0.025), _quantile(means, 0.975)


@dataclass(frozen=True, slots=True)
class Difference:
    """A mean paired difference (new - old, so that more is better) over ``n`` clusters.

    ``lower`` and ``upper`` are one-sided 95 % bounds; ``p`` is how often a resample shows no loss.
    """

    mean: float
    lower: float
    upper: float
    p: float
    n: int


def paired_difference(differences: Sequence[float], resamples: int = RESAMPLES, seed: int = SEED) -> Difference:
    """Return the paired cluster bootstrap of differences, one a cluster.

    p = (1 + resamples with a mean >= 0) / (1 + resamples), one-sided, for "it got worse".
    """
    means = bootstrap_means(differences, resamples, seed)
    p = (1 + int((means >= 0).sum())) / (1 + resamples)
    return Difference(float(np.mean(differences)), _quantile(means, 0.05), _quantile(means, 0.95), p, len(differences))


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Return p-values adjusted by Holm's step-down: max over j <= i of (m - j + 1) x p(j), at most 1."""
    adjusted: dict[str, float] = {}
    highest = 0.0
    ordered = sorted(p_values.items(), key=lambda item: (item[1], item[0]))
    for rank, (name, p) in enumerate(ordered):
        highest = max(highest, min(1.0, (len(ordered) - rank) * p))
        adjusted[name] = highest
    return adjusted


def _quantile(ordered: NDArray[np.float64], q: float) -> float:
    return float(np.quantile(ordered, q))
