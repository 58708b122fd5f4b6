"""scipy's solvers called directly, and the points that they evaluate."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.optimize
from numpy.typing import NDArray

from problems import Box, Problem

#: Stands for no limit of a solver's own.
ENDLESS = 100_000

#: Where its bounds are, every solver keeps to itself.
REAL = Box([-3, -2], [4, 5])


def rosenbrock(x: NDArray) -> float:
    """A curved valley in two or more dimensions, its minimum 0 at ones."""
    x = np.asarray(x, dtype=float)
    return float((100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum())


class Enough(BaseException):
    """As many points have been seen as were asked for."""


class Seen:
    """A function that keeps the points it was asked for, `most` of them."""

    def __init__(self, function: Callable[[NDArray], Any], most: float = np.inf) -> None:
        self.points: list[NDArray] = []
        self._function = function
        self._most = most

    def __call__(self, x: NDArray, *_: Any) -> Any:
        if len(self.points) >= self._most:
            raise Enough
        self.points.append(np.array(x, dtype=float))
        return self._function(x)


def directly(
    function: Callable, start: NDArray, solver: str, most: float = np.inf, **told: Any
) -> NDArray:
    """Return the first points that `scipy.optimize.minimize` evaluates, in order."""
    seen = Seen(function, most)
    with contextlib.suppress(Enough):
        scipy.optimize.minimize(seen, start, method=solver, **told)
    return np.array(seen.points)


def distinct(points: Any) -> NDArray:
    """Return points without repetitions, in the order of their first appearance."""
    return np.array(list(dict.fromkeys(map(tuple, np.asarray(points, dtype=float).tolist()))))


class Limited(Problem):
    """min (x₁ − 2)² + (x₂ − 1)² under x₁² <= x₂ and x₁ + x₂ <= 2: the optimum is 1 at (1, 1)."""

    ceiling = 100.0

    def __init__(self, box: Box = REAL) -> None:
        self.space = box
        self.looked_at: list[NDArray] = []

    def value(self, x: NDArray) -> float:
        self.looked_at.append(np.array(x))
        return float((x[0] - 2) ** 2 + (x[1] - 1) ** 2)

    def constraints(self, x: NDArray) -> NDArray[np.float64]:
        self.looked_at.append(np.array(x))
        return np.array([x[0] ** 2 - x[1], x[0] + x[1] - 2], dtype=float)
