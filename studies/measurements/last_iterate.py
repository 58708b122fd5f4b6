"""Where descent came to, whatever its best evaluation: the run is made again, as none keeps it."""

from __future__ import annotations

from copy import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray

from methods import METHODS
from methods.result import Run
from methods.run import load_method, minimize
from problems.core.oracle import Oracle
from problems.core.problem import Problem


def last_iterate(problem: Problem, run: Run) -> NDArray:
    """Return the solution at the last iterate of a descent on all data.

    Such a method draws no random numbers: from the run's start it goes the run's way again.
    Where the run ended at an evaluation as good as a proven optimum, it goes on, since that
    is not where its own objective is least.

    Parameters
    ----------
    problem : Problem
        The run's.
    run : Run

    Returns
    -------
    ndarray of shape (problem.space.dimension,)

    Raises
    ------
    ValueError
        When it came to another value than the run's last.
    """
    method = load_method(METHODS.entry(run.method))
    iterates: list[Any] = []

    def descent(oracle: Oracle, rng: np.random.Generator) -> None:
        try:
            method(oracle, rng, **run.method_options)
        finally:
            iterates.append(oracle.last_iterate())

    blind = copy(problem)
    blind.reference = None
    again = minimize(blind, descent, budget=run.budget, seed=run.seed)
    if run.ended != "optimal" and again.last != run.last:
        raise ValueError(f"{run.method}: it came to {again.last}, and before to {run.last}")
    return np.asarray(iterates[0])
