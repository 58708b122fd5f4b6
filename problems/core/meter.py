"""A second count of all that is paid for, to hold a run's own ledger against."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

#: What an oracle calls whenever it charges the ledger, or is told a bound: `pay` of `meter`.
Pay = Callable[..., None]


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
    RuntimeError: -1 evaluations for work -1.0: expected finite numbers >= 0
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
        if type(work) is not float or type(values) is not int:
            work, values = float(work), int(values)
        _check(work, values)
        spent += work
        seen += values
        if gradient_work or gradients:
            gradient_work, gradients = float(gradient_work), int(gradients)
            _check(gradient_work, gradients)
            of_gradients += gradient_work
            slopes += gradients
        if bound > highest:
            bound = float(bound)
            highest = bound if highest < bound < math.inf else highest

    return pay, lambda: Paid(spent, seen, of_gradients, slopes, highest)


def _check(work: float, values: int) -> None:
    if not (0.0 <= work < math.inf and values >= 0):
        raise RuntimeError(f"{values} evaluations for work {work}: expected finite numbers >= 0")
