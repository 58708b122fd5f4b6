"""Bound and incumbent over time, of runs that proved something."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from comparison.analysis.curves import Evidence
from comparison.results.trace import KINDS

BOUND, VALUE = KINDS.index("bound"), KINDS.index("value")


def bound_rows(evidence: Evidence) -> Iterator[dict[str, Any]]:
    """Yield the steps of each bound and of the incumbents beside it.

    One run a contender and instance stands for all: that of the lowest seed.

    Yields
    ------
    dict
        problem, instance, contender, seed, seconds (wall clock), value, what
        (``bound`` or ``incumbent``).
    """
    results = evidence.results
    chosen = []
    for runs in results.groups().values():
        proved = [run for run in runs if results.standing(run).bound is not None]
        chosen += proved[:1]
    for run, trace in results.traces(chosen):
        best, bound = float("inf"), float("-inf")
        for point in trace:
            value, what = float(point["value"]), ""
            if point["kind"] == BOUND and value > bound:
                bound, what = value, "bound"
            elif point["kind"] == VALUE and value < best:
                best, what = value, "incumbent"
            if what:
                yield _row(results, run, float(point["wall_seconds"]), value, what)
        end = run.ledger.wall_seconds  # the curves go on as long as the run did
        if run.bound is not None:  # it stands, as the run was chosen for it
            yield _row(results, run, end, run.bound, "bound")
        if run.value is not None:
            yield _row(results, run, end, run.value, "incumbent")


def _row(results: Any, run: Any, seconds: float, value: float, what: str) -> dict[str, Any]:
    return {
        "problem": results.problem(run),
        "instance": run.instance,
        "contender": results.contender(run),
        "seed": run.seed,
        "seconds": seconds,
        "value": value,
        "what": what,
    }
