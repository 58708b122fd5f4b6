"""Iterated local search: climb to a local optimum, perturb it, climb again."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from methods.shared.descent import descend
from methods.shared.moves import CLIMBED, move
from methods.shared.neighbourhood import Move, Neighbourhood, Values
from methods.shared.operators import require_ordered
from methods.shared.real_descent import descend_reals
from methods.shared.strides import NEAR, zoom
from problems.core.interval import Count, Positive
from problems.core.mixed import Mixed
from problems.core.oracle import Oracle
from problems.core.permutation import Permutation
from problems.core.space import Box, Categorical, Space

Acceptance = Literal["better", "random-walk"]

#: The longest segment of a double bridge (Johnson and McGeoch 1997, "The traveling
#: salesman problem: a case study in local optimization").
LONGEST_SEGMENT = 50


def iterated_local_search(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    acceptance: Acceptance = "better",
    strength: Count | None = None,
    patience: Count | None = None,
    smallest: Positive = 0.001,
    largest: Positive = 1.0,
) -> None:
    """Search locally, perturb the local optimum, search locally from there, and choose.

    Lourenço, Martin and Stützle (2003, "Iterated local search"). The local search takes the
    first improvement that it meets, the variables in random order, until none of them has
    any: bits, categories and whole numbers of at most ten values go through their values,
    others through ten steps, of which some adapt, see `methods.shared.neighbourhood`. On a
    permutation it moves items as its kind demands, see `CLIMBED`. A variable without an
    improvement takes an equal value, where it meets one. In a real box all variables are moved
    at once before, while their steps are long, see `methods.shared.real_descent`.

    A perturbation changes some variables at once; on a permutation it is the double bridge,
    which reverses the order of three neighbouring segments but none of them (Martin, Otto and
    Felten 1991, "Large-step Markov chains for the traveling salesman problem"). After it, on a
    permutation, only items whose surroundings have changed are visited again, as with don't-look
    bits (Bentley 1992, "Fast algorithms for geometric traveling salesman problems"): most of
    the local optimum is still one.

    Parameters
    ----------
    acceptance : {"better", "random-walk"}
        Which of the old and the new local optimum is perturbed next: the better one, the new
        one where they are equal; or always the new one.
    strength : int, optional
        Variables that a perturbation changes, by default a tenth of them and at least 2, in a
        real box all; a choice of this suite. Not used on permutations.
    patience : int, optional
        Begin anew at a random point after so many local optima in a row that were not better.
        By default it never does.
    smallest, largest : float
        Standard deviation of the random steps of real variables, and of whole numbers of more
        than ten values, as a share of the range; it is drawn anew each time, uniformly on a
        log scale, and 0.25 is the scale of the problem's start, as in `hill_climb`. Steps
        that adapt begin at 0.1 and grow to the largest. A perturbation is of the largest, in a
        real box drawn as well: it may have to leave a basin of any width.
    """
    require_ordered(smallest, largest)
    space = oracle.space
    neighbourhood = neighbourhood_of(space, strength, smallest, largest, zoom(oracle, NEAR))
    everything = list(range(neighbourhood.variables))

    def search(x: NDArray, touched: list[int]) -> tuple[NDArray, float]:
        if isinstance(neighbourhood, Values) and neighbourhood.real:
            scale = neighbourhood.kicked
            return descend_reals(oracle, neighbourhood, x, oracle.value(x), scale, rng)
        return descend(oracle, neighbourhood, x, oracle.value(x), touched, rng)

    x = oracle.start(1)[0]
    while True:
        x, value = search(x, everything)
        stalled = 0
        while stalled != patience:
            y, y_value = search(*neighbourhood.kick(x, rng))
            stalled = 0 if y_value < value else stalled + 1
            if y_value <= value or acceptance == "random-walk":
                x, value = y, y_value
        oracle.restart()
        x = oracle.draw(rng, 1)[0]


def neighbourhood_of(
    space: Space,
    strength: int | None,
    smallest: float,
    largest: float,
    nearness: float | NDArray[np.float64] = 1.0,
) -> Neighbourhood:
    """Return what a local search tries in a space."""
    if isinstance(space, Permutation):
        return Items(space)
    if isinstance(space, Box | Categorical | Mixed):
        return Values(space, strength, smallest, largest, nearness)
    raise TypeError(f"no neighbourhood for {type(space).__name__}")


class Items(Neighbourhood):
    """An item of a permutation is moved as the permutation's kind demands."""

    def __init__(self, space: Permutation) -> None:
        self.variables = space.n
        self._space, self._length = space, space.dimension
        self._moves = CLIMBED[space.kind]
        most = min(LONGEST_SEGMENT, space.n // 4)
        self._longest = np.maximum([1, 2, 1], most)

    def moves(self, x: NDArray, variable: int, rng: np.random.Generator) -> Iterator[Move]:
        items, n = self._space.complete(x), self.variables
        i = int((items == variable).argmax())
        for kind, j in zip(*divmod(rng.permutation(len(self._moves) * n), n), strict=True):
            first, last = min(i, j), max(i, j)
            # Items left out are exchanged by every move, neighbours within by every move.
            outside, nearby = last >= self._length, last - first == 1
            if first == last or first >= self._length or (kind > 0 and (outside or nearby)):
                continue
            moved = items.copy()
            move(moved, i, j, self._moves[kind], self._length)
            yield moved[: self._length], self._around(moved, first, last)

    def _around(self, items: NDArray, *positions: int) -> list[int]:
        """Return the items at the positions and next to them, cyclically."""
        near = {(position + k) % self.variables for position in positions for k in (-1, 0, 1)}
        return items[sorted(near)].tolist()

    def kick(self, x: NDArray, rng: np.random.Generator) -> Move:
        items, n = self._space.complete(x), self.variables
        if n < 5:  # too few for four segments
            return rng.permutation(items)[: self._length], list(range(n))
        # A B C D becomes A D C B. Where C is two items at least, four edges of a tour change.
        lengths = rng.integers([1, 2, 1], self._longest, endpoint=True)
        begin = int(rng.integers(0, min(n - lengths.sum(), self._length - 1), endpoint=True))
        cuts = [begin, *(begin + lengths.cumsum()).tolist()]
        parts = [items[i:j] for i, j in pairwise(cuts)]
        moved = items.copy()
        moved[cuts[0] : cuts[-1]] = np.concatenate(parts[::-1])
        ends = (begin + lengths[::-1].cumsum() - 1).tolist()
        return moved[: self._length], self._around(moved, begin, *ends)
