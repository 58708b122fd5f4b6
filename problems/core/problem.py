"""What is minimised: the problem and its optional views."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from functools import cached_property
from numbers import Integral
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from problems.core.frozen import freeze, is_ours
from problems.core.linear_model import LinearModel
from problems.core.points import as_point, as_points, checked, unchecked
from problems.core.reference import Reference
from problems.core.space import Space
from problems.core.start import Start, checked_start
from problems.core.usage_error import UsageError
from problems.core.views import Members, Policy, Relaxation, Unsupported

if TYPE_CHECKING:
    import gymnasium


#: The views, and why a problem has none that does not override it, as `list` prints it.
VIEWS = {
    "relaxation": "it has no differentiable relaxation",
    "linear_model": "it has no linear model",
    "environment": "it has no environment to act in",
    "policy": "it has no parametrised policy",
    "count": "there is nothing to count",
    "members": "its solution is no ensemble of members that vote",
}

#: What a subclass's methods are wrapped by.
_CHECKS: dict[str, Any] = dict.fromkeys(
    ("value", "score", "measures", "describe"), checked(as_point)
)
_CHECKS |= {"values": checked(as_points), "start": checked_start}


class Problem:
    """Something to minimise: subclass it and define `space` and `value` or `values`.

    Keyword-only arguments of the constructor are the problem's options;
    ``instance`` seeds whatever is random in it. A *view* (one of `VIEWS`) exists
    where a subclass overrides it; the default says why there is none. `constraints`
    exist where a subclass overrides them; by default there are none.

    Attributes
    ----------
    name, options, instance : str, dict, int
        Canonical name, resolved options and instance number; `make` sets them.
    space : Space
        Where solutions live.
    objective : str
        What the value measures, for tables.
    reference : Reference or None
        Optimum or bound with provenance. Cheap: never a long solve.
    anchors : dict of str to float, or to a tuple (value, score)
        Named values that help to read the table (a baseline), and their held-out values.
    fingerprint : str
        Identifies data that the options do not (a hash of the corpus).
    rollout_work : float
        What an episode of the environment costs, in evaluations, where its rewards are
        the world's own rather than an evaluation's.
    rows, tokens : int
        Distinct data rows and observations that one full evaluation goes through.
    ceiling : float or None
        The worst value a feasible point can have; needed beside `constraints`.
    one_instance : bool
        True where nothing is random, so that every instance number is the same problem.
    most_rows : int
        Points that `values` is handed at a time. Few where an evaluation is slow, so that a
        run hears the clock in the midst of a large batch.
    value_tolerance : float
        How far two evaluations of one point may be apart, relative to its value beyond
        1. A run's best point is evaluated again at its end; beyond this the run is an
        error. Where the objective is noise on purpose, ``math.inf``.
    """

    name: str = ""
    options: Mapping[str, Any] = MappingProxyType({})
    instance: int = 0
    space: Space
    objective: str = "value"
    fingerprint: str = ""
    rollout_work: float = 0.0
    rows: int = 0
    tokens: int = 0
    ceiling: float | None = None
    one_instance: bool = False
    most_rows: int = 1_000_000
    value_tolerance: float = 1e-9

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore a copy, whose arrays are read-only as those of the original are."""
        vars(self).update(state)
        self.freeze()

    def freeze(self) -> None:
        """Make all arrays of a built-in problem read-only; of a user's own, its space's."""
        freeze(self if is_ours(self) else self.space)

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        for name, check in _CHECKS.items():
            defined = inspect.getattr_static(cls, name)  # a mixin's as well
            if defined is not vars(Problem)[name] and not hasattr(defined, "unchecked"):
                setattr(cls, name, check(defined))

    @checked(as_point)
    def value(self, x: NDArray) -> float:
        """Return the objective at `x`, shape (dimension,); lower is better.

        Raises
        ------
        ValueError
            When `x` is not a point of the space's dimension, has a nan, or is no member of
            a space of whole numbers.
        """
        return _one(unchecked(self, "values")(np.asarray(x)[None]))

    @checked(as_points)
    def values(self, points: NDArray) -> NDArray[np.float64]:
        """Return the objective of every row of `points`, shape (n, dimension).

        Raises
        ------
        ValueError
            As `value`.
        """
        value = unchecked(self, "value")
        return np.array([value(x) for x in points], dtype=float)

    def score(self, x: NDArray) -> float:
        """Return the held-out value of `x`, which no method sees; nan where undefined."""
        return self.value(x)

    def measures(self, x: NDArray) -> Mapping[str, float]:
        """Return what else a reader wants to know of `x`, by name; nothing by default.

        Such as how far it has drifted from the start, or its value on another task. Nobody
        minimises a measure and no method sees it: a lower one is neither better nor worse.
        It is asked of a run's best point, at its end and off every clock: work, seconds and
        CPU.

        Returns
        -------
        mapping of str to float
            Names are short plain nouns, see `problems.core.answers.names_a_measure`, and the
            same at every point. A measure is nan where it does not exist.

        Raises
        ------
        ValueError
            As `value`.
        """
        return {}

    def agree(self, v: float, again: float) -> bool:
        """Tell whether two evaluations of one point are equal within the tolerance."""
        if not (math.isfinite(v) and math.isfinite(again)):
            return False
        return abs(v - again) <= self.value_tolerance * max(1.0, abs(v))

    def start(self) -> Start | Any:
        """Return where to begin, a point, (point, scale) or None; callers get a `Start`."""
        return None

    def sample(self, rng: np.random.Generator, n: int, temperature: float = 1.0) -> NDArray:
        """Draw `n` candidates from the problem's own proposal, shape (n, dimension)."""
        if temperature != 1.0:
            raise ValueError(f"temperature={temperature:g}: this problem's proposal has none")
        return self.space.sample(rng, n)

    @cached_property
    def reference(self) -> Reference | None:
        return None

    @cached_property
    def anchors(self) -> Mapping[str, float | tuple[float, float]]:
        return {}

    def describe(self, x: NDArray) -> str:
        """Show a solution as a person would want to see it."""
        return self.space.describe(x)

    @property
    def title(self) -> str:
        """One line on what this instance is, for tables."""
        return f"{self.space}"

    # The views, and the constraints.

    def relaxation(self) -> Relaxation:
        """Return a differentiable surrogate."""
        raise Unsupported(VIEWS["relaxation"])

    def linear_model(self) -> LinearModel:
        """Return an integer program."""
        raise Unsupported(VIEWS["linear_model"])

    def environment(self, value: Callable[[NDArray], float]) -> gymnasium.Env[Any, Any]:
        """Return an environment whose episode builds one x; its reward is -value(x)."""
        raise Unsupported(VIEWS["environment"])

    def policy(self) -> Policy:
        """Return a parametrised policy for the environment; a table serves without one."""
        raise Unsupported(VIEWS["policy"])

    def count(self, smoothing: float) -> NDArray:
        """Return the solution that counting gives, in one pass over the data."""
        raise Unsupported(VIEWS["count"])

    def members(self) -> Members:
        """Return the members that a solution is an ensemble of."""
        raise Unsupported(VIEWS["members"])

    def constraints(self, x: NDArray) -> NDArray[np.float64]:
        """Return the constraint values g(x), shape (m,); feasible where all are <= 0."""
        return np.empty(0)


