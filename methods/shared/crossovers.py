"""Crossover by space: how two parents make two children, a whole population at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from methods.shared.operators import MOST_VALUES
from problems.core.mixed import Mixed
from problems.core.permutation import Permutation
from problems.core.space import Box, Categorical, Space

#: How far beyond its parents a real variable may go, as a share of their distance: the α of
#: Eshelman and Schaffer (1993, "Real-coded genetic algorithms and interval-schemata"), and of
#: the blend in DEAP's tutorial.
BEYOND = 0.5


def crossover(
    space: Space, mothers: NDArray, fathers: NDArray, rng: np.random.Generator
) -> tuple[NDArray, NDArray]:
    """Mate the rows of two populations, as suits what their variables are.

    - bits, categories and whole numbers of few values: exchanged with probability ½ each
      (Syswerda 1989, "Uniform crossover in genetic algorithms"); where all are bits, half of
      the pairs exchange a random segment, see `exchanged`;
    - real variables and other whole numbers: drawn between the parents and beyond,
      see `blend`;
    - tours of all items: `edge_recombination`; assignments: `position_crossover`; other
      permutations: `ordered_crossover` of a random segment.

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
        one, other = _permuted(space, ours, theirs, rng)
        return one[:, : space.dimension], other[:, : space.dimension]
    if not isinstance(space, Box | Categorical | Mixed):
        raise TypeError(f"no crossover for {type(space).__name__}")
    blended = ~space.few(MOST_VALUES)
    if not isinstance(space, Categorical) and blended.all():
        both = np.concatenate([mothers, mothers]), np.concatenate([fathers, fathers])
        children = blend(space, *both, rng)
        return children[: len(mothers)], children[len(mothers) :]
    swap = exchanged(space, mothers.shape, rng)
    one, other = np.where(swap, fathers, mothers), np.where(swap, mothers, fathers)
    if not isinstance(space, Categorical) and blended.any():
        one = np.where(blended, blend(space, mothers, fathers, rng), one)
        other = np.where(blended, blend(space, mothers, fathers, rng), other)
    return one, other


def exchanged(space: Space, shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.bool_]:
    """Draw which variables each pair of parents exchanges.

    Each with probability ½; of bits, half of the pairs exchange those between two cuts instead.
    Uniform crossover breaks up bits that belong together, two-point crossover keeps those that
    are neighbours, as the recipes for bits of DEAP and pymoo do. Both at once is a choice of
    this suite: at 2,000 evaluations nk-landscape ended at -0.766 in place of -0.761 (instance 0,
    means of 46 seeds and more), no lower on instance 1. Categories and ternary weights were
    better without.
    """
    swap = rng.random(shape) < 0.5
    if not (isinstance(space, Box) and (space.integral & (space.high - space.low == 1)).all()):
        return swap
    cuts = np.sort(rng.integers(0, shape[1] + 1, (2, shape[0], 1)), axis=0)
    position = np.arange(shape[1])
    segment = (cuts[0] <= position) & (position < cuts[1])
    return np.where(rng.random((shape[0], 1)) < 0.5, segment, swap)


def blend(
    space: Box | Mixed, mothers: NDArray, fathers: NDArray, rng: np.random.Generator
) -> NDArray:
    """Draw each variable uniformly from its parents' interval, made longer on either side (BLX-α).

    Whole numbers are rounded; what is beyond a bound takes its value. The interval of what is on
    the log scale is there.
    """
    if isinstance(space, Mixed):
        mothers, fathers = space.rescale(mothers), space.rescale(fathers)
    distance = np.subtract(fathers, mothers, dtype=float)
    share = rng.random(mothers.shape)
    share *= 1 + 2 * BEYOND
    share -= BEYOND
    share *= distance
    share += mothers
    return space.restore(share) if isinstance(space, Mixed) else space.decode(share)


