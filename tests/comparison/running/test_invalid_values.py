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
from comparison.running.comparison import compare
from comparison.running.grid import Grid
from comparison.running.pool import Pool
from methods import METHODS, minimize
from problems import PROBLEMS, Box, Budget, from_function, make
from tests.comparison.examples import planned
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
        ("no-reference", "reference is 5.0: expected a Reference or None"),
        ("raising-reference", "reference raises OSError: no such table"),
        ("nan-description", "describe is nan, a float: expected text"),
        ("raising-description", "describe raises KeyError: 'x'"),
        ("text-score", "score is '0.5', a str: expected a number"),
        ("no-score", "score is None, a NoneType: expected a number"),
        ("complex-score", "score is 1j, a complex: expected a number"),
        ("array-score", "score is array([0.5]), a ndarray: expected a number"),
        ("raising-score", "score raises ZeroDivisionError: division by zero"),
        ("raising-measures", "measures raises ZeroDivisionError: division by zero"),
        ("listed-measures", "measures is [0.5], a list: expected a dictionary"),
        ("text-measure", "measures['drift'] is '0.5', a str: expected a number"),
        (
            "numbered-measure",
            "a name in measures is 1, a int: expected text of 1 to 40 printable characters",
        ),
    ],
)
def test_what_is_no_answer_is_told_and_the_result_kept(said, kind, message):
    code, _, err, run = said(kind)
    assert code == 1
    assert err.count("\n") == 1
    assert "bad_values.py:Odd, instance 0" in err
    assert message in err
    assert (run["ended"], run["message"]) == ("error", message)
    assert run["value"] is not None
    assert len(run["x"]) == 3
    assert run["ledger"]["values"] == 5


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("raising-title", "title raises RuntimeError: no title"),
        ("raising-anchors", "anchors raises RuntimeError: no anchors"),
        ("listed-anchors", "anchors is ['greedy', 1.0], a list: expected a dictionary"),
    ],
)
def test_a_heading_that_cannot_be_had_is_told_before_any_run(kind, message, call):
    options = ("--option", f"{FILE}:Headless.kind={kind}", "--budget", "5", "--seeds", "1")
    code, out, err = call("random-search", "--problem", f"{FILE}:Headless", *options)
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
    alone = minimize(make(f"{FILE}:Headless", kind=kind), "random-search", Budget(5, 20.0))
    assert (alone.ended, alone.ledger.values) == ("error", 5)
    assert alone.value is not None
    assert alone.message == message


@pytest.mark.parametrize(
    ("name", "kind", "why"),
    [
        ("Value", "one-in-an-array", "the last an array of shape (1,)"),
        ("Value", "text", "the last of type str"),
        ("Values", "a-column", "the last an array of float64, shape (n, 1) for n points"),
        ("Values", "texts", "the last an array of <U2, shape (n) for n points"),
        ("Constrained", "one-in-an-array", "the last an array of shape (1,)"),
    ],
)
def test_a_run_says_what_it_was_given_in_place_of_a_number(name, kind, why):
    run = minimize(make(f"{FILE}:{name}", kind=kind), "random-search", Budget(5, 20.0), batch=5)
    assert (run.ended, run.value) == ("nan", None)
    assert run.message == f"5 evaluations gave no finite number, {why}"


@pytest.mark.parametrize(("kind", "message"), [("nan-tokens", "what it gave cannot be stored")])
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


@pytest.mark.parametrize("form", ["table", "markdown", "csv"])
def test_a_measure_that_is_nan_is_missing(said, form):
    code, out, err, run = said("nan-measure", form)
    assert (code, err, run["measures"]) == (0, "", {"drift": None, "norm": 2.0})
    # Only data have a column with nothing in it.
    assert ("drift" in out.partition("\n")[0], "drift" in out) == (2 * (form == "csv",))
    assert "norm" in out


def test_after_a_run_that_could_not_be_stored_others_are_made():
    cells = [(f"{FILE}:Odd", {"kind": "nan-tokens"}), ("sphere", {}), (f"{FILE}:Odd", {})]
    runs = [planned("hill-climb", problem, problem_options=of) for problem, of in cells]
    with Pool(1) as pool:
        ended = [run.ended for _, run in pool.run(runs)]
    assert ended == ["error", "budget", "budget"]
