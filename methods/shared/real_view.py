"""What a solver over the reals sees of any problem: a function of a vector, and its bounds."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from methods.shared.strides import NEAR, latent_kinds, latent_scale
from problems.core.mixed import Mixed
from problems.core.oracle import Oracle
from problems.core.space import Box

Array = NDArray[np.float64]

#: What an encoded variable is moved by at first: less is invisible under rounding.
UNIT = 1.0
#: Points whose constraints are kept.
REMEMBERED = 10_000
#: scipy's difference of a real one, relative beyond 1: √ε.
DIFFERENCE = float(np.sqrt(np.finfo(float).eps))


class Diverged(Exception):  # noqa: N818 - the end of a descent, not a fault
    """A solver asks for a point with a coordinate that is not a number."""


class RealView:
    """The function that a solver over the reals minimises in a problem's place.

    A box of reals is itself; a point outside of it has the value of the nearest one
    inside, or of its mirror image (see `mirror`). Any other space is searched through its
    latent form. Variables that have one value only are left out. Where a
    solver's own work grows too fast, it is shown `most` of the variables, and the others stay
    at the start.

    Parameters
    ----------
    oracle : Oracle
    most : int, optional
        How many variables the solver can take.
    rng : Generator, optional
        Draws those variables if there are more; without it they are evenly spaced.
    x : ndarray, optional
        The start, a member of the space; by default the middle of the latent box.

    Attributes
    ----------
    start, low, high : ndarray of shape (n,)
        Of the n variables that the solver searches; the bounds are the latent box's.
    encoded : ndarray of bool, shape (n,)
        Which of them stand for something that is no real number.
    whole : ndarray of bool, shape (n,)
        Which of them are whole numbers between neighbours, half a unit within the bounds.
    scale : ndarray of shape (n,) or None
        Of the steps around the problem's start, where all of them have one.
    unit : float or None
        Their root mean square, for solvers that have one length for all.
    value : callable
        Returns the value at z, by which an infeasible point is worse than every feasible one.
    objective : callable
        Returns the objective at z, feasible or not.
    axes : float or ndarray of shape (n,)
        What the solver's numbers are multiplied by to be the latent box's; see `measure_by`.
    undefined : bool
        Whether an evaluation gave no finite number, which breaks a solver's arithmetic.
    difference : float or ndarray of shape (n,)
        What differences of real variables span; see `widen`.
    flat : bool
        Whether all values so far are equal: the solver has seen nothing but a plateau.
    """

    def __init__(
        self,
        oracle: Oracle,
        most: int | None = None,
        rng: np.random.Generator | None = None,
        x: NDArray | None = None,
    ) -> None:
        space, box = oracle.space, oracle.space.latent
        self._oracle = oracle
        self.value = self._checked(oracle.value)
        self.objective = self._checked(oracle.objective if oracle.constrained else oracle.value)
        self._limits: dict[bytes, Array] = {}
        self.undefined, self.flat = False, True
        self._first: float | None = None
        self._mirrored = False
        self.difference: float | Array = DIFFERENCE
        self.axes: float | Array = 1.0
        self._base = (box.low + box.high) / 2 if x is None else space.encode(x)
        self._is_box = isinstance(space, Box)
        self._bounded = isinstance(space, Box | Mixed)
        real, whole = latent_kinds(space)
        varies = space.low < space.high if isinstance(space, Box) else box.low < box.high
        free = np.flatnonzero(varies)
        if most is not None and len(free) > most:
            if rng is None:
                free = free[np.linspace(0, len(free) - 1, most).round().astype(int)]
            else:
                free = np.sort(rng.choice(free, most, replace=False))
        self.free = free
        self.start: Array = self._base[free]
        self.low, self.high = box.low[free], box.high[free]
        self.encoded, self.whole = ~real[free], whole[free]
        scale = latent_scale(oracle)
        self.unit: float | None = None
        self.scale: Array | None = None
        if scale is not None and not np.isnan(scale[free]).any() and len(free):
            self.scale = scale[free]
            self.unit = float(np.sqrt(np.mean(self.scale**2)))
        self.point = self._choose_point(len(free) == box.dimension)

    def _choose_point(self, whole: bool) -> Callable[[Array], NDArray]:
        """Return the function from the solver's vectors to members, the cheapest that will do."""
        decode, base, free = self._oracle.space.decode, self._base, self.free
        low, high = self.low, self.high

        def clipped(z: Array) -> NDArray:
            return np.minimum(np.maximum(z, low), high)

        def decoded(z: Array) -> NDArray:
            if np.isnan(z).any():
                raise Diverged
            if whole:
                return decode(z)
            full = base.copy()
            full[free] = z
            return decode(full)

        return clipped if whole and self._is_box and not self.encoded.any() else decoded

    @property
    def dimension(self) -> int:
        """How many variables the solver searches."""
        return len(self.free)

    @property
    def bounds(self) -> tuple[Array, Array] | None:
        """Bounds of numbers; categories and random keys need none, any real vector decodes."""
        return (self.low, self.high) if self._bounded else None

    def _checked(self, evaluate: Callable[[NDArray], float]) -> Callable[[Array], float]:
        """Return the function of the solver's vectors, which ends where there is no point."""

        def checked(z: Array) -> float:
            v = evaluate(self.point(z))
            if self._first is None:
                self._first = v
            self.flat = self.flat and v == self._first
            if v == math.inf:
                self.undefined = True
                if np.isnan(z).any():
                    raise Diverged
            return v

        return checked

    def constraints(self, z: ArrayLike) -> Array:
        """Return the constraints, feasible where <= 0; the same evaluation as `objective`.

        They are remembered far longer than the oracle does: a solver asks for those of
        old points again and again, and would pay for each.
        """
        z = np.asarray(z, dtype=float)
        key = z.tobytes()
        values = self._limits.get(key)
        if values is None:
            values = self._limits[key] = self._oracle.constraints(self.point(z))
            if len(self._limits) > REMEMBERED:
                del self._limits[next(iter(self._limits))]
        return values.copy()

    @cached_property
    def constrained(self) -> bool:
        """Whether there are constraints. Asking begins the evaluation of the start."""
        return self.constraints(self.start).size > 0

    def measure_by(self, axes: Array) -> None:
        """Show the solver z / `axes`: along a longer axis the same step goes further.

        A negative one is turned around.
        """
        point, low, high = self.point, self.low / axes, self.high / axes
        self.point = lambda z: point(z * axes)
        self.axes, self.start = axes, self.start / axes
        self.low, self.high = np.minimum(low, high), np.maximum(low, high)
        if self.scale is not None:
            self.scale = self.scale / np.abs(axes)

    def mirror(self) -> None:
        """Show the solver the box and its mirror images beyond the bounds, without end.

        Were a point outside worth what the nearest one inside is, a line search would end on a
        plateau: of BFGS on rosenbrock (10 variables, 500 evaluations) the median is 6,083
        then, and 125 so. Reflection is a usual way of handling bounds (Helwig, Branke and
        Mostaghim 2013, "Experimental analysis of bound handling techniques in particle swarm
        optimization", IEEE Transactions on Evolutionary Computation 17).
        """
        if self.bounds is None:
            return
        point, self._mirrored = self.point, True

        def within(z: Array) -> Array:
            width = self.high - self.low
            from_low = np.mod(z - self.low, 2 * width)
            image = self.low + np.minimum(from_low, 2 * width - from_low)
            return np.where((z < self.low) | (z > self.high), image, z)

        self.point = lambda z: point(within(z))

    def sides(self, z: Array) -> float | Array:
        """Return -1 for the variables in which `nearest` is a mirror image of `z`, else 1."""
        if not (self._mirrored and self._is_box):
            return 1.0
        width = self.high - self.low
        return np.where(np.mod(z - self.low, 2 * width) > width, -1.0, 1.0)

    def steps(self, real: float | Array) -> Array:
        """Return a first step a variable: a unit where encoded, else `real`."""
        return np.where(self.encoded, UNIT, real) / np.abs(self.axes)

    def widen(self) -> None:
        """Let differences cross plateaus: over the start's scale, else a quarter of the range."""
        self.difference = NEAR * (self.high - self.low) if self.scale is None else self.scale

    def inward(self, z: Array, steps: Array) -> Array:
        """Return the steps from `z`, downward where one leaves the bounds if there is more room."""
        if self.bounds is None:
            return steps
        backward = (z + steps > self.high) & (self.high - z < z - self.low)
        return np.where(backward, -steps, steps)

    def nearest(self, z: Array) -> Array:
        """Return the nearest point within a box, a whole number where it must be one."""
        if not self._is_box:
            return z
        return self._oracle.space.encode(self.point(z))[self.free] / self.axes


