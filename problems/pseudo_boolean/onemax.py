"""OneMax: the sphere of bit strings."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from problems.core.bits import bit_variables
from problems.core.linear_model import LinearModel, model_of_whole
from problems.core.reference import Reference
from problems.pseudo_boolean.bit_string import BitString


class OneMax(BitString):
    """Find a hidden string t from the number of wrong bits: value(x) = Σ |x_i − t_i|.

    The classic counts ones and has t = (1, …, 1); here t is drawn by the instance, so
    that no method profits from an optimum at a corner it happens to start from. An
    evolutionary algorithm with one parent and one child needs about e n ln n evaluations.

    Source: Mühlenbein (1992), How genetic algorithms really work; the hidden string is
    the XOR of Droste, Jansen & Wegener (2006), Upper and lower bounds for
    randomized search heuristics in black-box optimization.

    Parameters
    ----------
    n : int
        Number of bits.
    instance : int
        Seeds the target.
    """

    objective = "wrong bits"

    def __init__(self, *, n: int = 100, instance: int = 0) -> None:
        super().__init__(n)
        self.target = np.random.default_rng([instance, n]).integers(0, 2, n)

    @property
    def title(self) -> str:
        return f"{self.space.dimension} bits, hidden target"

    def values(self, points: NDArray) -> NDArray[np.float64]:
        return (np.asarray(points) != self.target).sum(axis=1).astype(float)

    @cached_property
    def reference(self) -> Reference:
        return Reference(0.0, "closed form", "no bit is wrong at the target")

    def expected(self, p: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        return float(np.abs(p - self.target).sum()), np.where(self.target, -1.0, 1.0)

    def linear_model(self) -> LinearModel:
        import pulp

        program = pulp.LpProblem("onemax", pulp.LpMinimize)
        x = bit_variables(self.space.dimension)
        program += pulp.lpDot((1 - 2 * self.target).tolist(), x)
        return model_of_whole(program, x, offset=float(self.target.sum()))
