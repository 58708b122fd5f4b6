"""Variation by space: how search methods change a solution, a whole population at once.

The definitions are DEAP's (`cxTwoPoint`, `cxOrdered`, `mutGaussian`, `mutFlipBit`,
`mutUniformInt`, `mutShuffleIndexes`, `selTournament`), over arrays of shape
(n, dimension); the tests hold them against DEAP's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from methods.shared.moves import rearrange
from problems.core.interval import Count, Interval, Positive, Share
from problems.core.mixed import Mixed
from problems.core.permutation import Permutation
from problems.core.space import Box, Categorical, Space

#: The default of a real variable's mutation, as a share of its range.
STEP = 0.1
#: Of a whole number of so many values any other is drawn, uniformly; of more one near by.
MOST_VALUES = 10


@dataclass(frozen=True, kw_only=True)
class Breeding:
    """The options of a genetic algorithm, by whatever operators.

    Parameters
    ----------
    population : int
        Individuals a generation: at least two, who may mate.
    crossover_rate, mutation_rate, variable_rate : float
        Probability that a pair mates, that a child mutates, and that each of its
        variables then changes: 0.5, 0.2 and 0.05 in DEAP's One Max example.
    tournament_size : int
        3 in that example.
    step : float
        Standard deviation of a real variable's mutation, as a share of its range; 0.1 is the
        scale of the problem's start, where it has one.

    Raises
    ------
    ValueError
        Where nobody would mate or mutate: no new solution would be evaluated.
    """

    population: Annotated[int, Interval(ge=2)] = 100
    crossover_rate: Share = 0.5
    mutation_rate: Share = 0.2
    variable_rate: Share = 0.05
    tournament_size: Count = 3
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

    Real variables get Gaussian noise of standard deviation `sigma` times their range. Whole
    numbers of more than ten values do too, rounded away from zero, so that they change;
    those of fewer values and categories take another value, uniformly. In a `Mixed` space
    noise and range are on the variable's scale. At the chosen positions of a permutation an
    item is moved, see `methods.shared.moves`.

    Parameters
    ----------
    space : Space
    points : ndarray of shape (n, dimension)
    chosen : ndarray of bool, shape (n, dimension)
    rng : Generator
    sigma : float or ndarray of shape (dimension,), (n, 1) or (n, dimension)
        Standard deviation as a share of a variable's range: in a box or a `Mixed` space one
        for all, or one for each variable, row or number.

    Returns
    -------
    ndarray of shape (n, dimension)
        Changed copies.
    """
    if isinstance(space, Permutation):
        return rearrange(space, points, chosen, rng)
    if isinstance(space, Mixed):
        return _moved(space, points, chosen, rng, sigma)
    cells = chosen.nonzero()
    changed, old = points.copy(), points[cells]
    if isinstance(space, Categorical):
        high = space.counts[cells[1]] - 1
        changed[cells] = _another(old, np.zeros(len(high)), high, rng)
        return changed
    if not isinstance(space, Box):
        raise TypeError(f"no perturbation for {type(space).__name__}")
    low, high = space.low[cells[1]], space.high[cells[1]]
    whole = space.integral[cells[1]]
    if whole.all() and (high - low < MOST_VALUES).all():
        changed[cells] = _another(old, low, high, rng)
        return changed
    if not isinstance(sigma, float):
        sigma = np.broadcast_to(sigma, points.shape)[cells]
    step = sigma * (high - low) * rng.standard_normal(len(old))
    if not whole.any():
        changed[cells] = np.minimum(np.maximum(old + step, low), high)
        return changed
    step = np.where(whole, np.copysign(np.ceil(np.abs(step)), step), step)
    moved = np.minimum(np.maximum(old + step, low), high)
    # At a bound a whole number goes the other way.
    moved = np.where(whole & (moved == old), np.minimum(np.maximum(old - step, low), high), moved)
    few = whole & (high - low < MOST_VALUES)
    changed[cells] = np.where(few, _another(old, low, high, rng), moved)
    return changed


