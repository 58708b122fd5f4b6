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
    """The options of a genetic algorithm, by whatever operators, with the defaults of `genetic`.

    Parameters
    ----------
    population : int, optional
        Individuals: at least two, who may mate. By default √w, w the evaluations that are left,
        half as many on permutations, and w^0.65 / 3.2 on bits and whole numbers of few values
        (18 at 500, 45 at 2,000, 124 at 10,000 evaluations); at least 10. Choices of this suite:
        pymoo's 100 leave a budget of 500 evaluations five generations. Exchanged variables
        converge within some √n generations whatever the population is (Mühlenbein and
        Schlierkamp-Voosen 1993, see `genetic`), so that a larger budget is better spent on more
        individuals: at 10,000 evaluations nk-landscape ended at -0.780 with 125, at -0.778 with
        100 (means of 27 to 30 seeds); with 158 knapsack lost.
    crossover_rate, mutation_rate : float
        Probability that a pair mates and that a child may mutate.
    variable_rate : float, optional
        Probability that a variable of such a child changes. By default 1 / n of n variables
        (Mühlenbein 1992, "How genetic algorithms really work").
    tournament_size : int
        Individuals of which the best becomes a parent.
    step : float
        Standard deviation of a real variable's mutation, as a share of its range, the longest
        of `genetic`; 0.1 is the scale of the problem's start, where it has one.

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
    if whole.all() and space.few(MOST_VALUES)[cells[1]].all():
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
    few = space.few(MOST_VALUES)[cells[1]]
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
