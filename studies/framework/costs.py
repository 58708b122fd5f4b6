"""What it cost a run to come to a value."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from comparison.results.trace import KINDS

#: Exact values in a trace.
VALUE = KINDS.index("value")


def cost_to_reach(
    trace: NDArray, target: float, cost: Literal["work", "cpu_seconds", "values"] = "work"
) -> float | None:
    """Return what had been spent at the first point as good as `target`, None without one.

    Parameters
    ----------
    trace : ndarray of `comparison.results.trace.TRACE`
        A run's, from `Results.traces`.
    target : float
    cost : {"work", "cpu_seconds", "values"}
    """
    solved = (trace["kind"] == VALUE) & (trace["value"] <= target)
    return float(trace[cost][solved.argmax()]) if solved.any() else None


def best_by(trace: NDArray, work: float) -> float | None:
    """Return the best value that so much work had paid for, None where there was none yet.

    Parameters
    ----------
    trace : ndarray of `comparison.results.trace.TRACE`
        A run's, from `Results.traces`.
    work : float
    """
    paid = trace["value"][(trace["kind"] == VALUE) & (trace["work"] <= work)]
    return float(paid.min()) if len(paid) else None


def thinned(trace: NDArray, most: int) -> list[dict[str, float]]:
    """Return the best values so far, at most so many, evenly spaced in the logarithm of work.

    Parameters
    ----------
    trace : ndarray of `comparison.results.trace.TRACE`
    most : int

    Returns
    -------
    list of dict
        ``value``, ``work`` and ``cpu_seconds``.
    """
    points = trace[trace["kind"] == VALUE]
    if not len(points):
        return []
    at = np.log(np.maximum(points["work"], 1e-12))
    wanted = np.searchsorted(at, np.linspace(at[0], at[-1], most))
    chosen = points[np.unique(np.minimum(wanted, len(points) - 1))]
    names = ("value", "work", "cpu_seconds")
    return [{name: float(point[name]) for name in names} for point in chosen]
