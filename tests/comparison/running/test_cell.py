"""What makes two planned runs the same, and what a cell says of its runs."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from comparison.running import cell as module
from comparison.running.cell import PlannedRun
from methods.result import Facts, Run
from problems import Budget
from tests.comparison.examples import cell, planned, task

CELL = cell(task("genetic"))
PLANNED = PlannedRun(CELL)


def limited(*limits):
    return replace(CELL, task=task("genetic", budget=Budget(*limits)))


def test_the_key_of_a_run_never_changes(monkeypatch):
    """Stored runs would be made again: this one was computed by the code of an earlier version."""
    monkeypatch.setattr(module, "own_version", lambda: "1")
    run = PlannedRun(CELL)
    assert run.problem_key == "d9ee0200bf5c38161de5cf81"
    assert run.key == "5482950950e6c3491bab828b"


@pytest.mark.parametrize(
    "other",
    [
        PlannedRun(cell(task("adam"))),
        PlannedRun(replace(CELL, method=replace(CELL.method, options={"population": 51}))),
        PlannedRun(replace(CELL, method=replace(CELL.method, file="another file"))),
        PlannedRun(cell(task("genetic", "knapsack"))),
        PlannedRun(replace(CELL, problem=replace(CELL.problem, options={"dimension": 4}))),
        PlannedRun(replace(CELL, problem=replace(CELL.problem, fingerprint="another corpus"))),
        PlannedRun(replace(CELL, problem=replace(CELL.problem, file="another file"))),
        PlannedRun(CELL, instance=1),
        PlannedRun(CELL, seed=1),
        PlannedRun(limited(21, 20.0)),
        PlannedRun(limited(20, 21.0)),
        PlannedRun(limited(20, 20.0, 0.5)),
    ],
    ids=lambda value: "",
)
def test_whatever_changes_a_result_changes_the_key(other):
    assert other.key != PLANNED.key


def test_another_version_of_the_suite_changes_the_key(monkeypatch):
    before = PlannedRun(CELL).key
    monkeypatch.setattr(module, "own_version", lambda: "0")
    assert PlannedRun(CELL).key != before


@pytest.mark.parametrize(
    "other",
    [
        replace(CELL, task=task("ga")),
        replace(CELL, task=task("genetic", method_options={"population": "50"})),
        replace(CELL, problem=replace(CELL.problem, title="other", anchors={"a": 1.0})),
        replace(CELL, method=replace(CELL.method, arguments="pickled")),
        limited(20, 20),
    ],
    ids=["an alias", "an option spelled out", "a heading", "arguments", "whole numbers"],
)
def test_what_changes_no_result_leaves_the_key(other):
    assert PlannedRun(other).key == PLANNED.key


def test_the_order_in_which_options_are_given_does_not_matter():
    keys = {
        PlannedRun(replace(CELL, method=replace(CELL.method, options=options))).key
        for options in ({"a": 1, "b": 2}, {"b": 2, "a": 1})
    }
    assert len(keys) == 1


def test_all_methods_on_an_instance_share_its_problem_key():
    assert PLANNED.problem_key == PlannedRun(cell(task("adam"))).problem_key
    assert PLANNED.problem_key != PlannedRun(CELL, instance=1).problem_key


def test_a_planned_run_survives_its_request():
    sent = planned("ga", instance=2, seed=3, method_options={"population": "7"})
    received = PlannedRun.from_request(json.loads(json.dumps(sent.request())))
    assert (received.key, received.instance, received.seed) == (sent.key, 2, 3)
    assert received.cell.task == sent.cell.task
    assert received.cell.method.arguments == sent.cell.method.arguments != ""


def test_a_run_is_given_its_key_and_what_its_cell_says():
    made = PlannedRun(cell(task("genetic"), needs=["relaxation"], views=["relaxation"]))
    made = replace(made, cell=replace(made.cell, method=replace(made.cell.method, file="f")))
    run = made.identify(Run("genetic", "sphere", provenance={"cpu": "x"}), jobs="2")
    assert run.key == made.key
    assert run.provenance == {"cpu": "x", "method_file": "f", "jobs": "2"}
    assert run.facts == Facts(needs=("relaxation",), objective="distance", views=("relaxation",))
