"""Listwise logistic regression: among a question's candidates, the answering ones get the largest share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_RATE = 0.05


def fit_shares(
    groups: Sequence[tuple[NDArray[np.floating], NDArray[np.floating]]],
    *,
    steps: int,
    ridge: float,
    at_least: NDArray[np.floating] | None = None,
) -> NDArray[np.float32]:
    """Return the weights that maximise the mean log of the softmax share of the answering candidates.

    A group is a question's candidates: features, shape (candidates, names), and what share each should
    have, shape (candidates,), which sums to 1. By Adam, with an L2 penalty of ``ridge`` on the weights
    of features in units of their standard deviation; weights start at 0 and never
    fall below ``at_least``, shape (names,).
    """
    x = np.concatenate([features for features, _ in groups]).astype(np.float32)
    scale = x.std(axis=0) + 1e-6
    x /= scale
    starts = np.cumsum([0] + [len(target) for _, target in groups])
    of = np.repeat(np.arange(len(groups)), np.diff(starts))
    target = np.concatenate([target for _, target in groups]).astype(np.float32)
    weights, first, second = (np.zeros(x.shape[1], np.float32) for _ in range(3))
    for step in range(1, steps + 1):
        scores = x @ weights
        shares = np.exp(scores - np.maximum.reduceat(scores, starts[:-1])[of])
        shares /= np.add.reduceat(shares, starts[:-1])[of]
        gradient = x.T @ (shares - target) / len(groups) + ridge * weights
        first = 0.9 * first + 0.1 * gradient
        second = 0.999 * second + 0.001 * gradient**2
        weights -= _RATE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
        if at_least is not None:
            weights = np.maximum(weights, at_least * scale).astype(np.float32)
    return weights / scale
