"""A comparison: the runs of a plan, each made once and stored."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import get_args

from comparison.results import Results
from comparison.results.store import Store, StoreError
from comparison.running import Redo
from comparison.running.broken_run import broken_run
from comparison.running.cell import Cell, PlannedRun
from comparison.running.child import Limits
from comparison.running.executor import Executor
from comparison.running.grid import GridError
from comparison.running.memory import proportional
from comparison.running.pool import Pool
from comparison.running.storing import require_storable, stored
from comparison.running.sweep import Plan, planned_runs
from methods.result import Run


@dataclass
class Comparison:
    """The runs of a plan, and how many of them were made.

    Attributes
    ----------
    results : Results
        The plan's runs, in its order. References and best values are those of all stored runs
        on the same instances.
    made, stored : int
        How many of the runs were made now, and how many the store had already.
    unkept : str
        Why the last run could not be stored, which ended the comparison; empty if all were.
    """

    results: Results
    made: int = 0
    stored: int = 0
    unkept: str = ""

    @property
    def runs(self) -> list[Run]:
        """The plan's runs, without the traces that are in the store."""
        return self.results.runs

    @property
    def one_instance(self) -> list[str]:
        """The problems in which nothing is random."""
        single = (r.problem for r in self.runs if r.facts is not None and r.facts.one_instance)
        return list(dict.fromkeys(single))

    @property
    def built_anew(self) -> dict[str, str]:
        """The problems that each run built anew, and why a built one could not be copied."""
        return {r.problem: r.provenance["fresh"] for r in self.runs if "fresh" in r.provenance}

    @property
    def jobs(self) -> int:
        """The most runs that were made at the same time as one of these."""
        return max((int(run.provenance.get("jobs", 1)) for run in self.runs), default=1)


def compare(
    plan: Plan,
    store: Store,
    *,
    jobs: int = 1,
    memory: float | None = None,
    timeout: float | None = None,
    cluster: str | None = None,
    redo: Redo | None = None,
    progress: Callable[[int, int, Run | None], None] | None = None,
) -> Comparison:
    """Make the runs that are missing from the store and return the comparison.

    When a run cannot be stored, because the disk is full for example, no more are made. What
    was made until then is returned, that run included: see `Comparison.unkept`.

    Parameters
    ----------
    plan : Plan
        What is compared: a `Grid` or a `Sweep`.
    store : Store
    jobs : int
        Worker processes on this machine.
    memory : float, optional
        Gigabytes that a run may hold; see `Pool`.
    timeout : float, optional
        Wall seconds after which a run is killed; see `Limits`. It is no part of a run's key:
        a run that was killed so is made again when it may take longer.
    cluster : str, optional
        The address of a Dask scheduler, which then has the workers; see `Cluster`.
    redo : {"failed", "timeout", "all"}, optional
        Which stored runs are made again: those that failed, those that ran out of time,
        as on a machine that was loaded, or all.
    progress : callable, optional
        Called as ``progress(done, total, run)``.

    Raises
    ------
    GridError
        When a cell cannot be run as asked, or none can be run at all.
    ClusterError
        When there is no such cluster, or it cannot make these runs.
    ExecutorLost
        When the cluster is gone before all runs are made.
    """
    if redo is not None and redo not in get_args(Redo):
        raise GridError(f"redo={redo!r}: expected one of {', '.join(get_args(Redo))}, or None")
    tasks = plan.cells()
    methods = list(dict.fromkeys(task.method for task in tasks))
    with _executor(methods, jobs, memory, timeout, cluster) as executor:
        cells = executor.describe(tasks)
        for cell in cells:
            require_storable(cell)
        planned = {run.key: run for cell in cells for run in planned_runs(plan, cell)}
        problem_keys = {run.problem_key for run in planned.values()}
        stored_runs = store.runs(problem_keys)

        def again(run: Run) -> bool:
            return _made_again(run, Limits(math.inf, timeout), redo)

        runs = {k: run for k, run in stored_runs.items() if k in planned and not again(run)}
        lacking = {id(run.cell) for key, run in planned.items() if key not in runs}
        unsupported = _unsupported(executor, cells, lacking)
        possible = {key: run for key, run in planned.items() if id(run.cell) not in unsupported}
        runs = {key: run for key, run in runs.items() if key in possible}
        if progress is not None:
            progress(len(runs), len(possible), None)
        made, unkept = 0, ""
        for wanted, run in executor.run(_missing(possible.values(), runs, store, again)):
            wanted.identify(run, jobs=str(executor.jobs))
            runs[run.key], made = run, made + 1
            if wanted.cell.task.kept:
                try:
                    runs[run.key] = run = stored(store, wanted, run, replace=bool(redo))
                except StoreError as error:
                    unkept = str(error)
                    break
                run.trace = []  # it is in the store, and those of many would fill the memory
            if progress is not None:
                progress(len(runs), len(possible), run)
    if made:  # another runner may have stored some of its own meanwhile
        try:
            store.verify(thorough=True)
            stored_runs = store.runs(problem_keys)
        except StoreError as error:
            unkept = unkept or str(error)
    in_order = _in_order(planned, unsupported, runs)
    results = Results(store.path, in_order, list(stored_runs.values()), in_order=True)
    return Comparison(results, made=made, stored=len(runs) - made, unkept=unkept)


