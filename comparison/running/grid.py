"""A comparison: methods × problems × instances × seeds, each run made once and stored."""

from __future__ import annotations

import importlib.metadata
import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from comparison.results.store import Store, StoreError
from comparison.running.child import Limits
from comparison.running.comparison import Comparison
from comparison.running.executor import Executor
from comparison.running.memory import held
from comparison.running.pool import Pool
from comparison.running.shipped import Shipped, kept
from comparison.running.sweep import Plan, repeated
from comparison.running.task import Preflight, Task, broken_run
from methods.result import Run
from problems.ledger import Budget
from problems.options import UnknownName
from problems.registry import Entry
from problems.usage_error import UsageError

#: More runs than this are a slip of the finger, and their plan would fill the memory.
MOST_RUNS = 1_000_000


class GridError(UsageError):
    """A comparison that cannot be run as asked; nothing of it was run."""


@dataclass(frozen=True)
class Grid:
    """What is to be compared.

    Parameters
    ----------
    methods, problems : list of Entry
    seeds, instances : int
        How many of each, counted from 0.
    options : dict
        From a method's or problem's canonical name to its options.
    corpus : str, optional
        Set on every problem that has a corpus.
    """

    methods: list[Entry]
    problems: list[Entry]
    seeds: int = 5
    instances: int = 1
    budget: Budget = field(default_factory=Budget)
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, number in (("seeds", self.seeds), ("instances", self.instances)):
            if number < 1:
                raise GridError(f"{name}={number}: expected a whole number >= 1")
        runs = len(self.methods) * len(self.problems) * self.seeds * self.instances
        if runs > MOST_RUNS:
            raise GridError(
                f"seeds={self.seeds}, instances={self.instances}: up to {runs:,} runs; "
                f"expected at most {MOST_RUNS:,}"
            )
        for name in ("work", "seconds"):
            if getattr(self.budget, name) == 0:
                raise GridError(f"budget {name}=0: nothing can be run; expected a number > 0")
        chosen = {entry.name for entry in (*self.methods, *self.problems)}
        for name in self.options:
            if name not in chosen:
                raise UnknownName(f"option for {name}, which is not part of this comparison")

    def cells(self) -> list[Task]:
        """Return one task a method and problem: its first run."""
        return [
            Task(
                _spelled(method),
                _spelled(problem),
                dict(self.options.get(method.name, {})),
                dict(self.options.get(problem.name, {})),
                budget=self.budget,
                shipped={e.kind: e.to_json() for e in (method, problem) if isinstance(e, Shipped)},
            )
            for problem, method in product(self.problems, self.methods)
        ]

    def tasks(self, cell: Task, *, one_instance: bool = False) -> Iterator[Task]:
        """Return the runs of a cell, see `repeated`."""
        return repeated(cell, self.seeds, 1 if one_instance else self.instances)


def _spelled(entry: Entry) -> str:
    """Return the name by which a worker finds the entry."""
    return entry.name if entry.file is None else entry.target


def compare(
    plan: Plan,
    store: Store,
    *,
    jobs: int = 1,
    memory: float | None = None,
    timeout: float | None = None,
    cluster: str | None = None,
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
            if key in known and not _again(known[key], task, limits)
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
        for task, run in executor.run(_missing(planned, runs, store, limits)):
            key = keys[id(task)]
            found = planned[key][1]
            run.key, run.facts = key, found.facts()
            run.provenance = {**run.provenance, **found.files(), "jobs": str(executor.jobs)}
            runs[key], made = run, made + 1
            try:
                if kept(task):
                    store.add(key, found.problem_key(task.instance), run)
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
    by_instance: dict[tuple[str, int], list[Run]] = {}
    for run in {**known, **runs}.values():
        by_instance.setdefault((run.problem, run.instance), []).append(run)
    return Comparison(
        cells={found.cell: found for _, found in tried_cells},
        runs=[runs[key] for key in planned if key in runs] + _unsupported(plan, tried_cells),
        known=by_instance,
        made=made,
        stored=len(runs) - made,
        unkept=unkept,
    )


def _missing(
    planned: dict[str, tuple[Task, Preflight]], runs: dict[str, Run], store: Store, limits: Limits
) -> Iterator[tuple[Task, Preflight]]:
    """Yield the runs that nobody has made when their turn comes; others add to `runs`."""
    # By instance, so that each problem is built once.
    by_instance = sorted(
        planned, key=lambda key: planned[key][1].problem_key(planned[key][0].instance)
    )
    for key in by_instance:
        cell = planned[key]
        if key in runs:
            continue
        run = store.find(key)  # another runner on the same file may have made it meanwhile
        if run is None or _again(run, cell[0], limits):
            yield cell
        else:
            runs[key] = run


def _problem_key(task: Task, found: Preflight) -> str:
    return found.problem_key(task.instance)


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
        found.append((task, answer))
    return found


def _again(run: Run, task: Task, limits: Limits) -> bool:
    """Whether a stored run is to be made again, under the limits that there are now.

    What killed a worker was not the run's own doing, and a run that was killed at its
    time limit may end within a longer one.
    """
    seconds = limits.seconds(task.budget.seconds)
    return run.ended == "killed" or seconds > float(run.provenance.get("timeout", math.inf))


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


def _unsupported(plan: Plan, cells: list[tuple[Task, Preflight]]) -> list[Run]:
    """Return a placeholder, with the reason, for every run that cannot be made."""
    return [
        broken_run(task, found, "unsupported", found.unsupported, [])
        for cell, found in cells
        if found.unsupported
        for task in plan.tasks(cell, one_instance=found.one_instance)
    ]
