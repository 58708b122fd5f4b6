"""Local search by values alone: simplexes, directions and models, as scipy.optimize has them.

Each is `scipy.optimize.minimize` with its defaults, but for its limits on iterations
and looks: the budget is the limit, so that a run that ended by itself has converged.
Bounds of a box are passed to the solver. Spaces that are no boxes of reals are searched
through their latent form, where a first step is one unit, since scipy's own would be
invisible under rounding.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from methods.shared.local_solver import (
    MARGIN,
    bounds_of,
    check_margin,
    descend,
    limits_of,
    looks_left,
    positive,
)
from methods.shared.real_view import RealView
from problems.core.oracle import Oracle

#: Variables that a look's own arithmetic can take: it sorts a simplex of n² numbers,
MOST_NELDER_MEAD = 2000
#: keeps n² numbers,
MOST_POWELL = 2000
#: solves linear programs of n variables,
MOST_COBYLA = 50
#: or decomposes a matrix of 3 n rows.
MOST_COBYQA = 50


def nelder_mead(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    adaptive: bool = False,
    xatol: float = 1e-4,
    fatol: float = 1e-4,
    restarts: bool = False,
) -> None:
    """Run the downhill simplex (Nelder and Mead 1965).

    Where a variable is encoded, the first simplex has a side of one unit; of real
    ones it is scipy's, 5 % of the start. Of more than 2000 variables a random 2000 are
    searched, the others stay at the start: a simplex has n² numbers.

    Parameters
    ----------
    adaptive : bool
        Whether the coefficients depend on the dimension (Gao and Han 2012).
    xatol, fatol : float
        scipy's: it has converged when the simplex is this small in points and values.
    restarts : bool
        Whether to begin anew from a random point, until the budget is spent; scipy
        itself is one descent.
    """
    positive(xatol=xatol, fatol=fatol)

    def settings(view: RealView) -> Mapping[str, Any]:
        options: dict[str, Any] = {
            "adaptive": adaptive,
            "xatol": xatol,
            "fatol": fatol,
            "maxfev": looks_left(oracle),
        }
        if view.encoded.any():
            options["initial_simplex"] = _simplex(view)
        return {"bounds": bounds_of(view), "options": options}

    descend(oracle, rng, "nelder-mead", settings, restarts=restarts, most=MOST_NELDER_MEAD)


def _simplex(view: RealView) -> NDArray[np.float64]:
    """Return the start and one step along each axis: scipy's, or a unit where encoded."""
    steps = view.inward(view.steps(np.where(view.start == 0, 0.00025, 0.05 * view.start)))
    return np.vstack([view.start, view.start + np.diag(steps)])


def powell(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    xtol: float = 1e-4,
    ftol: float = 1e-4,
    restarts: bool = False,
) -> None:
    """Run Powell's conjugate directions (Powell 1964), one line search after another.

    Its first directions are the axes, searched at scipy's own scale, a unit or the
    bounds. Of more than 2000 variables a random 2000 are searched, the others stay at the
    start: the directions have n² numbers, which it writes before its first look.

    Parameters
    ----------
    xtol, ftol : float
        scipy's: the relative error of a line search, and of the value at the end.
    restarts : bool
        Whether to begin anew from a random point, until the budget is spent; scipy
        itself is one descent.
    """
    positive(xtol=xtol, ftol=ftol)

    def settings(view: RealView) -> Mapping[str, Any]:
        options = {"xtol": xtol, "ftol": ftol, "maxfev": looks_left(oracle)}
        return {"bounds": bounds_of(view), "options": options}

    descend(oracle, rng, "powell", settings, restarts=restarts, most=MOST_POWELL)


def cobyla(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    rhobeg: float = 1.0,
    tol: float = 1e-4,
    margin: float = MARGIN,
    restarts: bool = False,
) -> None:
    """Run COBYLA, linear models in a trust region (Powell 1994), told the constraints.

    Of more than 50 variables a random 50 are searched, the others stay at the start:
    each look solves linear programs in n variables.

    Parameters
    ----------
    rhobeg : float
        The first radius; scipy's 1 is a unit, and suits encoded variables as it is.
    tol : float
        scipy's: the last radius.
    margin : float
        The solver is told limits tighter by this, since it may end outside of them by
        its own tolerance, and only points that keep them exactly count; scipy's is 0.
    restarts : bool
        Whether to begin anew from a random point, until the budget is spent; scipy
        itself is one descent.
    """
    positive(rhobeg=rhobeg, tol=tol)
    check_margin(margin)
    if tol > rhobeg:
        raise ValueError(f"tol={tol:g}: expected at most rhobeg={rhobeg:g}")

    def settings(view: RealView) -> Mapping[str, Any]:
        # Not fewer than the solver takes, which is its first simplex and a step.
        looks = max(looks_left(oracle), view.dimension + 2)
        options = {"rhobeg": rhobeg, "tol": tol, "maxiter": looks}
        return {
            "bounds": bounds_of(view),
            "constraints": limits_of(view, margin),
            "options": options,
        }

    descend(oracle, rng, "cobyla", settings, restarts=restarts, most=MOST_COBYLA, native=True)


def cobyqa(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    initial_tr_radius: float = 1.0,
    final_tr_radius: float = 1e-6,
    margin: float = MARGIN,
    restarts: bool = False,
) -> None:
    """Run COBYQA, quadratic models in a trust region (Ragonneau 2022), told the constraints.

    Of more than 50 variables a random 50 are searched, the others stay at the start:
    each look decomposes a matrix of 3 n rows.

    Parameters
    ----------
    initial_tr_radius : float
        scipy's 1 is a unit, and suits encoded variables as it is.
    final_tr_radius : float
        scipy's: it has converged when the region is this small.
    margin : float
        The solver is told limits tighter by this, since it may end outside of them by
        its own tolerance, and only points that keep them exactly count; scipy's is 0.
    restarts : bool
        Whether to begin anew from a random point, until the budget is spent; scipy
        itself is one descent.
    """
    positive(initial_tr_radius=initial_tr_radius, final_tr_radius=final_tr_radius)
    check_margin(margin)
    if final_tr_radius > initial_tr_radius:
        raise ValueError(
            f"final_tr_radius={final_tr_radius:g}: expected at most "
            f"initial_tr_radius={initial_tr_radius:g}"
        )

    def settings(view: RealView) -> Mapping[str, Any]:
        looks = max(looks_left(oracle), 2 * view.dimension + 2)
        options = {
            "initial_tr_radius": initial_tr_radius,
            "final_tr_radius": final_tr_radius,
            "maxfev": looks,
            "maxiter": looks,
        }
        return {
            "bounds": bounds_of(view),
            "constraints": limits_of(view, margin),
            "options": options,
        }

    descend(oracle, rng, "cobyqa", settings, restarts=restarts, most=MOST_COBYQA, native=True)
