"""DIRECT, dividing rectangles (Jones, Perttunen and Stuckman 1993), as scipy.optimize has it."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np

from methods.shared.local_solver import evaluations_left, search
from methods.shared.real_view import RealView
from problems.core.interval import Interval, Share
from problems.core.oracle import Oracle

#: Numbers that its table of centres and sides may hold: it is allocated at the outset.
MOST_NUMBERS = 20_000_000
#: Variables that it is shown: an iteration goes through all sides of a rectangle.
MOST_VARIABLES = 1000


def direct(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    eps: Annotated[float, Interval(ge=1e-10, lt=math.inf)] = 1e-4,
    locally_biased: bool = True,
    vol_tol: Share = 1e-16,
    len_tol: Share = 1e-6,
) -> None:
    """Run `scipy.optimize.direct` over the whole box; it draws nothing and needs no start.

    scipy's limits on evaluations and iterations are lifted as far as memory reaches: the
    budget is the limit. Spaces that are no boxes are searched through their latent box.
    Of more than 1000 variables as many are searched, evenly spaced, while the others
    stay in the middle of the box.

    Parameters
    ----------
    eps : float
        scipy's: by how much a rectangle must promise to improve the best value.
    locally_biased : bool
        Whether it is DIRECT_L (Gablonsky and Kelley 2001), scipy's default.
    vol_tol, len_tol : float
        scipy's: it has converged when the best rectangle is this small.
    """
    import scipy.optimize

    oracle.evaluate_start()
    view = RealView(oracle, MOST_VARIABLES)
    evaluations = min(evaluations_left(oracle), MOST_NUMBERS // max(1, view.dimension))
    search(
        view,
        scipy.optimize.direct,
        view.value,
        scipy.optimize.Bounds(view.low, view.high),
        eps=eps,
        maxfun=evaluations,
        maxiter=evaluations,
        locally_biased=locally_biased,
        vol_tol=vol_tol,
        len_tol=len_tol,
    )
