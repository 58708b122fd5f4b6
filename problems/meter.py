"""A second count of all that is paid for, to hold a run's own ledger against."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple, Protocol


class Pay(Protocol):
    """What an oracle calls whenever it charges the ledger, or is told a bound."""

    def __call__(
        self,
        work: float,
        values: int,
        gradient_work: float = 0.0,
        gradients: int = 0,
        bound: float = -math.inf,
    ) -> None: ...


class Paid(NamedTuple):
    """What was paid for, and the best lower bound that was reported, -inf without one.

    The work in all, how many exact values, gradients' part of the work, how many gradients.
    """

    work: float
    values: int
    gradient_work: float
    gradients: int
    bound: float


def meter() -> tuple[Pay, Callable[[], Paid]]:
    """Return what an oracle counts with, and what tells the sum.

    A method reaches the oracle's record as any Python object's parts; the sums here are
    variables of a closure, which it has no attribute for. They only grow.

    Examples
    --------
    >>> pay, paid = meter()
    >>> pay(1.0, 1)
    >>> pay(3.0, 0, 3.0, 1)
    >>> paid()
    Paid(work=4.0, values=1, gradient_work=3.0, gradients=1, bound=-inf)
    >>> pay(-1.0, -1)
    Traceback (most recent call last):
    RuntimeError: a look was charged -1.0, -1, 0.0, 0: expected finite numbers >= 0
    """
    spent, seen, of_gradients, slopes, highest = 0.0, 0, 0.0, 0, -math.inf

    def pay(
        work: float,
        values: int,
        gradient_work: float = 0.0,
        gradients: int = 0,
        bound: float = -math.inf,
    ) -> None:
        nonlocal spent, seen, of_gradients, slopes, highest
        # A number of a class of its own could say anything when it is compared or added.
        work, values = float(work), int(values)
        gradient_work, gradients, bound = float(gradient_work), int(gradients), float(bound)
        if not (
            0 <= work < math.inf
            and values >= 0
            and 0 <= gradient_work < math.inf
            and gradients >= 0
        ):
            charged = f"{work}, {values}, {gradient_work}, {gradients}"
            raise RuntimeError(f"a look was charged {charged}: expected finite numbers >= 0")
        spent += work
        seen += values
        of_gradients += gradient_work
        slopes += gradients
        if highest < bound < math.inf:
            highest = bound

    return pay, lambda: Paid(spent, seen, of_gradients, slopes, highest)