def objective_of(problem: Problem) -> Callable[[NDArray], Any]:
    """Return what gives a problem's value at a point that was checked, and does nothing else.

    Raises
    ------
    TypeError
        When the problem has no objective.
    UsageError
        When its `most_rows` is no number of rows.
    """
    if type(problem).value is Problem.value and type(problem).values is Problem.values:
        raise TypeError(f"{type(problem).__name__} defines neither value(x) nor values(X)")
    rows = problem.most_rows
    if not (isinstance(rows, Integral) and rows >= 1):
        raise UsageError(f"most_rows={rows!r} of a problem: expected a whole number >= 1")
    # Asked of the problem, not its class: a `value` may be set on the object alone.
    if getattr(problem.value, "__func__", None) is not Problem.value:
        return unchecked(problem, "value")
    values = unchecked(problem, "values")
    return lambda x: _one(values(np.asarray(x)[None]))


def _one(values: Any) -> float:
    """Return the value of a batch of one; text, or more than one value, is no number."""
    values = np.asarray(values)
    return float(values[0]) if values.shape == (1,) and values.dtype.kind in "iuf" else math.nan


def has_view(problem: Problem | type[Problem], view: str) -> bool:
    """Tell from the class alone whether a problem offers `view`."""
    cls = problem if isinstance(problem, type) else type(problem)
    return getattr(cls, view) is not getattr(Problem, view)


def require_view(problem: Problem, view: str) -> None:
    """Raise `Unsupported` where a problem lacks `view`, before time or work can run out."""
    if not has_view(problem, view):
        raise Unsupported(VIEWS[view])
