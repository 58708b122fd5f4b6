"""The path of a method: the points that it evaluates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from methods import METHODS
from methods.run import load_method, minimize
from problems.core.oracle import Oracle
from problems.core.problem import Problem
from studies.framework.study import Row


def path(
    problem: Problem,
    method: str,
    start: NDArray[np.float64],
    *,
    work: float,
    seed: int = 0,
    **options: Any,
) -> NDArray[np.float64]:
    """Run a method from a point and return where it went.

    Parameters
    ----------
    problem : Problem
        Over a box, whose relaxation's parameters are its points.
    method : str
    start : ndarray of shape (dimension,)
    work : float
        The run's budget.
    seed : int
    **options
        The method's.

    Returns
    -------
    ndarray of shape (n, dimension)
        From the start, the iterates of a method that descends; of one that only
        evaluates, those points that were better than all that it had evaluated before.
    """
    function = load_method(METHODS.entry(method))
    seen: list[NDArray] = []
    best = np.inf

    def keep_better(points: NDArray, values: float | NDArray) -> None:
        nonlocal best
        for x, value in zip(np.atleast_2d(points), np.atleast_1d(values), strict=True):
            if value < best:
                best = float(value)
                seen.append(np.array(x))

    def watched(oracle: Oracle, rng: np.random.Generator) -> None:
        def watch(name: str, keep: Callable[[NDArray, Any], None]) -> None:
            evaluate = getattr(oracle, name)

            def watched_call(x: NDArray, *rows: Any) -> Any:
                returned = evaluate(x, *rows)
                keep(x, returned)
                return returned

            setattr(oracle, name, watched_call)

        watch("value", keep_better)
        watch("values", keep_better)
        watch("gradient", lambda theta, _: seen.append(np.array(theta)))
        oracle.previous = np.array(start)
        function(oracle, rng, **options)

    watched.__name__ = METHODS.entry(method).name  # which seeds the run
    run = minimize(problem, watched, budget=work, seed=seed)
    if run.ended == "optimal" and run.x is not None:
        seen.append(run.x)  # the evaluation that ended the run did not come back
    if not seen or not np.array_equal(seen[0], start):
        seen.insert(0, np.array(start))
    return np.array(seen)


def ways_down(
    problem: Problem,
    ways: Mapping[str, Mapping[str, Any]],
    *,
    work: float,
    size: int,
    seed: int = 0,
) -> tuple[list[Row], list[Row]]:
    """Return the paths of several methods from one start, in a plane, and the values on it.

    Two variables are the plane themselves. Of more, it is that of the two principal
    components of all the paths' points, through their mean (Li, Xu, Taylor, Studer and
    Goldstein 2018, "Visualizing the loss landscape of neural nets", section 7).

    Parameters
    ----------
    problem : Problem
        See `path`.
    ways : mapping of str to mapping
        The options of each method.
    work : float
        Of each.
    size : int
        Points of the grid along each axis.
    seed : int
        Of the start.

    Returns
    -------
    paths : list of dict
        ``method``, ``step``, ``x`` and ``y``; at most 150 points a path.
    heights : list of dict
        ``x``, ``y`` and ``loss``, over what the paths cover.
    """
    start = problem.relaxation().start(np.random.default_rng(seed))
    gone = {
        method: problem.space.decode(path(problem, method, start, work=work, **options))
        for method, options in ways.items()
    }
    points = np.concatenate(list(gone.values()))
    if points.shape[1] == 2:
        centre, axes = np.zeros(2), np.eye(2)
    else:
        centre = points.mean(axis=0)
        axes = np.linalg.svd(points - centre, full_matrices=False)[2][:2]
    paths: list[Row] = []
    for method, x in gone.items():
        places = (x - centre) @ axes.T
        chosen = np.unique(np.linspace(0, len(places) - 1, min(len(places), 150)).astype(int))
        paths += [
            {"method": method, "step": int(i), "x": float(places[i, 0]), "y": float(places[i, 1])}
            for i in chosen
        ]
    flat = (points - centre) @ axes.T
    margin = 0.06 * np.ptp(flat, axis=0)
    low, high = flat.min(axis=0) - margin, flat.max(axis=0) + margin
    across, up = (np.linspace(low[i], high[i], size) for i in (0, 1))
    grid = np.array([(a, b) for b in up for a in across])
    values = problem.values(problem.space.decode(centre + grid @ axes))
    heights = [
        {"x": float(a), "y": float(b), "loss": float(value)}
        for (a, b), value in zip(grid, values, strict=True)
    ]
    return paths, heights
