"""What a white-box solver is given and what it reports back."""

from __future__ import annotations

import contextlib
import math

from numpy.typing import NDArray

from problems.core.linear_model import LinearModel, linear_model_of
from problems.core.problem import require_view
from problems.core.record import Record


class SolverReports:
    """The part of an `Oracle` that solvers of the linear model use.

    Attributes
    ----------
    record : Record
        The run's.
    """

    record: Record

    def linear_model(self) -> LinearModel:
        """Return the problem's integer program, for a solver that reports back."""
        require_view(self.record.problem, "linear_model")
        self.record.check_clock()
        model = linear_model_of(self.record.problem)
        self.record.hand_out(model)
        return model

    def expect_own_proof(self) -> None:
        """Declare that the run is to prove its result: a known optimum does not end it."""
        self.record.expect_own_proof()

    def incumbent(self, x: NDArray) -> None:
        """Report a white-box solver's solution; it is re-evaluated off the clock."""
        self.progress(x, None)

    def bound(self, b: float) -> None:
        """Report a proven lower bound, in the units of the value."""
        self.progress(None, b)

    def progress(self, x: NDArray | None, b: float | None) -> None:
        """Report a solution and a bound, either of them None, as one statement.

        A solver notices its time limit a little late; what it reports then still
        counts, and after it the run ends.
        """
        record = self.record
        if record.stopped is not None:
            record.exhausted()
        if b is not None:
            record.pay(0.0, 0, bound=b)
        if x is not None:
            with record.off_the_clock():
                v = record.judge(x)
            if v is not None and math.isfinite(v) and v < record.best:
                try:
                    record.improve(x, v)
                finally:  # it may raise Stop; the bound was reported together with it
                    if b is not None and record.failure is None:
                        record.take_bound(b)
                    b = None
            record.hold_against_model(v)
        if b is not None:
            record.take_bound(b)
        if record.certified:
            record.stop("optimal")
        record.check_clock()

    def claim(self, v: float) -> bool:
        """Report the value of a solution that a solver has but does not show yet.

        It is drawn in the trace as *claimed* and counts for nothing. Returns whether
        the solver should show it now, as it would end the run.
        """
        record = self.record
        if record.stopped is not None:
            record.exhausted()
        if math.isfinite(v):
            record.log("claimed", v)
        record.check_clock()
        return record.ends_with(v)

    def solver_process(self, pid: int) -> contextlib.AbstractContextManager[None]:
        """Count the CPU seconds of a child process while it runs, not only at its end."""
        return self.record.counting_child(pid)

    def solver_effort(self, nodes: int, iterations: int) -> None:
        """Record a white-box solver's branch-and-bound nodes and LP iterations."""
        self.record.counts.nodes += nodes
        self.record.counts.iterations += iterations

    def time_is_up(self) -> None:
        """End the run on the word of a solver that watches the clock itself."""
        self.record.stop(self.record.stopped or "timeout")
