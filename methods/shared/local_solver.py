"""One local descent after another by `scipy.optimize.minimize`: what its methods share."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from methods.shared.real_view import Diverged, RealView
from problems.core.oracle import Oracle
from problems.core.space import Box
from problems.core.views import BoxRelaxation

Array = NDArray[np.float64]
#: What a solver is given, beside the function and its start: of a view of the problem.
Settings = Callable[[RealView], Mapping[str, Any]]

#: Stands for no limit: more looks than a run can pay for, few enough to be counted.
MOST_LOOKS = 10_000_000

#: How much tighter the limits are that a solver is told: the largest of the solvers' own
#: tolerances, which is SLSQP's.
MARGIN = 1e-6


def descend(
    oracle: Oracle,
    rng: np.random.Generator,
    solver: str,
    settings: Settings,
    *,
    restarts: bool,
    most: int | None = None,
    native: bool = False,
) -> None:
    """Minimise from the shared start, and from random points after that if `restarts`.

    Parameters
    ----------
    solver : str
        scipy's name of it.
    settings : callable
        Returns the other arguments of `scipy.optimize.minimize`.
    restarts : bool
        Whether to begin anew from a uniform point when the solver has converged,
        until the budget is spent.
    most : int
        How many variables the solver is shown at once, see `RealView`.
    native : bool
        Whether the solver is told the constraints, and so the objective itself.
    """
    import scipy.optimize

    x = oracle.start(1)[0]
    while True:
        view = RealView(oracle, most, rng, x)
        if view.dimension == 0:
            oracle.value(view.point(view.start))
            return
        with contained(view.is_undefined):
            scipy.optimize.minimize(
                view.native_objective() if native else view.value,
                view.start,
                method=solver,
                **settings(view),
            )
        if not restarts:
            return
        oracle.restart()
        x = oracle.space.sample(rng, 1)[0]


def descend_by_gradient(
    oracle: Oracle,
    rng: np.random.Generator,
    solver: str,
    options: Callable[[], Mapping[str, Any]],
    *,
    restarts: bool,
    most: int | None = None,
    bounded: bool = True,
) -> None:
    """Minimise the relaxation's loss, value and gradient in one look of 3 work.

    The parameters are bounded where they are the solution itself. Of more than `most`
    the solver is shown that many, drawn at random; the others stay at their start.
    """
    relaxation = oracle.relaxation
    theta = np.array(oracle.start_parameters(), dtype=float)
    bounds = None
    if bounded and isinstance(relaxation, BoxRelaxation) and isinstance(relaxation.space, Box):
        bounds = relaxation.space.low, relaxation.space.high
    while True:
        free = np.arange(theta.size)
        if most is not None and theta.size > most:
            free = np.sort(rng.choice(free, most, replace=False))
        _descend_once(oracle, theta, free, solver, bounds, options())
        if not restarts:
            return
        oracle.restart()
        theta = np.array(relaxation.start(rng), dtype=float)


def _descend_once(
    oracle: Oracle,
    theta: Array,
    free: NDArray[np.int64],
    solver: str,
    bounds: tuple[Array, Array] | None,
    options: Mapping[str, Any],
) -> None:
    """Minimise the loss over the `free` parameters, from `theta`."""
    import scipy.optimize

    undefined = False

    def loss_and_gradient(z: Array) -> tuple[float, Array]:
        nonlocal undefined
        if np.isnan(z).any():
            raise Diverged
        full = theta.copy()
        full[free] = z
        loss, gradient = oracle.gradient(full)
        undefined = undefined or not (np.isfinite(loss) and np.isfinite(gradient).all())
        return loss, gradient[free]

    with contained(lambda: undefined):
        scipy.optimize.minimize(
            loss_and_gradient,
            theta[free],
            method=solver,
            jac=True,
            bounds=bounds and list(zip(bounds[0][free], bounds[1][free], strict=True)),
            options=options,
        )


def bounds_of(view: RealView) -> Any:
    """Return a view's bounds as scipy takes them."""
    import scipy.optimize

    return None if view.bounds is None else scipy.optimize.Bounds(*view.bounds)


def limits_of(view: RealView, margin: float, **derivative: Any) -> Any:
    """Return a view's constraints as scipy takes them, g(x) <= -margin."""
    import scipy.optimize

    if not view.constrained:
        return ()
    return scipy.optimize.NonlinearConstraint(view.constraints, -np.inf, -margin, **derivative)


def check_margin(margin: float) -> None:
    """Refuse a margin that is not a number >= 0."""
    if not 0 <= margin < np.inf:
        raise ValueError(f"margin={margin:g}: expected a number >= 0")


def positive(**options: float) -> None:
    """Refuse an option that is not a number > 0."""
    for name, number in options.items():
        if not 0 < number < np.inf:
            raise ValueError(f"{name}={number:g}: expected a number > 0")


def looks_left(oracle: Oracle) -> int:
    """Return a limit that the budget meets first: a run ends by it, not by the solver's own."""
    return int(min(oracle.remaining, MOST_LOOKS)) + 1


@contextlib.contextmanager
def contained(undefined: Callable[[], bool]) -> Iterator[None]:
    """End quietly where a solver has lost its way.

    What scipy warns of is left out: clipped points, flat directions, its own settings.
    What it raises is its end where a look was `undefined`, no finite number, with which
    it cannot calculate.
    """
    with warnings.catch_warnings():
        for category in (RuntimeWarning, UserWarning):
            warnings.filterwarnings("ignore", category=category, module=r"(scipy|methods)\b")
        try:
            yield
        except Diverged:
            return
        except (ArithmeticError, ValueError):
            if not undefined():
                raise
