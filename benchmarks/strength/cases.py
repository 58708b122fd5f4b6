"""The problems of the strength benchmark: every kind of space, and cheap to evaluate."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any, Literal

import numpy as np

import problems
from problems import Box, Categorical, Permutation, Problem, Space

Kind = Literal["real", "bits", "integers", "categories", "tour", "sequence", "assignment"]

#: What is given to `problems.make`, by name; of the rest the defaults.
CASES: dict[str, dict[str, Any]] = {
    "sphere": {"dimension": 10},
    "rosenbrock": {"dimension": 10},
    "rastrigin": {"dimension": 10},
    "welded-beam": {},
    "next-token-rank": {},
    "onemax": {},
    "nk-landscape": {},
    "max-cut": {},
    "knapsack": {},
    "max-sat": {},
    "next-token-ternary": {},
    "graph-colouring": {},
    "travelling-salesman": {},
    "job-shop": {},
    "quadratic-assignment": {},
}


@lru_cache(maxsize=4)
def made(name: str, instance: int) -> Problem:
    """Return an instance of one of the problems; the last few are kept."""
    return problems.make(name, instance=instance, **CASES[name])


@cache
def kind(name: str) -> Kind:
    """Return the kind of a problem's space, by which peers are chosen."""
    return kind_of(made(name, 0).space)


def kind_of(space: Space) -> Kind:
    """Return the kind of a space.

    Raises
    ------
    ValueError
        When none of the peers is written for it: some of its variables are whole, or nothing
        is said of what its order means.
    """
    if isinstance(space, Permutation) and space.kind is not None:
        return space.kind
    if isinstance(space, Categorical):
        return "categories"
    if isinstance(space, Box) and not space.integral.any():
        return "real"
    if isinstance(space, Box) and space.integral.all():
        return "bits" if np.all((space.low == 0) & (space.high == 1)) else "integers"
    raise ValueError(f"{space}: expected real or whole variables, categories or a permutation")
