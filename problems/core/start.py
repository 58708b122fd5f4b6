"""Where a problem says that a search begins: a point, and the scale of the steps around it."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from problems.core.frozen import freeze
from problems.core.mixed import Mixed
from problems.core.permutation import Permutation
from problems.core.points import as_point
from problems.core.space import Box, Categorical, Space
from problems.core.usage_error import UsageError

#: Of a variable's range: its scale where all are zero, and the most that is derived.
WIDEST_SHARE = 0.1


@dataclass(frozen=True, eq=False)
class Start:
    """A point to begin a search at, and the scale of the first steps around it.

    Parameters
    ----------
    point : array-like of shape (dimension,), or mapping of str to object
        A member of the space; in a `Mixed` space it may be the values by name.
    scale : float or array-like of shape (dimension,), optional
        Standard deviation of a first step of each number of a box or a `Mixed` space, there of
        its logarithm where it is on the log scale. By default, and where it is nan, that of a
        real variable is the root mean square of the point's real variables, at most a tenth
        of its range, which it is where they are all zero, and always in a `Mixed` space, whose
        variables have each its own unit. Whole numbers have none unless it is given, nor have
        choices and the variables of other spaces: they change as they do without a start.
    spread : float or array-like of shape (dimension,), optional
        For a model that is initialised at random: the standard deviation of the Gaussian noise,
        in a box, that each seed adds to the point before it begins there. None by default:
        every seed begins at the point itself. Where there is one, a gradient method begins at
        its relaxation's own initialisation.

    Examples
    --------
    >>> Start([3.0, -4.0], scale=0.5).scale
    0.5
    """

    point: Any
    scale: Any = None
    spread: Any = None

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray:
        """Return the point, for whoever wants no more: ``problem.value(problem.start())``."""
        return np.array(self.point, dtype=dtype)


def as_start(space: Space, returned: Any) -> Start | None:
    """Return a problem's start, checked, complete and read-only.

    Parameters
    ----------
    space : Space
    returned : Start, array-like, mapping, tuple of both or None
        A point, or a point and a scale.

    Raises
    ------
    UsageError
        When the point is no member of the space, or the scale is not one positive number, or
        one a variable, of a box.
    """
    if returned is None:
        return None
    spread = None
    if isinstance(returned, Start):
        point, scale, spread = returned.point, returned.scale, returned.spread
    elif isinstance(returned, tuple) and len(returned) == 2 and _is_point(returned[0]):
        point, scale = returned
    else:
        point, scale = returned, None
    point = _member(space, point)
    if scale is not None:
        scale = _checked_numbers(space, "scale", scale)
    if spread is not None:
        spread = _checked_numbers(space, "spread", spread)
    if isinstance(space, Box | Mixed):
        derived = _derived_scale(space, point)
        scale = derived if scale is None else np.where(np.isnan(scale), derived, scale)
    if isinstance(space, Mixed):
        scale = np.where(space.nominal, np.nan, scale)
    return freeze(Start(point, scale, spread))


def _is_point(returned: Any) -> bool:
    return isinstance(returned, Mapping) or np.ndim(returned) == 1


def _member(space: Space, point: ArrayLike | Mapping[str, Any]) -> NDArray:
    try:
        member = np.array(as_point(space, point))
        if isinstance(space, Mixed):
            space.named(member)
    except ValueError as error:
        raise UsageError(f"start() returns no member of {space}: {error}") from None
    if member in space:
        return member
    reason = ""
    if isinstance(space, Box):
        whole = np.where(space.integral, np.rint(member), member)
        i = int((space.decode(member) != member).argmax())
        low, high = space.low[i], space.high[i]
        number = "a number" if whole[i] == member[i] else "a whole number"
        reason = f": variable {i} is {member[i]:g}, expected {number} of {low:g} to {high:g}"
    raise UsageError(f"start() returns no member of {space}{reason}")


def _checked_numbers(space: Space, name: str, given: ArrayLike) -> NDArray[np.float64]:
    """Return a scale, positive or nan, or a spread, not negative, as one number a variable."""
    if not isinstance(space, Box if name == "spread" else Box | Mixed):
        raise UsageError(
            f"start() returns a {name} in a {type(space).__name__}, which has no steps: "
            "expected the point alone"
        )
    numbers = np.asarray(given)
    fits = numbers.shape in ((), (space.dimension,)) and numbers.dtype.kind in "iuf"
    least, kept = (
        ("a number > 0", np.isnan(numbers) | (numbers > 0) if fits else False)
        if name == "scale"
        else ("a number >= 0", numbers >= 0 if fits else False)
    )
    if not (fits and np.all(kept & ~np.isinf(numbers))):
        text = " ".join(str(given).split())[:60]
        raise UsageError(
            f"start() returns the {name} {text}: expected {least}, or {space.dimension} of them"
        )
    return np.broadcast_to(numbers.astype(float), (space.dimension,)).copy()


def _derived_scale(space: Box | Mixed, point: NDArray) -> NDArray[np.float64]:
    """Return the root mean square of a box's real variables, within a share of their ranges."""
    if isinstance(space, Mixed):
        return np.where(space.integral, np.nan, WIDEST_SHARE * space.width)
    real = ~space.integral & (space.low < space.high)
    size = float(np.sqrt(np.mean(point[real] ** 2))) if real.any() else 0.0
    widest = WIDEST_SHARE * (space.high - space.low)
    return np.where(real, np.minimum(size or np.inf, widest), np.nan)


