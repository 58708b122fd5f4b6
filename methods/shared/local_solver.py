"""One local search after another by `scipy.optimize.minimize`: what its methods share."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from methods.shared.real_view import Diverged, RealView, Remembering, inward_differences
from problems.core.oracle import Oracle
from problems.core.space import Box
from problems.core.views import BoxRelaxation

Array = NDArray[np.float64]

#: Stands for no limit: more evaluations than a run can pay for, few enough to be counted.
MOST_EVALUATIONS = 10_000_000

#: How much tighter the limits are that a solver is told: the largest of the solvers' own
#: tolerances, which is SLSQP's.
MARGIN = 1e-6


#: What a solver is given beside the function, its start, bounds and limits: of a view, and of
#: how much tighter the constraints are that it is told.
Arguments = Callable[[RealView, float], dict[str, Any]]


@dataclass(frozen=True)
class Solver:
    """One solver of `scipy.optimize.minimize`, with its defaults but for its limits.

    Parameters
    ----------
    name : str
        scipy's name of it.
    limits : tuple of str
        Its options that limit iterations and evaluations. The budget is the limit, so that a
        run that ended by itself has converged.
    lengths : tuple of str
        Its options that are lengths in the unit of the variables. Near a problem's start
        they are multiples of its scale.
    most : int, optional
        How many variables it is shown at once: what its own arithmetic can take.
    bounded : bool
        Whether it takes bounds.
    constrained : bool
        Whether it is told the constraints, and so the objective itself.
    fewest : int
        It takes no limit below this times the number of variables, plus 2.
    differences : bool
        Whether it takes differences, which are ours where variables are encoded, and where it
        takes no bounds and would take them outside.
    relative : bool
        Whether scipy's differences of its real variables are relative.
    axes : callable
        Returns what its variables are measured by; see `RealView.measure_by`.
    arguments : callable
        Returns other arguments of `scipy.optimize.minimize` for a search by values alone;
        ``options`` among them are added to those that the method's user has set.
    """

    name: str
    limits: tuple[str, ...] = ("maxiter",)
    lengths: tuple[str, ...] = ()
    most: int | None = None
    bounded: bool = True
    constrained: bool = False
    fewest: int = 0
    differences: bool = False
    relative: bool = False
    axes: Callable[[RealView], Array | None] = lambda view: None
    arguments: Arguments = lambda view, margin: {}

    def lifted(self, oracle: Oracle, dimension: int) -> dict[str, int]:
        """Return its limits, where the budget meets them first."""
        evaluations = evaluations_left(oracle)
        if self.fewest:
            evaluations = max(evaluations, self.fewest * dimension + 2)
        return dict.fromkeys(self.limits, evaluations)


def minimize_values(
    oracle: Oracle,
    rng: np.random.Generator,
    solver: Solver,
    *,
    restarts: bool = True,
    margin: float = MARGIN,
    **options: Any,
) -> None:
    """Minimise by values alone, from the shared start and, if `restarts`, random points.

    By default the methods restart: what is compared is the quality at a budget, which their
    peers spend. COCO does so with scipy's `fmin` (its "example experiment for beginners"; Hansen
    et al. 2016, "COCO: the experimental procedure", arXiv:1603.08776).

    Between restarts a search that saw nothing but a plateau, all its values equal, is made once
    more with differences as wide as the start's scale: scipy's are invisible on a step function,
    and its users set `eps`. The width is a choice of this suite.

    Parameters
    ----------
    solver : Solver
    restarts : bool
        Whether to begin anew from the best of n + 1 random points when the solver has
        converged, until the budget is spent; under constraints from one.
    margin : float
        How much tighter the constraints are that it is told.
    **options
        The solver's own, which the method's user has set.
    """
    import scipy.optimize

    x, wide = oracle.start(1)[0], False
    while True:
        view = RealView(oracle, solver.most, rng, x)
        axes = solver.axes(view)
        if axes is not None:
            view.measure_by(axes)
        lifted = solver.lifted(oracle, view.dimension)
        arguments = solver.arguments(view, margin)  # an evaluation tells if there are constraints
        function: Any = view.objective if solver.constrained else view.value
        if not solver.bounded:
            view.mirror()
        if wide:
            view.widen()
        if solver.differences and (view.encoded.any() or not solver.bounded or wide):
            function = Remembering(function)
            arguments["jac"] = inward_differences(
                view, function.again, solver.relative and not wide
            )
        lengths = {name: options[name] * (view.unit or 1.0) for name in solver.lengths}
        arguments["options"] = {**options, **lengths, **lifted, **arguments.get("options", {})}
        search(
            view,
            scipy.optimize.minimize,
            function,
            view.start,
            method=solver.name,
            **{"bounds": bounds_of(view) if solver.bounded else None, **arguments},
        )
        if not restarts or view.dimension == 0:
            return
        oracle.restart()
        wide = solver.differences and view.flat and not (wide or view.encoded.all())
        if not wide:
            x = _another_start(oracle, rng, view.dimension)


def _another_start(oracle: Oracle, rng: np.random.Generator, dimension: int) -> NDArray:
    """Return the best of as many draws as a gradient by differences costs evaluations.

    A multistart begins at its best samples (Rinnooy Kan and Timmer 1987, "Stochastic global
    optimization methods"); their number is a choice of this suite. Under constraints it is one
    draw: the best ones are close to a limit, at which a line search stops.
    """
    if oracle.constrained:
        return oracle.draw(rng, 1)[0]
    points = oracle.draw(rng, dimension + 1)
    return points[np.argmin(oracle.values(points))]


def minimize_relaxation(
    oracle: Oracle,
    rng: np.random.Generator,
    solver: Solver,
    *,
    restarts: bool = False,
    **options: Any,
) -> None:
    """Minimise the relaxation's loss, value and gradient in one evaluation of 3 work.

    The parameters are bounded where they are the solution itself. Of more than the solver
    can take it is shown that many, drawn at random; the others stay at their start.

    Parameters
    ----------
    solver, restarts, **options
        As in `minimize_values`; a restart begins at random parameters.
    """
    import scipy.optimize

    relaxation = oracle.relaxation
    theta = np.array(oracle.start_parameters(), dtype=float)
    bounds = None
    if solver.bounded and isinstance(relaxation, BoxRelaxation):
        space = relaxation.space
        bounds = (space.low, space.high) if isinstance(space, Box) else None
    while True:
        free = np.arange(theta.size)
        if solver.most is not None and theta.size > solver.most:
            free = np.sort(rng.choice(free, solver.most, replace=False))
        view = _RelaxationView(oracle, theta, free)
        with quiet_divergence(view):
            scipy.optimize.minimize(
                view.loss_and_gradient,
                theta[free],
                method=solver.name,
                jac=True,
                bounds=bounds and list(zip(bounds[0][free], bounds[1][free], strict=True)),
                options={**options, **solver.lifted(oracle, theta.size)},
            )
        if not restarts:
            return
        oracle.restart()
        theta = oracle.draw_parameters(rng)


class _RelaxationView:
    """The loss of the `free` parameters among `theta`."""

    def __init__(self, oracle: Oracle, theta: Array, free: NDArray[np.int64]) -> None:
        self.undefined = False
        self._oracle, self._theta, self._free = oracle, theta, free

    def loss_and_gradient(self, z: Array) -> tuple[float, Array]:
        if np.isnan(z).any():
            raise Diverged
        full = self._theta.copy()
        full[self._free] = z
        loss, gradient = self._oracle.gradient(full)
        if not (np.isfinite(loss) and np.isfinite(gradient).all()):
            self.undefined = True
        return loss, gradient[self._free]


def long_axes(view: RealView) -> Array | None:
    """Return axes along which a step of length one moves n encoded variables a unit each.

    A first step has this length in many solvers, all variables together. Spread over more
    than four of them it is less than half a unit each: rounded, the step leads nowhere.
    """
    n = np.count_nonzero(view.encoded)
    return np.where(view.encoded, np.sqrt(n), 1.0) if n else None


def bounds_of(view: RealView) -> Any:
    """Return a view's bounds as scipy takes them."""
    import scipy.optimize

    return None if view.bounds is None else scipy.optimize.Bounds(*view.bounds)


def limits_of(view: RealView, margin: float, **derivative: Any) -> dict[str, Any]:
    """Return the argument for a view's constraints as scipy takes them, g(x) <= -margin."""
    import scipy.optimize

    if not view.constrained:
        return {}
    limits = scipy.optimize.NonlinearConstraint(view.constraints, -np.inf, -margin, **derivative)
    return {"constraints": limits}


def evaluations_left(oracle: Oracle) -> int:
    """Return a limit that the budget meets first: a run ends by it, not by the solver's own."""
    return int(min(oracle.remaining, MOST_EVALUATIONS)) + 1


def search(view: RealView, solve: Callable[..., Any], *arguments: Any, **options: Any) -> None:
    """Call a solver of scipy's on a view; where no variable varies, evaluate the one point."""
    if view.dimension == 0:
        view.value(view.start)
        return
    with quiet_divergence(view):
        solve(*arguments, **options)


@contextlib.contextmanager
def quiet_divergence(view: RealView | _RelaxationView) -> Iterator[None]:
    """End quietly where a solver has lost its way.

    What scipy warns of is left out: clipped points, flat directions, its own settings.
    What it raises is its end where an evaluation was undefined, no finite number, with which
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
            if not view.undefined:
                raise
