"""What every function of bits shares: its space, its environment, its coin flips."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np
from numpy.typing import NDArray

from problems.core.bits import CoinFlips, logistic
from problems.core.constructible import Constructible
from problems.core.space import Box
from problems.core.views import Minibatch, Relaxation

#: The most bits: some views cost their square, and nobody reads longer strings.
LARGEST = 1000


class BitString(Constructible):
    """A function of x ∈ {0, 1}ⁿ.

    Parameters
    ----------
    n : int
        Number of bits.
    """

    space: Box

    def __init__(self, n: int) -> None:
        if not 1 <= n <= LARGEST:
            raise ValueError(f"n={n}: expected 1 to {LARGEST}")
        self.space = Box(0, 1, n, integral=True)

    @abstractmethod
    def expected(self, p: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """Return the mean value where bit i is 1 with probability p_i, and its gradient in p.

        This is the multilinear extension: the only function that is linear in each
        variable and equals the value at every corner of the cube.
        """

    def relaxation(self) -> Relaxation:
        return _MeanValue(self)

    def describe(self, x: NDArray) -> str:
        return "".join(map(str, np.asarray(x).tolist()))


class _MeanValue(CoinFlips):
    """Mean value of independent coin flips, bit i being 1 with probability σ(θ_i)."""

    def __init__(self, problem: BitString) -> None:
        super().__init__(problem.space.dimension)
        self._problem = problem

    def loss_and_gradient(
        self, theta: NDArray[np.float64], rows: Minibatch | None = None
    ) -> tuple[float, NDArray[np.float64]]:
        p = logistic(theta)
        loss, slope = self._problem.expected(p)
        return loss, slope * p * (1 - p)