def _permuted(
    space: Permutation, ours: NDArray, theirs: NDArray, rng: np.random.Generator
) -> tuple[NDArray, NDArray]:
    """Mate rows of all items by what the order of a permutation says."""
    if space.kind == "tour" and space.dimension == space.n:
        both = np.concatenate([ours, theirs]), np.concatenate([theirs, ours])
        children = edge_recombination(*both, rng)
        return children[: len(ours)], children[len(ours) :]
    if space.kind == "assignment":
        kept = rng.random(ours.shape) < 0.5
        return (
            position_crossover(ours, theirs, kept, rng),
            position_crossover(theirs, ours, kept, rng),
        )
    ends = rng.random(ours.shape).argpartition(min(1, space.n - 1), axis=1)[:, :2]
    a, b = ends.min(axis=1), ends.max(axis=1)
    return ordered_crossover(ours, theirs, a, b), ordered_crossover(theirs, ours, a, b)


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


def position_crossover(
    keeper: NDArray, donor: NDArray, kept: NDArray[np.bool_], rng: np.random.Generator
) -> NDArray:
    """Leave the keeper's items where `kept`, and the donor's at the other positions.

    After Tate and Smith (1995, "A genetic approach to the quadratic assignment problem"):
    an item has the position that it has in a parent; a donor's item that is
    there already is replaced by one of those missing, at random.
    """
    rows = np.arange(len(keeper))[:, None]
    used = np.zeros(keeper.shape, dtype=bool)
    np.put_along_axis(used, keeper, kept, axis=1)
    given = ~kept & ~used[rows, donor]
    np.put_along_axis(used, donor, used[rows, donor] | given, axis=1)
    missing = np.where(used, 2.0, rng.random(keeper.shape)).argsort(axis=1)  # these come first
    vacant = ~(kept | given)
    replaced = missing[rows, vacant.cumsum(axis=1) - 1]
    return np.where(vacant, replaced, np.where(kept, keeper, donor))


def edge_recombination(mothers: NDArray, fathers: NDArray, rng: np.random.Generator) -> NDArray:
    """Make tours of the edges of both parents, one child a pair.

    From its mother's first city a child goes on to the neighbour, in either parent, that has
    the fewest neighbours left, ties broken at random, and where none is left to any city
    (Whitley, Starkweather and Fuquay 1989, "Scheduling problems and traveling salesmen: the
    genetic edge recombination operator").

    Parameters
    ----------
    mothers, fathers : ndarray of shape (n, cities)
    rng : Generator

    Returns
    -------
    ndarray of shape (n, cities)
    """
    n, cities = mothers.shape
    rows = np.arange(n)
    each = rows[:, None]
    near = np.empty((n, cities, 4), dtype=np.int64)
    for column, parents in ((0, mothers), (2, fathers)):
        near[each, parents, column] = np.roll(parents, 1, axis=1)
        near[each, parents, column + 1] = np.roll(parents, -1, axis=1)
    # An edge that both parents have is one edge.
    listed = np.ones(near.shape, dtype=bool)
    listed[:, :, 2:] = (near[:, :, 2:, None] != near[:, :, None, :2]).all(axis=3)
    left = np.ones((n, cities), dtype=bool)
    anywhere, ties = rng.random((n, cities)), rng.random((cities, n, 4))
    tours = np.empty_like(mothers)
    city = mothers[:, 0]
    for position in range(cities):
        tours[:, position] = city
        left[rows, city] = False
        neighbours = near[rows, city]
        open_edges = left[each[:, None], near[each, neighbours]] & listed[each, neighbours]
        possible = left[each, neighbours] & listed[rows, city]
        rank = np.where(possible, open_edges.sum(axis=2) + ties[position], np.inf)
        city = neighbours[rows, rank.argmin(axis=1)]
        stuck = ~possible.any(axis=1)
        if stuck.any():
            city = np.where(stuck, np.where(left, anywhere, -1.0).argmax(axis=1), city)
    return tours
