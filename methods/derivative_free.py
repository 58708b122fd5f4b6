"""Local search by values alone: simplexes, directions and models, as scipy.optimize has them.

Each is `scipy.optimize.minimize` with its defaults, but for its limits (see `Solver`).
Spaces that are no boxes of reals are searched through their latent form, where a first step
is one unit, or √n of it for a simplex or a region of n variables: scipy's own would be
invisible under rounding.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from methods.shared.local_solver import (
    MARGIN,
    Solver,
    limits_of,
    long_axes,
    minimize_values,
)
from methods.shared.real_view import DIFFERENCE, RealView
from problems.core.interval import NonNegative, Positive
from problems.core.oracle import Oracle

Array = NDArray[np.float64]


def _first_simplex(view: RealView, margin: float) -> dict[str, Any]:
    """Return the start and one step along each axis, which is scipy's where nothing is encoded.

    Near a problem's start it is the scale of that.
    """
    if view.scale is None and not view.encoded.any():
        return {}
    reals = np.where(view.start == 0, 0.00025, 0.05 * view.start)
    steps = np.where(view.encoded, 1.0, reals) if view.scale is None else view.scale
    sides = np.diag(view.inward(view.start, steps))
    return {"options": {"initial_simplex": np.vstack([view.start, view.start + sides])}}


def _first_directions(view: RealView, margin: float) -> dict[str, Any]:
    """Return axes as long as the start's scale, where the problem has one, and no bounds.

    Between bounds scipy searches a line from one end to the other, however near the start
    is; a point outside of them has the value of the nearest one inside.
    """
    if view.scale is None:
        return {}
    return {"options": {"direc": np.diag(view.scale)}, "bounds": None}


def _inward_axes(view: RealView) -> Array:
    """Return axes that are turned around where a first step would go beyond the upper bound."""
    return np.where(view.inward(view.start, view.steps(DIFFERENCE)) < 0, -1.0, 1.0)


NELDER_MEAD = Solver(
    "nelder-mead",
    axes=long_axes,
    limits=("maxfev",),
    lengths=("xatol",),
    most=2000,
    arguments=_first_simplex,
)
POWELL = Solver("powell", limits=("maxfev",), most=2000, arguments=_first_directions)
COBYLA = Solver(
    "cobyla",
    axes=_inward_axes,
    lengths=("rhobeg", "tol"),
    most=50,
    constrained=True,
    fewest=1,
    arguments=limits_of,
)
COBYQA = Solver(
    "cobyqa",
    limits=("maxfev", "maxiter"),
    lengths=("initial_tr_radius", "final_tr_radius"),
    most=50,
    constrained=True,
    fewest=2,
    axes=long_axes,
    arguments=limits_of,
)


def nelder_mead(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    adaptive: bool = False,
    xatol: Positive = 1e-4,
    fatol: Positive = 1e-4,
    restarts: bool = True,
) -> None:
    """Run the downhill simplex (Nelder and Mead 1965).

    Where n variables are encoded, the first simplex has a side of √n units, so that its centre
    is a unit away in all of them together; of real ones it is scipy's, 5 % of the start, or the
    scale of the problem's start. Of more than 2000 variables a random 2000 are searched, the
    others stay at the start: a simplex has n² numbers.

    Parameters
    ----------
    adaptive : bool
        Whether the coefficients depend on the dimension (Gao and Han 2012). With it scipy
        solves the ten-dimensional Rosenbrock function in 5,000 evaluations, and without it
        not; on steps and whole numbers of 50 to 108 variables it is no better.
    xatol, fatol : float
        scipy's: it has converged when the simplex is this small in points and values.
    restarts : bool
        Whether to begin anew, by default until the budget is spent as COCO runs scipy's
        solvers (see `minimize_values`); without, it is scipy's single descent.
    """
    options = {"adaptive": adaptive, "xatol": xatol, "fatol": fatol}
    minimize_values(oracle, rng, NELDER_MEAD, restarts=restarts, **options)


def powell(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    xtol: Positive = 1e-4,
    ftol: Positive = 1e-4,
    restarts: bool = True,
) -> None:
    """Run Powell's conjugate directions (Powell 1964), one line search after another.

    Its first directions are the axes, searched at scipy's own scale, a unit or the
    bounds, or at that of the problem's start. Of more than 2000 variables a random 2000 are
    searched, the others stay at the start: the directions have n² numbers, which it writes
    before its first evaluation.

    Parameters
    ----------
    xtol, ftol : float
        scipy's: the relative error of a line search, and of the value at the end.
    restarts : bool
        As in `nelder_mead`.
    """
    minimize_values(oracle, rng, POWELL, xtol=xtol, ftol=ftol, restarts=restarts)


def cobyla(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    rhobeg: Positive = 1.0,
    tol: Positive = 1e-4,
    margin: NonNegative = MARGIN,
    restarts: bool = True,
) -> None:
    """Run COBYLA, linear models in a trust region (Powell 1994), told the constraints.

    Of more than 50 variables a random 50 are searched, the others stay at the start:
    each evaluation solves linear programs in n variables.

    Parameters
    ----------
    rhobeg : float
        The first radius; scipy's 1 is a unit, and suits encoded variables as it is.
        Near a problem's start lengths are multiples of its scale.
    tol : float
        scipy's: the last radius.
    margin : float
        The solver is told limits tighter by this, since it may end outside of them by
        its own tolerance, and only points that keep them exactly count; scipy's is 0.
    restarts : bool
        As in `nelder_mead`.
    """
    if tol > rhobeg:
        raise ValueError(f"tol={tol:g}: expected at most rhobeg={rhobeg:g}")
    options = {"rhobeg": rhobeg, "tol": tol}
    minimize_values(oracle, rng, COBYLA, restarts=restarts, margin=margin, **options)


def cobyqa(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    initial_tr_radius: Positive = 1.0,
    final_tr_radius: Positive = 1e-6,
    margin: NonNegative = MARGIN,
    restarts: bool = True,
) -> None:
    """Run COBYQA, quadratic models in a trust region (Ragonneau 2022), told the constraints.

    Of more than 50 variables a random 50 are searched, the others stay at the start:
    each evaluation decomposes a matrix of 3 n rows.

    Parameters
    ----------
    initial_tr_radius : float
        scipy's 1, of n encoded variables √n units.
    final_tr_radius : float
        scipy's: it has converged when the region is this small.
    margin, restarts
        As in `cobyla`.
    """
    if final_tr_radius > initial_tr_radius:
        raise ValueError(
            f"final_tr_radius={final_tr_radius:g}: expected at most "
            f"initial_tr_radius={initial_tr_radius:g}"
        )
    oracle.evaluate_start()  # which it moves to a bound within the radius
    options = {"initial_tr_radius": initial_tr_radius, "final_tr_radius": final_tr_radius}
    minimize_values(oracle, rng, COBYQA, restarts=restarts, margin=margin, **options)
