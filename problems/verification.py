"""The end of a run: what its record says is held against what can be found out again."""

from __future__ import annotations

import contextlib
import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from problems.ledger import Budget
from problems.meter import Paid
from problems.problem import Problem
from problems.record import Record

#: How far sums of shares of a pass may be apart.
ROUNDING = 1e-6


class Unverified(Exception):  # noqa: N818 - what is wrong is the record
    """A run's record is not true: its best point, its ledger or its trace."""


def verify(record: Record, problem: Problem, budget: Budget, paid: Paid) -> None:
    """Hold a run's record against the second count, its own trace and its best point's value.

    Nothing here is charged: the caller stops the clocks.

    Raises
    ------
    Unverified
        With what the record says and what is true.
    BrokenReference
        When the value is better than a proven reference.
    """
    for complaint in (
        _of_the_ledger(record, budget, paid),
        _of_the_trace(record),
        _of_the_end(record, budget),
    ):
        if complaint:
            raise Unverified(complaint)
    x, v = record.result
    if v < math.inf:
        _verify_value(record, problem, x, v)
        record.hold_against_reference(v)


def _of_the_ledger(record: Record, budget: Budget, paid: Paid) -> str:
    """Say what of the ledger does not add up, nothing where all does."""
    written = Paid(record.work, record.values, record.counts.gradient_work)
    if any(abs(ours - theirs) > ROUNDING for ours, theirs in zip(written, paid, strict=True)):
        said, true = (
            f"{each.values} values and work {each.work:g}, {each.gradient_work:g} of it gradients'"
            for each in (written, paid)
        )
        return f"the ledger says {said}, but the oracle charged {true}"
    if paid.work > budget.work + ROUNDING:
        return f"work {paid.work:g} was spent on a budget of {budget.work:g}"
    return ""


def _of_the_trace(record: Record) -> str:
    """Say where the trace falls or is not the record's, nothing where it is sound."""
    trace = record.trace
    clocks = ("work", "values", "gradients", "tokens", "cpu_seconds", "wall_seconds")
    for before, after in pairwise(trace):
        for clock in clocks:
            if getattr(after, clock) < getattr(before, clock) - ROUNDING:
                return (
                    f"the trace's {clock} falls from {getattr(before, clock):g} "
                    f"to {getattr(after, clock):g}"
                )
    bests = [point.value for point in trace if point.kind == "value"]
    for better, worse in pairwise(bests):
        if worse > better:
            return f"the trace's best value rises from {better:.12g} to {worse:.12g}"
    last = bests[-1] if bests else math.inf
    if record.best != last:
        evaluated = f"the best that was evaluated is {last:.12g}" if bests else "none was evaluated"
        return f"the best value is said to be {record.best:.12g}, but {evaluated}"
    return ""


def _of_the_end(record: Record, budget: Budget) -> str:
    """Say which end the record claims that it did not come to, nothing where it did."""
    end, v = record.stopped, record.best
    if end == "optimal":
        reached = record.certified or record.ends_with(v)
    elif end == "target":
        reached = budget.target is not None and v <= budget.target
    else:
        reached = end in (None, "budget", "timeout", "error")
    return "" if reached else f"the run is said to have ended {end!r}, at a best value of {v:.12g}"


def _verify_value(record: Record, problem: Problem, x: NDArray | None, v: float) -> None:
    """Evaluate the point that a run ends with once more, as it was evaluated at first."""
    if x is None:
        raise Unverified(f"the best value is said to be {v:.12g}, of no point")
    again = record.judge(x)
    if again is None:
        raise Unverified("the best point is not feasible when it is evaluated again")
    if problem.agree(v, again):
        return
    if record.batch is not None:
        # Rows of another number may be rounded otherwise, as BLAS sums them otherwise.
        again = _in_a_batch(problem, x, *record.batch)
        if problem.agree(v, again):
            return
    third = record.judge(x) if record.batch is None else _in_a_batch(problem, x, *record.batch)
    told = f"the best value is said to be {v:.12g}, but its point is worth {again:.12g}"
    if third is not None and not problem.agree(again, third):
        told += (
            f" when it is evaluated again, and then {third:.12g}: the objective is not "
            "deterministic; seed it, or say by Problem.value_tolerance how far values may differ"
        )
    raise Unverified(told)


def _in_a_batch(problem: Problem, x: NDArray, rows: int, row: int) -> float:
    """Return the value of `x` in a batch of the shape that it was bought in."""
    with contextlib.suppress(MemoryError):
        values = np.asarray(problem.values(np.repeat(x[None], rows, axis=0)))
        if values.shape == (rows,) and values.dtype.kind in "iuf":
            return float(values[row])
    return math.nan
