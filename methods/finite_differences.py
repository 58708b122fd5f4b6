"""Gradient solvers without a gradient: scipy.optimize takes differences of values.

Each is `scipy.optimize.minimize` with its defaults, but for its limits on iterations
and looks: the budget is the limit, so that a run that ended by itself has converged.
A gradient costs the looks that it is made of, one a variable. Bounds of a box are
passed to the solvers that take them. Spaces that are no boxes of reals are searched
through their latent form, where a difference spans one unit, since scipy's own 1e-8
would be invisible under rounding.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from methods.shared.local_solver import (
    MARGIN,
    bounds_of,
    check_margin,
    descend,
    limits_of,
    looks_left,
    positive,
)
from methods.shared.real_view import DIFFERENCE, RealView, unit_differences
from problems.core.oracle import Oracle

#: Variables that an iteration's own arithmetic can take, beside their differences: BFGS
#: multiplies matrices of n² numbers,
MOST_BFGS = 1000
#: SLSQP solves least squares in n variables,
MOST_SLSQP = 1000
#: a trust region under bounds factors matrices of several n.
MOST_TRUST_CONSTR = 1000


def _steps(view: RealView, real: float = DIFFERENCE) -> Mapping[str, Any]:
    """Return the option for differences of one unit, where some are needed."""
    return {"eps": view.steps(real)} if view.encoded.any() else {}


def cg(
    oracle: Oracle, rng: np.random.Generator, *, gtol: float = 1e-5, restarts: bool = False
) -> None:
    """Run nonlinear conjugate gradients after Polak and Ribière on finite differences.

    Parameters
    ----------
    gtol : float
        scipy's: it has converged when no slope is larger.
    restarts : bool
        Whether to begin anew from a random point, until the budget is spent; scipy
        itself is one descent.
    """
    positive(gtol=gtol)

    def settings(view: RealView) -> Mapping[str, Any]:
        return {"options": {"gtol": gtol, "maxiter": looks_left(oracle), **_steps(view)}}

    descend(oracle, rng, "cg", settings, restarts=restarts)


def bfgs(
    oracle: Oracle, rng: np.random.Generator, *, gtol: float = 1e-5, restarts: bool = False
) -> None:
    """Run BFGS (Nocedal and Wright 2006, "Numerical optimization") on finite differences.

    Of more than 1000 variables a random 1000 are searched, the others stay at the
    start: an iteration multiplies matrices of n² numbers.

    Parameters
    ----------
    gtol : float
        scipy's: it has converged when no slope is larger.
    restarts : bool
        Whether to begin anew from a random point, until the budget is spent; scipy
        itself is one descent.
    """
    positive(gtol=gtol)

    def settings(view: RealView) -> Mapping[str, Any]:
        return {"options": {"gtol": gtol, "maxiter": looks_left(oracle), **_steps(view)}}

    descend(oracle, rng, "bfgs", settings, restarts=restarts, most=MOST_BFGS)


def l_bfgs_b(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    maxcor: int = 10,
    ftol: float = 2.220446049250313e-9,
    gtol: float = 1e-5,
    restarts: bool = False,
) -> None:
    """Run L-BFGS-B (Byrd, Lu and Nocedal 1995) on finite differences.

    Parameters
    ----------
    maxcor : int
        Corrections that stand for the matrix; scipy's 10.
    ftol, gtol : float
        scipy's: it has converged when the value's relative change or the projected
        slope is smaller.
    restarts : bool
        Whether to begin anew from a random point, until the budget is spent; scipy
        itself is one descent.
    """
    if maxcor < 1:
        raise ValueError(f"maxcor={maxcor}: expected a whole number >= 1")
    positive(ftol=ftol, gtol=gtol)

    def settings(view: RealView) -> Mapping[str, Any]:
        looks = looks_left(oracle)
        options = {"maxcor": maxcor, "ftol": ftol, "gtol": gtol, "maxfun": looks, "maxiter": looks}
        return {"bounds": bounds_of(view), "options": {**options, **_steps(view, 1e-8)}}

    descend(oracle, rng, "l-bfgs-b", settings, restarts=restarts)


def tnc(oracle: Oracle, rng: np.random.Generator, *, restarts: bool = False) -> None:
    """Run a truncated Newton method (Nash 1984) on finite differences.

    Its tolerances are scipy's, which the solver chooses itself.

    Parameters
    ----------
    restarts : bool
        Whether to begin anew from a random point, until the budget is spent; scipy
        itself is one descent.
    """

    def settings(view: RealView) -> Mapping[str, Any]:
        options = {"maxfun": looks_left(oracle), **_steps(view, 1e-8)}
        return {"bounds": bounds_of(view), "options": options}

    descend(oracle, rng, "tnc", settings, restarts=restarts)


def slsqp(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    ftol: float = 1e-6,
    margin: float = MARGIN,
    restarts: bool = False,
) -> None:
    """Run sequential least squares (Kraft 1988) on differences, told the constraints.

    Of more than 1000 variables a random 1000 are searched, the others stay at the start:
    an iteration solves least squares in n variables.

    Parameters
    ----------
    ftol : float
        scipy's: the precision of the value, and of the constraints, at the end.
    margin : float
        The solver is told limits tighter by this, since it may end outside of them by
        its own tolerance, and only points that keep them exactly count; scipy's is 0.
    restarts : bool
        Whether to begin anew from a random point, until the budget is spent; scipy
        itself is one descent.
    """
    positive(ftol=ftol)
    check_margin(margin)

    def settings(view: RealView) -> Mapping[str, Any]:
        options = {"ftol": ftol, "maxiter": looks_left(oracle), **_steps(view)}
        told: Any = ()
        if view.constrained:  # scipy's form of an inequality is >= 0
            told = {"type": "ineq", "fun": lambda z: -view.constraints(z) - margin}
        return {"bounds": bounds_of(view), "constraints": told, "options": options}

    descend(oracle, rng, "slsqp", settings, restarts=restarts, most=MOST_SLSQP, native=True)


def trust_constr(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    gtol: float = 1e-8,
    xtol: float = 1e-8,
    initial_tr_radius: float = 1.0,
    margin: float = MARGIN,
    restarts: bool = False,
) -> None:
    """Run a trust-region interior point method on differences, told the constraints.

    It is that of Byrd, Hribar and Nocedal (1999), its Hessian BFGS's. Of more than 1000
    variables a random 1000 are searched, the others stay at the start: an iteration
    factors matrices of several n.

    Parameters
    ----------
    gtol, xtol : float
        scipy's: it has converged when the Lagrangian's slope or the region is smaller.
    initial_tr_radius : float
        The first radius; scipy's 1 is a unit, and suits encoded variables as it is.
    margin : float
        The solver is told limits tighter by this, since it may end outside of them by
        its own tolerance, and only points that keep them exactly count; scipy's is 0.
    restarts : bool
        Whether to begin anew from a random point, until the budget is spent; scipy
        itself is one descent.
    """
    positive(gtol=gtol, xtol=xtol, initial_tr_radius=initial_tr_radius)
    check_margin(margin)

    def settings(view: RealView) -> Mapping[str, Any]:
        options = {
            "gtol": gtol,
            "xtol": xtol,
            "initial_tr_radius": initial_tr_radius,
            "maxiter": looks_left(oracle),
        }
        told = {
            "bounds": bounds_of(view),
            "constraints": limits_of(view, margin),
            "options": options,
        }
        if view.encoded.any():  # this solver takes relative differences only
            told["jac"] = unit_differences(view, view.objective_again)
            if view.constrained:
                jacobian = unit_differences(view, view.constraints)
                told["constraints"] = limits_of(view, margin, jac=jacobian)
        return told

    descend(
        oracle,
        rng,
        "trust-constr",
        settings,
        restarts=restarts,
        most=MOST_TRUST_CONSTR,
        native=True,
    )
