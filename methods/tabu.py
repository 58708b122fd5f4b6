"""Tabu search: move to the best neighbour, even a worse one, but do not undo what was done."""

from __future__ import annotations

from math import inf
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from methods.shared.operators import perturb, require_ordered
from methods.shared.strides import NEAR, real_variables, zoom
from problems.core.interval import Count, Interval, Positive
from problems.core.oracle import Oracle

Attribute = tuple[int, float]


def tabu(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    tenure: Annotated[int, Interval(ge=0)] | None = None,
    neighbours: Count | None = None,
    smallest: Positive = 0.001,
    largest: Positive = 1.0,
) -> None:
    """Search with a short-term memory (Glover 1989, "Tabu search, part I").

    A step evaluates some neighbours, each with one variable changed (on a permutation, two
    items swapped), and moves to the best of them that is not tabu. What a variable was
    before its change is tabu for `tenure` steps: the attribute is (variable, value), on a
    permutation (position, item). A move is tabu when all that it brings back is, as for
    swaps in Taillard (1991, "Robust taboo search for the quadratic assignment problem"),
    unless it leads to the best value so far (aspiration). Where every neighbour is tabu,
    the one that is so for the shortest time is taken.

    A real variable never takes the same value twice, so what is tabu is to change it
    again. That is an adaptation: tabu search was made for discrete spaces.

    Parameters
    ----------
    tenure : int, optional
        By default a quarter of the variables, at least 1 and at most 20, which is the
        default of D-Wave's tabu sampler.
    neighbours : int, optional
        Neighbours that a step evaluates, of different variables; by default every variable
        once, but at most 20, a sampled candidate list.
    smallest, largest : float
        Standard deviation of a real variable's change, as a share of its range; it is
        drawn anew for each step, uniformly on a log scale, and 0.25 is the start's scale, as in
        `hill_climb`.
    """
    require_ordered(smallest, largest)
    space = oracle.space
    dimension = space.dimension
    if tenure is None:
        tenure = max(1, min(20, dimension // 4))
    number = min(dimension, 20 if neighbours is None else neighbours)
    scales = np.log(smallest), np.log(largest)
    nearness = zoom(oracle, NEAR)
    real = real_variables(space)
    tabu_until: dict[Attribute, int] = {}
    x = oracle.start(1)[0]
    best = oracle.value(x)
    step = 0
    while True:
        step += 1
        chosen = np.zeros((number, dimension), dtype=bool)
        chosen[np.arange(number), rng.choice(dimension, number, replace=False)] = True
        around = np.repeat(x[None], number, axis=0)
        candidates = perturb(space, around, chosen, rng, np.exp(rng.uniform(*scales)) * nearness)
        values = oracle.values(candidates)
        # The step until which each move is tabu; a change that changes nothing always is.
        until = [
            min((tabu_until.get(attribute, 0) for attribute in brought), default=inf)
            for brought in _attributes(candidates, candidates != x, real)
        ]
        allowed = [i for i in range(number) if until[i] < step or values[i] < best]
        if allowed:
            taken = min(allowed, key=values.__getitem__)
        else:
            taken = min(range(number), key=lambda i: (until[i], values[i]))
        (lost,) = _attributes(x[None], (candidates[taken] != x)[None], real)
        for attribute in lost:
            tabu_until[attribute] = step + tenure
        x = candidates[taken]
        best = min(best, values[taken])


def _attributes(
    points: NDArray, changed: NDArray[np.bool_], real: NDArray[np.bool_]
) -> list[list[Attribute]]:
    """Return (variable, value) of what is `changed` in every row of `points`.

    The value of a real variable is left out: all of its values are one attribute.
    """
    attributes: list[list[Attribute]] = [[] for _ in points]
    kept = np.where(real, 0.0, points)
    for row, variable in zip(*changed.nonzero(), strict=True):
        attributes[row].append((int(variable), float(kept[row, variable])))
    return attributes
