"""What one variable of a mixed space may be: a real number, a whole one, or a choice."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real as RealNumber
from typing import Any

import numpy as np

#: Whole numbers up to this size are exact as floats.
LARGEST_WHOLE = 2**53


@dataclass(frozen=True, repr=False)
class Bounded:
    """Numbers from `low` to `high`, both included."""

    low: float
    high: float

    def __post_init__(self) -> None:
        for name, bound in (("low", self.low), ("high", self.high)):
            if not isinstance(bound, RealNumber) or not math.isfinite(bound):
                raise ValueError(f"{name}={bound!r} of {self}: expected a finite number")
        if self.low >= self.high:
            raise ValueError(f"{self}: expected low < high")
        if not math.isfinite(float(self.high) - float(self.low)):
            raise ValueError(f"{self}: expected a finite high - low")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({_shown(self.low)}, {_shown(self.high)})"


class Real(Bounded):
    """A real number; steps are as long anywhere between its bounds.

    Examples
    --------
    >>> Real(0, 1)
    Real(0, 1)
    """


class Log(Bounded):
    """A positive real number on the log scale, where steps multiply it, as a learning rate.

    Examples
    --------
    >>> Log(1e-5, 0.1)
    Log(1e-05, 0.1)
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.low <= 0:
            raise ValueError(f"{self}: expected low > 0 on the log scale")


@dataclass(frozen=True, repr=False)
class Integer(Bounded):
    """A whole number, on the log scale where `log` says so.

    Examples
    --------
    >>> Integer(1, 50)
    Integer(1, 50)
    """

    log: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, bound in (("low", self.low), ("high", self.high)):
            if bound != round(bound) or abs(bound) > LARGEST_WHOLE:
                raise ValueError(
                    f"{name}={bound!r} of {self}: expected a whole number, at most 2^53"
                )
        if self.log and self.low < 1:
            raise ValueError(f"{self}: expected low >= 1 on the log scale")

    def __repr__(self) -> str:
        return super().__repr__()[:-1] + (", log=True)" if self.log else ")")


@dataclass(frozen=True, repr=False)
class Choice:
    """One of some objects of any kind, without an order.

    Examples
    --------
    >>> Choice(["greedy", "nucleus"])
    Choice(['greedy', 'nucleus'])
    """

    options: Sequence[Any]

    def __post_init__(self) -> None:
        if isinstance(self.options, str | bytes):
            raise ValueError(f"Choice({self.options!r}): expected a list of options")
        try:
            options = tuple(self.options)
        except TypeError:
            raise ValueError(f"Choice({self.options!r}): expected a list of options") from None
        if not options:
            raise ValueError("Choice([]): expected at least one option")
        object.__setattr__(self, "options", options)
        for i, option in enumerate(options):
            if self.index(option) != i:
                raise ValueError(
                    f"{self}: expected each option once, and {option!r} is there twice"
                )

    def index(self, option: Any) -> int:
        """Return the position of an option.

        Raises
        ------
        ValueError
            When there is none like it.
        """
        for same in (_is, _equals):
            for i, own in enumerate(self.options):
                if same(own, option):
                    return i
        raise ValueError(f"{option!r:.60} is none of {self}")

    def __str__(self) -> str:
        return f"Choice({len(self.options)} options)" if len(repr(self)) > 60 else repr(self)

    def __repr__(self) -> str:
        return f"Choice({list(self.options)!r})"


Variable = Bounded | Choice


def _is(one: Any, other: Any) -> bool:
    return one is other


def _equals(one: Any, other: Any) -> bool:
    """Tell whether objects of one type are equal; arrays, of which each number may be, are not."""
    equal = one == other if type(one) is type(other) else False
    return isinstance(equal, bool | np.bool_) and bool(equal)


def _shown(bound: float) -> str:
    """Return a number in the shortest form that is read as the same one."""
    if not isinstance(bound, RealNumber) or not math.isfinite(bound):
        return repr(bound)
    if float(f"{bound:g}") == bound:
        return f"{bound:g}"
    return repr(int(bound) if bound == round(bound) else float(bound))
