"""Whatever a method leaves behind, the runs beside it and after it are as they are without it."""

from __future__ import annotations

import json
import os
import statistics
import sys
from pathlib import Path

import pytest

import problems
from methods import minimize
from tests.comparison.examples import wait_for
from tests.survival.comparisons import RESULTS, start

FILE = Path(__file__).with_name("bad_neighbours.py")
HONEST = ("hill-climb", "genetic", "differential-evolution")
ASKED = ("--problem", "rastrigin", "--budget", "2000", "--seeds", "3", "--results", RESULTS)

#: How the runs of each neighbour end; where it is left open, the method's thread or timer
#: may come to its end before the method does.
ENDS = {
    "narrowed_bounds": "error",
    "narrowed_problem": "error",
    "busy_thread": "converged",
    "thread_that_ends_never": "converged",
    "thread_that_looks_on": "budget converged",
    "pool_of_threads": "converged",
    "small_stack": "converged",
    "no_environment": "converged",
    "alarm": "converged",
    "timer": "error converged",
    "ignored_signals": "converged",
    "closed_streams": "converged",
    "other_streams": "converged",
    "other_folder": "converged",
    "manners": "converged",
    "few_files": "converged",
    "small_files": "converged",
    "tracer": "error",
    "patched_generator": "converged",
    "patched_space": "converged",
    "patched_clock": "converged",
    "patched_json": "killed",
    "patched_exit": "converged",
    "patched_numpy": "error",
    "orphan": "converged",
    "copy_that_looks_on": "converged",
    "copy_that_computes": "converged",
    "kills_its_parent": "killed",
    "kills_its_group": "killed",
    "exits": "killed",
    "closes_everything": "killed",
    "forged_best": "error",
    "forged_ledger": "error",
    "forged_answer": "error",
    "patched_cosine": "error",
    "forged_count": "error",
    "forged_bound": "error",
    "interrupts": "error",
    "maps": "error",
}
#: What cannot be made again is not in the messages of these.
SAID = {
    "narrowed_bounds": "read-only",
    "tracer": "RuntimeError: a method's tracer",
    "patched_numpy": "what is left of the run's process cannot end it: RuntimeError: a method's",
    "forged_best": "Unverified: the best value is said to be -1000000000",
    "forged_answer": "it said that it ended, and not why",
    "forged_ledger": "Unverified: the ledger",
    "patched_cosine": "but its point is worth",
    "forged_count": "Unverified: the ledger says 0 values and work 0,",
    "forged_bound": "but none was reported",
    "interrupts": "KeyboardInterrupt:",
    "maps": "maps returned a map, which nobody goes through",
}

linux = pytest.mark.skipif(sys.platform != "linux", reason="processes are told by /proc")


def compared(folder, *arguments, code=0):
    """Return the rows of a comparison by its methods, and what it said beside."""
    process = start(
        folder, *HONEST, *arguments, *ASKED, "--format", "json", env={**os.environ, "MARK": MARK}
    )
    out, err = process.communicate(timeout=300)
    assert process.returncode == code, err
    return {row["method"].rpartition(":")[2]: row for row in json.loads(out)}, err


#: In the environment of all processes of these tests, and of none else.
MARK = f"bad neighbours of {os.getpid()}"


def left():
    """Return the numbers of the processes that a comparison of these tests has left."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if MARK.encode() in path.read_bytes():
                found.append(int(path.parent.name))
        except OSError:  # it has ended meanwhile
            continue
    return found


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """The rows of the three methods by themselves."""
    rows, err = compared(tmp_path_factory.mktemp("alone"))
    assert err == ""
    return rows


def test_the_three_are_what_they_are_without_a_comparison(alone):
    problem = problems.make("rastrigin")
    for method in HONEST:
        values = [minimize(problem, method, 2000, seed=seed).value for seed in range(3)]
        assert alone[method]["value"] == statistics.median(values)


@linux
@pytest.mark.parametrize("jobs", [1, 2])
def test_the_others_are_what_they_are_without_them(alone, tmp_path, jobs):
    names = [f"{FILE}:{name}" for name in ENDS]
    more = ("--jobs", jobs, "--seconds", "10")
    rows, err = compared(tmp_path, *names, *more, code=1)
    clocks = ("cpu_seconds", "wall_seconds")
    for method in HONEST:
        ours, without = rows[method], alone[method]
        assert all(ours[key] == without[key] for key in ours if key not in clocks)
    # A thread that computes for ever beside them would multiply their seconds by twenty.
    ratios = [rows[method]["cpu_seconds"] / alone[method]["cpu_seconds"] for method in HONEST]
    assert statistics.median(ratios) < 5
    for name, ends in ENDS.items():
        told = rows[name]["ended"].replace(",", "").split()
        assert {word for word in told if word.isalpha()} <= set(ends.split()), name
    for name, said in SAID.items():
        assert f"{FILE.name}:{name} on rastrigin, instance 0, seed 0: error: " in err
        assert said in err
    # One line for each run that failed, and nothing of ours.
    assert all(line.startswith("runner.py: bad_neighbours.py:") for line in err.splitlines())
    wait_for(lambda: not left())


@pytest.mark.parametrize("kind", ["generator", "asynchronous"])
def test_what_runs_never_is_refused(tmp_path, kind):
    process = start(tmp_path, *HONEST, f"{FILE}:{kind}", *ASKED)
    out, err = process.communicate(timeout=300)
    assert (process.returncode, out) == (2, "")
    what = {"generator": "a generator", "asynchronous": "an async function"}[kind]
    assert f"bad_neighbours.py:{kind} is {what}: calling it runs nothing" in err
    assert len(err.splitlines()) == 1
