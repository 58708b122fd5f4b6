"""Tasks and runs as plain data, and what makes two runs the same."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import numpy as np
import pytest

from comparison.results.run_json import run_from_json, run_to_json
from comparison.running.task import Task, broken_run
from methods import minimize
from methods.provenance import versions
from problems import make
from problems.core.ledger import Budget, Ledger, TracePoint
from problems.core.reference import Reference
from tests.comparison.examples import preflight, run, task


def through_json(data):
    return json.loads(json.dumps(data, allow_nan=False))


@pytest.mark.parametrize("target", [None, 0.5])
def test_a_task_survives_json(target):
    sent = Task("genetic", "sphere", {"population": "7"}, {}, 2, 3, Budget(10, 1.5, target))
    assert Task.from_json(through_json(sent.to_json())) == sent


# ------------------------------------------------------------------------- keys

FOUND = preflight()
TASK = task()


@pytest.mark.parametrize(
    ("found", "made", "version"),
    [
        (replace(FOUND, method="adam"), TASK, "1"),
        (replace(FOUND, method_options={"population": 51}), TASK, "1"),
        (replace(FOUND, method_identity="another file"), TASK, "1"),
        (replace(FOUND, problem="knapsack"), TASK, "1"),
        (replace(FOUND, problem_options={"dimension": 4}), TASK, "1"),
        (replace(FOUND, problem_identity="another corpus"), TASK, "1"),
        (FOUND, replace(TASK, instance=1), "1"),
        (FOUND, replace(TASK, seed=1), "1"),
        (FOUND, replace(TASK, budget=Budget(21, 20.0)), "1"),
        (FOUND, replace(TASK, budget=Budget(20, 21.0)), "1"),
        (FOUND, replace(TASK, budget=Budget(20, 20.0, 0.5)), "1"),
        (FOUND, TASK, "2"),
    ],
    ids=lambda value: "",
)
def test_whatever_changes_a_result_changes_the_key(found, made, version):
    assert found.key(made, version) != FOUND.key(TASK, "1")


@pytest.mark.parametrize(
    ("found", "made"),
    [
        (FOUND, replace(TASK, method="ga")),
        (FOUND, replace(TASK, method_options={"population": "50"})),
        (replace(FOUND, title="another title", anchors={"a": 1.0}, objective="y"), TASK),
        (replace(FOUND, problem_options=dict(reversed(FOUND.problem_options.items()))), TASK),
    ],
    ids=["an alias", "an option spelled out", "a heading", "the order of options"],
)
def test_what_changes_no_result_leaves_the_key(found, made):
    assert found.key(made, "1") == FOUND.key(TASK, "1")


def test_the_order_in_which_options_are_given_does_not_matter():
    one, other = ({"a": 1, "b": 2}, {"b": 2, "a": 1})
    keys = {replace(FOUND, method_options=options).key(TASK, "1") for options in (one, other)}
    assert len(keys) == 1


def test_all_methods_on_an_instance_share_its_problem_key():
    assert FOUND.problem_key(0) == replace(FOUND, method="adam", method_options={}).problem_key(0)
    assert FOUND.problem_key(0) != FOUND.problem_key(1)


# ------------------------------------------------------------------------- runs


@pytest.mark.parametrize(
    "x",
    [
        None,
        np.array([1, -2, 3]),
        np.array([0.1, 1 / 3, 1e-300, -0.0]),
        np.array([2.0, 3.0]),
    ],
    ids=["nothing", "whole numbers", "reals", "reals that are whole"],
)
@pytest.mark.parametrize("reference", [None, Reference(0.5, "bound", "why", 1e-6)])
def test_a_run_survives_json(x, reference):
    trace = [TracePoint("value", 0.1, 1.0, 1, 0, 0.01, 0.02), TracePoint("bound", 0, 1, 1, 0, 0, 0)]
    made = run(x=x, reference=reference, trace=trace, last=0.7, bound=0.1, versions={"numpy": "2"})
    again = run_from_json(through_json(run_to_json(made)))
    assert asdict(replace(again, x=None)) == asdict(replace(made, x=None))
    if x is None:
        assert again.x is None
    else:
        assert again.x.dtype == x.dtype
        assert again.x.tobytes() == x.tobytes()


def test_a_real_run_survives_json():
    made = minimize(make("sphere", dimension=3), "gradient-descent", 30)
    again = run_from_json(through_json(run_to_json(made)))
    assert str(again) == str(made)
    assert again.trace == made.trace
    assert again.ledger == made.ledger


# ------------------------------------------------------------------ broken runs


def points(*kinds_and_values):
    return [
        (kind, value, 2.0 * i, i, 0, 0.1 * i, 0.2 * i)
        for i, (kind, value) in enumerate(kinds_and_values, start=1)
    ]


def test_a_broken_run_keeps_its_partial_curve():
    streamed = points(("value", 3.0), ("bound", -1.0), ("value", 2.0), ("bound", 0.5))
    made = broken_run(task(seed=3, instance=1), preflight(), "timeout", "hung", streamed)
    assert (made.value, made.bound, made.x) == (2.0, 0.5, None)
    assert (made.ended, made.message, made.failed) == ("timeout", "hung", True)
    assert (made.seed, made.instance, made.budget) == (3, 1, Budget(20, 20.0))
    assert [point.value for point in made.trace] == [3.0, -1.0, 2.0, 0.5]
    assert (made.ledger.work, made.ledger.values) == (8.0, 4)
    assert (made.ledger.cpu_seconds, made.ledger.wall_seconds) == (0.4, 0.8)


def test_a_run_broken_before_its_first_look_has_no_value():
    made = broken_run(task(), preflight(), "killed", "gone", [])
    assert (made.value, made.bound, made.trace) == (None, None, [])
    assert made.ledger == Ledger()


def test_a_broken_run_goes_by_its_canonical_names_and_resolved_options():
    made = broken_run(task("ga", method_options={}), preflight(), "killed", "gone", [])
    assert (made.method, made.method_options) == ("genetic", {"population": 50})


def test_a_broken_run_is_of_this_version_so_that_it_counts_with_the_others_of_its_method():
    made = broken_run(task(), preflight(), "killed", "gone", [])
    assert made.versions == versions()
    assert "beyond-gradient" in made.versions


def test_a_broken_run_that_paid_for_minibatches_only_keeps_the_best_measured_value():
    """As `Run.value` promises of a run that was not broken."""
    streamed = points(("measured", 3.0), ("measured", 2.0), ("measured", 2.5))
    made = broken_run(task(), preflight(), "timeout", "hung", streamed)
    assert (made.value, made.last) == (2.0, 2.5)


def test_a_measured_value_never_stands_for_an_exact_one():
    made = broken_run(
        task(), preflight(), "timeout", "hung", points(("value", 3.0), ("measured", 2.0))
    )
    assert made.value == 3.0


def test_a_budget_in_whole_numbers_is_the_same_run():
    limits = ((20, 3, 1), (20.0, 3.0, 1.0))
    one, other = (replace(TASK, budget=Budget(*each)) for each in limits)
    assert FOUND.key(one, "1") == FOUND.key(other, "1")
