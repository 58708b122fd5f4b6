"""Kill -9 at any moment loses at most the runs in flight, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep

import pytest

import runner
from tests.comparison.examples import alive, noted, user, wait_for

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


def start(folder, *arguments):
    return subprocess.Popen(
        [sys.executable, str(RUNNER), *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def children(pid):
    """Return the process numbers of the children of a process."""
    try:
        return [
            int(child)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for child in (task / "children").read_text().split()
        ]
    except FileNotFoundError:
        return []


def finished(process):
    """Return the rows of a comparison that must succeed, times aside."""
    out, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (0, "")
    rows = json.loads(out)
    for row in rows:
        del row["cpu_seconds"], row["wall_seconds"]
    # The order of equal values is tested where rows are.
    return sorted(rows, key=lambda row: (row["problem"], row["instance"], row["method"]))


def kill(process):
    """Kill the runner as the kernel would, and return its workers' process numbers."""
    workers = children(process.pid)
    process.kill()
    process.communicate()
    return workers


def rows_kept(path):
    """Return the keys of what is in the results file, if it is one already."""
    try:
        with closing(sqlite3.connect(path)) as database:
            return {key for (key,) in database.execute("SELECT key FROM runs")}
    except sqlite3.OperationalError:
        return set()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The table of a comparison that nothing happened to, and how long it took."""
    began = monotonic()
    rows = finished(start(tmp_path_factory.mktemp("undisturbed"), *COMPARISON))
    return rows, monotonic() - began


def test_the_comparison_has_what_could_be_lost(undisturbed):
    rows, _ = undisturbed
    assert len(rows) == 16
    assert {row["reference_kind"] for row in rows} == {"dynamic programme", "certified"}
    assert {row["seeds"] for row in rows if row["method"] == "genetic"} == {6}


@pytest.mark.parametrize(
    "seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 10))]
)
def test_after_a_kill_the_same_command_gives_the_undisturbed_table(undisturbed, tmp_path, seed):
    rows, seconds = undisturbed
    process = start(tmp_path, *COMPARISON)
    sleep(random.Random(seed).uniform(0, seconds))
    workers = kill(process)
    before = rows_kept(tmp_path / RESULTS)
    wait_for(lambda: not any(alive(worker) for worker in workers))
    assert finished(start(tmp_path, *COMPARISON)) == rows
    assert before <= rows_kept(tmp_path / RESULTS)


def test_one_kill_after_another_still_ends_in_the_undisturbed_table(undisturbed, tmp_path):
    """Each goes on from where the one before was killed, and none begins anew."""
    rows, seconds = undisturbed
    delays = random.Random(99)
    kept = set()
    for _ in range(4):
        process = start(tmp_path, *COMPARISON)
        sleep(delays.uniform(0, seconds))
        kill(process)
        assert kept <= (kept := rows_kept(tmp_path / RESULTS))
    assert finished(start(tmp_path, *COMPARISON)) == rows


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=lambda n: n.name)
@pytest.mark.parametrize("method", ["sleeps", "hangs_with_a_child"])
def test_a_runner_that_is_killed_in_the_middle_of_a_run_leaves_no_process(tmp_path, method, number):
    pid = tmp_path / "pid"
    options = ("--option", f"{user(method)}.pids={pid}", "--seconds", "100")
    process = start(tmp_path, user(method), "--problem", "sphere", *options, "--results", RESULTS)
    running = noted(pid)
    workers = children(process.pid)
    assert len(workers) == 1
    assert alive(running)
    os.kill(process.pid, number)
    process.communicate()
    assert process.returncode == {signal.SIGKILL: -number, signal.SIGTERM: 143}[number]
    wait_for(lambda: not any(alive(each) for each in (running, *workers)))


def test_finished_runs_are_in_the_file_while_others_still_run(tmp_path):
    pid = tmp_path / "pid"
    options = ("--option", f"{user('sleeps')}.pids={pid}", "--seconds", "100", "--budget", "20")
    arguments = ("rs", user("sleeps"), "--problem", "sphere", *options, "--results", RESULTS)
    process = start(tmp_path, *arguments)
    noted(pid)
    kept = wait_for(lambda: rows_kept(tmp_path / RESULTS))
    kill(process)
    assert len(kept) == 5
    assert rows_kept(tmp_path / RESULTS) == kept
