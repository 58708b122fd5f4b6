"""First improvement, variable by variable: the local search of several methods."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from methods.shared.neighbourhood import Neighbourhood
from problems.core.oracle import Oracle


def descend(
    oracle: Oracle,
    neighbourhood: Neighbourhood,
    x: NDArray,
    value: float,
    variables: list[int],
    rng: np.random.Generator,
) -> tuple[NDArray, float]:
    """Take the first improvement, again and again, until no variable to visit has any.

    A variable that has none moves to a neighbour of equal value, where there is one.

    Parameters
    ----------
    oracle : Oracle
    neighbourhood : Neighbourhood
    x : ndarray of shape (dimension,)
        Where to begin,
    value : float
        and its value.
    variables : list of int
        Which to visit; an improvement adds those that it touches.
    rng : Generator

    Returns
    -------
    ndarray, float
        The local optimum and its value.
    """
    queue = deque(rng.permutation(variables).tolist())
    waiting = set(queue)
    while queue:
        variable = queue.popleft()
        waiting.discard(variable)
        equal = None
        for neighbour, touched in neighbourhood.moves(x, variable, rng):
            neighbour_value = oracle.value(neighbour)
            if neighbour_value < value:
                x, value = neighbour, neighbour_value
                queue.extend(v for v in touched if v not in waiting)
                waiting.update(touched)
                break
            if neighbour_value == value:
                equal = neighbour
        else:  # a plateau is crossed, but no variable is visited again for that
            x = x if equal is None else equal
    return x, value
