"""The runs of processes that ended before they reported, or whose reports are false."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from comparison.running.cell import PlannedRun
from methods.provenance import versions
from methods.result import Run
from problems.core.error_text import MOST_MESSAGE, cut
from problems.core.ledger import Ledger, TracePoint


def broken_run(
    planned: PlannedRun, ended: str, message: str, trace: Sequence[TracePoint] = ()
) -> Run:
    """Return the run of a process that ended before it reported it: its partial curve.

    Only instance 0 is described, so that only its runs have a title and anchors.

    Parameters
    ----------
    planned : PlannedRun
    ended, message : str
        See `Run`.
    trace : sequence of TracePoint
        The points that the process had kept.
    """
    cell, first = planned.cell, not planned.instance
    exact = [p.value for p in trace if p.kind == "value"]
    measured = [p.value for p in trace if p.kind == "measured"]
    bounds = [p.value for p in trace if p.kind == "bound"]
    spent = vars(trace[-1]) if trace else {}
    return Run(
        method=cell.method.name,
        problem=cell.problem.name,
        instance=planned.instance,
        seed=planned.seed,
        method_options=cell.method.options,
        problem_options=cell.problem.options,
        budget=cell.task.budget,
        value=min(exact or measured, default=None),
        last=measured[-1] if measured else None,
        bound=max(bounds) if bounds else None,
        ended=ended,
        message=cut(message, MOST_MESSAGE),
        title=cell.problem.title if first else "",
        anchors=cell.problem.anchors if first else {},
        fingerprint=cell.problem.fingerprint,
        versions=versions(),
        ledger=Ledger(**{f.name: spent[f.name] for f in fields(Ledger) if f.name in spent}),
        trace=list(trace),
    )


def without_claims(run: dict[str, Any], message: str) -> dict[str, Any]:
    """Return a run, as plain data, ended by an error and without its results."""
    claims = ("x", "value", "last", "score", "bound", "surrogate")
    without = {**run, **dict.fromkeys(claims), "uncertainty": 0.0}
    without.update(description="", measures={}, trace=[], best_of_n=[])
    return {**without, "ended": "error", "message": message}
