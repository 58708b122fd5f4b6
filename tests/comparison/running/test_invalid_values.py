"""What is no number is counted, never the best and never written, and harms no other run."""

from __future__ import annotations

import json
import math
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

import comparison
import runner
from comparison.results.store import Store
from comparison.running.grid import Grid, compare
from comparison.running.pool import Pool
from methods import METHODS, minimize
from problems import PROBLEMS, Box, Budget, from_function, make
from tests.comparison.examples import preflight, task
from tests.comparison.running.bad_values import (
    EVERYWHERE,
    SEVERAL,
    SINGLE,
    Constrained,
    Value,
    Values,
)

FILE = Path(__file__).with_name("bad_values.py")


def looks_at_each(oracle, rng):
    """Look at points of the whole space, one by one."""
    for x in oracle.start(1000):
        oracle.value(x)


#: Points by themselves and in batches, all over the space; and three that choose them.
OVER_ALL = [looks_at_each, "random-search"]
METHODS_THAT_LOOK = [*OVER_ALL, "hill-climb", "nelder-mead", "differential-evolution"]

everywhere = pytest.mark.parametrize("beyond", [EVERYWHERE, 0.0], ids=["everywhere", "some"])


def check(run, problem, beyond, over_all):
    """Check that a run counted what is no number and that its result is one."""
    assert run.ended in ("nan", "budget", "converged"), run.message
    assert run.ledger.invalid > 0 or not (over_all or beyond == EVERYWHERE)
    numbers = [run.value, run.last, run.score, *(point.value for point in run.trace)]
    assert all(number is None or math.isfinite(number) for number in numbers)
    if beyond == EVERYWHERE:
        assert (run.value, run.x, run.trace) == (None, None, [])
        assert run.failed
    elif over_all or run.value is not None:
        assert run.x[0] <= beyond
        assert run.value == problem.right(run.x[None])[0] >= 0


@everywhere
@pytest.mark.parametrize("method", METHODS_THAT_LOOK)
@pytest.mark.parametrize("kind", SINGLE)
@pytest.mark.parametrize("kind_of_problem", [Value, Constrained])
def test_a_value_that_is_no_number(kind_of_problem, kind, method, beyond):
    problem = kind_of_problem(kind=kind, beyond=beyond)
    run = minimize(problem, method, Budget(40, 20.0))
    check(run, problem, beyond, method in OVER_ALL)


@everywhere
@pytest.mark.parametrize("method", METHODS_THAT_LOOK)
@pytest.mark.parametrize("kind", SEVERAL)
def test_values_that_are_no_numbers(kind, method, beyond):
    problem = Values(kind=kind, beyond=beyond)
    run = minimize(problem, method, Budget(40, 20.0))
    # A batch with one point beyond is wrong as a whole.
    check(run, problem, beyond, method is looks_at_each)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_of_a_batch_that_is_wrong_in_part_the_rest_counts(wrong):
    problem = from_function(
        lambda points: np.where(points[:, 0] > 0, wrong, np.abs(points).sum(axis=1)),
        Box(-1, 1, 3),
        vectorised=True,
    )
    run = minimize(problem, "random-search", Budget(40, 20.0))
    assert 0 < run.ledger.invalid < 40
    assert run.value == np.abs(run.x).sum() == min(point.value for point in run.trace)
    assert run.x[0] <= 0


def refuse(constant):
    raise AssertionError(f"{constant} is no JSON")


