"""SIGINT and SIGTERM end the runner in order: one line, its own exit code, no process left."""

from __future__ import annotations

import random
import signal
from time import sleep

import pytest

from comparison.running.guard import children
from tests.comparison.examples import alive, noted, user, wait_for
from tests.survival.comparisons import COMPARISON, RESULTS, RUNS, finished, kept, start, timeless

ENDS = {
    signal.SIGINT: (130, "\nrunner.py: interrupted; the same command goes on from here\n"),
    signal.SIGTERM: (143, "runner.py: terminated; the same command goes on from here\n"),
}
each_signal = pytest.mark.parametrize("number", ENDS, ids=lambda number: number.name)


@each_signal
@pytest.mark.parametrize("method", ["sleeps", "hangs_with_a_child"])
def test_in_the_middle_of_a_run_it_ends_the_run_and_its_processes(tmp_path, method, number):
    pid = tmp_path / "pid"
    options = ("--option", f"{user(method)}.pids={pid}", "--seconds", "100", "--budget", "20")
    arguments = ("rs", user(method), "--problem", "sphere", *options, "--results", RESULTS)
    process = start(tmp_path, *arguments)
    running = noted(pid)
    workers = children(process.pid)
    before = wait_for(lambda: kept(tmp_path / RESULTS))
    assert all(alive(each) for each in (running, *workers))
    process.send_signal(number)
    out, err = process.communicate(timeout=300)
    assert (process.returncode, err) == ENDS[number]
    assert out == ""
    assert not any(alive(each) for each in (running, *workers))
    assert kept(tmp_path / RESULTS) == before


@each_signal
def test_at_any_moment_it_loses_no_run(undisturbed, tmp_path, number):
    rows, seconds = undisturbed
    delays = random.Random(number.value)
    path, before = tmp_path / RESULTS, {}
    for _ in range(2):
        process = start(tmp_path, *COMPARISON)
        wait_for(lambda: children(process.pid) or process.poll() is not None)  # noqa: B023 - called at once
        sleep(delays.uniform(0, seconds / 3))
        process.send_signal(number)
        out, err = process.communicate(timeout=300)
        if out:  # it was quicker
            assert timeless(out) == rows
        else:
            assert (process.returncode, err) == ENDS[number]
        assert before.items() <= (before := kept(path)).items()
    assert finished(start(tmp_path, *COMPARISON)) == rows
    assert before.items() <= kept(path).items()
    assert len(kept(path)) == RUNS


@each_signal
def test_a_process_that_ignores_it_goes_on_ignoring_it_afterwards(number):
    """The runner leaves a signal's handling as it was: `main` may be called by a script."""
    import runner

    before = signal.getsignal(number)
    with pytest.raises(SystemExit):
        runner.main(["--seeds", "none"])
    assert signal.getsignal(number) is before