def _missing(
    planned: Iterable[PlannedRun], runs: dict[str, Run], store: Store, again: Callable[[Run], bool]
) -> Iterator[PlannedRun]:
    """Yield the runs that nobody has made when their turn comes; others add to `runs`."""
    for wanted in _in_turn(planned):
        if wanted.key in runs:
            continue
        run = store.find(wanted.key)  # another runner on the same file may have made it
        if run is None or again(run):
            yield wanted
        else:
            runs[wanted.key] = run


def _in_turn(planned: Iterable[PlannedRun]) -> list[PlannedRun]:
    """Return runs by instance, so that each problem is built once.

    On each instance the solvers that are given the model come first: they may take all their
    seconds, and last of all they would keep the comparison waiting with idle processes.
    """
    turns: dict[str, int] = {}
    for run in planned:
        turns.setdefault(run.problem_key, len(turns))
    return sorted(planned, key=lambda run: (turns[run.problem_key], not run.cell.facts.white_box))


def _executor(
    methods: list[str], jobs: int, memory: float | None, timeout: float | None, cluster: str | None
) -> Executor:
    """Return what makes the runs; `GridError` where an argument of `compare` is out of range."""
    if jobs < 1:
        raise GridError(f"jobs={jobs}: expected a whole number >= 1")
    if memory is not None and not 0 < memory < math.inf:
        raise GridError(f"memory={memory:g}: expected gigabytes > 0")
    if memory is not None and cluster is None and not proportional():
        raise GridError(f"memory={memory:g}: what a run holds is told on Linux only")
    if timeout is not None and not 0 < timeout < math.inf:
        raise GridError(f"timeout={timeout:g}: expected seconds > 0")
    limit = None if memory is None else 1e9 * memory
    if cluster is None:
        return Pool(jobs, limit, timeout, methods)
    if jobs != 1:
        raise GridError(f"jobs={jobs}: how many runs a cluster makes at a time is its own affair")
    from comparison.running.cluster import Cluster

    return Cluster(cluster, limit, timeout, methods)


def _made_again(run: Run, limits: Limits, redo: Redo | None) -> bool:
    """Whether a stored run is to be made again, under the limits that there are now.

    What killed a process was not the run's own doing, and a run that was killed at its
    time limit may end within a longer one.
    """
    on_purpose = {"failed": run.failed, "timeout": run.ended == "timeout", "all": True}
    seconds = limits.seconds(run.budget.seconds)
    longer = seconds > float(run.provenance.get("timeout", math.inf))
    return run.ended == "killed" or longer or (redo is not None and on_purpose[redo])


def _unsupported(executor: Executor, cells: list[Cell], lacking: set[int]) -> dict[int, str]:
    """Try every cell that lacks a run, and return why those are unsupported that are.

    Parameters
    ----------
    lacking : set of int
        The ids of cells, as of the keys that are returned.

    Raises
    ------
    GridError
        When all are.
    """
    tried = executor.attempt(cell for cell in cells if id(cell) in lacking)
    reasons = {id(cell): why for cell, why in tried if why}
    if all(id(cell) in reasons for cell in cells):
        lines = "; ".join(f"{cell}: {reasons[id(cell)]}" for cell in cells)
        raise GridError(f"nothing to run: {lines}")
    return reasons


def _in_order(
    planned: dict[str, PlannedRun], unsupported: dict[int, str], runs: dict[str, Run]
) -> list[Run]:
    """Return the runs of a plan, and a placeholder with the reason for each that cannot be."""
    ordered = []
    for key, wanted in planned.items():
        if key in runs:
            ordered.append(runs[key])
        elif why := unsupported.get(id(wanted.cell)):
            ordered.append(wanted.identify(broken_run(wanted, "unsupported", why)))
    return ordered
