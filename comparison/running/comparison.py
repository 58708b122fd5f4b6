"""A comparison: the runs of a plan, each made once and stored."""

from __future__ import annotations

import importlib.metadata
import math
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from comparison.results import Results
from comparison.results.store import Store, StoreError
from comparison.running.child import Limits
from comparison.running.executor import Executor
from comparison.running.grid import GridError
from comparison.running.memory import held
from comparison.running.pool import Pool
from comparison.running.shipped import kept
from comparison.running.storing import require_storable, stored
from comparison.running.sweep import Plan
from comparison.running.task import Preflight, Task, broken_run
from methods.result import Run

#: Which stored runs are made again on purpose.
Redo = Literal["failed", "timeout", "all"]


@dataclass
class Comparison:
    """The runs of a plan, and how they came to be.

    Attributes
    ----------
    results : Results
        The plan's runs, in its order. What other stored runs on the same instances show
        and prove, whoever made them, holds for all.
    made, stored : int
        How many of the runs were made now, and how many found in the store.
    unkept : str
        Why the last run that was made could not be stored, which ended the comparison;
        empty where all were.
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
        """By problem, why no process that had built it could be copied for its runs."""
        return {r.problem: r.provenance["fresh"] for r in self.runs if "fresh" in r.provenance}

    @property
    def jobs(self) -> int:
        """The most runs that were made at a time, when any of these was."""
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

    When a run cannot be stored, because the disk is full for example, no more are made,
    and those that there are, that one too, are returned: see `Comparison.unkept`.

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
        Wall seconds after which a run is killed; see `Limits`. It is no part of what a
        run is known by: a run that was killed so is made again when it may take longer.
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
    if jobs < 1:
        raise GridError(f"jobs={jobs}: expected a whole number >= 1")
    if memory is not None and not 0 < memory < math.inf:
        raise GridError(f"memory={memory:g}: expected gigabytes > 0")
    if memory is not None and cluster is None and not held(os.getpid()):
        raise GridError(f"memory={memory:g}: what a run holds is told on Linux only")
    if timeout is not None and not 0 < timeout < math.inf:
        raise GridError(f"timeout={timeout:g}: expected seconds > 0")
    limit = None if memory is None else 1e9 * memory
    cells = plan.cells()
    methods = list(dict.fromkeys(cell.method for cell in cells))
    with _executor(jobs, limit, timeout, cluster, methods) as executor:
        described = _checked(executor.describe(cells))
        planned = _plan(plan, described)
        problem_keys = {found.problem_key(task.instance) for task, found in planned.values()}
        known = store.runs(problem_keys)
        limits = Limits(math.inf, timeout)
        runs = {
            key: known[key]
            for key, (task, _) in planned.items()
            if key in known and not _again(known[key], task, limits, redo)
        }
        missing = {key: cell for key, cell in planned.items() if key not in runs}
        tried_cells = _tried(executor, described, [found for _, found in missing.values()])
        refused = {
            id(found)
            for (_, found), (_, tried) in zip(described, tried_cells, strict=True)
            if tried.unsupported
        }
        planned = {key: cell for key, cell in planned.items() if id(cell[1]) not in refused}
        runs = {key: run for key, run in runs.items() if key in planned}
        if progress is not None:
            progress(len(runs), len(planned), None)
        keys = {id(task): key for key, (task, _) in planned.items()}
        made, unkept = 0, ""
        for task, run in executor.run(_missing(planned, runs, store, limits, redo)):
            key = keys[id(task)]
            found = planned[key][1]
            run.key, run.facts = key, found.facts()
            run.provenance = {**run.provenance, **found.files(), "jobs": str(executor.jobs)}
            runs[key], made = run, made + 1
            try:
                if kept(task):
                    runs[key] = run = stored(store, task, found, run, replace=bool(redo))
            except StoreError as error:
                unkept = str(error)
                break
            if kept(task):  # it is in the store, and those of many would fill the memory
                run.trace = []
            if progress is not None:
                progress(len(runs), len(planned), run)
    if made:  # meanwhile another runner may have made some of its own
        try:
            store.verify(thorough=True)
            known = store.runs(problem_keys)
        except StoreError as error:
            unkept = unkept or str(error)
    results = Results(
        store.path, _in_order(plan, tried_cells, runs), list(known.values()), in_order=True
    )
    return Comparison(results, made=made, stored=len(runs) - made, unkept=unkept)


def _missing(
    planned: dict[str, tuple[Task, Preflight]],
    runs: dict[str, Run],
    store: Store,
    limits: Limits,
    redo: Redo | None,
) -> Iterator[tuple[Task, Preflight]]:
    """Yield the runs that nobody has made when their turn comes; others add to `runs`."""
    for key in _in_turn(planned):
        cell = planned[key]
        if key in runs:
            continue
        run = store.find(key)  # another runner on the same file may have made it meanwhile
        if run is None or _again(run, cell[0], limits, redo):
            yield cell
        else:
            runs[key] = run


def _in_turn(planned: dict[str, tuple[Task, Preflight]]) -> list[str]:
    """Return the keys of runs by instance, so that each problem is built once.

    On each the solvers that are given the model come first: they may take all their seconds,
    and what is left would else wait for the last of them with nothing beside it.
    """
    turns: dict[str, int] = {}
    for task, found in planned.values():
        turns.setdefault(found.problem_key(task.instance), len(turns))

    def turn(key: str) -> tuple[int, bool]:
        task, found = planned[key]
        return turns[found.problem_key(task.instance)], not found.white_box

    return sorted(planned, key=turn)


def _executor(
    jobs: int,
    memory: float | None,
    timeout: float | None,
    cluster: str | None,
    methods: Sequence[str],
) -> Executor:
    if cluster is None:
        return Pool(jobs, memory, timeout, methods)
    if jobs != 1:
        raise GridError(f"jobs={jobs}: how many runs a cluster makes at a time is its own affair")
    from comparison.running.cluster import Cluster

    return Cluster(cluster, memory, timeout, methods)


def _checked(answers: Iterable[tuple[Task, Preflight | str]]) -> list[tuple[Task, Preflight]]:
    """Return what was found out of cells, in the order of the answers."""
    found = []
    for task, answer in answers:
        if isinstance(answer, str):
            raise GridError(answer)
        require_storable(task, answer)
        found.append((task, answer))
    return found


def _again(run: Run, task: Task, limits: Limits, redo: Redo | None) -> bool:
    """Whether a stored run is to be made again, under the limits that there are now.

    What killed a process was not the run's own doing, and a run that was killed at its
    time limit may end within a longer one.
    """
    on_purpose = {"failed": run.failed, "timeout": run.ended == "timeout", "all": True}
    seconds = limits.seconds(task.budget.seconds)
    longer = seconds > float(run.provenance.get("timeout", math.inf))
    return run.ended == "killed" or longer or (redo is not None and on_purpose[redo])


def _tried(
    executor: Executor, cells: list[tuple[Task, Preflight]], missing: list[Preflight]
) -> list[tuple[Task, Preflight]]:
    """Try every cell of which a run is missing, at budget 0, before anything is run."""
    lacking = {id(found) for found in missing}
    untried = [(task, found) for task, found in cells if id(found) in lacking]
    answers = {id(task): found for task, found in _checked(executor.attempt(untried))}
    tried = [(task, answers.get(id(task), found)) for task, found in cells]
    if all(found.unsupported for _, found in tried):
        reasons = (f"{f.method} on {f.problem}: {f.unsupported}" for _, f in tried)
        raise GridError(f"nothing to run: {'; '.join(reasons)}")
    return tried


def _plan(plan: Plan, cells: list[tuple[Task, Preflight]]) -> dict[str, tuple[Task, Preflight]]:
    """Return the runs of all cells by their keys, in the order of the grid."""
    version = importlib.metadata.version("beyond-gradient")
    return {
        found.key(task, version): (task, found)
        for cell, found in cells
        for task in plan.tasks(cell, one_instance=found.one_instance)
    }


def _in_order(plan: Plan, cells: list[tuple[Task, Preflight]], runs: dict[str, Run]) -> list[Run]:
    """Return the runs of a plan, and a placeholder with the reason for each that cannot be."""
    found = []
    for key, (task, cell) in _plan(plan, cells).items():
        if key in runs:
            found.append(runs[key])
        elif cell.unsupported:
            run = broken_run(task, cell, "unsupported", cell.unsupported, [])
            run.key, run.facts, run.provenance = key, cell.facts(), cell.files()
            found.append(run)
    return found
