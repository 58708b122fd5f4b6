"""The function that a peer minimises: counted, and stopped where a run of ours would be."""

from __future__ import annotations

import math
import zlib

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchmarks.strength.cases import Kind, kind_of
from problems import Box, Budget, Oracle, Problem
from problems.core.problem import objective_of


class Spent(BaseException):
    """The evaluations are spent, or a proven optimum is reached."""


class Counted:
    """A problem's value as a plain function of a point, for so many evaluations.

    As a run of ours sees it, an infeasible point has the problem's ceiling plus the sum of its
    violated constraints, and cannot be the best; a proven optimum ends the run.

    Parameters
    ----------
    problem : Problem
    evaluations : int
        How many there are; the next call raises `Spent`.
    seed : int
        Of the starts, which are those of our runs of this seed, and of `rng`.
    peer : str
        Whose draws `rng` is for: each peer has draws of its own.

    Attributes
    ----------
    best : float
        The least feasible value so far; the reference's own where it attains that.
    rng : Generator
        For what the peer draws.
    kind : str
        Of its space, see `cases.kind_of`.
    """

    def __init__(self, problem: Problem, evaluations: int, seed: int, peer: str = "") -> None:
        paired = (seed, problem.instance, zlib.crc32(problem.name.encode()))
        self.space = problem.space
        self.kind: Kind = kind_of(problem.space)
        self.rng = np.random.default_rng([*paired, zlib.crc32(peer.encode())])
        self.evaluations, self.evaluated = evaluations, 0
        self.best = math.inf
        self._value, self._problem = objective_of(problem), problem
        self.constrained = type(problem).constraints is not Problem.constraints
        self._known: dict[bytes, tuple[float, NDArray[np.float64]]] = {}
        reference = problem.reference
        self._reference = reference if reference is not None and reference.proven else None
        self._start = Oracle(problem, Budget(1), paired)  # asked for starts only

    def __call__(self, x: ArrayLike) -> float:
        if self.evaluated >= self.evaluations:
            raise Spent
        self.evaluated += 1
        point = np.asarray(x, dtype=self.space.dtype)
        value = float(self._value(point))
        if self.constrained:
            g = np.maximum(self._problem.constraints(point), 0)
            if g.sum() > 0:
                return float(self._problem.ceiling + g.sum())
        if value < self.best:
            self._improve(point, value)
        return value if math.isfinite(value) else math.inf

    def both(self, x: ArrayLike) -> tuple[float, NDArray[np.float64]]:
        """Return the objective and the constraints, feasible where <= 0, at a point.

        As in a run of ours one evaluation buys both, and the same point costs nothing again.
        """
        point = np.asarray(x, dtype=self.space.dtype)
        key = point.tobytes()
        if key not in self._known:
            self(point)
            value = float(self._value(point))
            self._known[key] = value, np.array(self._problem.constraints(point), dtype=float)
        return self._known[key]

    def _improve(self, point: NDArray, value: float) -> None:
        if np.isnan(point).any():
            return  # what became of a peer that divided by zero: no point has this value
        if point not in self.space:
            raise ValueError(f"the peer asks for {point}, outside of {self.space}")
        reference = self._reference
        if reference is not None and value <= reference.goal:
            self.best = reference.value
            raise Spent
        self.best = value

    def starts(self, n: int) -> NDArray:
        """Return the `n` points that our methods begin with on this problem and seed."""
        return self._start.start(n)

    def start(self) -> NDArray:
        """Return the first of them."""
        return self._start.start(1)[0]

    def another_start(self) -> NDArray:
        """Draw a point to begin anew at, as our methods draw it."""
        return self._start.draw(self.rng, 1)[0]

    @property
    def low(self) -> NDArray[np.float64]:
        """The smallest value of every variable."""
        return self.space.low if isinstance(self.space, Box) else np.zeros(self.space.dimension)

    @property
    def high(self) -> NDArray[np.float64]:
        """The largest value of every variable; of a permutation its number of items, less 1."""
        if isinstance(self.space, Box):
            return self.space.high
        counts = getattr(self.space, "counts", self.space.dimension)
        return np.broadcast_to(np.asarray(counts, dtype=float) - 1, (self.space.dimension,))

    def seed(self) -> int:
        """Return a seed for a library, another one at every call."""
        return int(self.rng.integers(1, 2**31))
