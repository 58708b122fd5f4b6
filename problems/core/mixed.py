"""Where named variables of several kinds live: numbers, log scales, whole numbers, choices."""

from __future__ import annotations

import keyword
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from problems.core.frozen import freeze
from problems.core.space import Box, Categorical, Space
from problems.core.variables import Choice, Integer, Log, Variable

#: Significant digits of real numbers on the log scale, which leave it as the number that went
#: in: exp(log(x)) is off by some units of the sixteenth, by others on other processors.
DIGITS = 12


class Mixed(Space):
    """Named variables of several kinds, such as the settings of a model.

    A point has one number a variable, in the order in which they are named: a real or whole
    variable's own value, and the position of a choice among its options. `named` turns it into
    what a person would write, and `point` back.

    Parameters
    ----------
    **variables : Real, Log, Integer or Choice
        By name.

    Attributes
    ----------
    variables : mapping of str to Real, Log, Integer or Choice
    low, high : ndarray of shape (dimension,)
        Bounds of a point's numbers.
    integral, nominal, logarithmic : ndarray of bool, shape (dimension,)
        Which of them are whole, choices included; which are choices; which are on the log scale.
    scaled : Box
        Bounds of what `rescale` returns.
    width : ndarray of shape (dimension,)
        Its high - low.
    stride : ndarray of shape (dimension,)
        Distance on that scale from the least number to the next, the widest; 0 of real ones.
    owner : ndarray of int, shape (latent_dimension,)
        The variable that each number of a latent vector is of.

    Raises
    ------
    ValueError
        When there is no variable, a name is none that an argument in Python can have, or a
        variable is of no such kind.

    Notes
    -----
    Latent form: a number a variable, its logarithm on the log scale, and half a unit beyond
    the bounds of whole ones; after them a score an option of each choice, of which the largest
    wins. Real numbers on the log scale are decoded to 12 significant digits.

    Examples
    --------
    >>> space = Mixed(temperature=Log(0.1, 2), top_k=Integer(1, 50), prompt=Choice(["Q:", "Hi"]))
    >>> space.named([0.7, 40, 1])
    {'temperature': 0.7, 'top_k': 40, 'prompt': 'Hi'}
    >>> space.point(temperature=0.7, top_k=40, prompt="Hi")
    array([ 0.7, 40. ,  1. ])
    """

    def __init__(self, /, **variables: Variable) -> None:
        if not variables:
            raise ValueError("Mixed(): expected at least one variable, e.g. x=Real(0, 1)")
        for name, variable in variables.items():
            if not name.isidentifier() or keyword.iskeyword(name):
                raise ValueError(
                    f"the variable {name!r}: expected a name that an argument in Python can have"
                )
            if not isinstance(variable, Variable):
                raise ValueError(
                    f"{name}={variable!r:.60}: expected Real, Log, Integer or Choice, "
                    f"e.g. {name}=Real(0, 1)"
                )
        self._variables = dict(variables)
        self._names = tuple(variables)
        each = list(variables.values())
        self.dimension = len(each)
        ends = [(0, len(v.options) - 1) if isinstance(v, Choice) else (v.low, v.high) for v in each]
        self.nominal = np.array([isinstance(v, Choice) for v in each])
        self.integral = np.array([isinstance(v, Integer | Choice) for v in each])
        self.logarithmic = np.array([getattr(v, "log", isinstance(v, Log)) for v in each])
        self._members = Box(*np.array(ends, dtype=float).T, integral=self.integral)
        self.low, self.high = self._members.low, self._members.high
        self.dtype = self._members.dtype
        self.scaled = Box(
            self.rescale(self.low),
            self.rescale(self.high),
            integral=self.integral & ~self.logarithmic,
        )
        self.width = self.scaled.high - self.scaled.low
        above = self.rescale(np.where(self.integral, self.low + 1, self.low))
        self.stride = above - self.scaled.low
        # Half a unit beyond whole bounds gives every whole number an equal share.
        half = np.where(self.integral, 0.5, 0.0)
        self._first, self._last = self.rescale(self.low - half), self.rescale(self.high + half)
        self._numbers = np.flatnonzero(~self.nominal)
        self._choices = np.flatnonzero(self.nominal)
        counts = (self.high[self._choices] + 1).astype(np.int64)
        self._scores = Categorical(counts.tolist()) if counts.size else None
        self.owner = np.concatenate([self._numbers, np.repeat(self._choices, counts)])
        freeze(self)

    @property
    def variables(self) -> Mapping[str, Variable]:
        """The variables by name, in order."""
        return MappingProxyType(self._variables)

    def named(self, x: ArrayLike) -> dict[str, Any]:
        """Return a member's values by name: floats, ints, and the chosen objects themselves.

        Raises
        ------
        ValueError
            When `x` is no member.
        """
        point = np.asarray(x)
        if point not in self:
            raise ValueError(self._denied(point))
        return {
            name: variable.options[int(number)]
            if isinstance(variable, Choice)
            else (int if isinstance(variable, Integer) else float)(number)
            for (name, variable), number in zip(
                self._variables.items(), point.tolist(), strict=True
            )
        }

    def point(self, /, **values: Any) -> NDArray:
        """Return the member that has these values, one for each variable.

        Raises
        ------
        ValueError
            When a name is missing or unknown, or a value is not its variable's.
        """
        for name in values:
            if name not in self._variables:
                close = get_close_matches(name, self._names, n=1)
                meant = f"; did you mean {close[0]}?" if close else ""
                raise ValueError(f"{name}: expected one of {', '.join(self._names)}{meant}")
        if missing := [name for name in self._names if name not in values]:
            raise ValueError(f"no value of {', '.join(missing)}: expected one of each variable")
        numbers = [self._number(name, values[name]) for name in self._names]
        return np.array(numbers, dtype=self.dtype)

    def _number(self, name: str, value: Any) -> float:
        """Return the number that stands for a variable's value in a point."""
        variable = self._variables[name]
        if isinstance(variable, Choice):
            try:
                return variable.index(value)
            except ValueError as error:
                raise ValueError(f"{name}={error}") from None
        number = np.asarray(value)
        i = self._names.index(name)
        if (
            number.shape != ()
            or number.dtype.kind not in "iuf"
            or not self.low[i] <= number <= self.high[i]
            or (self.integral[i] and number != np.rint(number))
        ):
            raise ValueError(f"{name}={value!r:.60} is not in {variable}")
        return float(number)

    def _denied(self, point: NDArray) -> str:
        """Say what about a point is no member's."""
        if point.shape != (self.dimension,) or point.dtype.kind not in "iufb":
            return f"{point!r:.60} is no point: expected {self.dimension} numbers"
        inside = (point >= self.low) & (point <= self.high)
        inside &= ~self.integral | (point == np.rint(point))
        i = int(inside.argmin())
        name = self._names[i]
        kind = "a whole number" if self.integral[i] else "a number"
        return f"{name}={point[i]:g}: expected {kind} of {self.low[i]:g} to {self.high[i]:g}"

    def describe(self, x: ArrayLike) -> str:
        return ", ".join(
            f"{name}={value:.6g}" if isinstance(value, float) else f"{name}={value!r}"
            for name, value in self.named(x).items()
        )

    @property
    def real(self) -> NDArray[np.bool_]:
        return ~self.integral

    def few(self, most: int) -> NDArray[np.bool_]:
        return self.nominal | (self.integral & (self.high - self.low < most))

    def rescale(self, x: ArrayLike) -> NDArray[np.float64]:
        """Take the logarithm of what is on the log scale; one number a variable, as `x` has."""
        scaled = np.array(x, dtype=float)
        scaled[..., self.logarithmic] = np.log(scaled[..., self.logarithmic])
        return scaled

    def restore(self, scaled: ArrayLike) -> NDArray:
        """Map any real vectors to the nearest members, shape (..., dimension), on their scales."""
        scaled = np.asarray(scaled, dtype=float)
        x = np.clip(scaled, self._first, self._last)
        x[..., self.logarithmic] = np.exp(x[..., self.logarithmic])
        x[..., self.integral] = np.rint(x[..., self.integral])
        real = self.logarithmic & ~self.integral
        if real.any():
            x[..., real] = _to_digits(x[..., real])
        # The bounds themselves are reached, whatever their digits.
        x = np.where(scaled <= self._first, self.low, np.where(scaled >= self._last, self.high, x))
        return np.clip(x, self.low, self.high).astype(self.dtype)

    def sample(self, rng: np.random.Generator, n: int) -> NDArray:
        # Row by row from one stream, so that the first rows of a larger sample
        # are the rows of a smaller one: paired starts rely on it.
        u = rng.random((n, self.dimension))
        return self.restore(self._first + u * (self._last - self._first))

    def contains(self, points: NDArray) -> bool:
        return self._members.contains(points)

    @cached_property
    def latent(self) -> Box:
        chosen = np.zeros(len(self.owner) - len(self._numbers))
        low, high = self._first[self._numbers], self._last[self._numbers]
        return Box(np.append(low, chosen), np.append(high, chosen + 1))

    def decode(self, z: ArrayLike) -> NDArray:
        z = np.asarray(z, dtype=float)
        scaled = np.empty((*z.shape[:-1], self.dimension))
        split = len(self._numbers)
        scaled[..., self._numbers] = z[..., :split]
        if self._scores is not None:
            scaled[..., self._choices] = self._scores.decode(z[..., split:])
        return self.restore(scaled)

    def encode(self, x: ArrayLike) -> NDArray[np.float64]:
        scaled = np.clip(self.rescale(x), self._first, self._last)
        numbers = scaled[..., self._numbers]
        if self._scores is None:
            return numbers
        return np.append(numbers, self._scores.encode(scaled[..., self._choices]), axis=-1)

    def __str__(self) -> str:
        return f"Mixed({', '.join(f'{name}={v}' for name, v in self._variables.items())})"

    def __repr__(self) -> str:
        return f"Mixed({', '.join(f'{name}={v!r}' for name, v in self._variables.items())})"


def _to_digits(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round each number to its first significant digits, to the float that a person types."""
    rounded = [float(f"{number:.{DIGITS}g}") for number in numbers.ravel().tolist()]
    return np.array(rounded, dtype=float).reshape(numbers.shape)
