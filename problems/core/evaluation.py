"""Evaluation of points, one by itself or many at once as far as work and seconds reach."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from time import perf_counter

import numpy as np
from numpy.typing import ArrayLike, NDArray

from problems.core.constrained_evaluation import ConstrainedEvaluation
from problems.core.pace import Pace
from problems.core.points import unchecked
from problems.core.problem import Problem, objective_of
from problems.core.record import Record

WHOLE = np.dtype(np.int64)


class Evaluation:
    """The part of an `Oracle` that evaluates points: one, or rows of them.

    Parameters
    ----------
    record : Record
        The run's.
    """

    def __init__(self, record: Record) -> None:
        problem = record.problem
        self.record = record
        self._objective = objective_of(problem)
        self._whole = problem.space.dtype is np.int64
        self._constrained = ConstrainedEvaluation(record) if record.constrained else None
        own_values = type(problem).values is not Problem.values
        self._vectorised = own_values and not record.constrained
        self._pace = Pace()
        self._drawing = False

    def value(self, x: ArrayLike) -> float:
        """Return the objective at `x`; costs 1 work. An invalid value comes back as inf.

        An infeasible point returns the problem's ceiling plus its violation.
        """
        if self._constrained is not None:
            return self._constrained.value(x)
        record = self.record
        # `record.charge`, written out: in the hottest path a call less is felt.
        if record.work + 1.0 > record.limit or perf_counter() > record.deadline:
            record.exhausted()
        if self._whole and (type(x) is not np.ndarray or x.dtype is not WHOLE):
            x = record.whole_point(x)
        record.work += 1.0
        record.values += 1
        record.pay(1.0, 1)
        try:
            v = self._objective(x)  # type: ignore[arg-type]  # a list reaches the problem as it is
        except Exception as error:
            record.failure = error
            raise
        if type(v) is not float:
            v = record.number(v)
        if v < record.best:
            return record.improve(x, v)
        return v if v < math.inf else record.invalid()

    @property
    def constrained(self) -> bool:
        """Whether the problem has constraints."""
        return self._constrained is not None

    def constraints(self, x: ArrayLike) -> NDArray[np.float64]:
        """Return g(x), feasible where all are <= 0; the same evaluation as `value(x)`."""
        return np.empty(0) if self._constrained is None else self._constrained.constraints(x)

    def objective(self, x: ArrayLike) -> float:
        """Return the objective at `x`, feasible or not; the same evaluation as `constraints(x)`.

        For a solver that is given the constraints. Where there are none it is `value`.
        """
        return self.value(x) if self._constrained is None else self._constrained.objective(x)

    def values(self, points: ArrayLike) -> NDArray[np.float64]:
        """Return the objective of every row; costs 1 work a row.

        Rows beyond the budget are not evaluated, and the call then ends in `Stop`.
        """
        points = np.asarray(points)
        record, space = self.record, self.record.problem.space
        if points.ndim != 2 or points.shape[1] != space.dimension:
            record.misuse(f"values() got shape {points.shape}, not (n, {space.dimension})")
        record.check_clock()
        affordable = min(len(points), int(record.limit - record.work))
        batch = points[:affordable]
        if not space.contains(batch):
            record.misuse("values() got a point outside the space")
        batch = batch.astype(space.dtype, copy=False)  # 2.0 is a member where 2 is
        values = self._in_parts(batch) if self._vectorised else self._one_by_one(batch)
        if affordable < len(points):
            record.exhausted()
        return values

    @contextlib.contextmanager
    def independent_draws(self) -> Iterator[None]:
        """Declare that `values` evaluates independent draws from one distribution.

        Their values are kept, for what the best of fewer of them would be worth, unless
        the target or a proven optimum ends the run: then their number depends on them.
        """
        record = self.record
        record.draws, self._drawing = [], True
        try:
            yield
        finally:
            self._drawing = False
            if record.stopped in ("target", "optimal", "error") or record.failure is not None:
                record.draws = None

    def _one_by_one(self, points: NDArray) -> NDArray[np.float64]:
        one = self.value if self._constrained is None else self._constrained.evaluate
        values: list[float] = []
        try:
            values.extend(one(x) for x in points)
        finally:  # what was drawn before the end of time is drawn
            self._keep_draws(np.array(values))
        return np.array(values, dtype=float)

    def _in_parts(self, points: NDArray) -> NDArray[np.float64]:
        parts = []
        while True:
            most = min(len(points), self.record.problem.most_rows)
            n = self._pace.rows(most, self.record.deadline)
            parts.append(self._part(points[:n]))
            points = points[n:]
            if len(points) == 0:
                return parts[0] if len(parts) == 1 else np.concatenate(parts)
            self.record.check_clock()

    def _part(self, points: NDArray) -> NDArray[np.float64]:
        record, n = self.record, len(points)
        if n == 0:
            return np.empty(0)
        record.work += n
        record.values += n
        record.pay(n, n)
        began = perf_counter()
        with record.keeping_failures():
            values = np.asarray(unchecked(record.problem, "values")(points))
        self._pace.took(n, began)
        if values.shape != (n,) or values.dtype.kind not in "iuf":
            shape = ", ".join("n" if size == n else str(size) for size in values.shape)
            record.no_number = f"the last an array of {values.dtype}, shape ({shape}) for n points"
            values = np.full(n, math.nan)
        values = values.astype(float, copy=False)
        lowest, highest = values.min(), values.max()  # nan where any is
        if not (lowest > -math.inf and highest < math.inf):
            invalid = ~np.isfinite(values)
            values = np.where(invalid, math.inf, values)
            record.counts.invalid += int(invalid[:-1].sum())
            if invalid[-1]:
                record.invalid()
            lowest = values.min()
        self._keep_draws(values)
        if lowest < record.best:
            record.improve_by_batch(points, values)
        return values

    def _keep_draws(self, values: NDArray[np.float64]) -> None:
        if self._drawing and self.record.draws is not None:
            self.record.draws.append(values)
