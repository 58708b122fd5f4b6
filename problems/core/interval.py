"""Ranges of options, declared with their types: ``Annotated[float, Interval(ge=0, le=1)]``."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated


@dataclass(frozen=True)
class Interval:
    """The numbers that an option may be; `resolve` refuses all others.

    The names of the ends are those of the package annotated-types.

    Parameters
    ----------
    gt, ge : float, optional
        The lower end, outside or inside of the interval.
    lt, le : float, optional
        The upper end likewise; ``lt=inf`` asks for a finite number.

    Examples
    --------
    >>> print(Interval(gt=0, lt=math.inf))
    > 0
    >>> print(Interval(ge=0, lt=1))
    in [0, 1)
    >>> 1 in Interval(ge=0, lt=1)
    False
    """

    gt: float | None = None
    ge: float | None = None
    lt: float | None = None
    le: float | None = None

    def __contains__(self, number: float) -> bool:
        return (
            (self.gt is None or number > self.gt)
            and (self.ge is None or number >= self.ge)
            and (self.lt is None or number < self.lt)
            and (self.le is None or number <= self.le)
        )

    def __str__(self) -> str:
        low = ("> ", "(", self.gt) if self.gt is not None else (">= ", "[", self.ge)
        high = ("< ", ")", self.lt) if self.lt is not None else ("<= ", "]", self.le)
        bounded = [end for end in (low, high) if end[2] not in (None, math.inf)]
        if len(bounded) == 2:
            return f"in {low[1]}{_shown(low[2])}, {_shown(high[2])}{high[1]}"
        return "".join(f"{sign}{_shown(end)}" for sign, _, end in bounded) or "of any size"


def _shown(end: float | None) -> str:
    return f"{end:g}" if isinstance(end, float) else str(end)


#: A finite number above 0.
Positive = Annotated[float, Interval(gt=0, lt=math.inf)]
#: A finite number, 0 or above.
NonNegative = Annotated[float, Interval(ge=0, lt=math.inf)]
#: A probability, or a share of a whole.
Share = Annotated[float, Interval(ge=0, le=1)]
#: The decay of a running mean.
Decay = Annotated[float, Interval(ge=0, lt=1)]
#: A whole number of things of which there must be one.
Count = Annotated[int, Interval(ge=1)]