def test_in_a_comparison_they_harm_no_other_run_and_no_file_has_a_number_that_is_none(tmp_path):
    problems = [f"{FILE}:{name}" for name in ("Value", "Values", "Constrained")]
    kinds = ["complex", "none", "text", "nan", "inf", "minus-inf", "nothing"]
    path, spoilt = tmp_path / "results.sqlite", 0
    with Store(path) as store:
        for kind in kinds:
            plan = Grid(
                METHODS.expand(["hill-climb", "random-search"]),
                PROBLEMS.expand([*problems, "sphere"]),
                seeds=1,
                budget=Budget(20, 20.0),
                options={f"{FILE.name}:{p.rpartition(':')[2]}": {"kind": kind} for p in problems},
            )
            done = compare(plan, store)
            assert len(done.runs) == 8
            for run in done.runs:
                if run.problem == "sphere":
                    alone = minimize(make("sphere"), run.method, Budget(20, 20.0))
                    assert (run.ended, run.value) == ("budget", alone.value)
                else:
                    spoilt += 1
                    assert run.ended == "nan"
                    assert (run.value, run.score, run.random_value) == (None, None, None)
                    assert run.trace == []
    assert spoilt == 6 * len(kinds)
    with closing(sqlite3.connect(path)) as database:
        for (record,) in database.execute("SELECT run FROM runs"):
            json.loads(record, parse_constant=refuse)
    for run, trace in comparison.load(path).traces():
        assert np.isfinite(trace["value"]).all()
        assert len(trace) == 0 or run.problem == "sphere"


# ------------------------------------------------ what a problem says of itself


@pytest.fixture
def said(tmp_path, capfd, monkeypatch):
    """Run a method on a problem that says something odd; return code, output and the run."""
    monkeypatch.chdir(tmp_path)

    def called(kind, form="table"):
        options = ("--option", f"{FILE}:Odd.kind={kind}", "--budget", "5", "--seeds", "1")
        command = ("random-search", "--problem", f"{FILE}:Odd", *options, "--format", form)
        code = runner.main([*command, "--results", "results.sqlite"])
        with closing(sqlite3.connect("results.sqlite")) as database:
            ((record,),) = database.execute("SELECT run FROM runs").fetchall()
        return code, *capfd.readouterr(), json.loads(record, parse_constant=refuse)

    return called


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("infinite-reference", "what it gave cannot be stored"),
        ("nan-tokens", "what it gave cannot be stored"),
        ("nan-description", "what it gave cannot be stored"),
        ("text-score", "TypeError"),
        ("no-score", "TypeError"),
        ("complex-score", "TypeError"),
    ],
)
def test_what_cannot_be_stored_is_the_runs_error(said, kind, message):
    code, _, err, run = said(kind)
    assert code == 1
    assert err.startswith(
        "runner.py: random-search on bad_values.py:Odd, instance 0, seed 0: error"
    )
    assert err.count("\n") == 1
    assert run["ended"] == "error"
    assert message in run["message"]
    assert run["score"] is None


@pytest.mark.parametrize("form", ["table", "markdown"])
@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("nan-anchor", "greedy nan"),
        ("infinite-anchor", "greedy inf"),
        ("text-anchor", "greedy unknown"),
        ("no-anchor", "greedy —"),
        ("complex-anchor", "greedy 1j"),
    ],
)
def test_an_anchor_that_is_no_number_is_shown_as_text(said, kind, shown, form):
    code, out, err, run = said(kind, form)
    assert (code, err) == (0, "")
    assert f"to compare: {shown}" in out
    assert run["value"] is not None


def test_a_score_that_is_not_finite_is_none(said):
    code, _, err, run = said("infinite-score")
    assert (code, err, run["score"]) == (0, "", None)
    assert run["value"] is not None


def test_a_worker_whose_run_could_not_be_stored_serves_on():
    cells = [(f"{FILE}:Odd", {"kind": "nan-tokens"}), ("sphere", {}), (f"{FILE}:Odd", {})]
    tasks = [task("hill-climb", problem, problem_options=options) for problem, options in cells]
    with Pool(1) as pool:
        found = [(each, preflight("hill-climb", each.problem)) for each in tasks]
        ended = [run.ended for _, run in pool.run(found)]
        assert len(pool._idle) == 1
    assert ended == ["error", "budget", "budget"]
