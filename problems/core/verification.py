"""The end of a run: what its record says is held against what can be found out again."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterable, Iterator
from dataclasses import fields
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

from problems.core.error_text import one_line
from problems.core.judgement import judged
from problems.core.ledger import Budget, Ledger, TracePoint
from problems.core.meter import Paid
from problems.core.problem import Problem
from problems.core.record import Record, broken
from problems.core.reference import Reference

#: How far sums of shares of a pass may be apart.
ROUNDING = 1e-6


class Unverified(Exception):  # noqa: N818 - what is wrong is the record
    """A run's record is not true: its best point, its ledger or its trace."""


def verify(
    record: Record,
    problem: Problem,
    budget: Budget,
    reference: Reference | None,
    paid: Paid,
    elapsed: float = math.inf,
) -> None:
    """Hold a run's record against the second count, its own trace and its points' values.

    Nothing here is charged: the caller stops the clocks.

    Parameters
    ----------
    record : Record
    problem, budget, reference
        As they were before the method had the record in its hands.
    paid : Paid
        The second count.
    elapsed : float
        Wall seconds since the run began, what was off its clock included.

    Raises
    ------
    Unverified
        With what the record says and what is true.
    BrokenReference
        When the value or the bound contradicts a proven reference.
    """
    _raise_first(
        _of_the_ledger(record, budget, paid),
        _of_the_trace(record, paid),
        _of_the_bound(record, paid),
        _of_the_draws(record, paid),
        _of_the_end(record, budget, reference),
    )
    x, v = record.result
    if v < math.inf:
        if x is None:
            raise Unverified(f"the best value is said to be {v:.12g}, of no point")
        if complaint := misvalued(problem, x, v, record.batch):
            raise Unverified(complaint)
    if record.measured < math.inf:
        _verify_measured(record, problem)
    if reference is not None and reference.proven:
        _hold_against(reference, record, v)
    _raise_first(_of_the_last(record, reference), _of_the_clocks(record, elapsed))


def _raise_first(*complaints: Iterable[str]) -> None:
    """Raise the first complaint; that there is text where a number was, say, is one too."""
    try:
        complaint = next(chain.from_iterable(complaints), "")
    except Exception as error:
        complaint = f"the record is not as the oracle wrote it: {one_line(error)}"
    if complaint:
        raise Unverified(complaint)


def _hold_against(reference: Reference, record: Record, v: float) -> None:
    """Refute a proven reference that the value or the bound contradicts."""
    if v < reference.floor:
        raise broken(f"the value {v:.12g} is better than", reference)
    bound = record.bound
    if reference.optimum and bound is not None and bound > reference.value + record.slack(bound):
        raise broken(f"the solver's bound {bound:.12g} contradicts", reference)


def _of_the_ledger(record: Record, budget: Budget, paid: Paid) -> Iterator[str]:
    """Yield what of the ledger does not add up."""
    counts = record.counts
    written = (record.work, record.values, counts.gradient_work, counts.gradients)
    if not isinstance(record.failure, BaseException | None):
        yield f"what ended the run is said to be a {type(record.failure).__name__}, no error"
    pairs = zip(written, paid[:4], strict=True)
    if not all(abs(ours - theirs) <= ROUNDING for ours, theirs in pairs):
        said, true = (
            f"{values} values and work {work:g}, {share:g} of it for {gradients} gradients"
            for work, values, share, gradients in (written, paid[:4])
        )
        yield f"the ledger says {said}, but the oracle charged {true}"
    if paid.work > budget.work + ROUNDING:
        yield f"work {paid.work:g} was spent on a budget of {budget.work:g}"
    for field in fields(Ledger):
        number = getattr(counts, field.name)
        if not 0 <= number < math.inf:
            yield f"the ledger's {field.name} is said to be {number}"


def _of_the_clocks(record: Record, elapsed: float) -> Iterator[str]:
    """Yield which clock shows what none can."""
    last = record.trace[-1] if record.trace else None
    for name, shown in zip(("cpu_seconds", "wall_seconds"), record.clocks(), strict=True):
        least = getattr(last, name, 0.0)
        if not max(least, 0.0) - ROUNDING <= shown < math.inf:
            yield f"{name} is said to be {shown:g} at the end, and was {least:g} before"
        elif name == "wall_seconds" and shown > elapsed + ROUNDING:
            yield f"wall_seconds is said to be {shown:g}, but {elapsed:g} have passed"


def _of_the_bound(record: Record, paid: Paid) -> Iterator[str]:
    """Yield what bound nobody reported, or none can be."""
    bound = record.bound
    if not 0 <= record.uncertainty < math.inf:
        yield f"the bound's uncertainty is said to be {record.uncertainty}"
    if bound is not None and not -math.inf < bound <= paid.bound:
        none = paid.bound == -math.inf
        reported = "none was reported" if none else f"{paid.bound:.12g} was reported"
        yield f"the bound is said to be {bound:.12g}, but {reported}"


