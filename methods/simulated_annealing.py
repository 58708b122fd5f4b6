"""Simulated annealing: accept what is worse with a probability that falls as it cools."""

from __future__ import annotations

from math import exp, inf, log
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from methods.shared.operators import number_of_neighbours, perturb, require_ordered
from methods.shared.strides import NEAR, zoom
from problems.core.interval import Count, Interval, Positive
from problems.core.oracle import Oracle

#: No more of the budget than this goes into choosing the temperatures.
SAMPLED_SHARE = 0.05
#: The first acceptance of a long run, and how many evaluations a neighbour make it one.
HOT, SWEEPS = 0.8, 40


def simulated_annealing(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    first_acceptance: Annotated[float, Interval(gt=0, lt=1)] | None = None,
    last_acceptance: Annotated[float, Interval(gt=0, lt=1)] = 0.01,
    samples: Count = 100,
    smallest: Positive = 0.001,
    largest: Positive = 1.0,
) -> None:
    """Anneal once, over the whole budget (Kirkpatrick, Gelatt and Vecchi 1983).

    A move changes one variable (an item of a permutation is moved as its kind demands, see
    `methods.shared.moves`). All variables have their turn, in random order, before one has
    another, as D-Wave's sampler sweeps over its spins: of as many independent draws a third
    of them would have none. A move that makes the value worse by δ is accepted with probability
    exp(−δ / T), Metropolis' rule. T falls geometrically, by the same factor at every evaluation,
    so that it is at its last value when the budget ends.

    Both temperatures come from moves that are paid for: a random walk from the start
    that accepts everything, at most 5 % of the budget. The first is where a share of
    `first_acceptance` of its worsening moves would be accepted; Ben-Ameur (2004,
    "Computing the initial temperature of simulated annealing") weighs them by how likely
    their beginnings are at T, here they count alike. The last is where, were all neighbours
    worse by the slightest of them, `last_acceptance` of them would be accepted together, as
    dwave-samplers chooses it: the larger the problem, the colder. The annealing then begins
    at the start again. In a chain a small `first_acceptance` keeps more of what the method
    before it found. A run that its seconds end is not cooled to the end.

    Parameters
    ----------
    first_acceptance : float, optional
        By default 0.8, which the literature ascribes to Kirkpatrick, where the budget has 40
        evaluations for each neighbour of a point, and in proportion less where it has fewer:
        what begins hot then spends all of it on a random walk. It is a choice of this suite: at
        2,000 evaluations of travelling-salesman, 1.6 for each pair of cities, a median of
        7,168 against 7,634; at 500 of quadratic-assignment 718,770 against 724,512.
    last_acceptance : float
        0.01 in dwave-samplers, whose `scale_T_with_N` divides it by the spins with the slightest
        gap; here it is divided by all neighbours of a point. On max-sat a median of 3 unsatisfied
        clauses at 2,000 evaluations against 4 undivided and without turns.
    samples : int
        Moves of the random walk.
    smallest, largest : float
        Standard deviation of a real variable's change, as a share of its range; it is
        drawn anew each time, uniformly on a log scale, and 0.25 is the start's scale, as in
        `hill_climb`.
    """
    require_ordered(smallest, largest)
    space = oracle.space
    neighbours = number_of_neighbours(space)
    if first_acceptance is None:
        first_acceptance = HOT * min(1.0, oracle.remaining / neighbours / SWEEPS)
    order: list[int] = []
    scales, nearness = (log(smallest), log(largest)), zoom(oracle, NEAR)

    def neighbour(x: NDArray) -> NDArray:
        if not order:
            order.extend(rng.permutation(space.dimension).tolist())
        chosen = np.zeros((1, space.dimension), dtype=bool)
        chosen[0, order.pop()] = True
        return perturb(space, x, chosen, rng, np.exp(rng.uniform(*scales)) * nearness)

    x = start = oracle.start(1)
    value = start_value = oracle.value(x[0])
    worsenings = []
    for _ in range(max(1, min(samples, int(SAMPLED_SHARE * oracle.remaining)))):
        x = neighbour(x)
        before, value = value, oracle.value(x[0])
        if before < value < inf:
            worsenings.append(value - before)
    temperature, last = temperatures(
        np.array(worsenings), first_acceptance, last_acceptance / neighbours
    )
    factor = (last / temperature) ** (1 / max(1.0, oracle.remaining))
    x, value = start, start_value
    while True:
        candidate = neighbour(x)
        candidate_value = oracle.value(candidate[0])
        if candidate_value <= value or rng.random() < exp((value - candidate_value) / temperature):
            x, value = candidate, candidate_value
        temperature *= factor


def temperatures(
    worsenings: NDArray[np.float64], first_acceptance: float, last_acceptance: float
) -> tuple[float, float]:
    """Return the temperatures to begin and to end with.

    Parameters
    ----------
    worsenings : ndarray of shape (n,)
        By how much sampled moves made the value worse, each > 0.
    first_acceptance : float
        The mean of exp(−δ / T) over them at the first temperature T.
    last_acceptance : float
        exp(−δ / T) of the slightest at the last one, which is never above the first.

    Notes
    -----
    Without any sample there is nothing to go by, and both are the smallest number that
    can be divided by: a descent that accepts equal values.
    """
    if not len(worsenings):
        return np.finfo(float).tiny, np.finfo(float).tiny
    slightest = float(worsenings.min())
    # exp(-x) is convex: the mean acceptance lies between those of these two temperatures.
    low, high = (float(d) / -log(first_acceptance) for d in (slightest, worsenings.max()))
    while high > low * (1 + 1e-9):
        middle = (low * high) ** 0.5
        if not low < middle < high:
            break
        if np.exp(-worsenings / middle).mean() < first_acceptance:
            low = middle
        else:
            high = middle
    return high, min(high, slightest / -log(last_acceptance))
