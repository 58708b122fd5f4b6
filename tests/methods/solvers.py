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
        self.latest: Any = None
        self._function = function
        self._most = most

    def __call__(self, x: NDArray, *_: Any) -> Any:
        if len(self.points) >= self._most:
            raise Enough
        self.points.append(np.array(x, dtype=float))
        self.latest = self._function(x)
        return self.latest


def mirrored(box: Box, z: NDArray) -> tuple[NDArray, NDArray]:
    """Return the point of a box of which `z` is a mirror image, and -1 where it is turned."""
    width = box.high - box.low
    from_low = np.mod(z - box.low, 2 * width)
    image = box.low + np.minimum(from_low, 2 * width - from_low)
    outside = (z < box.low) | (z > box.high)
    return np.where(outside, image, z), np.where(from_low > width, -1.0, 1.0)


def inward_slopes(seen: Seen, box: Box, step: float) -> Callable[[NDArray], NDArray]:
    """Return differences from the mirror image in a box, backward at an upper bound."""

    def slopes(z: NDArray) -> NDArray:
        here = seen.latest if (seen.points[-1] == z).all() else seen(z)
        near, sides = mirrored(box, z)
        steps = np.where(near + step > box.high, -step, step)
        there = np.array([seen(near + shift) for shift in np.diag(steps)])
        return (there - here) / ((near + steps - near) * sides)

    return slopes


def directly(
    function: Callable,
    start: NDArray,
    solver: str,
    most: float = np.inf,
    within: Box | None = None,
    **told: Any,
) -> NDArray:
    """Return the first points that `scipy.optimize.minimize` evaluates, in order.

    Its differences are its own, or those that are taken `within` a box, which is mirrored.
    """
    seen = Seen(function, most)
    if within is not None:
        seen = Seen(lambda z: function(mirrored(within, z)[0]), most)
        told["jac"] = inward_slopes(seen, within, np.sqrt(np.finfo(float).eps))
    with contextlib.suppress(Enough):
        scipy.optimize.minimize(seen, start, method=solver, **told)
    points = np.array(seen.points)
    return points if within is None else mirrored(within, points)[0]


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
