"""Small problems whose answers are known, and ways to look over a method's shoulder."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from problems import (
    Box,
    Budget,
    Categorical,
    Choice,
    Integer,
    Log,
    Mixed,
    Oracle,
    Permutation,
    Problem,
    Real,
    Space,
    Stop,
)
from problems.core.views import BoxRelaxation, Minibatch, Relaxation

PLENTY = 1_000_000
SECONDS = 30.0


class OneMax(Problem):
    """The number of zeros among bits: minimum 0 at all ones."""

    def __init__(self, bits: int = 20) -> None:
        self.space = Box(0, 1, bits, integral=True)

    def values(self, points: NDArray) -> NDArray[np.float64]:
        return (self.space.dimension - points.sum(axis=1)).astype(float)

    def environment(self, look: Callable[[NDArray], float]) -> Any:
        from problems.core.environment import Construction

        return Construction(self.space, look)


class Tuned(Problem):
    """Agreement with a pattern of 400 signs near a trained point, 10 % of which are wrong."""

    def __init__(self, *, size: int = 400, instance: int = 0) -> None:
        rng = np.random.default_rng(instance)
        self.truth = rng.choice([-1.0, 1.0], size)
        self.trained = 0.3 * self.truth * rng.choice([1.0, -1.0], size, p=[0.9, 0.1])
        self.space = Box(-10, 10, size)

    def start(self) -> NDArray:
        return self.trained

    def value(self, x: NDArray) -> float:
        return float((np.sign(x) != self.truth).mean())


class Recorded(Problem):
    """Any function on any space; remembers every point that it was asked for."""

    def __init__(self, space: Space, function: Callable[[NDArray], float]) -> None:
        self.space = space
        self.looked_at: list[NDArray] = []
        self._function = function

    def value(self, x: NDArray) -> float:
        self.looked_at.append(np.array(x))
        return self._function(x)


class TwoOfSix(Recorded):
    """Two of six items fit: no flip leads from one full knapsack to a better one."""

    ceiling = 0.0

    def __init__(self) -> None:
        super().__init__(Box(0, 1, 6, integral=True), lambda x: -float(x @ [1, 2, 3, 4, 5, 6]))

    def constraints(self, x: NDArray) -> NDArray[np.float64]:
        return np.array([float(x.sum() - 2)])


class Flat(Recorded):
    """A plateau: every point is worth the same."""

    def __init__(self, space: Space, value: float = 1.0) -> None:
        super().__init__(space, lambda x: value)


class Quadratic(Problem):
    """f(x) = ½ Σ c_i x_i² from a fixed start, with the gradient c · x."""

    space: Box

    def __init__(
        self, curvature: list[float], start: list[float], smoothness: float | None = None
    ) -> None:
        self.curvature = np.array(curvature)
        self.origin = np.array(start)
        self.smoothness = smoothness
        self.space = Box(-10, 10, len(curvature))
        self.visited: list[NDArray] = []

    def value(self, x: NDArray) -> float:
        return float(0.5 * self.curvature @ np.asarray(x) ** 2)

    def relaxation(self) -> Relaxation:
        return _QuadraticGradient(self)


class _QuadraticGradient(BoxRelaxation):
    exact = True
    yields_value = True

    def __init__(self, problem: Quadratic) -> None:
        super().__init__(problem.space)
        self._problem = problem
        self.smoothness = problem.smoothness

    def start(self, rng: np.random.Generator) -> NDArray[np.float64]:
        return self._problem.origin

    def loss_and_gradient(
        self, theta: NDArray[np.float64], rows: Minibatch | None = None
    ) -> tuple[float, NDArray[np.float64]]:
        self._problem.visited.append(np.array(theta))
        c = self._problem.curvature
        return float(0.5 * c @ theta**2), c * theta


def rastrigin(x: NDArray) -> float:
    """A real function with many local minima, off the origin."""
    z = np.asarray(x, dtype=float) - 0.3
    return float(10 * z.size + (z**2 - 10 * np.cos(2 * np.pi * z)).sum())


def inversions(x: NDArray) -> float:
    """How many pairs of a permutation stand in the wrong order."""
    x = np.asarray(x)
    return float(np.triu(x[:, None] > x[None, :], 1).sum())


def spaces() -> dict[str, Space]:
    """Return one space of every kind, by a readable name."""
    return {
        "real": Box(-2, 3, 6),
        "integral": Box(-1, 2, 6, integral=True),
        "mixed": Box(-2, 3, 6, integral=[True, False] * 3),
        "fixed": Box([1, 0, 2], [1, 4, 2], integral=True),
        "one variable": Box(0, 1, 1, integral=True),
        "categorical": Categorical([2, 5, 1, 3]),
        "permutation": Permutation(6),
        "selection": Permutation(7, 3),
        "one item": Permutation(1),
        "settings": Mixed(
            rate=Log(1e-3, 2),
            top=Integer(1, 40),
            prompt=Choice(["a", "b", "c"]),
            share=Real(0, 1),
            batch=Integer(1, 256, log=True),
            bits=Integer(2, 4),
        ),
        "logarithms": Mixed(rate=Log(1e-5, 0.1), decay=Log(1e-8, 1e-2)),
        "choices": Mixed(norm=Choice([None, "pre", "post"]), prompt=Choice(["a"]), k=Integer(0, 1)),
    }


def run_directly(
    method: Callable[..., None],
    problem: Problem,
    budget: float = PLENTY,
    *,
    seed: int = 0,
    seconds: float = SECONDS,
    **options: Any,
) -> Oracle:
    """Call `method` without the harness around it and return its oracle."""
    oracle = Oracle(problem, Budget(budget, seconds), (seed,))
    with contextlib.suppress(Stop):
        method(oracle, np.random.default_rng(seed), **options)
    return oracle


def bowl(**attributes: Any) -> Recorded:
    """Return a problem of two variables with its minimum in the middle."""
    problem = Recorded(Box(-5, 5, 2), lambda x: float(np.sum(np.asarray(x) ** 2)))
    for name, value in attributes.items():
        setattr(problem, name, value)
    return problem


def one_look(oracle: Oracle, rng: np.random.Generator) -> None:
    """Evaluate the first start and return."""
    oracle.value(oracle.start(1)[0])


#: Small problems of every kind of variable whose optimum, 0, a search meets.
SOLVABLE: dict[str, Callable[[], Problem]] = {
    "bits": lambda: OneMax(20),
    "sorting": lambda: Recorded(Permutation(7), inversions),
    "categories": lambda: Recorded(Categorical([5] * 6), lambda x: float(np.sum(x != 3))),
    "few integers": lambda: Recorded(
        Box(0, 9, 6, integral=True), lambda x: float(np.sum((x - 4) ** 2))
    ),
    "many integers": lambda: Recorded(
        Box(-99, 99, 6, integral=True), lambda x: float(np.sum((x - 4) ** 2))
    ),
}


def around(neighbourhood, x):
    """Return every neighbour of `x` that any variable yields, as tuples."""
    rng = np.random.default_rng(0)
    return [
        tuple(neighbour.tolist())
        for variable in range(neighbourhood.variables)
        for neighbour, _ in neighbourhood.moves(x, variable, rng)
    ]