def _of_the_last(record: Record, reference: Reference | None) -> Iterator[str]:
    """Yield why the last iterate's value cannot be one."""
    last = record.last
    if record.surrogate is not None and not math.isfinite(record.surrogate):
        yield f"the relaxation's loss is said to be {record.surrogate}"
    if last is None:
        return
    if not record.counts.gradients + record.counts.losses:
        yield f"the last value is said to be {last:.12g}, but no iterate was judged"
    least = min(record.best, record.measured)
    if reference is not None and reference.proven:
        least = max(least, reference.floor)
    if not least <= last < math.inf:
        yield f"the last value is said to be {last:.12g}, but none was better than {least:.12g}"


def _of_the_draws(record: Record, paid: Paid) -> Iterator[str]:
    """Yield why the kept values of draws cannot be the run's."""
    if not record.draws:
        return
    values = np.concatenate(record.draws)
    if values.ndim != 1 or values.dtype.kind != "f" or len(values) > paid.values:
        shown = f"{values.dtype} of shape {values.shape}"
        yield f"the draws are said to be {shown}, but {paid.values} values were charged"
    if not values.min(initial=math.inf) >= (-math.inf if record.constrained else record.best):
        yield f"a draw is said to be worth {values.min():.12g}, the best {record.best:.12g}"


def _of_the_trace(record: Record, paid: Paid) -> Iterator[str]:
    """Yield where the trace falls or is not the record's."""
    trace = record.trace
    clocks = ("work", "values", "gradients", "cpu_seconds", "wall_seconds")
    begin = TracePoint("value", math.inf, 0.0, 0, 0, 0.0, 0.0)
    end = TracePoint("value", 0.0, paid.work, paid.values, paid.gradients, math.inf, math.inf)
    for before, after in pairwise([begin, *trace, end]):
        for clock in clocks:
            earlier, later = getattr(before, clock), getattr(after, clock)
            if not later >= earlier - ROUNDING:
                yield f"the trace's {clock} falls from {earlier:g} to {later:g}"
    for point in trace:
        if not math.isfinite(point.value):
            yield f"the trace's {point.kind} is said to be {point.value}"
    bests = [point.value for point in trace if point.kind == "value"]
    for better, worse in pairwise(bests):
        if worse > better:
            yield f"the trace's best value rises from {better:.12g} to {worse:.12g}"
    last = bests[-1] if bests else math.inf
    if record.best != last:
        evaluated = f"the best that was evaluated is {last:.12g}" if bests else "none was evaluated"
        yield f"the best value is said to be {record.best:.12g}, but {evaluated}"


def _of_the_end(record: Record, budget: Budget, reference: Reference | None) -> Iterator[str]:
    """Yield which end the record claims that it did not come to."""
    end, v = record.stopped, record.best
    if end == "optimal":
        proven = reference is not None and reference.proven and v <= reference.goal
        reached = record.certified or proven
    elif end == "target":
        reached = budget.target is not None and v <= budget.target
    else:
        reached = end in (None, "budget", "timeout", "error")
    if not reached:
        yield f"the run is said to have ended {end!r}, at a best value of {v:.12g}"


def _verify_measured(record: Record, problem: Problem) -> None:
    """Evaluate the best iterate that was measured off the clock once more."""
    x, v = record.measured_x, record.measured
    if record.best_x is not None:  # else it is the result, and has been
        again = math.nan if x is None else judged(problem, x)
        if again is None or not problem.agree(v, again):
            raise Unverified(f"the best measured value is {v:.12g}, but its point is worth {again}")
    if v not in (point.value for point in record.trace if point.kind == "measured"):
        raise Unverified(f"the best measured value is said to be {v:.12g}, which none was")


def misvalued(problem: Problem, x: NDArray, v: float, batch: tuple[int, int] | None) -> str:
    """Say what a point is worth that has another value than is said, nothing where it has it.

    Parameters
    ----------
    problem : Problem
    x : ndarray of shape (dimension,)
    v : float
        What it is said to be worth.
    batch : tuple of int or None
        The rows of the batch that it was evaluated in, and its place there.
    """
    again = judged(problem, x)
    if again is None:
        return "the best point is not feasible when it is evaluated again"
    if batch is not None and not problem.agree(v, again):
        # Rows of another number may be rounded otherwise, as BLAS sums them otherwise.
        again = _in_a_batch(problem, x, *batch)
    if problem.agree(v, again):
        return ""
    third = judged(problem, x) if batch is None else _in_a_batch(problem, x, *batch)
    complaint = f"the best value is said to be {v:.12g}, but its point is worth {again:.12g}"
    if third is not None and not problem.agree(again, third):
        complaint += (
            f" when it is evaluated again, and then {third:.12g}: the objective is not "
            "deterministic; seed it, or say by Problem.value_tolerance how far values may differ"
        )
    return complaint


def _in_a_batch(problem: Problem, x: NDArray, rows: int, row: int) -> float:
    """Return the value of `x` in a batch of the shape that it was bought in."""
    with contextlib.suppress(MemoryError):
        values = np.asarray(problem.values(np.repeat(x[None], rows, axis=0)))
        if values.shape == (rows,) and values.dtype.kind in "iuf":
            return float(values[row])
    return math.nan
