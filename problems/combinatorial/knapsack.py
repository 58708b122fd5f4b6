"""The 0/1 knapsack: the classic whose optimum a table computes, or with many constraints."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from problems.combinatorial.instance_file import fingerprint
from problems.combinatorial.knapsack_file import MOST_ITEMS, KnapsackData, read_knapsack
from problems.core.bits import CoinFlips, bit_variables, logistic
from problems.core.constructible import Constructible
from problems.core.linear_model import LinearModel, model_of_whole
from problems.core.reference import Reference
from problems.core.space import Box
from problems.core.views import Minibatch, Relaxation

#: Weights are drawn from 1 … RANGE.
RANGE = 1000
#: Most entries of the dynamic programme's table, and steps through it, before a bound
#: has to do: a file may have any capacity.
TABLE, STEPS = 10**7, 5 * 10**8


class Knapsack(Constructible):
    """Pack items of the highest total profit under a weight limit, or under several.

    value(x) = −Σ p_j x_j, x ∈ {0, 1}ⁿ, subject to Σ_j w_ij x_j − W_i <= 0 for each
    of m constraints; an empty knapsack (0) is the worst feasible point. Generated ones
    have m = 1: weights are uniform on 1 … 1000 and profits follow them as in Pisinger
    (2005), "Where are the hard knapsack problems?", section 3; W is half the sum of
    the weights.

    Parameters
    ----------
    items : int
        Number of items, n.
    correlation : {"none", "weak", "strong"}
        Profits uniform on 1 … 1000; within 100 of the weight; or weight + 100,
        the hardest of the three for branch and bound.
    file : str
        A file in the OR-Library's "mknap1" and "mknapcb" format, read instead (see
        `read_knapsack`). `items`, `correlation` and `instance` are then not used.
    number : int
        Which problem of the file, from 1; not used without one.
    instance : int
        Seeds weights and profits.
    """

    space: Box
    objective = "minus the profit"
    ceiling = 0.0

    def __init__(
        self,
        *,
        items: int = 50,
        correlation: Literal["none", "weak", "strong"] = "weak",
        file: str = "",
        number: int = 1,
        instance: int = 0,
    ) -> None:
        if file:
            self.data = read_knapsack(file, number)
            self.fingerprint = fingerprint(file)
        else:
            if not 1 <= items <= MOST_ITEMS:
                raise ValueError(f"items={items}: expected 1 to {MOST_ITEMS}")
            self.data = _random(np.random.default_rng([instance, items]), items, correlation)
        self.one_instance = bool(file)
        self.space = Box(0, 1, len(self.data.profits), integral=True)

    @property
    def title(self) -> str:
        m = len(self.data.capacities)
        limits = f", {m} constraints" if m > 1 else ""
        return f"{self.space.dimension} items{limits}, {self.data.source}"

    def values(self, points: NDArray) -> NDArray[np.float64]:
        return 0.0 - points @ self.data.profits  # so that an empty knapsack is 0 and not −0

    def constraints(self, x: NDArray) -> NDArray[np.float64]:
        return (self.data.weights @ x - self.data.capacities).astype(float)

    @cached_property
    def reference(self) -> Reference:
        data = self.data
        m, n = data.weights.shape
        room = min(int(data.capacities[0]), int(data.weights.sum()))
        if m == 1 and data.whole and room <= TABLE and room * n <= STEPS:
            best = 0.0 - float(most_profit(data.profits.astype(np.int64), data.weights[0], room))
            return Reference(best, "dynamic programme", "Bellman's recursion over weights")
        if m > 1 and data.stated > 0:
            return Reference(-data.stated, "best published", "stated in the file")
        least = max(self._fractional(i) for i in range(m))
        of_one = " of one constraint" if m > 1 else ""
        return Reference(least, "bound", f"fractional knapsack{of_one}, Dantzig (1957)")

    def _fractional(self, i: int) -> float:
        """Return minus a bound on the profit under constraint i alone, parts of items allowed.

        At any price of room λ >= 0 no packing earns more than λ W + Σ max(0, p − λ w),
        by weak duality; the ratio p/w of the first item that does not fit is the best
        price. So the bound is sound whatever rounding does to the order of the items.
        """
        weights, room = self.data.weights[i].tolist(), int(self.data.capacities[i])
        profits = [Fraction(p) for p in self.data.profits.tolist()]
        used = 0
        for item in self._by_ratio(self.data.weights[i]).tolist():
            used += weights[item]
            if used > room:
                price = profits[item] / weights[item]
                gains = (p - price * w for p, w in zip(profits, weights, strict=True))
                bound = price * room + sum(max(0, gain) for gain in gains)
                return 0.0 - _rounded_up(math.floor(bound) if self.data.whole else bound)
        return -_rounded_up(sum(profits))

    def _by_ratio(self, weights: NDArray) -> NDArray[np.int64]:
        """Return the items by falling profit per weight, those without weight first."""
        ratio = np.full(len(weights), np.inf)
        np.divide(self.data.profits, weights, out=ratio, where=weights > 0)
        return np.argsort(-ratio, kind="stable")

    @cached_property
    def anchors(self) -> dict[str, float]:
        if len(self.data.capacities) == 1:
            order = self._by_ratio(self.data.weights[0])
            return {"greedy by profit per weight": self.value(self._pack(order))}
        # Of a capacity of 0 any weight is more than a share, and nothing else matters.
        shares = self.data.weights / np.maximum(0.5, self.data.capacities)[:, None]
        greedy = self._pack(self._by_ratio(shares.sum(axis=0)))
        return {"greedy by profit per share of the capacities": self.value(greedy)}

    def _pack(self, order: NDArray[np.int64]) -> NDArray[np.int64]:
        """Take items in `order` as long as they fit."""
        x = np.zeros(self.space.dimension, dtype=np.int64)
        room = self.data.capacities.copy()
        needs = self.data.weights.T
        for item in order.tolist():
            if (needs[item] <= room).all():
                x[item] = 1
                room -= needs[item]
        return x

    def relaxation(self) -> Relaxation:
        return _Penalised(self)

    def linear_model(self) -> LinearModel:
        import pulp

        program = pulp.LpProblem("knapsack", pulp.LpMinimize)
        take = bit_variables(self.space.dimension)
        program += pulp.lpDot((-self.data.profits).tolist(), take)
        for row, limit in zip(self.data.weights, self.data.capacities.tolist(), strict=True):
            program += pulp.lpDot(row.tolist(), take) <= limit
        return model_of_whole(program, take)

    def describe(self, x: NDArray) -> str:
        chosen = np.flatnonzero(x)
        loads = (self.data.weights @ np.asarray(x, dtype=np.int64)).tolist()
        limits = [f"{a} of {b}" for a, b in zip(loads, self.data.capacities.tolist(), strict=True)]
        return (
            f"{len(chosen)} items, profit {-self.value(x):.12g}, "
            f"weight {', '.join(limits)}: {' '.join(map(str, chosen))}"
        )


def most_profit(profits: NDArray[np.int64], weights: NDArray[np.int64], capacity: int) -> np.int64:
    """Return the highest profit of items within `capacity` by dynamic programming.

    Bellman's recursion: best[w] is the highest profit of the items so far within
    weight w. Time n times the capacity.
    """
    best = np.zeros(capacity + 1, dtype=np.int64)
    packed = np.empty_like(best)
    for weight, profit in zip(weights.tolist(), profits.tolist(), strict=True):
        if weight <= capacity:
            room = capacity + 1 - weight
            np.add(best[:room], profit, out=packed[:room])
            np.maximum(best[weight:], packed[:room], out=best[weight:])
    return best[-1]


def _rounded_up(number: int | Fraction) -> float:
    nearest = float(number)
    return nearest if nearest >= number else math.nextafter(nearest, math.inf)


def _random(rng: np.random.Generator, items: int, correlation: str) -> KnapsackData:
    weights = rng.integers(1, RANGE + 1, items)
    tenth = RANGE // 10
    if correlation == "none":
        profits = rng.integers(1, RANGE + 1, items)
    elif correlation == "weak":
        profits = np.maximum(1, weights + rng.integers(-tenth, tenth + 1, items))
    else:
        profits = weights + tenth
    half = weights.sum(keepdims=True) // 2
    return KnapsackData(profits, weights[None], half, f"{correlation} correlation")


class _Penalised(CoinFlips):
    """Expected profit of independent coin flips σ(θ) with an exact linear penalty.

    loss = −Σ p σ(θ) + Σ_i λ_i max(0, Σ_j w_ij σ(θ_j) − W_i), in units of the total
    profit; λ_i is twice the best profit per weight, beyond which no excess weight
    pays. The decoded point packs items in order of θ, those with θ > 0, while they fit.
    """

    def __init__(self, problem: Knapsack) -> None:
        super().__init__(problem.space.dimension)
        self._problem, self._data = problem, problem.data
        self._scale = float(self._data.profits.sum())
        weights = self._data.weights.astype(float)
        ratios = np.divide(
            self._data.profits, weights, out=np.zeros_like(weights), where=weights > 0
        )
        self._prices = 2.0 * ratios.max(axis=1)

    def loss_and_gradient(
        self, theta: NDArray[np.float64], rows: Minibatch | None = None
    ) -> tuple[float, NDArray[np.float64]]:
        data = self._data
        share = logistic(theta)
        excess = data.weights @ share - data.capacities
        prices = np.where(excess > 0, self._prices, 0.0)
        loss = -float(data.profits @ share) + float(prices @ excess)
        slope = prices @ data.weights - data.profits
        return loss / self._scale, slope * share * (1 - share) / self._scale

    def decode(self, theta: NDArray[np.float64]) -> NDArray:
        order = np.argsort(-theta, kind="stable")
        return self._problem._pack(order[theta[order] > 0])
