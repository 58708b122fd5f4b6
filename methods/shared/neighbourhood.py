"""What a local search tries: the neighbours of a point, variable by variable."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from methods.shared.operators import MOST_VALUES, perturb
from methods.shared.strides import NEAR
from problems.core.mixed import Mixed
from problems.core.oracle import Oracle
from problems.core.space import Box, Categorical

#: A neighbour, and the variables that are worth another visit where it is taken.
Move = tuple[NDArray, list[int]]

#: The first step of a variable, as a share of its range, and by what it is multiplied where it
#: is taken and where it is not.
FIRST, LONGER, SHORTER = 0.1, 2.0, -0.5
#: How many of the steps of a visit adapt; the others are random.
ADAPTED = 4


class Neighbourhood(Protocol):
    """What a local search tries, variable by variable, and how it is thrown out of an optimum.

    What is a variable of a permutation `methods.shared.items` says.
    """

    variables: int

    def moves(self, x: NDArray, variable: int, rng: np.random.Generator) -> Iterator[Move]:
        """Yield the neighbours of `x` that change a variable, in random order."""

    def kick(self, x: NDArray, rng: np.random.Generator) -> Move:
        """Return a point too far from `x` for one move to lead back."""


def takes_exchanges(oracle: Oracle) -> bool:
    """Tell whether bits are exchanged too: where there are constraints, and bits alone.

    At a constraint hardly a flip is left that is feasible and better, but one item in for another
    out may be. Drop and add are one move in tabu search for knapsacks, too (Dammeyer and Voß
    1993, "Dynamic tabu list management using the reverse elimination method").
    """
    space = oracle.space
    if not (oracle.constrained and isinstance(space, Box)):
        return False
    return bool((space.integral & (space.low == 0) & (space.high == 1)).all())


def exchanges(x: NDArray, variable: int, rng: np.random.Generator) -> Iterator[NDArray]:
    """Yield `x` with a bit and another, of the other value, exchanged, in random order."""
    for other in rng.permutation((x != x[variable]).nonzero()[0]).tolist():
        neighbour = x.copy()
        neighbour[[variable, other]] = x[[other, variable]]
        yield neighbour


class Values(Neighbourhood):
    """One variable takes another value; the neighbourhood of all but permutations.

    Few values are all tried, in random order, else ten steps. The first four adapt, variable by
    variable, after Rosenbrock (1960, "An automatic method for finding the greatest or least
    value of a function"): longer after a success, shorter and the other way after a failure;
    after a kick they begin anew. The others are random, as in a `Mixed` space all are: those of
    `perturb`, on the variable's scale.
    """

    def __init__(
        self,
        space: Box | Categorical | Mixed,
        strength: int | None,
        smallest: float,
        largest: float,
        nearness: float | NDArray[np.float64] = 1.0,
    ) -> None:
        self.variables = space.dimension
        self._space = space
        #: Whether the neighbours of a bit include its exchanges with others, after its flip.
        self.exchanged = False
        self.real = isinstance(space, Box) and bool(space.real.all())
        usual = space.dimension if self.real else max(2, space.dimension // 10)
        self._strength = min(space.dimension, strength or usual)
        self._scales = np.log(smallest), np.log(largest)
        self.nearness = nearness
        #: Standard deviation of the last kick, as a share of the range.
        self.kicked = NEAR
        self._unit = np.broadcast_to(nearness, space.dimension)
        if isinstance(space, Categorical):
            self._low, self._high = np.zeros(space.dimension), space.counts - 1.0
            self._whole = np.ones(space.dimension, dtype=bool)
        else:
            self._low, self._high, self._whole = space.low, space.high, space.integral
        self._few = space.few(MOST_VALUES)
        self._longest = largest
        self._steps = np.empty(space.dimension)
        self.begin_anew()
        # A step is worth trying again wherever the rest has changed.
        self._free = (self._low < self._high).nonzero()[0].tolist()

    def begin_anew(self) -> None:
        """Let the steps that adapt begin as long as at first."""
        self._steps[:] = min(FIRST, self._longest)

    def moves(self, x: NDArray, variable: int, rng: np.random.Generator) -> Iterator[Move]:
        near = self._perturbed if isinstance(self._space, Mixed) else self._near
        others = self._all if self._few[variable] else near
        for value in others(x, variable, rng):
            if value != x[variable]:
                neighbour = x.copy()
                neighbour[variable] = value
                yield neighbour, self._free
        if self.exchanged:
            for neighbour in exchanges(x, variable, rng):
                yield neighbour, self._free

    def _all(self, x: NDArray, variable: int, rng: np.random.Generator) -> Iterator[float]:
        low, high = self._low[variable], self._high[variable]
        yield from (low + rng.permutation(int(high - low) + 1)).tolist()

    def _near(self, x: NDArray, variable: int, rng: np.random.Generator) -> Iterator[float]:
        low, high = self._low[variable], self._high[variable]
        adapted = self._steps[variable] * SHORTER ** np.arange(ADAPTED + 1)
        size = MOST_VALUES - ADAPTED
        drawn = np.exp(rng.uniform(*self._scales, size)) * rng.standard_normal(size)
        for share in [*adapted[:-1], *drawn]:
            # The next visit begins with it, unless one asks for another step now.
            self._steps[variable] = min(max(LONGER * share, -self._longest), self._longest)
            step = share * self._unit[variable] * (high - low)
            if self._whole[variable]:
                step = np.copysign(max(1.0, np.rint(abs(step))), step)
            yield min(max(x[variable] + step, low), high)
        self._steps[variable] = adapted[-1]

    def _perturbed(self, x: NDArray, variable: int, rng: np.random.Generator) -> Iterator[float]:
        chosen = np.arange(self.variables) == variable
        for scale in np.exp(rng.uniform(*self._scales, MOST_VALUES)):
            yield perturb(self._space, x[None], chosen[None], rng, scale * self._unit)[0, variable]

    def kick(self, x: NDArray, rng: np.random.Generator) -> Move:
        self.begin_anew()
        if self.real:
            self.kicked = float(np.exp(rng.uniform(*self._scales)))
        else:
            self.kicked = float(np.exp(self._scales[1]))
        chosen = np.zeros((1, self.variables), dtype=bool)
        chosen[0, rng.choice(self.variables, self._strength, replace=False)] = True
        kicked = perturb(self._space, x[None], chosen, rng, self.kicked * self.nearness)
        return kicked[0], self._free
