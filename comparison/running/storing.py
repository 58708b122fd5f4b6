"""What becomes of a run that no results file could keep, as it could not be read again."""

from __future__ import annotations

from comparison.results.run_json import record_of
from comparison.results.store import Store, UnstorableRun
from comparison.running.grid import GridError
from comparison.running.task import Preflight, Task, broken_run
from methods.result import Run


def require_storable(task: Task, found: Preflight) -> None:
    """Refuse a cell that says of itself what no run could be stored with, before any is made."""
    run = broken_run(task, found, "error", "", [])
    run.facts, run.provenance = found.facts(), found.files()
    try:
        record_of(run)
    except (KeyError, TypeError, ValueError) as error:
        where = f"{found.method} on {found.problem}"
        raise GridError(f"{where}: what they say of themselves cannot be stored: {error}") from None


def stored(store: Store, task: Task, found: Preflight, run: Run, *, replace: bool) -> Run:
    """Store a run, or in the place of one that could not be read again, one that says so."""
    problem_key = found.problem_key(task.instance)
    try:
        store.add(run.key, problem_key, run, replace=replace)
    except UnstorableRun as error:
        why = f"what it gave cannot be stored: {str(error).rpartition('not stored: ')[2]}"
        told = broken_run(task, found, "error", why, [])
        told.key, told.facts, told.provenance = run.key, run.facts, run.provenance
        store.add(run.key, problem_key, told, replace=replace)
        return told
    return run
