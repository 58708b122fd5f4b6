"""scipy's solvers for smooth functions: by differences of values, or a relaxation's gradient.

Each is `scipy.optimize.minimize` with its defaults, but for its limits (see `Solver`), and
stands here twice. Without a gradient scipy takes differences: a gradient costs the evaluations
that it is made of, one a variable. Spaces that are no boxes of reals are searched through
their latent form, where a difference spans one unit, since scipy's own 1e-8 would be
invisible under rounding; a first step is longer, as many variables share it. At an upper bound
differences are backward, as scipy has them where it is told the bounds; a solver that takes
none is shown the box mirrored at them (see `RealView.mirror`). With the relaxation's
gradient an evaluation is value and gradient together (``jac=True``), also within a line
search, and costs 3. A problem's constraints are on the solution, not on the parameters: the
relaxation penalises what violates them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from methods.shared.local_solver import (
    MARGIN,
    Solver,
    limits_of,
    long_axes,
    minimize_relaxation,
    minimize_values,
)
from methods.shared.option_sharing import shares_options
from methods.shared.real_view import RealView, inward_differences
from problems.core.interval import Count, NonNegative, Positive
from problems.core.oracle import Oracle


def _inequalities(view: RealView, margin: float) -> dict[str, Any]:
    """Tell the constraints in scipy's older form, >= 0, their differences as the objective's."""
    if not view.constrained:
        return {}
    limits: dict[str, Any] = {"type": "ineq", "fun": lambda z: -view.constraints(z) - margin}
    if view.encoded.any():
        limits["jac"] = inward_differences(view, limits["fun"])
    return {"constraints": limits}


def _limits_and_slopes(view: RealView, margin: float) -> dict[str, Any]:
    """Tell the constraints, their differences as the objective's."""
    if not view.encoded.any():
        return limits_of(view, margin)
    slopes = inward_differences(view, view.constraints, relative=True)
    return limits_of(view, margin, jac=slopes)


def _solver(name: str, **settings: Any) -> Solver:
    """Return a solver that takes differences."""
    return Solver(name, differences=True, axes=long_axes, **settings)


CG = _solver("cg", bounded=False)
BFGS = _solver("bfgs", bounded=False, most=1000)
L_BFGS_B = _solver("l-bfgs-b", limits=("maxfun", "maxiter"))
TNC = _solver("tnc", limits=("maxfun",))
SLSQP = _solver("slsqp", constrained=True, most=1000, arguments=_inequalities)
TRUST_CONSTR = _solver(
    "trust-constr",
    lengths=("xtol", "initial_tr_radius"),
    constrained=True,
    most=1000,
    relative=True,
    arguments=_limits_and_slopes,
)


def cg(
    oracle: Oracle, rng: np.random.Generator, *, gtol: Positive = 1e-5, restarts: bool = True
) -> None:
    """Run nonlinear conjugate gradients after Polak and Ribière on finite differences.

    Parameters
    ----------
    gtol : float
        scipy's: it has converged when no slope is larger.
    restarts : bool
        Whether to begin anew, by default until the budget is spent as COCO runs scipy's
        solvers (see `minimize_values`); without, it is scipy's single descent.
    """
    minimize_values(oracle, rng, CG, gtol=gtol, restarts=restarts)


@shares_options(cg)
def cg_gradient(
    oracle: Oracle, rng: np.random.Generator, *, restarts: bool = False, **options: Any
) -> None:
    """Run nonlinear conjugate gradients after Polak and Ribière.

    Parameters
    ----------
    gtol : float
        As in `cg`.
    restarts : bool
        Whether to begin anew from random parameters, until the budget is spent. By default
        it is one descent: of a convex loss every other one ends at the same value.
    """
    minimize_relaxation(oracle, rng, CG, restarts=restarts, **options)


def bfgs(
    oracle: Oracle, rng: np.random.Generator, *, gtol: Positive = 1e-5, restarts: bool = True
) -> None:
    """Run BFGS (Nocedal and Wright 2006, "Numerical optimization") on finite differences.

    Of more than 1000 variables a random 1000 are searched, the others stay at the
    start: an iteration multiplies matrices of n² numbers.

    Parameters
    ----------
    gtol, restarts
        As in `cg`.
    """
    minimize_values(oracle, rng, BFGS, gtol=gtol, restarts=restarts)


