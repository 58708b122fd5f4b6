"""What a run has found so far: its best point and its bound."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from numbers import Real
from time import perf_counter
from typing import Any, NoReturn

import numpy as np
from numpy.typing import ArrayLike, NDArray

from problems.core.account import Account
from problems.core.judgement import judged, real
from problems.core.ledger import BrokenReference, Budget, Stop
from problems.core.linear_model import LinearModel
from problems.core.linear_objective import SOLVER_TOLERANCE
from problems.core.points import as_point
from problems.core.problem import Problem
from problems.core.reference import Reference, reference_of


class Record(Account):
    """The state of one run; the `Oracle` writes it and `minimize` reads it.

    Attributes
    ----------
    best, best_x : float, ndarray or None
        The best exact value that was paid for, and its point.
    batch : tuple of int or None
        The rows of the batch that bought the best, and which of them it was; None where
        it was bought by itself.
    bound : float or None
        The best proven lower bound that a solver reported.
    measured, measured_x : float, ndarray or None
        The best iterate measured off the clock.
    last : float or None
        The value of a gradient method's last judged iterate.
    surrogate : float or None
        The relaxation's loss over all data at the last iterate.
    model_given : bool
        Whether a white-box solver was given the linear model.
    no_number : str
        What the last evaluation without a number returned, in words; empty without one.
    draws : list of ndarray or None
        Values of independent draws that a sampling method declared, batch by batch.
    """

    def __init__(self, problem: Problem, budget: Budget) -> None:
        self.best = math.inf
        self.best_x: NDArray | None = None
        self.batch: tuple[int, int] | None = None
        self.bound: float | None = None
        self.measured = math.inf
        self.measured_x: NDArray | None = None
        self.last: float | None = None
        self.surrogate: float | None = None
        self._invalid_at: tuple[int, int] | None = None
        self.no_number = ""
        self.draws: list[NDArray[np.float64]] | None = None
        self.model_given = False
        self._model: LinearModel | None = None
        self._reference = reference = reference_of(problem)[0]
        self._floor = -math.inf
        self._goal = -math.inf if budget.target is None else budget.target
        if reference is not None and reference.proven:
            self._floor = reference.floor
            # A target closer to the optimum than the reference's slack is respected.
            if self._goal < reference.value:
                self._goal = reference.goal
        self.constrained = type(problem).constraints is not Problem.constraints
        super().__init__(problem, budget)  # last, for the clocks begin there

    # ------------------------------------------------------------- what happens

    def improve(
        self,
        x: ArrayLike,
        v: Any,
        at: tuple[float, int] | None = None,
        batch: tuple[int, int] | None = None,
    ) -> float:
        """Take `x` as the best point so far; `at` is the (work, values) that bought it.

        `batch` is the number of rows that were evaluated with it, and its place.
        """
        v = float(v)
        if v == -math.inf:
            return self.invalid()
        if self.closed:  # an evaluation that another thread began before the end
            self.exhausted()
        point = np.array(x)
        point.flags.writeable = False
        if point not in self.problem.space:
            self.misuse(f"the point {np.array2string(point, threshold=8)} is outside the space")
        self.best, self.best_x, self.batch = v, point, batch
        self.log("value", v, at)
        if v < self._floor:
            self.refute(broken(f"the value {v:.12g} is better than", self._reference))
        if self.bound is not None and v < self.bound - self.slack(v):
            self._contradiction(self.bound, v)
        if self.ends_with(v):
            met = self.budget.target is not None and v <= self.budget.target
            self.stop("target" if met else "optimal")
        return v

    @property
    def result(self) -> tuple[NDArray | None, float]:
        """The best point and its value: paid for, or else of an iterate that was measured."""
        if self.best_x is None and self.best == math.inf:
            return self.measured_x, self.measured
        return self.best_x, self.best

    def ends_with(self, v: float) -> bool:
        """Whether a value this good ends the run."""
        return v <= self._goal

    def improve_by_batch(self, points: NDArray, values: NDArray[np.float64]) -> None:
        """Take the records of a batch already charged, each at the evaluation that bought it."""
        n = len(values)
        records = np.minimum.accumulate(np.minimum(values, self.best))
        before = np.concatenate([[self.best], records[:-1]])
        for i in np.flatnonzero(records < before):
            at = (self.work - n + float(i) + 1.0, self.values - n + int(i) + 1)
            self.improve(points[i], values[i], at, (n, int(i)))

    def whole_point(self, x: ArrayLike) -> NDArray[np.int64]:
        """Return a member of a space of whole numbers as such: 2.0 is one where 2 is."""
        try:
            return as_point(self.problem.space, x)
        except ValueError as error:
            self.misuse(f"value() got {error}")

    def invalid(self) -> float:
        """Count an evaluation that gave no finite number; the method gets inf."""
        self.counts.invalid += 1
        self._invalid_at = (self.values, self.counts.gradients)
        return math.inf

    def number(self, v: Any) -> float:
        """Return an evaluation's result as a float; nan, told at the end, for what is none."""
        number = real(v)
        if math.isnan(number) and not isinstance(v, Real):
            array = isinstance(v, np.ndarray)
            kind = f"an array of shape {v.shape}" if array else f"of type {type(v).__name__}"
            self.no_number = f"the last {kind}"
        return number

    @property
    def ended_invalid(self) -> bool:
        """Whether the last evaluation of all gave no finite number."""
        return self._invalid_at == (self.values, self.counts.gradients)

    def hand_out(self, model: LinearModel) -> None:
        """Remember that a solver was given the model, and how fine its objective is.

        Raises
        ------
        ValueError
            When the model's objective makes no sense.
        """
        _ = model.objective
        self.model_given = True
        self._model = model
        self.expect_own_proof()

    def expect_own_proof(self) -> None:
        """End the run no more on what is known here, but on its target or its own proof."""
        self._goal = -math.inf if self.budget.target is None else self.budget.target

    def judge(self, x: NDArray) -> float | None:
        """Return the value of a feasible member, nan if it has none, None for anything else."""
        with self.keeping_failures():
            return judged(self.problem, x)

    def measure(self, x: NDArray) -> None:
        """Judge an iterate off the clock: drawn in the trace, never told to the method."""
        with self.off_the_clock():
            v = self.judge(x)
        if v is None or not math.isfinite(v):
            return
        self.last = v
        self.log("measured", v)
        if v < self.measured:
            self.measured, self.measured_x = v, np.array(x)

    def take_bound(self, b: float) -> None:
        """Take a solver's lower bound where it is better than the one known."""
        if not math.isfinite(b) or (self.bound is not None and b <= self.bound):
            return
        reference = self._reference
        if reference is not None and reference.optimum and b > reference.value + self.slack(b):
            self.refute(broken(f"the solver's bound {b:.12g} contradicts", reference))
        if b > self.best + self.slack(b):
            self._contradiction(b, self.best)
        self.bound = b
        self.log("bound", b)

    @property
    def certified(self) -> bool:
        """Whether a reported bound meets the best point, which is thereby optimal."""
        return (
            self.bound is not None
            and self.best_x is not None
            and self.best <= self.bound + self.slack(self.best)
        )

    @property
    def uncertainty(self) -> float:
        """By how much the optimum may yet lie below the bound, 0 where that is exact."""
        if self.bound is None or (self._model is not None and self._model.is_exact(self.bound)):
            return 0.0
        return self.slack(self.bound)

    # ------------------------------------------------------------------ the end

    def hold_against_model(self, v: float | None) -> None:
        """End the run where a solution's value contradicts ``integral=True``, without a proof."""
        if v is not None and (denial := self._denial(v)):
            self.bound = None
            self.refute(BrokenReference(denial))

    def _denial(self, v: float) -> str:
        return "" if self._model is None else self._model.denial(v)

    def _contradiction(self, bound: float, value: float) -> NoReturn:
        self.bound = None
        why = self._denial(value) or "its model is not this problem's"
        found = f"a value that was found, {value:.12g}"
        self.refute(BrokenReference(f"the solver's bound {bound:.12g} exceeds {found}: {why}"))

    def refute(self, failure: BrokenReference) -> NoReturn:
        """End the run: something that was called proven is not."""
        self.failure = failure
        self.stopped, self.limit = "error", -math.inf
        raise failure

    def slack(self, value: float) -> float:
        """How far a solver's arithmetic may be off."""
        if self._model is not None:
            return self._model.tolerance(value)
        return SOLVER_TOLERANCE * max(1.0, abs(value))

    @contextlib.contextmanager
    def stage(self, work: float, seconds: float) -> Iterator[None]:
        """Limit what follows to a part of what is left, after which the run goes on.

        What a method raises when its part is spent ends here. The run goes on
        unless its target, a proof or a failure ended it; where its own limits are
        spent, the next evaluation ends it.
        """
        limit, deadline, off_the_clock = self.limit, self.deadline, self._off_wall
        self.limit = min(limit, self.work + work + 1e-9)
        self.deadline = min(deadline, perf_counter() + seconds)
        try:
            yield
        except (Stop, Exception):
            if self.failure is not None or self.stopped not in ("budget", "timeout"):
                raise
        if self.failure is not None:  # the method swallowed it
            raise self.failure
        if self.certified:
            self.stop("optimal")
        if self.stopped in (None, "budget", "timeout"):
            self.stopped, self.limit = None, limit
            self.deadline = deadline + self._off_wall - off_the_clock


def broken(claim: str, reference: Reference | None) -> BrokenReference:
    """Return the error that says what contradicts a proven reference."""
    assert reference is not None  # a floor or a proven optimum implies one
    proof = f"{reference.value:.12g} ({reference.kind}: {reference.source})"
    return BrokenReference(f"{claim} the proven reference {proof}")