def _moved(
    space: Mixed,
    points: NDArray,
    chosen: NDArray,
    rng: np.random.Generator,
    sigma: float | NDArray[np.float64],
) -> NDArray:
    """Move the chosen variables of a mixed space on their scales, or give them another value."""
    cells = chosen.nonzero()
    column, old = cells[1], points[cells]
    low, high = space.low[column], space.high[column]
    step = np.zeros(points.shape)
    noise = rng.standard_normal(len(old))
    step[cells] = np.broadcast_to(sigma * space.width, points.shape)[cells] * noise
    new = space.restore(space.rescale(points) + step)[cells]
    same = space.integral[column] & (new == old)
    aside = np.where(noise < 0, old - 1, old + 1)
    back = 2 * old - aside  # within the bounds where the other neighbour is not
    aside = np.where((aside < low) | (aside > high), back, aside)
    new = np.where(same, aside, new)
    few = space.few(MOST_VALUES)[column]
    moved = points.copy()
    moved[cells] = np.where(few, _another(old, low, high, rng), new)
    return moved


def _another(old: NDArray, low: NDArray, high: NDArray, rng: np.random.Generator) -> NDArray:
    """Draw a whole number of low … high other than `old`, uniformly, where there is one."""
    width = high - low
    shift = 1 + np.floor(rng.random(len(old)) * np.maximum(width, 1))
    return low + (old - low + shift) % (width + 1)


def number_of_neighbours(space: Space) -> int:
    """Return how many points one change leads to, one a real variable.

    Of a permutation they are the pairs of positions that a move is made between, and of a whole
    number of more than ten values ten.
    """
    if isinstance(space, Permutation):
        return max(1, space.dimension * (space.n - 1) // 2)
    if isinstance(space, Categorical):
        others = space.counts - 1.0
    elif isinstance(space, Box | Mixed):
        others = np.where(space.integral, space.high - space.low, 1.0)
    else:
        return space.dimension
    return max(1, int(np.minimum(others, MOST_VALUES).sum()))


def crossover(
    space: Space, mothers: NDArray, fathers: NDArray, rng: np.random.Generator
) -> tuple[NDArray, NDArray]:
    """Exchange a random segment between the rows of two populations (two-point).

    Permutations exchange it by `ordered_crossover`.

    Parameters
    ----------
    space : Space
    mothers, fathers : ndarray of shape (n, dimension)
        Who mates with whom, row by row.
    rng : Generator

    Returns
    -------
    ndarray, ndarray of shape (n, dimension)
        The two children of each pair.
    """
    if isinstance(space, Permutation):
        ours, theirs = space.complete(mothers), space.complete(fathers)
        ends = rng.random((len(ours), space.n)).argpartition(min(1, space.n - 1), axis=1)[:, :2]
        a, b = ends.min(axis=1), ends.max(axis=1)
        children = ordered_crossover(ours, theirs, a, b), ordered_crossover(theirs, ours, a, b)
        return children[0][:, : space.dimension], children[1][:, : space.dimension]
    # 1 <= a < b <= size, as DEAP's cxTwoPoint draws them.
    n, size = mothers.shape
    u = rng.random((2, n))
    a = 1 + (u[0] * size).astype(np.int64)
    b = 1 + (u[1] * max(1, size - 1)).astype(np.int64)
    b += b >= a
    a, b = np.minimum(a, b), np.maximum(a, b)
    column = np.arange(size)
    swap = column >= a[:, None]
    swap &= column < b[:, None]
    return np.where(swap, fathers, mothers), np.where(swap, mothers, fathers)


def ordered_crossover(
    keeper: NDArray, donor: NDArray, a: NDArray[np.int64], b: NDArray[np.int64]
) -> NDArray:
    """Put the donor's segment [a, b] into each row, the rest in the keeper's order.

    The rest is filled in from position b + 1 on, cyclically (Goldberg 1989,
    "Genetic algorithms in search, optimization and machine learning"; the first
    child of DEAP's `cxOrdered`).
    """
    n, size = keeper.shape
    turn = (np.arange(size) + b[:, None] + 1) % size  # positions from b + 1 on, cyclically
    inside = (np.arange(size) >= a[:, None]) & (np.arange(size) <= b[:, None])
    given = np.zeros((n, size), dtype=bool)
    rows = np.arange(n)[:, None]
    given[rows, np.where(inside, donor, donor[rows, b[:, None]])] = True
    order = np.take_along_axis(keeper, turn, axis=1)
    taken = given[rows, order]
    # Stable: items that the segment does not bring, in the keeper's order, come first.
    fill = np.take_along_axis(order, np.argsort(taken, axis=1, kind="stable"), axis=1)
    child = np.empty_like(keeper)
    np.put_along_axis(child, turn, fill, axis=1)
    return np.where(inside, donor, child)


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
