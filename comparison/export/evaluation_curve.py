"""A run as IOHprofiler and COCO count it: the best gap after so many evaluations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from comparison.analysis.curves import improvements
from methods.result import Run
from problems.core.usage_error import UsageError

if TYPE_CHECKING:
    from comparison.results import Results

#: The evaluations at which a run's best gap fell, and that gap.
Curve = tuple[NDArray[np.int64], NDArray[np.float64]]

#: Both readers take logarithms, so that a gap is never 0; beyond double precision it is none.
SMALLEST_GAP = 1e-12
LARGEST_GAP = 1e300
#: The gap of a run that has no value yet: the end of IOHinspector's scale, where it
#: counts as nothing, or ten times the worst that any run saw.
UNSEEN, WORSE = 1e8, 10.0


class CountedRun(NamedTuple):
    """A run, the value that its gaps are counted from, and its curve from evaluation 1 on."""

    run: Run
    zero: float
    evaluations: NDArray[np.int64]
    gaps: NDArray[np.float64]


def bbob_function(run: Run) -> tuple[int, int]:
    """Return the number and the dimension of BBOB's function that a run is on.

    Raises
    ------
    UsageError
        When its options lack them, which a run that this suite made has.
    """
    options = run.problem_options
    numbers = options.get("function"), options.get("dimension")
    function, dimension = (int(n) if isinstance(n, (int, float)) else 0 for n in numbers)
    if not (1 <= function <= 24 and 1 <= dimension < 2**16):
        raise UsageError(f"run {run.key}: bbob has no such function and dimension")
    return function, dimension


def gap_to(results: Results, run: Run) -> tuple[float, str]:
    """Return the value that a run's gaps are counted from, and the name of that value.

    It is the optimum of the run's instance, or, where that is unknown, the best value of
    any run of the file.
    """
    reference = results.reference(run)
    if reference is not None and reference.optimum:
        return reference.value, f"optimum: {reference.kind}"
    values = (other.value for other in results.on_instance(run))
    return min(value for value in values if value is not None), "best value in the file"


def evaluation_curve(run: Run, trace: NDArray, zero: float) -> Curve:
    """Return the evaluations at which a run's best gap fell, and that gap.

    An evaluation is one work, so that a gradient is 3 and a minibatch its share of one: the
    first whole number at which the work had been paid.

    Parameters
    ----------
    run : Run
        One with a value; should its trace have none, it had that at its end.
    trace : ndarray
        Of `comparison.results.trace.TRACE`.
    zero : float
        See `gap_to`.

    Returns
    -------
    evaluations : ndarray of int, shape (n,)
        Increasing, at least 1.
    gaps : ndarray, shape (n,)
        Decreasing, but for a last one that is repeated at the end of the run.
    """
    seen = improvements(trace)
    values = seen["value"] if len(seen) else np.array([run.value], dtype=float)
    paid = seen["work"] if len(seen) else np.array([run.ledger.work])
    evaluations = evaluations_of(paid)
    with np.errstate(over="ignore"):
        gaps = np.clip(values - zero, SMALLEST_GAP, LARGEST_GAP)
    last = np.append(evaluations[1:] != evaluations[:-1], True)
    evaluations, gaps = evaluations[last], gaps[last]
    better = np.append(True, gaps[1:] < gaps[:-1])  # not so beyond the smallest gap
    evaluations, gaps = evaluations[better], gaps[better]
    end = int(evaluations_of(np.array([run.ledger.work]))[0])
    if end > evaluations[-1]:
        evaluations, gaps = np.append(evaluations, end), np.append(gaps, gaps[-1])
    return evaluations, gaps


def evaluations_of(work: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return work as whole evaluations, at least 1; shares of one do not add up exactly."""
    return np.clip(np.ceil(work - 1e-9), 1, 2**53).astype(np.int64)


def from_the_first(curves: Iterable[Curve]) -> list[Curve]:
    """Return curves that all begin at evaluation 1, as both readers demand.

    A run that has no value by then (its first evaluation may be a gradient) has a gap there
    that is as good as none: 1e8, or ten times the worst of all these curves.
    """
    curves = list(curves)
    worst = max((gaps[0] for _, gaps in curves), default=0.0)
    unseen = min(max(UNSEEN, WORSE * worst), LARGEST_GAP)
    return [
        (evaluations, gaps)
        if evaluations[0] == 1
        else (np.append(1, evaluations), np.append(unseen, gaps))
        for evaluations, gaps in curves
    ]


def counted_runs(results: Results, runs: list[Run]) -> list[CountedRun]:
    """Return runs on one function as both readers count them; see `from_the_first`."""
    zeros = [gap_to(results, run)[0] for run in runs]
    pairs = zip(results.traces(runs), zeros, strict=True)
    curves = from_the_first(evaluation_curve(run, trace, zero) for (run, trace), zero in pairs)
    return [
        CountedRun(run, zero, *curve) for run, zero, curve in zip(runs, zeros, curves, strict=True)
    ]


def with_evaluations(
    results: Results, runs: Iterable[Run], reader: str
) -> tuple[list[Run], list[str]]:
    """Return the runs that count evaluations, and lines that say which do not and why.

    Raises
    ------
    UsageError
        When no run does, so that there is nothing for the reader of this name.
    """
    kept = []
    left: Counter[tuple[str, str]] = Counter()
    for run in runs:
        if results.white_box(run):
            why = "a white-box solver is given the model and makes no evaluations"
        elif run.value is None:
            why = "no value was found"
        elif run.instance >= 2**16 or run.dimension >= 2**16:
            why = "an instance or dimension of 65,536 or more does not fit the format"
        else:
            kept.append(run)
            continue
        left[results.contender(run), why] += 1
    left_out = [f"left out: {n} of {name}: {why}" for (name, why), n in left.items()]
    if not kept:
        raise UsageError("; ".join([f"nothing for {reader}", *left_out]))
    return kept, left_out
