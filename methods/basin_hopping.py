"""Basin hopping (Wales and Doye 1997), as scipy.optimize has it."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from methods.shared.local_solver import bounds_of, evaluations_left, search
from methods.shared.real_view import UNIT, RealView
from problems.core.interval import Interval, NonNegative, Positive
from problems.core.oracle import Oracle

#: scipy's greatest change of a variable between two descents.
STEP_SIZE = 0.5


def basin_hopping(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    niter: Annotated[int, Interval(ge=0)] | None = None,
    T: NonNegative = 1.0,
    stepsize: Positive | None = None,
) -> None:
    """Run `scipy.optimize.basinhopping`: jump, descend, and keep the new basin or not.

    Its descents are scipy's default, BFGS on finite differences or L-BFGS-B where a box
    has bounds. Spaces that are no boxes of reals are searched through their latent
    form, where jumps and differences are one unit. A new descent is a restart. Where the first
    one saw nothing but a plateau, all its values equal, the differences of the others are as
    wide as the scale of the problem's start.

    Parameters
    ----------
    niter : int, optional
        Jumps; scipy's 100. By default as many as the budget allows.
    T : float
        scipy's temperature: how much worse a basin may be and still be taken.
    stepsize : float, optional
        The greatest change of a variable in a jump; scipy's 0.5, a unit where a variable
        is encoded, or the scale of the problem's start.
    """
    import scipy.optimize

    view = RealView(oracle, x=oracle.start(1)[0])
    encoded = view.encoded.any()
    if stepsize is None:
        stepsize = UNIT if encoded else STEP_SIZE if view.unit is None else view.unit
    differences = view.steps(1e-8)
    descent: dict[str, Any] = {"bounds": bounds_of(view)}
    if view.bounds is not None or encoded:
        descent["options"] = {"eps": differences}
    left = jumps = evaluations_left(oracle) if niter is None else niter

    def descended(z: Any, f: float, accepted: bool) -> None:
        nonlocal left
        if view.flat:
            view.widen()
            differences[:] = view.steps(view.difference)  # which scipy reads at every descent
        if left > 0:  # a jump follows
            oracle.restart()
            left -= 1

    search(
        view,
        scipy.optimize.basinhopping,
        view.value,
        view.start,
        niter=jumps,
        T=T,
        stepsize=stepsize,
        minimizer_kwargs=descent,
        callback=descended,
        rng=rng,
    )
