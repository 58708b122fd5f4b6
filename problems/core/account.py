"""What a run may spend and has spent: its limits, its counts and its trace."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from time import perf_counter
from typing import NoReturn

from problems.core.clocks import Clocks
from problems.core.ledger import Budget, Ledger, Stop, TracePoint
from problems.core.meter import meter
from problems.core.problem import Problem
from problems.core.views import Minibatch


class Account(Clocks):
    """The part of a run's record that says what was spent, and ends the run.

    Attributes
    ----------
    stopped : str or None
        Why no more is evaluated: ``budget``, ``timeout``, ``target``, ``optimal``.
    closed : bool
        Whether the method has returned.
    failure : BaseException or None
        What an evaluation raised; kept because libraries swallow exceptions.
    trace : list of TracePoint
    work, values : float, int
        Spent so far; here rather than in the ledger for the sake of the hot path.
    limit : float
        Work that ends the run; its clocks and their deadline are those of `Clocks`.
    pay : callable
        The second count of what is charged, see `problems.core.meter.meter`.
    listener : callable or None
        Called with every `TracePoint` as it is logged.
    """

    def __init__(self, problem: Problem, budget: Budget) -> None:
        self.problem = problem
        self.budget = budget
        self.stopped: str | None = None
        self.closed = False
        self.failure: BaseException | None = None
        self.trace: list[TracePoint] = []
        self.counts = Ledger()
        self.minibatches = 0
        self.work = 0.0
        self.values = 0
        self.limit = budget.work + 1e-9  # shares of a pass do not add up exactly
        self.pay = meter()[0]
        self.listener: Callable[[TracePoint], None] | None = None
        super().__init__(budget.seconds)

    def charge(self, work: float, values: int = 0) -> None:
        """Charge what is computed next, or stop where work or time does not reach that far."""
        if self.work + work > self.limit or perf_counter() > self.deadline:
            self.exhausted()
        self.work += work
        self.values += values
        self.pay(work, values)

    def count_minibatch(self, batch: Minibatch) -> None:
        """Count the rows and tokens of a gradient or loss over part of the data."""
        self.minibatches += 1
        self.counts.rows += len(batch.rows)
        self.counts.tokens += batch.tokens

    def log(self, kind: str, v: float, at: tuple[float, int] | None = None) -> None:
        """Add a point to the trace and tell the listener."""
        work, values = at if at is not None else (self.work, self.values)
        cpu, wall = self.clocks()
        counts = self.counts
        tokens = counts.tokens + self._passes(values) * self.problem.tokens
        paid = round(counts.gradient_work, 9)
        point = TracePoint(
            kind, v, round(work, 9), values, counts.gradients, cpu, wall, tokens, paid
        )
        self.trace.append(point)
        if self.listener is not None:
            with self.off_the_clock():
                self.listener(point)

    def stop(self, reason: str) -> NoReturn:
        """End the run, now and at every later evaluation."""
        self.stopped = reason
        self.limit = -math.inf
        raise Stop(reason)

    def exhausted(self) -> NoReturn:
        """End the run because work or time is up, or because it has ended already."""
        if self.closed:
            raise Stop("the method has returned")
        late = perf_counter() > self.deadline
        self.stop(self.stopped or ("timeout" if late else "budget"))

    def close(self) -> None:
        """Evaluate no more: the method has returned, a thread that it left may go on."""
        self.closed, self.limit = True, -math.inf

    def check_clock(self) -> None:
        """Stop if the time is up or the run has ended."""
        if self.stopped is not None or perf_counter() > self.deadline:
            self.exhausted()

    def misuse(self, message: str) -> NoReturn:
        """Refuse what no method should do."""
        self.failure = ValueError(message)
        raise self.failure

    @contextlib.contextmanager
    def keeping_failures(self) -> Iterator[None]:
        """Keep what the problem raises, as the libraries between it and us swallow it."""
        try:
            yield
        except Exception as error:
            self.failure = self.failure or error
            raise

    def _passes(self, values: int) -> int:
        """Return how often all data were gone through, at this many values."""
        counts = self.counts
        return values + counts.gradients + counts.losses + counts.passes - self.minibatches

    def ledger(self) -> Ledger:
        """Return what has been spent so far."""
        cpu, wall = self.clocks()
        passes = self._passes(self.values)
        return replace(
            self.counts,
            work=round(self.work, 9),
            gradient_work=round(self.counts.gradient_work, 9),
            values=self.values,
            rows=self.counts.rows + passes * self.problem.rows,
            tokens=self.counts.tokens + passes * self.problem.tokens,
            cpu_seconds=cpu,
            wall_seconds=wall,
        )
