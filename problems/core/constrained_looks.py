"""Looks at a problem with constraints: one look buys value and constraints."""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from problems.core.meter import Pay
from problems.core.points import unchecked
from problems.core.problem import Problem
from problems.core.record import Record


@dataclass
class _Bought:
    """What a look bought, and whether its value is still to be asked for."""

    value: float
    objective: float
    constraints: NDArray[np.float64]
    value_is_due: bool = False


class ConstrainedLooks:
    """The part of an `Oracle` that serves a constrained problem.

    A feasible point has the problem's value; an infeasible one the problem's
    ceiling plus its violation, the sum of its positive constraints. Only a
    feasible one can become the best. A solver that is told the constraints would
    take that step up for a cliff of the objective; for it there is the objective
    itself, in the value's place.

    A solver may ask for value and constraints of a point in either order, and for
    each constraint by itself, and pays once: the last dimension + 1 points, a
    simplex, are remembered. Asking again for a value that was told already is a
    new look.
    """

    def __init__(self, problem: Problem, record: Record, pay: Pay) -> None:
        if problem.ceiling is None:
            raise TypeError(f"{type(problem).__name__} has constraints but declares no ceiling")
        self._problem, self._record, self._pay = problem, record, pay
        self._value = unchecked(problem, "value")
        self._ceiling = float(problem.ceiling)
        self._bought: OrderedDict[bytes, _Bought] = OrderedDict()

    def charges(self, pay: Pay) -> bool:
        """Whether every look is charged to this second count."""
        return self._pay is pay

    def value(self, x: ArrayLike) -> float:
        """Return the value, of a look whose constraints were asked for or of a new one."""
        return self._due(x).value

    def objective(self, x: ArrayLike) -> float:
        """Return the objective, feasible or not, of the look that `value` would tell of."""
        return self._due(x).objective

    def _due(self, x: ArrayLike) -> _Bought:
        """Return what a look bought whose value has not been told yet, or a new one."""
        key = np.asarray(x).tobytes()
        bought = self._bought.get(key)
        if bought is None or not bought.value_is_due:
            self.look(x)
            return self._bought[key]
        bought.value_is_due = False
        self._record.check_clock()
        return bought

    def constraints(self, x: ArrayLike) -> NDArray[np.float64]:
        """Return the constraints, of a look that is remembered or of a new one."""
        key = np.asarray(x).tobytes()
        if key in self._bought:
            self._record.check_clock()
        else:
            self.look(x)
            self._bought[key].value_is_due = True
        return self._bought[key].constraints

    def look(self, x: ArrayLike) -> float:
        """Pay one look and return its value."""
        point = np.asarray(x)
        record = self._record
        record.charge(1.0)
        record.values += 1
        self._pay(1.0, 1)
        try:
            g = np.asarray(self._problem.constraints(point), dtype=float)
            v = self._value(point)
        except Exception as error:
            record.failure = error
            raise
        violation = float(np.maximum(g, 0).sum())
        v = record.number(v)
        objective = v if math.isfinite(v) else math.inf
        if not math.isfinite(v) or math.isnan(violation):
            v = record.invalid()
        elif violation > 0:
            v = self._ceiling + violation
        elif v < record.best:
            v = record.improve(point, v)
        self._bought[point.tobytes()] = _Bought(v, objective, g)
        while len(self._bought) > self._problem.space.dimension + 1:
            self._bought.popitem(last=False)
        return v
