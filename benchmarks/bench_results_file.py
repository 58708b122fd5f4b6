"""Ten thousand stored runs of a thousand points: to tabulate and to report, in time and memory."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from time import perf_counter

import numpy as np
import pytest

import runner
from comparison.results.store import Store
from comparison.results.trace import TRACE, pack
from methods.result import Run
from problems.core.ledger import Ledger
from problems.core.reference import Reference

METHODS = (
    *("gradient-descent", "adam", "nelder-mead", "genetic", "evolution-strategy"),
    *("spsa", "hill-climb", "simulated-annealing", "reinforce", "random-search"),
)
PROBLEMS = (
    *("next-token-rank", "next-token-ternary", "next-token-decode", "next-token-mlp"),
    *("knapsack", "max-cut", "travelling-salesman", "rosenbrock", "rastrigin", "nk-landscape"),
)
INSTANCES, SEEDS, POINTS = 4, 25, 1000


def trace(seed: int) -> np.ndarray:
    """Return a thousand improvements, from 1 to about 0, over 5,000 evaluations."""
    rng = np.random.default_rng(seed)
    points = np.zeros(POINTS, TRACE)
    points["work"] = points["values"] = np.sort(rng.choice(5000, POINTS, replace=False)) + 1
    points["value"] = np.sort(rng.beta(0.3, 3.0, POINTS))[::-1]
    points["cpu_seconds"] = points["wall_seconds"] = 1e-4 * points["work"]
    points["tokens"] = 1e5 * points["work"]
    return points


@pytest.fixture(scope="module")
def results(tmp_path_factory, measuring):
    seeds = SEEDS if measuring else 1
    path = tmp_path_factory.mktemp("results") / "large.sqlite"
    traces = [trace(seed) for seed in range(100)]
    packed = {}
    with Store(path) as store:
        cells = product(PROBLEMS, METHODS, range(INSTANCES), range(seeds))
        for i, (problem, method, instance, seed) in enumerate(cells):
            points = traces[i % len(traces)]
            key = f"{i:024d}"
            packed[key] = pack(points)
            store.add(key, f"{problem} {instance}", run(method, problem, instance, seed, points))
    with sqlite3.connect(path) as database:
        rows = [(points, key) for key, points in packed.items()]
        database.executemany("UPDATE traces SET points = ? WHERE key = ?", rows)
    database.close()
    return path


def run(method: str, problem: str, instance: int, seed: int, points: np.ndarray) -> Run:
    last = points[-1]
    return Run(
        method=method,
        problem=problem,
        instance=instance,
        seed=seed,
        method_options={"population": 50, "mutation": 0.1},
        problem_options={"corpus": "markov", "size": 3},
        x=np.linspace(0, 1, 30),
        value=float(last["value"]),
        score=float(last["value"]) + 0.01,
        ended="budget",
        description="a solution of thirty numbers",
        title="an instance of some size",
        reference=Reference(0.0, "closed form", "an argument"),
        random_value=1.0,
        dimension=30,
        ledger=Ledger(
            work=5000, values=5000, cpu_seconds=0.5, wall_seconds=0.5, tokens=500_000_000
        ),
        versions={"python": "3.11", "numpy": "2"},
        provenance={"cpu": "a processor", "jobs": "2"},
    )


@pytest.mark.parametrize(
    ("what", "bar"),
    [("tabulate", "<= 5 s within 1 GiB"), ("report", "<= 20 s within 1 GiB")],
)
def test_ten_thousand_runs(benchmark, results, what, bar, tmp_path):
    arguments = ["report", str(results)]
    arguments += ["--format", "csv"] if what == "tabulate" else ["--output", "report.html"]
    measured = []

    def command():
        measured.append(process(arguments, tmp_path))

    benchmark.group = f"{what} 10,000 runs of 1,000 points"
    benchmark.pedantic(command, rounds=1)
    seconds, held = measured[-1]
    shown = f"{seconds:.1f} s, {held / 2**20:.0f} MiB"
    benchmark.extra_info.update(side="ours", bar=bar, shown=shown)


#: Says at its end how much its process held, which nobody can ask once it is gone.
#: What the system tells of a finished child, ru_maxrss, may be its parent's.
TELLING = """
import sys, runner
code = runner.main(sys.argv[1:])
status = open("/proc/self/status").read()
print(status.partition("VmHWM:")[2].split()[0], file=sys.stderr)
sys.exit(code)
"""


def process(arguments: Sequence[str], folder: Path) -> tuple[float, int]:
    """Run a command and return its wall-clock seconds and the most bytes that it held."""
    began = perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", TELLING, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(runner.__file__).parent)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=True,
    )
    return perf_counter() - began, 1024 * int(done.stderr.split()[-1])
