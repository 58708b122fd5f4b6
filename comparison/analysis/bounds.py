"""Bound and incumbent over time, of runs that proved something."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal

from comparison.analysis.curves import Evidence
from comparison.analysis.keys import OfContender
from comparison.results.trace import KINDS

BOUND, VALUE = KINDS.index("bound"), KINDS.index("value")


@dataclass(frozen=True)
class BoundStep(OfContender):
    """A step of a run's bound or of its incumbent, by seconds of the wall clock."""

    seed: int
    seconds: float
    value: float
    what: Literal["bound", "incumbent"]


def bound_rows(evidence: Evidence) -> Iterator[BoundStep]:
    """Yield the steps of each bound and of the incumbents beside it.

    One run a contender and instance stands for all: that of the lowest seed.
    """
    results = evidence.results
    chosen = []
    for runs in results.groups().values():
        proved = [run for run in runs if results.standing(run).bound is not None]
        chosen += proved[:1]
    for run, trace in results.traces(chosen):
        place = results.problem(run), run.instance
        step = partial(BoundStep, *place, results.contender(run), run.seed)
        best, bound = float("inf"), float("-inf")
        for point in trace:
            value, seconds = float(point["value"]), float(point["wall_seconds"])
            if point["kind"] == BOUND and value > bound:
                bound = value
                yield step(seconds, value, "bound")
            elif point["kind"] == VALUE and value < best:
                best = value
                yield step(seconds, value, "incumbent")
        end = run.ledger.wall_seconds  # the curves go on as long as the run did
        if run.bound is not None:  # it stands, as the run was chosen for it
            yield step(end, run.bound, "bound")
        if run.value is not None:
            yield step(end, run.value, "incumbent")
