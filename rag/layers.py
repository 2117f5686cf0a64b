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
    return x / np.sqrt(np.einsum("ij,ij->i", x, x)[:, None] / x.shape[1] + np.float32(tiny)) * norm[0] + norm[1]
