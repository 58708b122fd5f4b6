"""The wall clock may be set back and forth: nothing is measured or limited by it."""

from __future__ import annotations

import ast
import json
import os
from itertools import pairwise
from pathlib import Path
from time import monotonic

import pytest

import runner
from comparison.results.store import Store
from tests.comparison.examples import with_traces
from tests.survival.comparisons import COMPARISON, RESULTS, RUNS, finished, start

ROOT = Path(runner.__file__).parent

# Python imports a module of this name when it starts, here in the runner and its workers.
JUMPS = """\
import os, time

real, turn = time.time, [0]

def time_of_day():
    turn[0] += 1
    return real() + (1e9 if turn[0] % 2 else -1e9)

time.time, time.time_ns = time_of_day, lambda: int(1e9 * time_of_day())
open(os.path.join(os.path.dirname(__file__), f"{os.getpid()}.pid"), "w").close()
"""


@pytest.fixture
def jumping(tmp_path):
    """An environment in which the clock jumps by decades whenever it is read."""
    folder = tmp_path / "jumping"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(JUMPS)
    path = os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH")]))
    yield {**os.environ, "PYTHONPATH": path}
    assert len(list(folder.glob("*.pid"))) >= 2, "the runner and its worker"


def seconds_of(path):
    """Return the ledger's and the trace's seconds of every stored run."""
    with Store(path, readonly=True) as store:
        for run in with_traces(store).values():
            spent = [(point.cpu_seconds, point.wall_seconds) for point in run.trace]
            yield [(0.0, 0.0), *spent, (run.ledger.cpu_seconds, run.ledger.wall_seconds)]


def test_a_clock_that_jumps_changes_no_run_and_no_time(undisturbed, tmp_path, jumping):
    rows, _ = undisturbed
    began = monotonic()
    assert finished(start(tmp_path, *COMPARISON, env=jumping)) == rows
    elapsed = monotonic() - began
    found = list(seconds_of(tmp_path / RESULTS))
    assert len(found) == RUNS
    for moments in found:
        # A solver's child is told by the kernel's own clock, in steps.
        assert all(a[1] <= b[1] and a[0] <= b[0] + 0.05 for a, b in pairwise(moments))
        assert moments[-1][1] < elapsed
        assert moments[-1][0] < 2 * elapsed


def test_a_run_has_its_seconds_whatever_the_clock_says(tmp_path, jumping):
    arguments = ("random-search", "--problem", "sphere", "--seeds", 1, "--budget", 1e9)
    more = ("--seconds", 0.3, "--results", RESULTS, "--format", "json")
    process = start(tmp_path, *arguments, *more, env=jumping)
    out, err = process.communicate(timeout=300)
    assert (process.returncode, err) == (0, "")
    (row,) = json.loads(out)
    assert row["ended"] == "timeout"
    assert row["wall_seconds"] >= 0.3


def test_nothing_that_runs_looks_at_the_wall_clock():
    """What is measured or limited asks `perf_counter` or `monotonic`, which nobody can set."""
    folders = [ROOT / "problems", ROOT / "methods"]
    files = [path for folder in folders for path in folder.rglob("*.py")]
    for path in (*files, *(ROOT / "comparison").glob("*.py")):
        names = {
            node.attr if isinstance(node, ast.Attribute) else node.name
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, (ast.Attribute, ast.alias))
        }
        assert not names & {"time", "time_ns", "now", "utcnow", "today", "localtime"}, path
