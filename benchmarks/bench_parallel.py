"""What a second worker process is worth, and how long a finished comparison takes again.

The runs are the same, of about a CPU second each on a core of 2020, one after another and
two at a time: once by `comparison.running.comparison`, with its worker processes, their watching
and the store, and once by the standard library's process pool, which does nothing but make them. An
efficiency of 1 is twice as fast with two.
"""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import pytest

import problems
from comparison.results.store import Store
from comparison.running.comparison import compare
from comparison.running.grid import Grid
from methods import METHODS, minimize
from problems import PROBLEMS, Budget

RUNNER = Path(__file__).resolve().parent.parent / "runner.py"
#: A second and more of hill climbing on two cores of 2020; as many runs for each worker.
METHOD, PROBLEM, RUNS = "hill-climb", "rastrigin", 4
BUDGET = Budget(100_000, 60.0)
#: How often each is timed; the quickest is the one that the machine disturbed least.
ROUNDS = 3


def make(seed: int, budget: Budget) -> float:
    """Make one run and return its CPU seconds."""
    run = minimize(problems.make(PROBLEM), METHOD, budget, seed=seed)
    return run.ledger.cpu_seconds


def ours(jobs: int, budget: Budget) -> float:
    """Return the wall seconds of a comparison."""
    plan = Grid(METHODS.expand([METHOD]), PROBLEMS.expand([PROBLEM]), seeds=RUNS, budget=budget)
    began = perf_counter()
    with TemporaryDirectory() as folder, Store(Path(folder) / "results.sqlite") as store:
        done = compare(plan, store, jobs=jobs)
    seconds = perf_counter() - began
    assert [run.ended for run in done.runs] == ["budget"] * RUNS
    return seconds


def peer(jobs: int, budget: Budget) -> float:
    """Return the wall seconds of the same runs in a process pool, fresh as ours are."""
    began = perf_counter()
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=fresh) as pool:
        list(pool.map(make, range(RUNS), repeat(budget)))
    return perf_counter() - began


def test_efficiency(benchmark, measuring):
    budget, rounds = (BUDGET, ROUNDS) if measuring else (Budget(100, 60.0), 1)
    sides = {"ours": ours, "process pool": peer}
    timed = {(name, jobs): [] for name in sides for jobs in (1, 2)}
    for _ in range(rounds):
        for (name, jobs), seconds in timed.items():
            seconds.append(sides[name](jobs, budget))
    shown = []
    for name in sides:
        one, two = (min(timed[name, jobs]) for jobs in (1, 2))
        shown.append(f"{name} {one / two / 2:.2f} ({one:.1f} s, {two:.1f} s)")
    benchmark.group = f"parallel efficiency of --jobs 2 on {RUNS} runs of {METHOD}"
    benchmark.extra_info.update(side="ours", bar=">= 0.85", shown="; ".join(shown))
    benchmark.pedantic(lambda: None, rounds=1)


@pytest.mark.parametrize(
    "chosen",
    [
        (),
        ("--problem", "combinatorial", "--seeds", "15", "--budget", "100"),
    ],
    ids=["the default comparison", "ten methods on eight problems, 15 seeds"],
)
def test_resume(benchmark, tmp_path, request, chosen, measuring):
    if not measuring:
        chosen = *chosen, "--seeds", "1", "--budget", "20"
    command = [sys.executable, str(RUNNER), "--jobs", "2", *chosen, "--results"]
    command.append(str(tmp_path / "results.sqlite"))

    def run() -> float:
        began = perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return perf_counter() - began

    first = run()
    again = min(run() for _ in range(5 if measuring else 1))
    name = request.node.callspec.id
    benchmark.group = f"a finished comparison again: {name}"
    shown = f"first {first:.2f} s, again {again:.2f} s"
    benchmark.extra_info.update(side="ours", bar="again <= 1 s", shown=shown)
    benchmark.pedantic(lambda: None, rounds=1)
