"""The 0/1 knapsack: the classic whose optimum a table computes."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from problems.combinatorial.instance_file import fingerprint
from problems.combinatorial.knapsack_file import MOST_ITEMS, KnapsackData, read_knapsack
from problems.problem import LinearModel, Minibatch, Problem, Reference, Relaxation, assigned
from problems.space import Box

if TYPE_CHECKING:
    import gymnasium

#: Weights are drawn from 1 … RANGE.
RANGE = 1000
#: Most entries of the dynamic programme's table, and steps through it, before a bound
#: has to do: a file may have any capacity.
TABLE, STEPS = 10**7, 10**10


class Knapsack(Problem):
    """Pack items of the highest total profit under a weight limit.

    value(x) = −Σ p_i x_i, x ∈ {0, 1}ⁿ, subject to Σ w_i x_i − W <= 0; an empty
    knapsack (0) is the worst feasible point. Weights are uniform on 1 … 1000 and
    profits follow them as in Pisinger (2005), "Where are the hard knapsack
    problems?", section 3; W is half the sum of the weights.

    Parameters
    ----------
    items : int
        Number of items, n.
    correlation : {"none", "weak", "strong"}
        Profits uniform on 1 … 1000; within 100 of the weight; or weight + 100,
        the hardest of the three for branch and bound.
    file : str
        A file in the OR-Library's format with one constraint ("mknap1" with m = 1),
        read instead.
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
        instance: int = 0,
    ) -> None:
        if not 1 <= items <= MOST_ITEMS:
            raise ValueError(f"items={items}: expected 1 to {MOST_ITEMS}")
        if file:
            data = read_knapsack(file)
            self.fingerprint = fingerprint(file)
            self._source = Path(file).name
        else:
            data = _random(np.random.default_rng([instance, items]), items, correlation)
            self._source = f"{correlation} correlation"
        self.profits, self.weights, self.capacity = data.profits, data.weights, data.capacity
        self.space = Box(0, 1, len(self.profits), integral=True)

    @property
    def title(self) -> str:
        return f"{self.space.dimension} items, {self._source}"

    def values(self, points: NDArray) -> NDArray[np.float64]:
        return -(points @ self.profits).astype(float)

    def constraints(self, x: NDArray) -> NDArray[np.float64]:
        return np.array([x @ self.weights - self.capacity], dtype=float)

    @cached_property
    def reference(self) -> Reference:
        room = min(self.capacity, int(self.weights.sum()))
        if room > TABLE or room * len(self.weights) > STEPS:
            return Reference(self._fractional(), "bound", "fractional knapsack, Dantzig (1957)")
        # best[w]: highest profit of the items so far within weight w.
        best = np.zeros(room + 1, dtype=np.int64)
        for weight, profit in zip(self.weights, self.profits, strict=True):
            if weight <= room:
                best[weight:] = np.maximum(best[weight:], best[:-weight] + profit)
        return Reference(-float(best[-1]), "dynamic programme", "Bellman's recursion over weights")

    def _fractional(self) -> float:
        """Return minus the best profit when parts of items may be packed, rounded up."""
        order = np.argsort(-self.profits / self.weights, kind="stable")
        room, profit = self.capacity, 0
        for item in order.tolist():
            p, w = int(self.profits[item]), int(self.weights[item])
            if w > room:
                # Two items whose ratios differ by rounding alone may be out of order.
                return -float((profit + -(-room * p // w)) * (1 + 1e-12))
            room, profit = room - w, profit + p
        return -float(profit)

    @cached_property
    def anchors(self) -> dict[str, float]:
        greedy = self._pack(np.argsort(-self.profits / self.weights, kind="stable"))
        return {"greedy by profit per weight": self.value(greedy)}

    def _pack(self, order: NDArray[np.int64]) -> NDArray[np.int64]:
        """Take items in `order` as long as they fit."""
        x = np.zeros(self.space.dimension, dtype=np.int64)
        room = self.capacity
        for item in order.tolist():
            if self.weights[item] <= room:
                x[item] = 1
                room -= int(self.weights[item])
        return x

    def relaxation(self) -> Relaxation:
        return _Penalised(self)

    def environment(self, look: Callable[[NDArray], float]) -> gymnasium.Env[Any, Any]:
        from problems.environment import Construction

        return Construction(self.space, look)

    def linear_model(self) -> LinearModel:
        import pulp

        program = pulp.LpProblem("knapsack", pulp.LpMinimize)
        n = self.space.dimension
        take = [pulp.LpVariable(f"x{i}", cat=pulp.LpBinary) for i in range(n)]
        program += pulp.lpSum(-int(p) * x for p, x in zip(self.profits, take, strict=True))
        program += pulp.lpDot(self.weights.tolist(), take) <= self.capacity

        def read(values: dict[str, float]) -> NDArray:
            return np.array([round(values[x.name]) for x in take], dtype=np.int64)

        return LinearModel(program, read, write=lambda x: assigned(take, x))

    def describe(self, x: NDArray) -> str:
        chosen = np.flatnonzero(x)
        return (
            f"{len(chosen)} items, profit {int(self.profits @ x)}, "
            f"weight {int(self.weights @ x)} of {self.capacity}: {' '.join(map(str, chosen))}"
        )


def _random(rng: np.random.Generator, items: int, correlation: str) -> KnapsackData:
    weights = rng.integers(1, RANGE + 1, items)
    tenth = RANGE // 10
    if correlation == "none":
        profits = rng.integers(1, RANGE + 1, items)
    elif correlation == "weak":
        profits = np.maximum(1, weights + rng.integers(-tenth, tenth + 1, items))
    else:
        profits = weights + tenth
    return KnapsackData(profits, weights, int(weights.sum() // 2))


class _Penalised(Relaxation):
    """Expected profit of independent coin flips σ(θ) with an exact linear penalty.

    loss = −Σ p σ(θ) + λ max(0, Σ w σ(θ) − W), in units of the total profit; λ is
    twice the best profit per weight, beyond which no excess weight pays. The
    decoded point packs items in order of θ, those with θ > 0, while they fit.
    """

    def __init__(self, problem: Knapsack) -> None:
        self._problem = problem
        self.dimension = problem.space.dimension
        self._scale = float(problem.profits.sum())
        self._price = 2.0 * float((problem.profits / problem.weights).max())

    def start(self, rng: np.random.Generator) -> NDArray[np.float64]:
        return 0.1 * rng.standard_normal(self.dimension)

    def loss_and_gradient(
        self, theta: NDArray[np.float64], rows: Minibatch | None = None
    ) -> tuple[float, NDArray[np.float64]]:
        problem = self._problem
        share = 0.5 * (1 + np.tanh(theta / 2))  # the logistic function, without overflow
        excess = float(problem.weights @ share) - problem.capacity
        loss = -float(problem.profits @ share) + self._price * max(0.0, excess)
        slope = -problem.profits + (self._price * problem.weights if excess > 0 else 0.0)
        return loss / self._scale, slope * share * (1 - share) / self._scale

    def decode(self, theta: NDArray[np.float64]) -> NDArray:
        order = np.argsort(-theta, kind="stable")
        return self._problem._pack(order[theta[order] > 0])

    def encode(self, x: NDArray) -> NDArray[np.float64]:
        return np.where(np.asarray(x) > 0, 1.0, -1.0)
