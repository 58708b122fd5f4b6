"""Problems whose linear models once led to false certificates."""

from __future__ import annotations

import numpy as np
import pulp
import scipy.optimize
from numpy.typing import NDArray

from problems import Box, LinearModel, Problem
from problems.core.linear_model import Solution


class HalfPrices(Problem):
    """Cover 25 rows by columns that cost 1, 1.5 … 4; an uncovered row costs 1000."""

    def __init__(self, *, seed: int = 10, size: int = 25) -> None:
        rng = np.random.default_rng(seed)
        self.covers = rng.random((size, size)) < 0.12
        self.covers[np.arange(size), rng.integers(0, size, size)] = True
        self.costs = rng.integers(2, 9, size) / 2
        self.space = Box(0, 1, size, integral=True)

    def value(self, x):
        uncovered = ~(self.covers @ np.asarray(x) > 0)
        return float(self.costs @ x + 1000 * uncovered.sum())

    def linear_model(self, **declared):
        program = pulp.LpProblem("cover", pulp.LpMinimize)
        columns = [pulp.LpVariable(f"x{i}", cat="Binary") for i in range(len(self.costs))]
        program += pulp.lpSum(float(c) * x for c, x in zip(self.costs, columns, strict=True))
        for row in self.covers:
            program += pulp.lpSum(x for x, here in zip(columns, row, strict=True) if here) >= 1

        def read(found):
            return np.array([round(found[x.name]) for x in columns])

        return LinearModel(program, read, **declared)

    def optimum(self):
        return scipy.optimize.milp(
            self.costs,
            integrality=np.ones(len(self.costs)),
            bounds=scipy.optimize.Bounds(0, 1),
            constraints=scipy.optimize.LinearConstraint(self.covers.astype(float), lb=1),
            options={"mip_rel_gap": 0.0},
        ).fun


class RealProfits(Problem):
    """A knapsack whose profits are random reals: no two subsets are a known step apart."""

    def __init__(self, *, scale: float = 1.0, items: int = 30) -> None:
        rng = np.random.default_rng(0)
        self.profits, self.weights = scale * rng.random(items), rng.integers(1, 40, items)
        self.capacity, self.penalty = int(self.weights.sum() // 3), 100 * scale
        self.space = Box(0, 1, items, integral=True)

    def value(self, x):
        over = max(0, int(self.weights @ x) - self.capacity)
        return float(-self.profits @ x + self.penalty * over)

    def linear_model(self):
        program = pulp.LpProblem("knapsack", pulp.LpMinimize)
        items = [pulp.LpVariable(f"x{i}", cat="Binary") for i in range(len(self.profits))]
        program += pulp.lpSum(-float(p) * x for p, x in zip(self.profits, items, strict=True))
        program += pulp.lpDot(self.weights.tolist(), items) <= self.capacity
        return LinearModel(program, lambda found: np.array([round(found[x]) for x in items]))

    def optimum(self):
        """By dynamic programming over the weight, in real profits."""
        best = np.zeros(self.capacity + 1)
        for profit, weight in zip(self.profits, self.weights, strict=True):
            best[weight:] = np.maximum(best[weight:], best[:-weight] + profit)
        return -best[-1]


class Penalties(Problem):
    """Set cover with real costs, where what stays uncovered costs a penalty."""

    def __init__(self, *, size: int = 30, penalty: float = 1e6, instance: int = 0) -> None:
        rng = np.random.default_rng(instance)
        self.covers = rng.random((size, size)) < 0.12
        self.covers[np.arange(size), np.arange(size)] = True
        self.costs = rng.uniform(0.1, 1, size)
        self.penalty = penalty
        self.space = Box(0, 1, size, integral=True)

    def value(self, x: NDArray) -> float:
        uncovered = ~(self.covers @ np.asarray(x) > 0)
        return float(self.costs @ x + self.penalty * uncovered.sum())

    def linear_model(self) -> LinearModel:
        n = len(self.costs)
        taken = [pulp.LpVariable(f"x{i}", cat="Binary") for i in range(n)]
        left = [pulp.LpVariable(f"s{i}", cat="Binary") for i in range(n)]
        program = pulp.LpProblem("cover", pulp.LpMinimize)
        program += pulp.lpDot(self.costs.tolist(), taken) + self.penalty * pulp.lpSum(left)
        for i, row in enumerate(self.covers):
            members = [x for x, has in zip(taken, row, strict=True) if has]
            program += pulp.lpSum(members) + left[i] >= 1
        return LinearModel(program, lambda found: np.array([found[x] for x in taken]))


class HalvesBehind(Problem):
    """Set cover with costs in halves, which the model hides behind a continuous variable."""

    def __init__(self, *, size: int = 25, instance: int = 0, integral: bool | None = True) -> None:
        rng = np.random.default_rng((10, 4, 11)[instance])
        self.integral = integral
        self.covers = rng.random((size, size)) < 0.12
        self.covers[np.arange(size), rng.integers(0, size, size)] = True
        self.costs = rng.integers(2, 9, size) / 2
        self.space = Box(0, 1, size, integral=True)

    def value(self, x: NDArray) -> float:
        return float(self.costs @ x + 1000 * (~(self.covers @ np.asarray(x) > 0)).sum())

    def linear_model(self) -> LinearModel:
        xs = [pulp.LpVariable(f"x{i}", cat="Binary") for i in range(len(self.costs))]
        cost = pulp.LpVariable("cost", 0)
        program = pulp.LpProblem("cover", pulp.LpMinimize)
        program += cost
        program += cost >= pulp.lpDot(self.costs.tolist(), xs)
        for row in self.covers:
            program += pulp.lpSum(x for x, has in zip(xs, row, strict=True) if has) >= 1

        def read(found: Solution) -> NDArray:
            return np.array([found[x] for x in xs])

        return LinearModel(program, read, integral=self.integral)


class Twins(Problem):
    """Worth 5 or 3, not both: the variables of the two have one name."""

    def __init__(self, names=("x", "x"), by_name=True):
        self.names, self.by_name = names, by_name
        self.space = Box(0, 1, 2, integral=True)

    def value(self, x):
        return 10.0 if sum(x) > 1 else float(-(5 * x[0] + 3 * x[1]))

    def linear_model(self):
        program = pulp.LpProblem("choice", pulp.LpMinimize)
        both = [pulp.LpVariable(name, cat="Binary") for name in self.names]
        program += -5 * both[0] - 3 * both[1]
        program += both[0] + both[1] <= 1

        def read(found):
            keys = self.names if self.by_name == "as written" else [v.name for v in both]
            return np.array([round(found[k]) for k in (keys if self.by_name else both)])

        return LinearModel(program, read)


class SameName(Twins):
    """As a user's file has it, read by name."""

    def __init__(self) -> None:
        super().__init__()
