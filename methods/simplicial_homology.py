"""SHGO, simplicial homology (Endres, Sandrock and Focke 2018), as scipy.optimize has it."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from methods.shared.local_solver import MARGIN, evaluations_left, quiet_divergence
from methods.shared.real_view import RealView, Remembering, inward_differences
from problems.core.interval import Count, NonNegative
from problems.core.oracle import Oracle

Array = NDArray[np.float64]

#: Variables up to which it is shown all: it builds a complex on the 2ⁿ corners of the box
#: before it evaluates any, which takes seconds for ten.
MOST_VARIABLES = 10
#: What it takes to build that, seconds over 4ⁿ, with room for a slow machine.
COMPLEX_SECONDS = 1e-5
#: What a simplex takes of the triangulation that sampled points get instead,
SIMPLEX_SECONDS = 5e-5
#: and how many there are a point, of one variable, two and so on (Miles 1974, "A synopsis of
#: Poisson flats in Euclidean spaces").
SIMPLICES = (1, 2, 6.77, 31.8, 187, 1297)
#: scipy's default of the points an iteration.
SCIPYS_POINTS = 100
#: How many it is shown where there are more.
CHOSEN_VARIABLES = 8


def shgo(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    n: Count = SCIPYS_POINTS,
    iters: Count = 1,
    sampling_method: Literal["simplicial", "halton", "sobol"] = "simplicial",
    margin: NonNegative = MARGIN,
) -> None:
    """Run `scipy.optimize.shgo`: sample the box, descend once from every basin it finds.

    Its descents are scipy's default, SLSQP on finite differences; it is told the
    constraints. Spaces that are no boxes of reals are searched through their latent box,
    where a difference is one unit. It draws nothing and needs no start. Of more than ten
    variables, or of those whose 2ⁿ corners are beyond the budget, it is shown eight, or as
    many as the budget allows, evenly spaced; the others stay in the middle of the box. As it
    plans before it evaluates anything, and hears no clock then, the seconds limit the
    variables as well, and those of ``halton`` and ``sobol`` to six.

    Parameters
    ----------
    n : int
        Points an iteration; scipy's 100, which it reads as 2ⁿ + 1 where the complex is
        simplicial. Any other number is cut to what the budget buys.
    iters : int
        Iterations; scipy's 1.
    sampling_method : str
        How the points are chosen; scipy's own ``simplicial``.
    margin : float
        The solver is told limits tighter by this, since it may end outside of them by
        its own tolerance, and only points that keep them exactly count; scipy's is 0.
    """
    import scipy.optimize

    oracle.evaluate_start()
    evaluations = evaluations_left(oracle)
    points = n if n == SCIPYS_POINTS else min(n, evaluations)
    few = oracle.space.latent_dimension <= MOST_VARIABLES
    corners = max(2.0, min(oracle.remaining, 2.0 ** (MOST_VARIABLES if few else CHOSEN_VARIABLES)))
    planned = variables_in_time(sampling_method, points * iters, oracle.remaining_seconds)
    view = RealView(oracle, min(int(math.log2(corners)), planned))
    if view.dimension == 0 or oracle.remaining_seconds == 0:  # before it builds the complex
        oracle.value(view.point(view.start))
        return
    bought: dict[bytes, tuple[float, Array]] = {}

    def evaluate(z: Any) -> tuple[float, Array]:
        # It asks for the constraints of all corners before the value of any, which is
        # longer than the oracle remembers them.
        z = np.asarray(z, dtype=float)
        key = z.tobytes()
        if key not in bought:
            limits = view.constraints(z)
            bought[key] = view.objective(z), limits
        return bought[key]

    def objective(z: Array) -> float:
        return evaluate(z)[0]

    def limits(z: Any) -> Array:
        return -evaluate(z)[1] - margin

    constrained = view.constrained
    if constrained:
        evaluate(view.start)  # it was paid for just now
    kept = Remembering(objective if constrained else view.objective)
    constraint: dict[str, Any] = {"type": "ineq", "fun": limits}
    descent: dict[str, Any] = {"method": "SLSQP", "options": {"ftol": 1e-12}}  # scipy's own
    if view.encoded.any():  # it passes no other difference on
        descent["jac"] = inward_differences(view, kept.again)
        constraint["jac"] = inward_differences(view, limits)
    with quiet_divergence(view):
        scipy.optimize.shgo(
            kept if view.encoded.any() else kept.function,
            list(zip(view.low, view.high, strict=True)),
            constraints=constraint if constrained else (),
            n=points,
            iters=iters,
            sampling_method=sampling_method,
            minimizer_kwargs=descent,
        )


def variables_in_time(sampling_method: str, points: int, seconds: float) -> int:
    """Return of how many variables the solver can plan within the time, at least one."""
    if sampling_method == "simplicial":
        return max(1, int(math.log(max(1.0, seconds / COMPLEX_SECONDS), 4)))
    affordable = seconds / SIMPLEX_SECONDS / points
    return max(1, sum(simplices <= affordable for simplices in SIMPLICES))
