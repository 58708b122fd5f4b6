"""A second count of all that is paid for, to hold a run's own ledger against."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol


class Pay(Protocol):
    """What an oracle calls whenever it charges the ledger."""

    def __call__(self, work: float, values: int, gradient_work: float = 0.0) -> None: ...


class Paid(NamedTuple):
    """What was paid for: work in all, how many exact values, and gradients' part of work."""

    work: float
    values: int
    gradient_work: float


def meter() -> tuple[Pay, Callable[[], Paid]]:
    """Return what an oracle counts with, and what tells the sum.

    A method reaches the oracle's record as any Python object's parts; the sums here are
    variables of a closure, which it has no attribute for.

    Examples
    --------
    >>> pay, paid = meter()
    >>> pay(1.0, 1)
    >>> pay(3.0, 0, 3.0)
    >>> paid()
    Paid(work=4.0, values=1, gradient_work=3.0)
    """
    spent, seen, of_gradients = 0.0, 0, 0.0

    def pay(work: float, values: int, gradient_work: float = 0.0) -> None:
        nonlocal spent, seen, of_gradients
        spent += work
        seen += values
        of_gradients += gradient_work

    return pay, lambda: Paid(spent, seen, of_gradients)
