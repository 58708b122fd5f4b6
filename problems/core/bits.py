"""Bits as the variables of a linear model, and as coins that a gradient can turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from problems.core.views import Relaxation

if TYPE_CHECKING:
    import pulp


def bit_variables(n: int) -> list[pulp.LpVariable]:
    """Return one binary variable a bit, for a linear model."""
    import pulp

    return [pulp.LpVariable(f"x{i}", cat=pulp.LpBinary) for i in range(n)]


def logistic(theta: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return 1 / (1 + exp(−θ)), without overflow."""
    return 0.5 * (1 + np.tanh(theta / 2))


class CoinFlips(Relaxation):
    """Independent bits with P(x_i = 1) = σ(θ_i); a subclass has the expected value.

    The expectation of a function of bits is linear in each probability, so it has
    a minimum at a vertex: no gap separates it from the discrete optimum, but local
    minima remain. The decoded point takes the likelier side of every coin.
    """

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension

    def start(self, rng: np.random.Generator) -> NDArray[np.float64]:
        # Fair coins are a stationary point of many problems: begin beside them.
        return 0.1 * rng.standard_normal(self.dimension)

    def decode(self, theta: NDArray[np.float64]) -> NDArray:
        return (np.asarray(theta) > 0).astype(np.int64)

    def encode(self, x: NDArray) -> NDArray[np.float64]:
        return np.where(np.asarray(x) > 0, 1.0, -1.0)
