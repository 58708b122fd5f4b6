"""Makes the runs, several at a time, and appends each to a CSV file as it ends."""

from __future__ import annotations

import csv
import math
import multiprocessing
import os
import sys
import time
import warnings
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from itertools import islice, product
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.strength.cases import made
from benchmarks.strength.counted import Counted, Spent
from benchmarks.strength.families import FAMILIES, PEERS
from problems import Problem

#: Runs that are handed to the processes ahead of time, for each of them.
AHEAD = 4
#: More seconds than any run takes: only the evaluations are to end it.
SECONDS = 1e6


class Key(NamedTuple):
    """What a run is of; `side` is ``ours`` or ``peer``."""

    side: str
    name: str
    problem: str
    instance: int
    budget: int
    seed: int


class Ending(NamedTuple):
    """What became of a run: its best value, its CPU seconds, and the error that ended it."""

    value: float
    seconds: float
    error: str = ""


Runs = dict[Key, Ending]


def plan(
    families: Iterable[str],
    problems: Iterable[str],
    instances: Sequence[int],
    budgets: Sequence[int],
    seeds: Sequence[int],
) -> list[Key]:
    """Return the runs that the table needs, each once: families share methods and peers."""
    runs: dict[Key, None] = {}
    for family in map(FAMILIES.__getitem__, families):
        for problem in set(problems).intersection(family.problems()):
            for budget in budgets:
                peers = family.peers_on(problem, budget)
                sides = [("peer", name) for name in peers]
                sides += [("ours", name) for name in family.ours if peers and fits(name, problem)]
                for (side, name), instance, seed in product(sides, instances, seeds):
                    runs[Key(side, name, problem, instance, budget, seed)] = None
    return sorted(runs)


def fits(ours: str, problem: str) -> bool:
    """Tell whether a method of ours is compared on a problem by its own family."""
    return problem in FAMILIES[ours].problems()


def made_run(key: Key) -> Ending:
    """Make a run, of ours or of a peer."""
    problem = made(key.problem, key.instance)
    began = time.process_time()
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        value, error = (_ours if key.side == "ours" else _peer)(problem, key)
    return Ending(value, time.process_time() - began, error)


def _ours(problem: Problem, key: Key) -> tuple[float, str]:
    from methods import minimize

    run = minimize(problem, key.name, key.budget, seconds=SECONDS, seed=key.seed)
    error = run.message if run.ended == "error" else ""
    reference = problem.reference
    if run.value is None:
        return math.inf, error
    if reference is not None and reference.proven and run.value <= reference.goal:
        return reference.value, error
    return float(run.value), error


def _peer(problem: Problem, key: Key) -> tuple[float, str]:
    f = Counted(problem, key.budget, key.seed, key.name)
    error = ""
    try:
        PEERS[key.name](f)
    except Spent:
        pass
    except Exception as raised:
        error = " ".join(f"{type(raised).__name__}: {raised}".split())[:100]
    return f.best, error


def read(path: Path) -> Runs:
    """Return the runs of a file; without a file there are none."""
    if not path.exists():
        return {}
    with path.open(newline="", encoding="utf-8") as file:
        return {
            Key(*(row[name] for name in ("side", "name", "problem")), *_numbers(row)): Ending(
                float(row["value"]), float(row["seconds"]), row["error"]
            )
            for row in csv.DictReader(file)
            if row["error"] is not None  # the last line is short where writing it was interrupted
        }


def _numbers(row: dict[str, str]) -> tuple[int, int, int]:
    return int(row["instance"]), int(row["budget"]), int(row["seed"])


def make(runs: Iterable[Key], path: Path, jobs: int) -> None:
    """Make the runs that a file lacks, and append them to it one by one."""
    known = read(path)
    left = [key for key in runs if key not in known]
    new = not path.exists()
    began = time.perf_counter()
    with path.open("a", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        if new:
            rows.writerow([*Key._fields, *Ending._fields])
        for count, (key, ending) in enumerate(_made(left, jobs), 1):
            rows.writerow([*key, repr(ending.value), f"{ending.seconds:.3f}", ending.error])
            file.flush()
            if count % 1000 == 0:
                minutes = (time.perf_counter() - began) / 60
                print(f"{count} of {len(left)} runs, {minutes:.1f} minutes", file=sys.stderr)


def _made(runs: Sequence[Key], jobs: int) -> Iterator[tuple[Key, Ending]]:
    """Make runs in fresh processes of one thread each, as many at a time as `jobs`."""
    for library in ("OMP", "OPENBLAS", "MKL"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    context = multiprocessing.get_context("spawn")  # which reads the number of threads anew
    with ProcessPoolExecutor(jobs, mp_context=context) as pool:
        remaining, pending = iter(runs), {}
        while True:
            for key in islice(remaining, AHEAD * jobs - len(pending)):
                pending[pool.submit(made_run, key)] = key
            if not pending:
                return
            for future in wait(pending, return_when=FIRST_COMPLETED).done:
                yield pending.pop(future), future.result()