class Remembering:
    """A function whose latest value is kept, since differences begin where it was asked for."""

    def __init__(self, function: Callable[[Array], Any]) -> None:
        self.function = function
        self._latest: tuple[bytes, Any] = b"", None

    def __call__(self, z: Array) -> Any:
        v = self.function(z)
        self._latest = z.tobytes(), v
        return v

    def again(self, z: Array) -> Any:
        """Return the value, at no cost where it is the latest."""
        latest, v = self._latest
        return v if latest == z.tobytes() else self(z)


def inward_differences(
    view: RealView, function: Callable[[Array], Any], relative: bool = False
) -> Callable[[Array], Array]:
    """Return forward differences of `function`, (..., n): over one unit where encoded.

    They are taken from the nearest point within the bounds, and backward at an upper one, since
    further outside nothing changes. From a whole number one unit leads to the next, where
    scipy's own differences are invisible under rounding.

    Parameters
    ----------
    view : RealView
    function : callable
    relative : bool
        Whether the step of a real variable beyond 1 is `view.difference` times it.
    """

    def slopes(z: Array) -> Array:
        z = np.asarray(z, dtype=float)
        near = view.nearest(z)
        real = view.difference * (np.maximum(1.0, np.abs(near)) if relative else 1.0)
        steps = view.inward(near, view.steps(real))
        here = np.asarray(function(z))
        there = np.array([function(near + shift) for shift in np.diag(steps)])
        moved = (near + steps - near) * view.sides(z)
        return ((there - here).T / moved).reshape(*here.shape, z.size)

    return slopes
