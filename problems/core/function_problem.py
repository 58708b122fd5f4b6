"""A bare function as a problem, which pickles where the function does."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from problems.core.mixed import Mixed
from problems.core.problem import Problem
from problems.core.space import Space


def from_function(
    function: Callable[..., Any],
    space: Space,
    *,
    name: str = "",
    vectorised: bool = False,
    value_tolerance: float = Problem.value_tolerance,
) -> Problem:
    """Wrap a bare function as a problem.

    Parameters
    ----------
    function : callable
        ``function(x)``, or ``function(X)`` on an array of shape (n, dimension)
        if `vectorised`; lower is better. In a `Mixed` space the variables are keyword
        arguments, ``function(temperature=0.7, top_k=40)``.
    space : Space
    name : str
        The function's own name by default.
    vectorised : bool
    value_tolerance : float
        How far two evaluations of one point may be apart, see `Problem`; ``math.inf``
        for a noisy function.

    Raises
    ------
    ValueError
        When `function` cannot be called, does not take the variables of a `Mixed` space, or
        `space` is not a space.

    Examples
    --------
    >>> from problems import Box
    >>> from_function(lambda x: float(abs(x).sum()), Box(-5, 5, 10)).value(np.ones(10))
    10.0
    >>> from problems import Integer, Log, Mixed
    >>> def cost(temperature, top_k):
    ...     return temperature * top_k
    >>> space = Mixed(temperature=Log(0.1, 2), top_k=Integer(1, 50))
    >>> from_function(cost, space).value([0.5, 40])
    20.0
    """
    if not callable(function):
        raise ValueError(f"function={function!r}: expected one to call with a point, f(x)")
    if not isinstance(space, Space):
        raise ValueError(f"space={space!r}: expected a Space, e.g. Box(-5, 5, 10)")
    kind: type[_FunctionProblem] = _OfBatches if vectorised else _OfPoints
    if isinstance(space, Mixed):
        _require_named(function, space, vectorised)
        kind = _OfNames
    problem = kind(function, space)
    problem.name = name or getattr(function, "__name__", "function")
    problem.value_tolerance = value_tolerance
    return problem


def _require_named(function: Callable[..., Any], space: Mixed, vectorised: bool) -> None:
    """Raise `ValueError` unless a function takes the variables of a space by their names."""
    if vectorised:
        raise ValueError(
            "vectorised=True in a Mixed space, whose variables are keyword arguments: "
            "expected a function of one point"
        )
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # a built-in that tells none
        return
    try:
        signature.bind(**dict.fromkeys(space.variables))
    except TypeError as error:
        called = getattr(function, "__name__", "function")
        raise ValueError(
            f"{called}{signature}: {error}; expected a parameter for each of "
            f"{', '.join(space.variables)}, or **settings for a dictionary of them"
        ) from None


class _FunctionProblem(Problem):
    def __init__(self, function: Callable[..., Any], space: Space) -> None:
        self.function, self.space = function, space


class _OfPoints(_FunctionProblem):
    def value(self, x: NDArray) -> float:
        return self.function(x)


class _OfBatches(_FunctionProblem):
    def values(self, points: NDArray) -> NDArray[np.float64]:
        return self.function(points)


class _OfNames(_FunctionProblem):
    space: Mixed

    def value(self, x: NDArray) -> float:
        return self.function(**self.space.named(x))
