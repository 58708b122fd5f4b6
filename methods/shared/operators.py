"""Variation by space: how search methods change a solution, a whole population at once.

The definitions are DEAP's (`mutGaussian`, `mutFlipBit`, `mutUniformInt`,
`mutShuffleIndexes`, `selTournament`), over arrays of shape (n, dimension); the tests
hold them against DEAP's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from problems.core.interval import Count, Interval, Positive, Share
from problems.core.permutation import Permutation
from problems.core.space import Box, Categorical, Space

#: The default of a real variable's mutation, as a share of its range.
STEP = 0.1


@dataclass(frozen=True, kw_only=True)
class Breeding:
    """The options of a genetic algorithm, by whatever operators, with the defaults of `genetic`.

    Parameters
    ----------
    population : int, optional
        Individuals: at least two, who may mate. By default √w, w the evaluations that are left,
        and half as many on permutations; at least 10. A choice of this suite: pymoo's 100 leave
        a budget of 500 evaluations five generations. Of ½, 1 and 1.5 √w none was the best
        throughout on seven of its problems of bits and categories at 500, 2,000 and 10,000
        evaluations; on its three of permutations ½ √w was mostly better than √w.
    crossover_rate, mutation_rate : float
        Probability that a pair mates and that a child may mutate.
    variable_rate : float, optional
        Probability that a variable of such a child changes. By default 1 / n of n variables
        (Mühlenbein 1992, "How genetic algorithms really work").
    tournament_size : int
        Individuals of which the best becomes a parent.
    step : float
        Standard deviation of a real variable's mutation, as a share of its range; 0.1 is the
        scale of the problem's start, where it has one.

    Raises
    ------
    ValueError
        Where nobody would mate or mutate: no new solution would be evaluated.
    """

    population: Annotated[int, Interval(ge=2)] | None = None
    crossover_rate: Share = 0.9
    mutation_rate: Share = 1.0
    variable_rate: Share | None = None
    tournament_size: Count = 2
    step: Positive = STEP

    def __post_init__(self) -> None:
        if self.crossover_rate == self.mutation_rate == 0:
            raise ValueError(
                "mutation_rate=0: expected a number > 0 where crossover_rate is 0 as well"
            )


def perturb(
    space: Space,
    points: NDArray,
    chosen: NDArray,
    rng: np.random.Generator,
    sigma: float | NDArray[np.float64],
) -> NDArray:
    """Change the `chosen` variables (a mask of the shape of `points`) at random.

    Real variables get Gaussian noise of standard deviation `sigma` times their
    range; whole numbers and categories take another value, uniformly; positions
    of a permutation swap with another item.

    Parameters
    ----------
    space : Space
    points : ndarray of shape (n, dimension)
    chosen : ndarray of bool, shape (n, dimension)
    rng : Generator
    sigma : float or ndarray of shape (dimension,)
        Standard deviation as a share of a variable's range, in a box one for all or one each.

    Returns
    -------
    ndarray of shape (n, dimension)
        Changed copies.
    """
    if isinstance(space, Permutation):
        return _swapped(space, points, chosen, rng)
    cells = chosen.nonzero()
    changed, old = points.copy(), points[cells]
    if isinstance(space, Categorical):
        high = space.counts[cells[1]] - 1
        changed[cells] = _another(old, np.zeros(len(high)), high, rng)
        return changed
    if not isinstance(space, Box):
        raise TypeError(f"no perturbation for {type(space).__name__}")
    low, high = space.low[cells[1]], space.high[cells[1]]
    if space.dtype is np.int64:
        changed[cells] = _another(old, low, high, rng)
        return changed
    if not isinstance(sigma, float):
        sigma = np.broadcast_to(sigma, points.shape[1])[cells[1]]
    moved = old + sigma * (high - low) * rng.standard_normal(len(old))
    if space.integral.any():
        moved = np.where(space.integral[cells[1]], _another(old, low, high, rng), moved)
    changed[cells] = np.minimum(np.maximum(moved, low), high)
    return changed


def _swapped(
    space: Permutation, points: NDArray, chosen: NDArray, rng: np.random.Generator
) -> NDArray:
    """Swap the chosen positions with another item each, one after the other."""
    full = space.complete(points)
    rows, positions = chosen.nonzero()
    shift = rng.integers(1, max(2, space.n), len(rows))
    for row, position, other in zip(rows, positions, (positions + shift) % space.n, strict=True):
        full[row, position], full[row, other] = full[row, other], full[row, position]
    return full[:, : space.dimension]


def _another(old: NDArray, low: NDArray, high: NDArray, rng: np.random.Generator) -> NDArray:
    """Draw a whole number of low … high other than `old`, uniformly, where there is one."""
    width = high - low
    shift = 1 + np.floor(rng.random(len(old)) * np.maximum(width, 1))
    return low + (old - low + shift) % (width + 1)


def tournament(
    values: NDArray[np.float64], n: int, size: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Draw individuals at random and let the lowest value win, over and over.

    Parameters
    ----------
    values : ndarray of shape (population,)
    n : int
        How many winners.
    size : int
        Individuals of a tournament.
    rng : Generator

    Returns
    -------
    ndarray of shape (n,)
        The winners' indices.
    """
    drawn = (rng.random((n, size)) * len(values)).astype(np.int64)
    return drawn[np.arange(n), values[drawn].argmin(axis=1)]


def require_ordered(smallest: float, largest: float) -> None:
    """Raise `ValueError` unless the smallest change of a variable is at most the largest."""
    if smallest > largest:
        raise ValueError(
            f"smallest={smallest:g}, largest={largest:g}: expected smallest <= largest"
        )
