"""Evaluation of a problem with constraints: one evaluation buys value and constraints."""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from problems.core.points import unchecked
from problems.core.record import Record


@dataclass
class _Evaluated:
    """What an evaluation bought, and whether its value is still to be asked for."""

    value: float
    objective: float
    constraints: NDArray[np.float64]
    value_is_due: bool = False


class ConstrainedEvaluation:
    """The part of an `Oracle` that evaluates a problem with constraints.

    A feasible point has the problem's value; an infeasible one the problem's
    ceiling plus its violation, the sum of its positive constraints. Only a
    feasible one can become the best. A solver that is given the constraints would
    take that step up for a cliff of the objective; for it there is the objective
    itself, in the value's place.

    A solver may ask for value and constraints of a point in either order, and for
    each constraint by itself, and pays once: the last dimension + 1 points, a
    simplex, are remembered. Asking for a value a second time is a new evaluation.

    Parameters
    ----------
    record : Record
        The run's.

    Raises
    ------
    TypeError
        When the problem declares no ceiling.
    """

    def __init__(self, record: Record) -> None:
        problem = record.problem
        if problem.ceiling is None:
            raise TypeError(f"{type(problem).__name__} has constraints but declares no ceiling")
        self._record = record
        self._value = unchecked(problem, "value")
        self._ceiling = float(problem.ceiling)
        self._evaluated: OrderedDict[bytes, _Evaluated] = OrderedDict()

    def value(self, x: ArrayLike) -> float:
        """Return the value, of an evaluation that bought the constraints or of a new one."""
        return self._due(x).value

    def objective(self, x: ArrayLike) -> float:
        """Return the objective, feasible or not, of the evaluation that `value` would be of."""
        return self._due(x).objective

    def _due(self, x: ArrayLike) -> _Evaluated:
        """Return an evaluation whose value has not been asked for yet, or a new one."""
        key = np.asarray(x).tobytes()
        evaluated = self._evaluated.get(key)
        if evaluated is None or not evaluated.value_is_due:
            self.evaluate(x)
            return self._evaluated[key]
        evaluated.value_is_due = False
        self._record.check_clock()
        return evaluated

    def constraints(self, x: ArrayLike) -> NDArray[np.float64]:
        """Return the constraints, of an evaluation that is remembered or of a new one."""
        key = np.asarray(x).tobytes()
        if key in self._evaluated:
            self._record.check_clock()
        else:
            self.evaluate(x)
            self._evaluated[key].value_is_due = True
        return self._evaluated[key].constraints

    def evaluate(self, x: ArrayLike) -> float:
        """Pay one evaluation and return its value."""
        point = np.asarray(x)
        record = self._record
        record.charge(1.0, 1)
        with record.keeping_failures():
            g = np.asarray(record.problem.constraints(point), dtype=float)
            v = self._value(point)
        violation = float(np.maximum(g, 0).sum())
        v = record.number(v)
        objective = v if math.isfinite(v) else math.inf
        if not math.isfinite(v) or math.isnan(violation):
            v = record.invalid()
        elif violation > 0:
            v = self._ceiling + violation
        elif v < record.best:
            v = record.improve(point, v)
        self._evaluated[point.tobytes()] = _Evaluated(v, objective, g)
        while len(self._evaluated) > record.problem.space.dimension + 1:
            self._evaluated.popitem(last=False)
        return v
