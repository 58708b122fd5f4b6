"""Iterated local search: climb to a local optimum, perturb it, climb again."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from methods.shared.descent import descend
from methods.shared.items import Items
from methods.shared.neighbourhood import Neighbourhood, Values, takes_exchanges
from methods.shared.operators import require_ordered
from methods.shared.real_descent import descend_reals
from methods.shared.strides import NEAR, zoom
from problems.core.interval import Count, Positive
from problems.core.mixed import Mixed
from problems.core.oracle import Oracle
from problems.core.permutation import Permutation
from problems.core.space import Box, Categorical, Space

Acceptance = Literal["better", "random-walk"]


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
    others through ten steps, of which some adapt, see `methods.shared.neighbourhood`. Bits under
    constraints exchange their values as well, see `takes_exchanges`. On a permutation pairs of
    items are gone through, see `methods.shared.items`. A variable without an
    improvement takes an equal value, where it meets one. In a real box all variables are moved
    at once before, while their steps are long, see `methods.shared.real_descent`.

    A perturbation changes some variables at once; on a permutation it is the double bridge,
    which reverses the order of three neighbouring segments but none of them (Martin, Otto and
    Felten 1991, "Large-step Markov chains for the traveling salesman problem"), on an assignment
    three random swaps. After it, on a permutation, only items whose surroundings have changed are
    visited again, as with don't-look bits (Bentley 1992, "Fast algorithms for geometric traveling
    salesman problems"): most of the local optimum is still one.

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
    if isinstance(neighbourhood, Values):
        neighbourhood.exchanged = takes_exchanges(oracle)
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
