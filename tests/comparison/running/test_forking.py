"""A method that starts processes: none reports twice, breaks the protocol or outlives its run."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from comparison.results.store import Store
from comparison.running.comparison import compare
from comparison.running.grid import Grid
from comparison.running.guard import children
from comparison.running.pool import Pool
from methods import METHODS, minimize
from problems import PROBLEMS, Budget, make
from tests.comparison.examples import alive, noted, planned

FORKERS = Path(__file__).with_name("forkers.py")

linux = pytest.mark.skipif(sys.platform != "linux", reason="children are told by /proc")


def after_one_another(*methods, **options):
    """Run the methods one after another and return the runs; nothing is left of them."""
    runs = [
        planned(
            f"{FORKERS}:{m}" if m != "random-search" else m,
            budget=Budget(20, 20.0),
            seed=i,
            method_options=options.get(m, {}),
        )
        for i, m in enumerate(methods)
    ]
    with Pool(1) as pool:
        made = [(each.seed, run) for each, run in pool.run(runs)]
        base = pool.launcher._base.process.pid
        (guard,) = [pid for pid in children(base) if alive(pid)]  # of the template
        (template,) = children(guard)
        (standing,) = [pid for pid in children(template) if alive(pid)]  # its guard is for the next
        assert children(standing) == []
    assert [seed for seed, _ in made] == list(range(len(runs)))  # each once, in order
    return [run for _, run in made]


@pytest.mark.parametrize(
    ("method", "ended", "evaluations", "options"),
    [
        ("forks", "budget", 20, {}),
        ("talks_in_a_copy", "converged", 1, {}),
        ("maps", "converged", 5, {"start": "fork"}),
        ("maps", "converged", 5, {"start": "spawn"}),
        ("maps", "converged", 5, {"start": "forkserver"}),
        ("reads_input", "converged", 1, {}),
    ],
)
def test_it_reports_once_and_the_others_are_what_they_are_without_it(
    method, ended, evaluations, options
):
    order = ("random-search", method, "random-search", method, "random-search")
    runs = after_one_another(*order, **{method: options})
    for run in (runs[1], runs[3]):
        assert (run.ended, run.message) == (ended, "")
        assert run.ledger.values == evaluations
        assert run.value == min(point.value for point in run.trace)
    for i in (0, 2, 4):
        alone = minimize(make("sphere"), "random-search", Budget(20, 20.0), seed=i)
        assert (runs[i].ended, runs[i].value, runs[i].ledger.values) == ("budget", alone.value, 20)


@linux
def test_a_copy_that_it_leaves_ends_with_the_run_and_so_does_its_child(tmp_path):
    pids = tmp_path / "pid"
    runs = after_one_another("leaves_a_copy", "random-search", leaves_a_copy={"pids": str(pids)})
    assert [run.ended for run in runs] == ["converged", "budget"]
    assert not alive(noted(pids))
    assert not alive(noted(tmp_path / "pid.child"))


def test_a_copy_does_not_hide_that_the_run_died(tmp_path):
    """It would hold the channel open, and the run would seem to hang until its time is up."""
    pids = tmp_path / "pid"
    runs = after_one_another("forks_and_dies", "random-search", forks_and_dies={"pids": str(pids)})
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


@linux
def test_a_daemon_of_a_run_ends_with_it(tmp_path):
    """It is in a session of its own, and its parent is gone: nothing but adoption finds it."""
    pids = tmp_path / "pid"
    runs = after_one_another(
        "leaves_a_daemon", "random-search", leaves_a_daemon={"pids": str(pids)}
    )
    assert [run.ended for run in runs] == ["converged", "budget"]
    assert not alive(noted(pids))
