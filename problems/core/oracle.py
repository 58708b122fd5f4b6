"""All that a method receives: metered looks at one problem, under one budget."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator
from time import perf_counter

import numpy as np
from numpy.typing import ArrayLike, NDArray

from problems.core.constrained_looks import ConstrainedLooks
from problems.core.environment_looks import EnvironmentLooks
from problems.core.independent_draws import IndependentDraws
from problems.core.ledger import Budget, TracePoint
from problems.core.meter import Pay, meter
from problems.core.points import as_point, unchecked
from problems.core.problem import Problem, check_looks, look_at
from problems.core.record import Record
from problems.core.relaxation_looks import RelaxationLooks
from problems.core.solver_reports import SolverReports

WHOLE = np.dtype(np.int64)


class Oracle(RelaxationLooks, EnvironmentLooks, SolverReports, IndependentDraws):
    """Metered access to one problem. A method gets this and a random generator.

    Every look is charged before it is computed and never overshoots the budget;
    when the budget is spent, the target met or a proven reference reached, the
    look raises `Stop`, and so does every later one. The best exact, paid look is
    the run's result: methods return nothing.

    Parameters
    ----------
    problem : Problem
    budget : Budget
    seed : tuple of int
        Seeds the starting points, which all methods of a comparison share.
    listener : callable, optional
        Called with every `TracePoint` as it is logged.
    pay : callable, optional
        A second count of what is charged, see `meter`.

    Attributes
    ----------
    space : Space
        Where points live.
    previous : ndarray or None
        In a chain of methods, the best point of those before this one.
    record : Record
        What has been found and spent; for the harness, not for methods.
    """

    def __init__(
        self,
        problem: Problem,
        budget: Budget,
        seed: tuple[int, ...] = (0,),
        listener: Callable[[TracePoint], None] | None = None,
        pay: Pay | None = None,
    ) -> None:
        check_looks(problem)
        self.space = problem.space
        self._pay = pay or meter()[0]
        self._problem = problem
        self._value = look_at(problem)
        self._whole = problem.space.dtype is np.int64
        own_values = type(problem).values is not Problem.values
        self._seed = seed
        self._largest_part, self._row_seconds = 0, 0.0
        self.record = Record(problem, budget, listener)
        self._constrained = (
            ConstrainedLooks(problem, self.record, self._pay) if self.record.constrained else None
        )
        self._vectorised = own_values and self._constrained is None

    # ---------------------------------------------------------------- looks

    def value(self, x: ArrayLike) -> float:
        """Return the objective at `x`; costs 1 work. An invalid value comes back as inf.

        On a constrained problem an infeasible point returns the problem's
        ceiling plus its violation.
        """
        if self._constrained is not None:
            return self._constrained.value(x)
        record = self.record
        # `record.charge`, written out: in the hottest path a call less is felt.
        if record.work + 1.0 > record.limit or perf_counter() > record.deadline:
            record.exhausted()
        if self._whole and (type(x) is not np.ndarray or x.dtype is not WHOLE):
            x = self._as_whole(x)
        record.work += 1.0
        record.values += 1
        self._pay(1.0, 1)
        try:
            v = self._value(x)  # type: ignore[arg-type]  # a list reaches the problem as it is
        except Exception as error:
            record.failure = error
            raise
        if type(v) is not float:
            v = record.number(v)
        if v < record.best:
            return record.improve(x, v)
        return v if v < math.inf else record.invalid()

    def _as_whole(self, x: ArrayLike) -> NDArray[np.int64]:
        """Return a member of a space of whole numbers as such: 2.0 is one where 2 is."""
        try:
            return as_point(self.space, x)
        except ValueError as error:
            self.record.misuse(f"value() got {error}")

    def values(self, points: ArrayLike) -> NDArray[np.float64]:
        """Return the objective of every row; costs 1 work a row.

        Rows beyond the budget are not evaluated, and the call then ends in `Stop`.
        """
        points = np.asarray(points)
        record = self.record
        if points.ndim != 2 or points.shape[1] != self.space.dimension:
            record.misuse(f"values() got shape {points.shape}, not (n, {self.space.dimension})")
        record.check_clock()
        affordable = min(len(points), int(record.limit - record.work))
        batch = points[:affordable]
        if not self.space.contains(batch):
            record.misuse("values() got a point outside the space")
        batch = batch.astype(self.space.dtype, copy=False)  # 2.0 is a member where 2 is
        values = self._in_batches(batch) if self._vectorised else self._one_by_one(batch)
        if affordable < len(points):
            record.exhausted()
        return values

    def _one_by_one(self, points: NDArray) -> NDArray[np.float64]:
        look = self.value if self._constrained is None else self._constrained.look
        values: list[float] = []
        try:
            values.extend(look(x) for x in points)
        finally:  # what was drawn before the end of time is drawn
            self._keep_draws(np.array(values))
        return np.array(values, dtype=float)

    def _in_batches(self, points: NDArray) -> NDArray[np.float64]:
        parts = []
        while True:
            n = self._rows_in_time(len(points))
            parts.append(self._batch(points[:n]))
            points = points[n:]
            if len(points) == 0:
                return parts[0] if len(parts) == 1 else np.concatenate(parts)
            self.record.check_clock()

    def _rows_in_time(self, rows: int) -> int:
        """Return how many of `rows` to evaluate at a time, so that the clock is heard.

        A run's first part is one row, and each has at most ten times as many as the
        largest before, so that few are late where rows take longer than the first one
        did. Of those it has what the time affords, as the latest part took it: only a
        run that is about to end cuts by the clock, so that values, which may depend on
        the rows that they are computed with, do not depend on the machine's load.
        """
        most = min(rows, self._problem.most_rows, 10 * self._largest_part or 1)
        if most * self._row_seconds > (left := self.record.deadline - perf_counter()):
            most = max(1, int(left / self._row_seconds))
        return most

    def _batch(self, points: NDArray) -> NDArray[np.float64]:
        record, n = self.record, len(points)
        if n == 0:
            return np.empty(0)
        record.work += n
        record.values += n
        self._pay(n, n)
        began = perf_counter()
        try:
            values = np.asarray(unchecked(self._problem, "values")(points))
        except Exception as error:
            record.failure = error
            raise
        self._row_seconds = (perf_counter() - began) / n
        self._largest_part = max(n, self._largest_part)
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

    def constraints(self, x: ArrayLike) -> NDArray[np.float64]:
        """Return g(x), feasible where all are <= 0; the same look as `value(x)`."""
        return np.empty(0) if self._constrained is None else self._constrained.constraints(x)

    @property
    def constrained(self) -> bool:
        """Whether the problem has constraints."""
        return self._constrained is not None

    def objective(self, x: ArrayLike) -> float:
        """Return the objective at `x`, feasible or not; the same look as `constraints(x)`.

        For a solver that is told the constraints; any other asks for `value`, which
        this is on a problem without constraints.
        """
        return self.value(x) if self._constrained is None else self._constrained.objective(x)

    # ------------------------------------------------- other ways to look

    def start(self, n: int) -> NDArray:
        """Return `n` seeded points of the space, the same to every method.

        In a chain the first is the previous method's best point.
        """
        points = self.space.sample(np.random.default_rng([*self._seed, 0]), n)
        if self.previous is not None:
            points[:1] = self.previous
        return points

    def sample(self, rng: np.random.Generator, n: int, temperature: float = 1.0) -> NDArray:
        """Draw `n` candidates from the problem's own proposal; looking at them costs."""
        self.record.check_clock()
        self.record.counts.samples += n
        return self._problem.sample(rng, n, temperature)

    def count(self, smoothing: float) -> NDArray:
        """Return the solution that counting gives; one pass over the data, 1 work."""
        self._problem_has("count")
        self.record.charge(1.0)
        self.record.counts.passes += 1
        self._pay(1.0, 0)
        return self._problem.count(smoothing)

    def restart(self) -> None:
        """Say that the method begins anew; it is counted and drawn in the trace."""
        self.record.restart()

    @contextlib.contextmanager
    def stage(self, work: float, seconds: float) -> Iterator[None]:
        """Run one method of a chain on a part of the budget; the next one starts at its best.

        Where it paid for minibatches only, that is its last iterate.
        """
        with self.record.stage(work, seconds):
            yield
        if self.record.best_x is not None:
            self.previous = self.record.best_x
            return
        with self.record.off_the_clock():
            x = self.last_iterate()
            if x is not None and x in self.space:
                self.previous = x

    @property
    def observations(self) -> int:
        """How many observations the problem's data has, one epoch's worth; 0 without data."""
        return self._problem.tokens

    # ------------------------------------------------------ what is left

    def charges(self, pay: Pay) -> bool:
        """Whether every look is charged to this second count, as from the beginning."""
        constrained = self._constrained is None or self._constrained.charges(pay)
        return self._pay is pay and constrained

    @property
    def remaining(self) -> float:
        """Work that is left."""
        return max(0.0, self.record.limit - self.record.work)

    @property
    def remaining_seconds(self) -> float:
        """Wall-clock seconds that are left."""
        return max(0.0, self.record.deadline - perf_counter())
