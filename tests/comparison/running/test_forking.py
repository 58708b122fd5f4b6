"""A method that starts processes: none reports twice, breaks the protocol or outlives its run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from comparison.results.store import Store
from comparison.running import descendants
from comparison.running.descendants import children, end_children
from comparison.running.grid import Grid, compare
from comparison.running.pool import Pool
from methods import METHODS, minimize
from problems import PROBLEMS, Budget, make
from tests.comparison.examples import alive, noted, preflight, task, wait_for

FORKERS = Path(__file__).with_name("forkers.py")

linux = pytest.mark.skipif(sys.platform != "linux", reason="children are told by /proc")


#: Python's own, which wait for the next run that needs them; they hold no run's state.
HELPERS = ("multiprocessing.resource_tracker", "multiprocessing.forkserver")


def command(pid):
    """Return the command line of a process."""
    return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")


def after_one_another(*methods, **options):
    """Run the methods in one worker, one after another, and return the runs and the workers."""
    tasks = [
        task(
            f"{FORKERS}:{m}" if m != "random-search" else m,
            budget=Budget(20, 20.0),
            seed=i,
            method_options=options.get(m, {}),
        )
        for i, m in enumerate(methods)
    ]
    with Pool(1) as pool:
        found = [(each, preflight(each.method, each.problem)) for each in tasks]
        made = [(each.seed, run) for each, run in pool.run(found)]
        left = [pid for worker in pool._idle for pid in children(worker.process.pid)]
        left = [pid for pid in left if not any(helper in command(pid) for helper in HELPERS)]
    assert [seed for seed, _ in made] == list(range(len(tasks)))  # each once, in order
    return [run for _, run in made], left


@pytest.mark.parametrize(
    ("method", "ended", "looks", "options"),
    [
        ("forks", "budget", 20, {}),
        ("talks_in_a_copy", "converged", 1, {}),
        ("maps", "converged", 5, {"start": "fork"}),
        ("maps", "converged", 5, {"start": "spawn"}),
        ("maps", "converged", 5, {"start": "forkserver"}),
        ("reads_input", "converged", 1, {}),
    ],
)
def test_it_reports_once_and_the_others_are_what_they_are_without_it(method, ended, looks, options):
    order = ("random-search", method, "random-search", method, "random-search")
    runs, left = after_one_another(*order, **{method: options})
    assert left == []
    for run in (runs[1], runs[3]):
        assert (run.ended, run.message) == (ended, "")
        assert run.ledger.values == looks
        assert run.value == min(point.value for point in run.trace)
    for i in (0, 2, 4):
        alone = minimize(make("sphere"), "random-search", Budget(20, 20.0), seed=i)
        assert (runs[i].ended, runs[i].value, runs[i].ledger.values) == ("budget", alone.value, 20)


@linux
def test_a_copy_that_it_leaves_ends_with_the_run_and_so_does_its_child(tmp_path):
    pids = tmp_path / "pid"
    runs, left = after_one_another(
        "leaves_a_copy", "random-search", leaves_a_copy={"pids": str(pids)}
    )
    assert [run.ended for run in runs] == ["converged", "budget"]
    assert left == []
    assert not alive(noted(pids))
    assert not alive(noted(tmp_path / "pid.child"))


def test_a_copy_does_not_hide_that_the_worker_died(tmp_path):
    """It would hold the worker's pipe open, and the run would seem to hang until its time is up."""
    pids = tmp_path / "pid"
    runs, _ = after_one_another(
        "forks_and_dies", "random-search", forks_and_dies={"pids": str(pids)}
    )
    assert [run.ended for run in runs] == ["killed", "budget"]
    assert len(runs[0].trace) == 1
    assert not alive(noted(pids))


def test_a_comparison_with_a_method_that_forks_has_each_run_once(tmp_path):
    methods = METHODS.expand([f"{FORKERS}:forks", "random-search"])
    grid = Grid(methods, [PROBLEMS.entry("sphere")], seeds=4, budget=Budget(20, 20.0))
    with Store(tmp_path / "results.sqlite") as store:
        done = compare(grid, store, jobs=2)
        assert (done.made, len(done.runs), len(store.keys())) == (8, 8, 8)
    assert {(run.ended, run.ledger.values) for run in done.runs} == {("budget", 20)}
    honest = {seed: minimize(make("sphere"), "random-search", 20, seed=seed) for seed in range(4)}
    for run in done.runs:
        if run.method == "random-search":
            assert run.value == honest[run.seed].value


# ------------------------------------------------------------------- ending children


@linux
def test_children_are_told_and_ended_but_those_that_were_there_before():
    before, after = (subprocess.Popen(["sleep", "1000"]) for _ in range(2))
    try:
        assert {before.pid, after.pid} <= set(children(os.getpid()))
        end_children([pid for pid in children(os.getpid()) if pid != after.pid])
        assert alive(before.pid)
        assert not alive(after.pid)
        assert after.wait() in (0, -9)  # it has been waited for
    finally:
        before.kill()
        before.wait()


def test_a_process_that_has_ended_has_no_children():
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert children(ended.pid) == []


@pytest.fixture
def family():
    """A process and its child, and the processes that were there before."""
    before = children(os.getpid())
    parent = subprocess.Popen(["sh", "-c", "sleep 1000 & wait"])
    (child,) = wait_for(lambda: children(parent.pid))
    yield parent, child, before
    parent.kill()
    parent.wait()


@linux
def test_a_childs_children_end_with_it(family):
    parent, child, before = family
    end_children(before)
    assert not alive(parent.pid)
    wait_for(lambda: not alive(child))


@linux
def test_of_a_helper_only_the_children_end(family, monkeypatch):
    """As of the server of `multiprocessing` that forks: the next run would miss it."""
    parent, child, before = family
    monkeypatch.setattr(descendants, "_helpers", lambda: {parent.pid})
    end_children(before)
    wait_for(lambda: not alive(child))
    assert parent.wait() == 0  # it went on, to its own end


@linux
def test_the_helpers_of_multiprocessing_are_known(monkeypatch):
    resource_tracker = pytest.importorskip("multiprocessing.resource_tracker")
    monkeypatch.setattr(resource_tracker._resource_tracker, "_pid", 12345)
    assert 12345 in descendants._helpers()
