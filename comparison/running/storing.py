"""Storing runs, and runs that no results file can hold, as they could not be read again."""

from __future__ import annotations

from comparison.results.run_json import record_of
from comparison.results.store import Store, UnstorableRun
from comparison.running.broken_run import broken_run
from comparison.running.cell import Cell, PlannedRun
from comparison.running.grid import GridError
from methods.result import Run


def require_storable(cell: Cell) -> None:
    """Refuse a cell whose description makes its runs impossible to store, before any is made."""
    planned = PlannedRun(cell)
    try:
        record_of(planned.identify(broken_run(planned, "error", "")))
    except (KeyError, TypeError, ValueError) as error:
        why = f"what they say of themselves cannot be stored: {error}"
        raise GridError(f"{cell}: {why}") from None


def stored(store: Store, planned: PlannedRun, run: Run, *, replace: bool) -> Run:
    """Store a run; if it could not be read again, store an error that says so in its place.

    Parameters
    ----------
    store : Store
    planned : PlannedRun
    run : Run
    replace : bool
        Whether it takes the place of a stored run.

    Returns
    -------
    Run
        The one that was stored.
    """
    try:
        store.add(planned.key, planned.problem_key, run, replace=replace)
    except UnstorableRun as error:
        why = f"what it gave cannot be stored: {str(error).rpartition('not stored: ')[2]}"
        failed = planned.identify(broken_run(planned, "error", why))
        failed.provenance = run.provenance
        store.add(planned.key, planned.problem_key, failed, replace=replace)
        return failed
    return run
