"""A small comparison as a process of its own, and what it leaves in its results file."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import runner
from comparison.results.store import Store

RUNNER = Path(runner.__file__)
RESULTS = "results.sqlite"

# Deterministic methods and a solver, a problem with a computed optimum and one whose
# optimum only the solver's certificate tells; runs of some milliseconds.
COMPARISON = (
    *("hill-climb", "genetic", "adam", "integer-programming"),
    *("--problem", "knapsack", "next-token-ternary", "--corpus", "markov:length=5000,symbols=6"),
    *("--option", "next-token-ternary.bits=3", "--option", "knapsack.items=20"),
    *("--budget", "300", "--seeds", "6", "--instances", "2", "--jobs", "2"),
    *("--results", RESULTS, "--format", "json"),
)
#: How many runs it has: two problems, two instances, and one seed where it changes nothing.
RUNS = 2 * 2 * (6 + 6 + 6 + 1)


# Where the moment is not random: runs of less than a millisecond.
QUICK = (
    *("random-search", "hill-climb", "--problem", "sphere", "--budget", "20", "--seeds", "10"),
    *("--results", RESULTS, "--format", "json"),
)
QUICK_RUNS = 20


def start(folder, *arguments, **more):
    """Start the command line in a process, and a session, of its own."""
    return subprocess.Popen(
        [sys.executable, str(RUNNER), *map(str, arguments)],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        **more,
    )


def finished(process):
    """Return the rows of a comparison that must succeed, times aside."""
    out, err = process.communicate(timeout=300)
    assert (process.returncode, err) == (0, "")
    return timeless(out)


def timeless(out):
    """Return the rows that a comparison printed, without what the clock says."""
    rows = json.loads(out)
    for row in rows:
        del row["cpu_seconds"], row["wall_seconds"]
    # The order of equal values is tested where rows are.
    return sorted(rows, key=lambda row: (row["problem"], row["instance"], row["method"]))


def kept(path):
    """Return the runs of a results file, as they stand in it, but those that were killed.

    Every one of them has its whole trace. There are none where there is no file yet, or
    no table in it.
    """
    if not path.exists():
        return {}
    with closing(sqlite3.connect(path)) as database:
        if not database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            return {}
        rows = dict(database.execute("SELECT key, run FROM runs"))
    with Store(path, readonly=True) as store:
        assert {key for key, _ in store.traces(rows)} == set(rows)
    return {key: run for key, run in rows.items() if json.loads(run)["ended"] != "killed"}
