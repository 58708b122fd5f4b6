"""What progress is counted in: work, CPU or wall seconds, tokens, values."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from methods.result import Run
from problems.core.ledger import GRADIENT_PRICE
from problems.core.usage_error import UsageError
from problems.naming.options import closest

#: The price of one gradient over all data, in evaluations: a number, or the dimension, which is
#: what differences of values would cost.
GradientPrice = float | Literal["dimension"]


@dataclass(frozen=True)
class Axis:
    """A cost that runs are compared by.

    Parameters
    ----------
    name : str
    label : str
        For a figure's axis, with its unit.
    field : str
        Of a trace point and of a ledger.
    clock : bool
        Whether white-box solvers can be compared on it: they spend seconds, but make no
        evaluations.
    gradient_price : float or "dimension"
        Of the axis `work` only. Stored runs are repriced, not made anew: with another
        price their budgets end at other places.
    """

    name: str
    label: str
    field: str
    clock: bool = False
    gradient_price: GradientPrice = GRADIENT_PRICE

    def costs(self, run: Run, trace: NDArray) -> NDArray[np.float64]:
        """Return the cost of each point of a run's trace, shape (n,); they never fall.

        The system counts a child's seconds in steps, so that a clock may seem to go back.
        """
        costs = trace[self.field].astype(float)
        if self.field == "work":
            # In this order whole numbers of evaluations stay whole.
            costs = (costs - trace["gradient_work"]) + self._factor(run) * trace["gradient_work"]
        return np.maximum.accumulate(costs.clip(0.0))

    def spent(self, run: Run) -> float:
        """Return what a run has spent."""
        spent = float(getattr(run.ledger, self.field))
        if self.field == "work":
            paid = run.ledger.gradient_work
            spent = (spent - paid) + self._factor(run) * paid
        return spent

    def _factor(self, run: Run) -> float:
        price = run.dimension if self.gradient_price == "dimension" else self.gradient_price
        return float(price) / GRADIENT_PRICE


#: The axes by name, at the ledger's own price of a gradient.
AXES = {
    axis.name: axis
    for axis in (
        Axis("work", "work (evaluations)", "work"),
        Axis("cpu", "CPU time (s)", "cpu_seconds", clock=True),
        Axis("wall", "wall-clock time (s)", "wall_seconds", clock=True),
        Axis("tokens", "tokens read", "tokens"),
        Axis("values", "values asked for", "values"),
    )
}


def work_at(gradient_price: GradientPrice) -> Axis:
    """Return the axis of work at a price of a gradient."""
    if gradient_price == GRADIENT_PRICE:
        return AXES["work"]
    price = "its dimension" if gradient_price == "dimension" else f"{gradient_price:g}"
    label = f"work (evaluations; a gradient is {price})"
    return replace(AXES["work"], label=label, gradient_price=gradient_price)


def parse_gradient_price(text: str) -> GradientPrice:
    """Read a price of gradients.

    Raises
    ------
    UsageError
        When it is neither a finite number >= 0 nor ``dimension``.
    """
    try:
        price = float(text)
    except ValueError:
        if text == "dimension":
            return "dimension"
        hint = closest(text, ["dimension"])
        raise UsageError(
            f"gradient price {text!r}: expected a number >= 0, such as 1 or 3, or dimension{hint}"
        ) from None
    if not 0 <= price < math.inf:
        raise UsageError(f"gradient price {text}: expected a finite number >= 0 or dimension")
    return price