@shares_options(bfgs)
def bfgs_gradient(
    oracle: Oracle, rng: np.random.Generator, *, restarts: bool = False, **options: Any
) -> None:
    """Run BFGS (Nocedal and Wright 2006, "Numerical optimization").

    Of more than 1000 parameters a random 1000 are searched, as in `bfgs`.

    Parameters
    ----------
    gtol, restarts
        As in `cg_gradient`.
    """
    minimize_relaxation(oracle, rng, BFGS, restarts=restarts, **options)


def l_bfgs_b(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    maxcor: Count = 10,
    ftol: Positive = 2.220446049250313e-9,
    gtol: Positive = 1e-5,
    restarts: bool = True,
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
        As in `cg`.
    """
    options = {"maxcor": maxcor, "ftol": ftol, "gtol": gtol}
    minimize_values(oracle, rng, L_BFGS_B, restarts=restarts, **options)


@shares_options(l_bfgs_b)
def l_bfgs_b_gradient(
    oracle: Oracle, rng: np.random.Generator, *, restarts: bool = False, **options: Any
) -> None:
    """Run L-BFGS-B (Byrd, Lu and Nocedal 1995).

    Parameters
    ----------
    maxcor, ftol, gtol
        As in `l_bfgs_b`.
    restarts : bool
        As in `cg_gradient`.
    """
    minimize_relaxation(oracle, rng, L_BFGS_B, restarts=restarts, **options)


def tnc(oracle: Oracle, rng: np.random.Generator, *, restarts: bool = True) -> None:
    """Run a truncated Newton method (Nash 1984) on finite differences.

    Its tolerances are scipy's, which the solver chooses itself.

    Parameters
    ----------
    restarts : bool
        As in `cg`.
    """
    minimize_values(oracle, rng, TNC, restarts=restarts)


@shares_options(tnc)
def tnc_gradient(
    oracle: Oracle, rng: np.random.Generator, *, restarts: bool = False, **options: Any
) -> None:
    """Run a truncated Newton method (Nash 1984).

    Its tolerances are scipy's, which the solver chooses itself.

    Parameters
    ----------
    restarts : bool
        As in `cg_gradient`.
    """
    minimize_relaxation(oracle, rng, TNC, restarts=restarts, **options)


def slsqp(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    ftol: Positive = 1e-6,
    margin: NonNegative = MARGIN,
    restarts: bool = True,
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
        As in `cg`.
    """
    minimize_values(oracle, rng, SLSQP, ftol=ftol, restarts=restarts, margin=margin)


@shares_options(slsqp, without=["margin"])
def slsqp_gradient(
    oracle: Oracle, rng: np.random.Generator, *, restarts: bool = False, **options: Any
) -> None:
    """Run sequential least squares (Kraft 1988).

    Of more than 1000 parameters a random 1000 are searched, as in `slsqp`.

    Parameters
    ----------
    ftol : float
        scipy's: the precision of the loss at the end.
    restarts : bool
        As in `cg_gradient`.
    """
    minimize_relaxation(oracle, rng, SLSQP, restarts=restarts, **options)


def trust_constr(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    gtol: Positive = 1e-8,
    xtol: Positive = 1e-8,
    initial_tr_radius: Positive = 1.0,
    margin: NonNegative = MARGIN,
    restarts: bool = True,
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
        The first radius; scipy's 1, of n encoded variables √n units.
    margin, restarts
        As in `slsqp`.
    """
    options = {"gtol": gtol, "xtol": xtol, "initial_tr_radius": initial_tr_radius}
    minimize_values(oracle, rng, TRUST_CONSTR, restarts=restarts, margin=margin, **options)


@shares_options(trust_constr, without=["margin"])
def trust_constr_gradient(
    oracle: Oracle, rng: np.random.Generator, *, restarts: bool = False, **options: Any
) -> None:
    """Run a trust-region interior point method (Byrd, Hribar and Nocedal 1999).

    Its Hessian is BFGS's. Of more than 1000 parameters a random 1000 are searched, as in
    `trust_constr`.

    Parameters
    ----------
    gtol, xtol, initial_tr_radius
        As in `trust_constr`.
    restarts : bool
        As in `cg_gradient`.
    """
    minimize_relaxation(oracle, rng, TRUST_CONSTR, restarts=restarts, **options)
