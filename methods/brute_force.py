"""Brute force over a grid, as scipy.optimize has it."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from methods.shared.local_solver import search
from methods.shared.real_view import RealView
from problems.core.interval import Interval
from problems.core.oracle import Oracle

#: Points of scipy's grid a variable.
POINTS = 20
#: Points that a grid may have in all: scipy lays it out at the outset, 8 bytes a coordinate.
MOST_POINTS = 1_000_000


def brute(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    Ns: Annotated[int, Interval(ge=2, le=MOST_POINTS)] | None = None,
    finish: bool = True,
) -> None:
    """Run `scipy.optimize.brute`: evaluate every point of a grid, then polish the best one.

    The grid spans the bounds; of a whole-number variable it has whole numbers only, and
    no more than there are. Other spaces are searched through their latent box. It draws
    nothing and needs no start.

    Parameters
    ----------
    Ns : int, optional
        Points a variable. By default scipy's 20, or, where their grid is beyond the
        budget or a million points, as many as fit into it. Where not even two a
        variable do, the grid is over fewer variables, evenly spaced, and the others
        stay in the middle of the box.
    finish : bool
        Whether a downhill simplex follows, as scipy has it, where a variable is real.
    """
    import scipy.optimize

    oracle.evaluate_start()
    everything = RealView(oracle)
    affordable = int(max(2, min(oracle.remaining if Ns is None else MOST_POINTS, MOST_POINTS)))
    densest = 2 if Ns is None else min(Ns, int(_distinct(everything).max(initial=2)))
    view = RealView(oracle, int(math.log(affordable + 0.5, densest)) or 1)
    points = Ns or _points_that_fit(_distinct(view), affordable)
    grid = tuple(
        slice(low + 0.5, high - 0.5, complex(0, min(points, round(high - low))))
        if whole
        else slice(low, high, complex(0, points))
        for low, high, whole in zip(view.low, view.high, view.whole, strict=True)
    )
    search(
        view,
        scipy.optimize.brute,
        lambda z: view.value(np.atleast_1d(z)),
        grid,
        finish=scipy.optimize.fmin if finish and not view.encoded.all() else None,
        disp=False,
    )


def _distinct(view: RealView) -> NDArray[np.float64]:
    """Return how many points a variable can have in a grid: its whole numbers, if it has any."""
    return np.where(view.whole, np.rint(view.high - view.low), MOST_POINTS)


def _points_that_fit(distinct: NDArray[np.float64], affordable: int) -> int:
    """Return the most points a variable, up to scipy's, whose grid is affordable."""
    for points in range(POINTS, 2, -1):
        if np.minimum(points, distinct).prod() <= affordable:
            return points
    return 2
