"""Dual annealing (Xiang et al. 1997), as scipy.optimize has it."""

from __future__ import annotations

from typing import Any

import numpy as np

from methods.shared.local_solver import contained, looks_left
from methods.shared.real_view import RealView
from problems.core.oracle import Oracle


def dual_annealing(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    maxiter: int = 1000,
    initial_temp: float = 5230.0,
    restart_temp_ratio: float = 2e-5,
    visit: float = 2.62,
    accept: float = -5.0,
    local_search: bool = True,
) -> None:
    """Run `scipy.optimize.dual_annealing`: generalised annealing and local descents.

    Its descents are scipy's, L-BFGS-B on finite differences. Spaces that are no boxes of
    reals are searched through their latent box, where a difference is one unit.

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
    if maxiter < 1:
        raise ValueError(f"maxiter={maxiter}: expected a whole number >= 1")
    for name, number, low, high in (
        ("initial_temp", initial_temp, 0.01, 5e4),
        ("restart_temp_ratio", restart_temp_ratio, 0, 1),
        ("visit", visit, 1, 3),
        ("accept", accept, -1e4, -5),
    ):
        above = number >= low if name == "accept" else number > low
        below = number < high if name == "restart_temp_ratio" else number <= high
        if not (above and below):
            raise ValueError(f"{name}={number:g}: expected a number between {low:g} and {high:g}")
    import scipy.optimize

    view = RealView(oracle, x=oracle.start(1)[0])
    if view.dimension == 0:
        oracle.value(view.point(view.start))
        return
    bounds = list(zip(view.low, view.high, strict=True))
    descent: dict[str, Any] = {}
    if view.encoded.any():
        descent = {
            "method": "L-BFGS-B",
            "bounds": bounds,
            # scipy's own limit on a descent, and differences of one unit.
            "options": {"maxiter": min(max(6 * len(bounds), 100), 1000), "eps": view.steps(1e-8)},
        }
    with contained(view.is_undefined):
        scipy.optimize.dual_annealing(
            view.value,
            bounds,
            x0=view.start,
            maxiter=maxiter,
            initial_temp=initial_temp,
            restart_temp_ratio=restart_temp_ratio,
            visit=visit,
            accept=accept,
            no_local_search=not local_search,
            maxfun=looks_left(oracle),
            minimizer_kwargs=descent or None,
            rng=rng,
        )
