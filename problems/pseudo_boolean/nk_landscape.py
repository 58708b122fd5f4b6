"""NK landscapes: how rugged a function of bits is, set by one number."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from problems.core.bits import bit_variables
from problems.core.linear_model import LinearModel, model_of_whole
from problems.core.reference import Reference
from problems.core.views import Unsupported
from problems.pseudo_boolean.bit_string import BitString

#: Contributions are whole thousandths, so that sums are exact and proofs need no rounding.
UNIT = 1000
#: Every bit has a table of 2^(k + 1) contributions.
LARGEST_K = 10
#: The dynamic programme keeps 4^k states: at 6 it takes a tenth of a second on 1,000 bits.
LARGEST_SOLVED_K = 6
#: Indicator variables beyond which building the linear model alone takes seconds.
LARGEST_MODEL = 50_000


class NKLandscape(BitString):
    """value(x) = −(1/n) Σ_i F_i(x_i and its k neighbours), F uniform on 0, 0.001 … 0.999.

    k = 0 is a linear function, k = n − 1 pure noise. Adjacent neighbours are the k
    bits that follow on a ring, and then the optimum is a shortest path that dynamic
    programming finds; random neighbours make it NP-hard for k >= 2 (Wright, Thompson &
    Zhang 2000, The computational complexity of N-K fitness functions).

    Source: Kauffman & Weinberger (1989), The NK model of rugged fitness landscapes;
    the dynamic programme after Weinberger (1996), NP completeness of Kauffman's N-k model.

    Parameters
    ----------
    n : int
        Number of bits.
    k : int
        Number of other bits that a bit's contribution depends on, < n and at most 10.
    neighbourhood : {"adjacent", "random"}
        Which ones.
    instance : int
        Seeds contributions and random neighbours.

    Attributes
    ----------
    neighbours : ndarray of shape (n, k + 1)
        The bits that contribution i depends on, itself first.
    contributions : ndarray of shape (n, 2^(k + 1))
        F in thousandths; column Σ_m 2^(k − m) x_neighbours[i, m].
    """

    objective = "minus the mean fitness"

    def __init__(
        self,
        *,
        n: int = 50,
        k: int = 3,
        neighbourhood: Literal["adjacent", "random"] = "adjacent",
        instance: int = 0,
    ) -> None:
        super().__init__(n)
        if not 0 <= k <= min(n - 1, LARGEST_K):
            raise ValueError(f"k={k}: expected 0 to {min(n - 1, LARGEST_K)}")
        rng = np.random.default_rng([instance, n, k])
        self.k, self.neighbourhood = k, neighbourhood
        self.contributions = rng.integers(0, UNIT, (n, 2 ** (k + 1)))
        offsets = np.tile(np.arange(k + 1), (n, 1))
        if neighbourhood == "random" and k:
            for row in offsets:
                row[1:] = 1 + rng.choice(n - 1, k, replace=False)
        self.neighbours = (np.arange(n)[:, None] + offsets) % n

    @property
    def title(self) -> str:
        return f"{self.space.dimension} bits, k = {self.k}, {self.neighbourhood} neighbours"

    def values(self, points: NDArray) -> NDArray[np.float64]:
        bits, n = np.asarray(points, dtype=np.int64), self.space.dimension
        pattern = np.zeros(bits.shape, dtype=np.int64)
        for m in range(self.k + 1):
            pattern = 2 * pattern + bits[:, self.neighbours[:, m]]
        return -self.contributions[np.arange(n), pattern].sum(axis=1) / (n * UNIT)

    @cached_property
    def reference(self) -> Reference:
        scale = self.space.dimension * UNIT
        if self.neighbourhood == "adjacent" and self.k <= LARGEST_SOLVED_K:
            return Reference(-self._ring_optimum() / scale, "dynamic programme", "round the ring")
        best = int(self.contributions.max(axis=1).sum())
        return Reference(-best / scale, "bound", "every contribution at its highest")

    def _ring_optimum(self) -> int:
        """Return the highest sum of contributions, in thousandths.

        best[s, c] is the highest sum so far where the first k bits are s and the last k
        are c; once round the ring the last k bits are the first again.
        """
        states = 2**self.k
        best = np.where(np.eye(states, dtype=bool), 0, np.iinfo(np.int64).min // 2)
        for table in self.contributions:
            # Column 2c + b: bit b follows c; its last k bits are the column modulo 2^k.
            longer = np.repeat(best, 2, axis=1) + table
            best = np.maximum(longer[:, :states], longer[:, states:])
        return int(best.diagonal().max())

    def expected(self, p: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        n, last = self.space.dimension, self.k + 1
        chances = p[self.neighbours]
        # Average one bit out of the tables at a time, first bit first.
        tables = [self.contributions / (n * UNIT)]
        for m in range(last):
            off, on = np.split(tables[-1], 2, axis=1)
            tables.append(off + chances[:, m, None] * (on - off))
        slope = np.zeros(n)
        weight = np.ones((n, 1))  # probability of each pattern of the bits after m
        for m in reversed(range(last)):
            off, on = np.split(tables[m], 2, axis=1)
            np.add.at(slope, self.neighbours[:, m], -((on - off) * weight).sum(axis=1))
            chance = chances[:, m, None]
            weight = np.concatenate([(1 - chance) * weight, chance * weight], axis=1)
        return -float(tables[-1].sum()), slope

    def linear_model(self) -> LinearModel:
        """Return the program with an indicator y_{i,a}: the bits of contribution i read a.

        Σ_a y_{i,a} = 1 and, for every neighbour m of i, the indicators whose pattern
        has bit m set sum to x_m; with binary x the y need not be declared whole.
        """
        n, patterns = self.contributions.shape
        if n * patterns > LARGEST_MODEL:
            raise Unsupported(
                f"its linear model would need n 2^(k + 1) = {n * patterns:,} indicators, "
                f"more than {LARGEST_MODEL:,}"
            )
        import pulp

        program = pulp.LpProblem("nk_landscape", pulp.LpMinimize)
        x = bit_variables(self.space.dimension)
        y = [[pulp.LpVariable(f"y{i}_{a}", 0, 1) for a in range(patterns)] for i in range(n)]
        program += pulp.lpSum(
            -int(f) * indicator
            for row, indicators in zip(self.contributions, y, strict=True)
            for f, indicator in zip(row, indicators, strict=True)
        )
        for indicators, bits in zip(y, self.neighbours.tolist(), strict=True):
            program += pulp.lpSum(indicators) == 1
            for m, bit in enumerate(bits):
                place = 2 ** (self.k - m)
                program += pulp.lpSum(indicators[a] for a in range(patterns) if a & place) == x[bit]
        return model_of_whole(program, x, unit=1 / (n * UNIT), integral=True)
