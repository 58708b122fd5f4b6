"""The gradient solvers of scipy.optimize on a problem's relaxation: a look is 3 work.

Each is `scipy.optimize.minimize` with its defaults, but for its limits on iterations
and looks: the budget is the limit, so that a run that ended by itself has converged.
A look is value and gradient together (``jac=True``), also within a line search. Where
the parameters are the solution itself, its bounds are passed to the solvers that take
them. A problem's constraints are on the solution, not on the parameters: the relaxation
penalises what violates them.
"""

from __future__ import annotations

import numpy as np

from methods.shared.local_solver import descend_by_gradient, looks_left, positive
from problems.core.oracle import Oracle

#: Parameters that an iteration's own arithmetic can take: BFGS multiplies matrices,
MOST_BFGS = 1000
#: SLSQP solves least squares in n variables,
MOST_SLSQP = 1000
#: a trust region under bounds factors matrices of several n.
MOST_TRUST_CONSTR = 1000


def cg_gradient(
    oracle: Oracle, rng: np.random.Generator, *, gtol: float = 1e-5, restarts: bool = False
) -> None:
    """Run nonlinear conjugate gradients after Polak and Ribière.

    Parameters
    ----------
    gtol : float
        scipy's: it has converged when no slope is larger.
    restarts : bool
        Whether to begin anew from random parameters, until the budget is spent; scipy
        itself is one descent.
    """
    positive(gtol=gtol)
    descend_by_gradient(
        oracle,
        rng,
        "cg",
        lambda: {"gtol": gtol, "maxiter": looks_left(oracle)},
        restarts=restarts,
        bounded=False,
    )


def bfgs_gradient(
    oracle: Oracle, rng: np.random.Generator, *, gtol: float = 1e-5, restarts: bool = False
) -> None:
    """Run BFGS (Nocedal and Wright 2006, "Numerical optimization").

    Of more than 1000 parameters a random 1000 are searched, the others stay at the
    start: an iteration multiplies matrices of n² numbers.

    Parameters
    ----------
    gtol : float
        scipy's: it has converged when no slope is larger.
    restarts : bool
        Whether to begin anew from random parameters, until the budget is spent; scipy
        itself is one descent.
    """
    positive(gtol=gtol)
    descend_by_gradient(
        oracle,
        rng,
        "bfgs",
        lambda: {"gtol": gtol, "maxiter": looks_left(oracle)},
        restarts=restarts,
        most=MOST_BFGS,
        bounded=False,
    )


def l_bfgs_b_gradient(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    maxcor: int = 10,
    ftol: float = 2.220446049250313e-9,
    gtol: float = 1e-5,
    restarts: bool = False,
) -> None:
    """Run L-BFGS-B (Byrd, Lu and Nocedal 1995).

    Parameters
    ----------
    maxcor : int
        Corrections that stand for the matrix; scipy's 10.
    ftol, gtol : float
        scipy's: it has converged when the value's relative change or the projected
        slope is smaller.
    restarts : bool
        Whether to begin anew from random parameters, until the budget is spent; scipy
        itself is one descent.
    """
    if maxcor < 1:
        raise ValueError(f"maxcor={maxcor}: expected a whole number >= 1")
    positive(ftol=ftol, gtol=gtol)
    tolerances = {"maxcor": maxcor, "ftol": ftol, "gtol": gtol}

    def options() -> dict[str, float]:
        looks = looks_left(oracle)
        return {**tolerances, "maxfun": looks, "maxiter": looks}

    descend_by_gradient(oracle, rng, "l-bfgs-b", options, restarts=restarts)


def tnc_gradient(oracle: Oracle, rng: np.random.Generator, *, restarts: bool = False) -> None:
    """Run a truncated Newton method (Nash 1984).

    Its tolerances are scipy's, which the solver chooses itself.

    Parameters
    ----------
    restarts : bool
        Whether to begin anew from random parameters, until the budget is spent; scipy
        itself is one descent.
    """
    descend_by_gradient(
        oracle, rng, "tnc", lambda: {"maxfun": looks_left(oracle)}, restarts=restarts
    )


def slsqp_gradient(
    oracle: Oracle, rng: np.random.Generator, *, ftol: float = 1e-6, restarts: bool = False
) -> None:
    """Run sequential least squares (Kraft 1988).

    Of more than 1000 parameters a random 1000 are searched, the others stay at the
    start: an iteration solves least squares in n variables.

    Parameters
    ----------
    ftol : float
        scipy's: the precision of the loss at the end.
    restarts : bool
        Whether to begin anew from random parameters, until the budget is spent; scipy
        itself is one descent.
    """
    positive(ftol=ftol)
    descend_by_gradient(
        oracle,
        rng,
        "slsqp",
        lambda: {"ftol": ftol, "maxiter": looks_left(oracle)},
        restarts=restarts,
        most=MOST_SLSQP,
    )


def trust_constr_gradient(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    gtol: float = 1e-8,
    xtol: float = 1e-8,
    initial_tr_radius: float = 1.0,
    restarts: bool = False,
) -> None:
    """Run a trust-region interior point method (Byrd, Hribar and Nocedal 1999).

    Its Hessian is BFGS's. Of more than 1000 parameters a random 1000 are searched, the
    others stay at the start: an iteration factors matrices of several n.

    Parameters
    ----------
    gtol, xtol : float
        scipy's: it has converged when the Lagrangian's slope or the region is smaller.
    initial_tr_radius : float
        The first radius; scipy's 1.
    restarts : bool
        Whether to begin anew from random parameters, until the budget is spent; scipy
        itself is one descent.
    """
    positive(gtol=gtol, xtol=xtol, initial_tr_radius=initial_tr_radius)
    tolerances = {"gtol": gtol, "xtol": xtol, "initial_tr_radius": initial_tr_radius}
    descend_by_gradient(
        oracle,
        rng,
        "trust-constr",
        lambda: {**tolerances, "maxiter": looks_left(oracle)},
        restarts=restarts,
        most=MOST_TRUST_CONSTR,
    )
