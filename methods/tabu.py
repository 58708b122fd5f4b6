"""Tabu search: move to the best neighbour, even a worse one, but do not undo what was done."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from math import inf
from typing import Annotated, Literal, NoReturn

import numpy as np
from numpy.typing import NDArray

from methods.shared.items import Items
from methods.shared.neighbourhood import Values, exchanges, takes_exchanges
from methods.shared.operators import number_of_neighbours, perturb, require_ordered
from methods.shared.real_descent import descend_reals
from methods.shared.strides import NEAR, zoom
from problems.core.interval import Count, Interval, Positive
from problems.core.oracle import Oracle
from problems.core.permutation import Permutation, PermutationKind
from problems.core.space import Box, Space

Pivot = Literal["first", "best"]
#: A variable and its value, a position and its item, or two neighbouring items.
Attribute = tuple[int, float]
#: What yields so many neighbours of a point.
Around = Callable[[NDArray, int], Iterator[NDArray]]
#: The first radius of a tabu region, by which each variable of a real box has changed on
#: average, as a share of its range, and the largest.
REGION, LARGEST_REGION = 0.01, 0.5


def tabu(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    pivot: Pivot = "first",
    tenure: Annotated[int, Interval(ge=0)] | None = None,
    neighbours: Count | None = None,
    smallest: Positive = 0.001,
    largest: Positive = 1.0,
) -> None:
    """Search with a short-term memory (Glover 1989, "Tabu search, part I").

    A step moves to a neighbour, which has one variable changed, of bits under constraints two
    exchanged (see `takes_exchanges`), of a permutation two items, as its kind demands (see
    `methods.shared.items`), and which is not tabu. Pairs of items are gone through in one random
    order, from where the last step stopped: from one improvement to the next none is tried
    twice, so that few evaluations lead to a local optimum. What is lost by
    a move is tabu for `tenure` steps: the attribute is (variable, value), on an assignment
    (position, item), on a tour an edge, in a sequence an item after another. A move is tabu
    when all that it brings back is, as for swaps in Taillard (1991, "Robust taboo search
    for the quadratic assignment problem"), unless it leads to the best value so far
    (aspiration). Where every neighbour is tabu, the one that is so for the shortest time is
    taken.

    A real variable never takes the same value twice. Where some variables are real, what is
    tabu is to change one again. In a real box the search is another, after the directed tabu
    search of Hedar and Fukushima (2006, "Tabu search directed by direct search methods for
    nonlinear global optimization"): a step ends with a descent, see
    `methods.shared.real_descent`, and tabu are the regions around the last `tenure` local
    optima. Their radius, at first a hundredth of the range, doubles where a descent ends in
    one again, which is how reactive tabu search lengthens its tenure (Battiti and Tecchiolli
    1994, "The reactive tabu search"). Nelder and Mead's simplex of the paper is left out, and
    so are its regions that are half tabu: choices of this suite. Tabu search was made for
    discrete spaces, and few use it on real ones.

    Parameters
    ----------
    pivot : {"first", "best"}
        Which neighbour is taken: the first that is no worse, where none is the best of all,
        as in `FirstBestAdmissibleTabuSearch` of the framework JAMES; or always the best.
        Best costs all neighbours a step, which pays where a neighbour's value comes cheaper
        from the last one's; here each is an evaluation.
    tenure : int, optional
        By default a quarter of the variables, at least 1 and at most 20, which is the
        default of D-Wave's tabu sampler.
    neighbours : int, optional
        The most neighbours that a step evaluates: of different variables while they last. By
        default as many as there are: pairs of items of a permutation, other values of whole
        numbers and categories, one of each real variable; at most 20 with "best". Where bits
        are exchanged, a step evaluates as many exchanges after the changes. In a real box a
        neighbour differs in all variables, and they are as many as variables, at most 20.
    smallest, largest : float
        Standard deviation of a real variable's change, as a share of its range; it is
        drawn anew for each neighbour, uniformly on a log scale, and 0.25 is the start's
        scale, as in `hill_climb`. In a real box a neighbour's is not below the radius.
    """
    require_ordered(smallest, largest)
    space = oracle.space
    dimension = space.dimension
    if tenure is None:
        tenure = max(1, min(20, dimension // 4))
    nearness = zoom(oracle, NEAR)
    if isinstance(space, Box) and space.real.all():
        steps = Values(space, None, smallest, largest, nearness)
        _directed(oracle, rng, steps, pivot, tenure, neighbours or min(20, dimension), largest)
    around: Around
    if isinstance(space, Permutation) and space.n > 1:
        items = Items(space)
        around, every = _pairs_in_turn(items, rng), items.variables
    else:
        around = _changes(oracle, rng, smallest, largest, nearness)
        every = number_of_neighbours(space)
    if neighbours is None:
        neighbours = every if pivot == "first" else min(20, dimension)
    tabu_until: dict[Attribute, int] = {}
    x = oracle.start(1)[0]
    value = best = oracle.value(x)
    step = 0
    while True:
        step += 1
        candidates, values, until = [], [], []
        for y in around(x, neighbours):
            candidates.append(y)
            values.append(oracle.value(y))
            # The step until which the move is tabu; a change that changes nothing always is.
            brought = (tabu_until.get(a, 0) for a in gained(space, x, y))
            until.append(min(brought, default=inf))
            allowed = until[-1] < step or values[-1] < best
            if pivot == "first" and values[-1] <= value and allowed:
                break
        admissible = [i for i in range(len(values)) if until[i] < step or values[i] < best]
        if admissible:
            taken = min(admissible, key=values.__getitem__)
        else:
            taken = min(range(len(values)), key=lambda i: (until[i], values[i]))
        for attribute in gained(space, candidates[taken], x):
            tabu_until[attribute] = step + tenure
        x, value = candidates[taken], values[taken]
        best = min(best, value)


def _directed(
    oracle: Oracle,
    rng: np.random.Generator,
    steps: Values,
    pivot: Pivot,
    tenure: int,
    neighbours: int,
    largest: float,
) -> NoReturn:
    """Descend, leave the regions around the last local optima, and descend again."""
    space, every = oracle.space, np.ones((1, oracle.space.dimension), dtype=bool)
    width = space.latent.high - space.latent.low
    unit = np.where(width > 0, width, 1.0) * steps.nearness
    optima: deque[NDArray] = deque(maxlen=tenure)

    def distance(x: NDArray) -> float:
        """Return how far the nearest of the last optima is, each variable on average."""
        return min((float(np.sqrt(np.mean(((x - y) / unit) ** 2))) for y in optima), default=inf)

    x, scale, radius = oracle.start(1)[0], NEAR, REGION
    value = best = oracle.value(x)
    while True:
        x, value = descend_reals(oracle, steps, x, value, scale, rng)
        radius = min(2 * radius, LARGEST_REGION) if distance(x) < radius else REGION
        optima.append(x)
        best = min(best, value)
        lengths = np.log(radius), np.log(max(radius, largest))
        taken: tuple[float, NDArray, float] | None = None
        for _ in range(neighbours):
            length = float(np.exp(rng.uniform(*lengths)))
            y = perturb(space, x[None], every, rng, length * steps.nearness)[0]
            y_value = oracle.value(y)
            if distance(y) >= radius or y_value < best:
                if taken is None or y_value < taken[0]:
                    taken = y_value, y, length
                if pivot == "first" and y_value <= value:
                    break
        # Where all are tabu it is the last.
        value, x, scale = taken or (y_value, y, length)


def _pairs_in_turn(items: Items, rng: np.random.Generator) -> Around:
    """Go round all pairs of items in one random order, each time from where it stopped."""
    order = cycle(rng.permutation(items.variables).tolist())

    def around(x: NDArray, number: int) -> Iterator[NDArray]:
        turn = islice(order, items.variables)
        return islice((y for pair in turn for y, _ in items.moves(x, pair, rng)), number)

    return around


def _changes(
    oracle: Oracle,
    rng: np.random.Generator,
    smallest: float,
    largest: float,
    nearness: float | NDArray[np.float64],
) -> Around:
    """Change variables in turn, and then, under constraints, exchange a bit with another."""
    space, dimension = oracle.space, oracle.space.dimension
    scales, exchanged = (np.log(smallest), np.log(largest)), takes_exchanges(oracle)

    def around(x: NDArray, number: int) -> Iterator[NDArray]:
        for variable in _each_in_turn(dimension, number, rng):
            chosen = np.zeros((1, dimension), dtype=bool)
            chosen[0, variable] = True
            sigma = np.exp(rng.uniform(*scales)) * nearness
            yield perturb(space, x[None], chosen, rng, sigma)[0]
        if exchanged:
            for variable in _each_in_turn(dimension, number, rng):
                yield from islice(exchanges(x, variable, rng), 1)

    return around


def _each_in_turn(dimension: int, number: int, rng: np.random.Generator) -> Iterator[int]:
    """Yield `number` variables in random order, each again only after all the others."""
    for begin in range(0, number, dimension):
        yield from rng.permutation(dimension)[: number - begin].tolist()


def gained(space: Space, old: NDArray, new: NDArray) -> set[Attribute]:
    """Return the attributes that `new` has and `old` has not.

    The value of a real variable is left out: all of its values are one attribute.
    """
    if isinstance(space, Permutation) and space.kind in ("tour", "sequence"):
        return _links(new, space.kind) - _links(old, space.kind)
    changed = (new != old).nonzero()[0]
    values = np.where(space.real[changed], 0.0, new[changed])
    return set(zip(changed.tolist(), values.tolist(), strict=True))


def _links(items: NDArray, kind: PermutationKind) -> set[Attribute]:
    """Return which item follows which: on a tour in either direction, the first the last.

    Before the first of a sequence comes -1.
    """
    after = items.tolist()
    if kind == "sequence":
        return set(zip([-1, *after], after, strict=False))
    before = [after[-1], *after[:-1]]
    return {(a, b) if a < b else (b, a) for a, b in zip(before, after, strict=True)}
