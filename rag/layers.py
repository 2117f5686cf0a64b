"""What networks that are run here have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]


def normal(x: Matrix, norm: tuple[Matrix, Matrix] | Matrix, tiny: float) -> Matrix:
    """Return the rows of (n, size) at mean 0 and variance 1, times ``norm[0]`` and plus ``norm[1]``, both (size,).

    ``tiny`` is added to the variance (layer normalisation: Ba, Kiros and Hinton 2016, https://arxiv.org/abs/1607.06450).
    """
    x = x - x.mean(axis=1, keepdims=True)
    x /= np.sqrt(np.einsum("ij,ij->i", x, x)[:, None] / x.shape[1] + np.float32(tiny))
    x *= norm[0]
    x += norm[1]
    return x


def gelu_in_place(x: Matrix) -> None:
    """Put in place of x the product of x and the normal distribution function at x.

    Abramowitz and Stegun 7.1.26, off by 2e-7 at most.
    """
    size = np.abs(x)
    t = size * np.float32(0.3275911 * 0.5**0.5)
    t += np.float32(1)
    np.reciprocal(t, out=t)
    # One half of what lies beyond |x| on both sides.
    tail = t * np.float32(0.5 * 1.061405429)
    for factor in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        tail += np.float32(0.5 * factor)
        tail *= t
    np.multiply(size, size, out=t)
    t *= np.float32(-0.5)
    tail *= np.exp(t, out=t)
    tail *= size
    # x (1 - tail) above zero, x tail below.
    np.maximum(x, 0, out=x)
    x -= tail
