"""Listwise logistic regression: among a question's candidates, the answering ones get the largest share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .adam import Adam

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
    weights, adam = np.zeros(x.shape[1], np.float32), Adam()
    for _ in range(steps):
        scores = x @ weights
        shares = np.exp(scores - np.maximum.reduceat(scores, starts[:-1])[of])
        shares /= np.add.reduceat(shares, starts[:-1])[of]
        gradient = x.T @ (shares - target) / len(groups) + ridge * weights
        weights -= adam.step(gradient, _RATE)
        if at_least is not None:
            weights = np.maximum(weights, at_least * scale).astype(np.float32)
    return weights / scale
