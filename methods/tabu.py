"""Tabu search: move to the best neighbour, even a worse one, but do not undo what was done."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from methods.shared.operators import number_of_neighbours, perturb, require_ordered
from methods.shared.strides import NEAR, real_variables, zoom
from problems.core.interval import Count, Interval, Positive
from problems.core.oracle import Oracle
from problems.core.permutation import Permutation, PermutationKind
from problems.core.space import Space

Pivot = Literal["first", "best"]
#: A variable and its value, a position and its item, or two neighbouring items.
Attribute = tuple[int, float]


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

    A step moves to a neighbour, which has one variable changed (of a permutation, an item,
    as its kind demands, see `methods.shared.moves`), and which is not tabu. What is lost by
    a move is tabu for `tenure` steps: the attribute is (variable, value), on an assignment
    (position, item), on a tour an edge, in a sequence an item after another. A move is tabu
    when all that it brings back is, as for swaps in Taillard (1991, "Robust taboo search
    for the quadratic assignment problem"), unless it leads to the best value so far
    (aspiration). Where every neighbour is tabu, the one that is so for the shortest time is
    taken.

    A real variable never takes the same value twice, so what is tabu is to change it
    again. That is an adaptation: tabu search was made for discrete spaces.

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
        numbers and categories, one of each real variable; at most 20 with "best".
    smallest, largest : float
        Standard deviation of a real variable's change, as a share of its range; it is
        drawn anew for each neighbour, uniformly on a log scale, and 0.25 is the start's
        scale, as in `hill_climb`.
    """
    require_ordered(smallest, largest)
    space = oracle.space
    dimension = space.dimension
    if tenure is None:
        tenure = max(1, min(20, dimension // 4))
    if neighbours is None:
        neighbours = number_of_neighbours(space) if pivot == "first" else min(20, dimension)
    scales = np.log(smallest), np.log(largest)
    nearness = zoom(oracle, NEAR)
    tabu_until: dict[Attribute, int] = {}
    x = oracle.start(1)[0]
    value = best = oracle.value(x)
    step = 0
    while True:
        step += 1
        candidates, values, until = [], [], []
        for variable in _each_in_turn(dimension, neighbours, rng):
            chosen = np.zeros((1, dimension), dtype=bool)
            chosen[0, variable] = True
            sigma = np.exp(rng.uniform(*scales)) * nearness
            candidates.append(perturb(space, x[None], chosen, rng, sigma)[0])
            values.append(oracle.value(candidates[-1]))
            # The step until which the move is tabu; a change that changes nothing always is.
            brought = (tabu_until.get(a, 0) for a in gained(space, x, candidates[-1]))
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
    values = np.where(real_variables(space)[changed], 0.0, new[changed])
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
