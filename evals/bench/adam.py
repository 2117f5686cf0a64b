"""Adam (Kingma and Ba 2015, https://arxiv.org/abs/1412.6980), for what is fitted with NumPy alone."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


class Adam:
    """The steps of one fit."""

    def __init__(self) -> None:
        self._steps = 0
        self._first: Any = 0.0
        self._second: Any = 0.0

    def step(self, gradient: NDArray[np.floating], rate: float) -> NDArray[Any]:
        """Return what to take off the weights, shape and type of the gradient."""
        self._steps += 1
        self._first = 0.9 * self._first + 0.1 * gradient
        self._second = 0.999 * self._second + 0.001 * gradient**2
        first, second = self._first / (1 - 0.9**self._steps), self._second / (1 - 0.999**self._steps)
        return rate * first / (np.sqrt(second) + 1e-8)
