"""Dual annealing (Xiang et al. 1997), as scipy.optimize has it."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from methods.shared.local_solver import evaluations_left, search
from methods.shared.real_view import RealView
from problems.core.interval import Count, Interval
from problems.core.oracle import Oracle


def dual_annealing(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    maxiter: Count = 1000,
    initial_temp: Annotated[float, Interval(gt=0.01, le=5e4)] = 5230.0,
    restart_temp_ratio: Annotated[float, Interval(gt=0, lt=1)] = 2e-5,
    visit: Annotated[float, Interval(gt=1, le=3)] = 2.62,
    accept: Annotated[float, Interval(ge=-1e4, le=-5)] = -5.0,
    local_search: bool = True,
) -> None:
    """Run `scipy.optimize.dual_annealing`: generalised annealing and local descents.

    Its descents are scipy's, L-BFGS-B on finite differences. Spaces that are no boxes of
    reals are searched through their latent box, where a difference is one unit. It begins at
    the problem's start, where it has one; its visits are over the whole box all the same.

    Parameters
    ----------
    maxiter : int
        Steps of the temperature, each of 2 n visits; scipy's 1000.
    initial_temp, restart_temp_ratio : float
        scipy's temperature, and the share of it at which it is heated up again.
    visit, accept : float
        scipy's parameters of the visiting and the acceptance distribution.
    local_search : bool
        Whether it descends at all; without, it is generalised simulated annealing.
    """
    import scipy.optimize

    view = RealView(oracle, x=oracle.start(1)[0])
    bounds = list(zip(view.low, view.high, strict=True))
    descent: dict[str, Any] = {}
    if view.encoded.any():
        descent = {
            "method": "L-BFGS-B",
            "bounds": bounds,
            # scipy's own limit on a descent, and differences of one unit.
            "options": {"maxiter": min(max(6 * len(bounds), 100), 1000), "eps": view.steps(1e-8)},
        }
    search(
        view,
        scipy.optimize.dual_annealing,
        view.value,
        bounds,
        x0=view.start,
        maxiter=maxiter,
        initial_temp=initial_temp,
        restart_temp_ratio=restart_temp_ratio,
        visit=visit,
        accept=accept,
        no_local_search=not local_search,
        maxfun=evaluations_left(oracle),
        minimizer_kwargs=descent or None,
        rng=rng,
    )
