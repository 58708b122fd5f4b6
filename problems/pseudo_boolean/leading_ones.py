"""LeadingOnes: bits that count only once all before them are right."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from problems.core.bits import bit_variables
from problems.core.linear_model import LinearModel, model_of_whole
from problems.core.reference import Reference
from problems.pseudo_boolean.bit_string import BitString


class LeadingOnes(BitString):
    """value(x) = n − the length of the longest right prefix, in a hidden order.

    With a hidden string t and permutation π the prefix is the largest m with
    x_π(j) = t_π(j) for all j <= m; the classic has t = (1, …, 1) and π the identity.
    An evolutionary algorithm with one parent and one child needs about 0.86 n² evaluations
    (Böttcher, Doerr & Neumann 2010, Optimal fixed and adaptive mutation rates for the
    LeadingOnes problem).

    Source: Rudolph (1997), Convergence properties of evolutionary algorithms; hidden
    string and permutation as in Afshani et al. (2013), The query complexity of finding
    a hidden permutation.

    Parameters
    ----------
    n : int
        Number of bits.
    instance : int
        Seeds target and permutation.
    """

    objective = "bits beyond the right prefix"

    def __init__(self, *, n: int = 50, instance: int = 0) -> None:
        super().__init__(n)
        rng = np.random.default_rng([instance, n])
        self.target = rng.integers(0, 2, n)
        self.order = rng.permutation(n)

    @property
    def title(self) -> str:
        return f"{self.space.dimension} bits, hidden target and order"

    def values(self, points: NDArray) -> NDArray[np.float64]:
        right = (np.asarray(points) == self.target)[:, self.order]
        return self.space.dimension - np.logical_and.accumulate(right, axis=1).sum(axis=1) * 1.0

    @cached_property
    def reference(self) -> Reference:
        return Reference(0.0, "closed form", "the prefix is the whole string at the target")

    def expected(self, p: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        # q_j: bit j of the order is right. The prefix has mean Σ_m Π_{j<=m} q_j.
        sign = 2.0 * self.target[self.order] - 1
        q = np.where(sign > 0, p[self.order], 1 - p[self.order])
        reach = np.cumprod(q)
        # beyond[j]: mean length of the prefix from j on, counting j, if j is right.
        beyond = np.ones(len(q))
        for j in range(len(q) - 2, -1, -1):
            beyond[j] += q[j + 1] * beyond[j + 1]
        before = np.concatenate([[1.0], reach[:-1]])
        slope = np.empty(len(q))
        slope[self.order] = -before * beyond * sign
        return float(len(q) - reach.sum()), slope

    def linear_model(self) -> LinearModel:
        """Return the program: y_m <= y_{m−1} and y_m <= bit m is right; minimise n − Σ y."""
        import pulp

        program = pulp.LpProblem("leading_ones", pulp.LpMinimize)
        x = bit_variables(self.space.dimension)
        y = [pulp.LpVariable(f"y{m}", 0, 1) for m in range(len(x))]
        program += -pulp.lpSum(y)
        for m, i in enumerate(self.order.tolist()):
            program += y[m] <= (x[i] if self.target[i] else 1 - x[i])
            if m:
                program += y[m] <= y[m - 1]
        return model_of_whole(program, x, offset=float(len(x)), integral=True)
