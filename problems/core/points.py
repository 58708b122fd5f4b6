"""What a script hands to an objective: checked, and made what the space has for members.

An objective indexes and sums; it would take three cities for a tour of eight and give a
length that no tour has. The oracle has checks of its own and calls the objective bare.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from problems.core.mixed import Mixed
from problems.core.space import Space

Function = TypeVar("Function", bound=Callable[..., Any])


def as_point(space: Space, x: ArrayLike | Mapping[str, Any]) -> NDArray:
    """Return a point, shape (dimension,), in the space's own dtype.

    In a `Mixed` space it may be a mapping of names to values.

    Raises
    ------
    ValueError
        When its length is another, an entry is nan or no number, or the space is one of
        whole numbers and the point none of its members. A real point may be out of bounds.
    """
    if isinstance(x, Mapping) and isinstance(space, Mixed):
        return space.point(**x)
    point = _array(cast("ArrayLike", x))
    if point.shape != (space.dimension,):
        raise ValueError(f"a point of shape {point.shape}: expected ({space.dimension},)")
    return _in_space(space, point[None])[0]


def as_points(space: Space, points: ArrayLike) -> NDArray:
    """Return rows of points, shape (n, dimension), in the space's own dtype.

    Raises
    ------
    ValueError
        As `as_point`.
    """
    rows = _array(points)
    if rows.ndim != 2 or rows.shape[1] != space.dimension:
        raise ValueError(f"points of shape {rows.shape}: expected (n, {space.dimension})")
    return _in_space(space, rows)


def _array(points: ArrayLike) -> NDArray:
    try:
        array = np.asarray(points)
    except ValueError:  # lists of unequal lengths
        array = np.asarray(None)
    if array.dtype.kind not in "iufb":
        raise ValueError(f"{_shown(points)} is no point: expected real numbers")
    return array


def _in_space(space: Space, rows: NDArray) -> NDArray:
    if rows.dtype.kind == "f" and (lost := np.isnan(rows).any(axis=1)).any():
        raise ValueError(f"the point {_shown(rows[lost.argmax()])} has a nan: expected numbers")
    if space.dtype is np.int64:
        for row in rows if not space.contains(rows) else ():
            if row not in space:
                raise ValueError(f"the point {_shown(row)} is not in {space}")
    return rows.astype(space.dtype, copy=False)


def _shown(points: Any) -> str:
    return np.array2string(np.asarray(points, dtype=object), threshold=8)[:80]


def checked(convert: Callable[[Space, Any], NDArray]) -> Callable[[Function], Function]:
    """Decorate a problem's ``value`` or ``values``: its argument goes through `convert`."""

    def decorate(function: Function) -> Function:
        @functools.wraps(function)
        def method(self: Any, x: Any, *more: Any, **named: Any) -> Any:
            return _bound(function, self)(convert(self.space, x), *more, **named)

        method.unchecked = method, function  # type: ignore[attr-defined] # of any function
        return cast("Function", method)

    return decorate


def unchecked(problem: object, name: str) -> Callable[[NDArray], Any]:
    """Return a problem's ``value`` or ``values`` as it was written, for points known to be fine."""
    bound = getattr(problem, name)
    try:
        method, function = bound.__func__.unchecked
    except AttributeError:
        return bound
    if bound.__func__ is not method:
        return bound  # a user's, around the checked one
    return _bound(function, problem)


def _bound(function: Any, problem: object) -> Any:
    """Bind what stood in the body of a class: a function, a static method or any callable."""
    descriptor = getattr(type(function), "__get__", None)
    return function if descriptor is None else descriptor(function, problem, type(problem))
