"""What the tests of the constrained problems share: all of them, and a local solver."""

from __future__ import annotations

import warnings

import numpy as np
import scipy.optimize
from numpy.typing import NDArray

import problems
from problems.constrained.constrained import Constrained

NAMES = [entry.name for entry in problems.PROBLEMS.expand(["constrained"])]


def make(name: str, **options: float) -> Constrained:
    problem = problems.make(name, **options)
    assert isinstance(problem, Constrained)
    return problem


def violation(problem: Constrained, x: NDArray) -> float:
    return float(np.maximum(problem.constraints(x), 0).max())


def polish(problem: Constrained, start: NDArray) -> NDArray:
    """Descend from `start` with SLSQP, its whole variables held where they are.

    Equalities are handed over as the two smooth halves of |h| <= tolerance.
    """
    box = problem.space
    bounds = [
        (s, s) if whole else (low, high)
        for s, whole, low, high in zip(start, box.integral, box.low, box.high, strict=True)
    ]
    scale = max(1.0, abs(problem.best_value))

    def slack(x: NDArray) -> NDArray:
        h = np.array(problem.equalities(*x.tolist()))
        g = np.array(problem.inequalities(*x.tolist()))
        return np.concatenate([-g, problem.tolerance - h, problem.tolerance + h])

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of steps that leave the bounds, which it clips
        found = scipy.optimize.minimize(
            lambda x: problem.value(x) / scale,
            start,
            method="SLSQP",
            bounds=bounds,
            constraints={"type": "ineq", "fun": slack},
            options={"maxiter": 500, "ftol": 1e-14},
        )
    return np.clip(found.x, box.low, box.high)