def seeded(space: Space, start: Start, rng: np.random.Generator) -> Start:
    """Return the start of one seed: at the point, or at a draw where it has a spread."""
    if start.spread is None:
        return start
    noise = start.spread * rng.standard_normal(space.dimension)
    return freeze(replace(start, point=space.decode(start.point + noise)))


def around(space: Space, start: Start, rng: np.random.Generator, n: int) -> NDArray:
    """Draw `n` members around a start, shape (n, dimension), one after the other.

    Numbers that have a scale get Gaussian noise of that standard deviation (their logarithms
    on the log scale), are rounded where whole and brought back to the bounds. Each other
    variable takes another value with probability 1 / (their number), one of them at least; two
    items of a permutation swap.
    """
    points = np.empty((n, space.dimension), dtype=space.dtype)
    for i in range(n):
        points[i] = _one_around(space, start, rng)
    return points


def _one_around(space: Space, start: Start, rng: np.random.Generator) -> NDArray:
    if isinstance(space, Permutation):
        items = space.complete(start.point)
        # The first is of those that count: an item that no solution lists changes nothing.
        one, shift = rng.integers(space.dimension), rng.integers(1, max(2, space.n))
        other = (one + shift) % space.n
        items[one], items[other] = items[other], items[one]
        return items[: space.dimension]
    if isinstance(space, Categorical):
        return _few_changed(start.point, np.zeros(space.dimension), space.counts - 1.0, rng)
    if not isinstance(space, Box | Mixed):
        width = space.latent.high - space.latent.low
        noise = rng.standard_normal(space.latent_dimension)
        return space.decode(space.encode(start.point) + WIDEST_SHARE * width * noise)
    point, step = start.point.astype(float), np.zeros(space.dimension)
    scaled = ~np.isnan(start.scale)
    step[scaled] = start.scale[scaled] * rng.standard_normal(int(scaled.sum()))
    if not scaled.all():
        point[~scaled] = _few_changed(point[~scaled], space.low[~scaled], space.high[~scaled], rng)
    if isinstance(space, Mixed):
        return space.restore(space.rescale(point) + step)
    return space.decode(point + step)


def _few_changed(
    old: NDArray, low: NDArray, high: NDArray, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Give each variable another whole number with probability 1/n, one of them at least."""
    u = rng.random((2, old.size))
    chosen = u[0] < 1 / old.size
    chosen[u[0].argmin()] = True
    width = high - low
    another = low + (old - low + 1 + np.floor(u[1] * np.maximum(width, 1))) % (width + 1)
    return np.where(chosen, another, old)


def start_of(problem: Any) -> Start | None:
    """Return a problem's start, checked, whatever an object has set in its place."""
    return _asked(problem, problem.start)


def checked_start(function: Any) -> Any:
    """Decorate a problem's ``start``: what it returns goes through `as_start`."""

    @functools.wraps(function)
    def start(self: Any) -> Start | None:
        descriptor = getattr(type(function), "__get__", None)
        return _asked(
            self, function if descriptor is None else descriptor(function, self, type(self))
        )

    start.unchecked = start, function  # type: ignore[attr-defined] # of any function
    return start


def _asked(problem: Any, start: Any) -> Start | None:
    """Return what `start` gives; an error names the problem that it is of."""
    name = type(problem).__name__
    if not callable(start):
        raise UsageError(f"start of {name} is {start!r:.60}: expected a method, start()")
    returned = start()  # outside: its own errors, named already where it is checked
    try:
        return as_start(problem.space, returned)
    except UsageError as error:
        raise UsageError(f"problem {name}: {error}") from None
