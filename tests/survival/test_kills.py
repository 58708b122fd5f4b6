"""Kill -9 at any moment loses at most the runs in flight, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import os
import random
import signal
from time import sleep

import pytest

from comparison.running.guard import children
from tests.comparison.examples import alive, noted, user, wait_for
from tests.survival.comparisons import COMPARISON, RESULTS, RUNS, finished, kept, start, timeless


def kill(process):
    """Kill the runner as the kernel would, and return its workers' process numbers."""
    workers = children(process.pid)
    process.kill()
    process.communicate()
    return workers


def kill_workers(process, delays, seconds, most):
    """Kill workers at random moments until the runner ends; return how many were killed."""
    killed = 0
    while process.poll() is None and killed < most:
        sleep(delays.uniform(0, seconds))
        if workers := children(process.pid):
            with contextlib.suppress(ProcessLookupError):  # the runner was quicker
                os.kill(delays.choice(workers), signal.SIGKILL)
                killed += 1
    return killed


def test_the_comparison_has_what_could_be_lost(undisturbed):
    rows, _ = undisturbed
    assert len(rows) == 16
    assert {row["reference_kind"] for row in rows} == {"dynamic programme", "certified"}
    assert {row["seeds"] for row in rows if row["method"] == "genetic"} == {6}
    assert sum(row["seeds"] for row in rows) == RUNS


@pytest.mark.parametrize("kills", [6, pytest.param(15, marks=pytest.mark.slow)])
def test_one_kill_of_the_runner_after_another_ends_in_the_undisturbed_table(
    undisturbed, tmp_path, kills
):
    """Each goes on from where the one before was killed; what is finished begins anew."""
    rows, seconds = undisturbed
    delays = random.Random(kills)
    path, before = tmp_path / RESULTS, {}
    while kills:
        process = start(tmp_path, *COMPARISON)
        sleep(delays.uniform(0, seconds))
        if process.poll() is None:
            kills -= 1
            workers = kill(process)
            wait_for(lambda: not any(alive(worker) for worker in workers))  # noqa: B023 - called at once
            assert before.items() <= kept(path).items()
            before = kept(path)
        else:
            assert finished(process) == rows
            path.unlink()
            before = {}
    assert finished(start(tmp_path, *COMPARISON)) == rows
    after = kept(path)
    assert before.items() <= after.items()
    assert len(after) == RUNS


@pytest.mark.parametrize("kills", [4, pytest.param(30, marks=pytest.mark.slow)])
def test_one_kill_of_a_worker_after_another_ends_in_the_undisturbed_table(
    undisturbed, tmp_path, kills
):
    """The runner goes on, says which runs were killed, and makes them when asked again."""
    rows, seconds = undisturbed
    delays = random.Random(kills)
    path, before = tmp_path / RESULTS, {}
    while kills:
        process = start(tmp_path, *COMPARISON)
        kills -= kill_workers(process, delays, seconds / 4, kills)
        out, err = process.communicate(timeout=300)
        told = err.splitlines()
        assert process.returncode == (1 if out and told else 2 if told else 0), err
        assert all("killed" in line or "its process died" in line for line in told), err
        assert before.items() <= kept(path).items()
        before = kept(path)
        if process.returncode == 0:
            assert timeless(out) == rows
            path.unlink()
            before = {}
    assert finished(start(tmp_path, *COMPARISON)) == rows
    after = kept(path)
    assert before.items() <= after.items()
    assert len(after) == RUNS


@pytest.mark.parametrize("method", ["sleeps", "hangs_with_a_child"])
def test_a_runner_that_is_killed_in_the_middle_of_a_run_leaves_no_process(tmp_path, method):
    pid = tmp_path / "pid"
    options = ("--option", f"{user(method)}.pids={pid}", "--seconds", "100")
    process = start(tmp_path, user(method), "--problem", "sphere", *options, "--results", RESULTS)
    running = noted(pid)
    workers = kill(process)
    assert len(workers) == 1
    wait_for(lambda: not any(alive(each) for each in (running, *workers)))


def test_finished_runs_are_in_the_file_while_others_still_run(tmp_path):
    pid = tmp_path / "pid"
    options = ("--option", f"{user('sleeps')}.pids={pid}", "--seconds", "100", "--budget", "20")
    arguments = ("rs", user("sleeps"), "--problem", "sphere", *options, "--results", RESULTS)
    process = start(tmp_path, *arguments)
    noted(pid)
    found = wait_for(lambda: kept(tmp_path / RESULTS))
    kill(process)
    assert len(found) == 5
    assert kept(tmp_path / RESULTS) == found
