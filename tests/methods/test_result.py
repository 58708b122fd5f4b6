"""What one run found, as it is printed, copied and compared."""

from __future__ import annotations

import copy
import pickle
import re

import numpy as np
import pytest

import problems
from methods import Run, minimize
from problems import Ledger, Reference
from tests.methods.examples import OneMax, bowl, one_look


def test_the_printed_run_shows_value_reference_and_gap():
    problem = bowl(reference=Reference(-1.5, "best published", "a paper"), name="bowl")
    run = minimize(problem, lambda oracle, rng: oracle.value([1, 2]), 10, seed=4)
    shown = dict(re.findall(r"^ *([\w-]+): (.*)$", str(run), re.MULTILINE))
    assert shown["value"] == "5"
    assert shown["reference"] == "-1.5 (best published, gap 6.5)"
    assert shown["problem"] == "bowl"
    assert shown["seed"] == "4, instance 0"
    assert shown["ended"] == "converged"
    assert shown["work"] == "1 of 10"
    assert shown["evaluated"] == "1 values, 0 gradients"
    assert shown["solution"] == "[1 2]"
    assert repr(run) == str(run)


def test_the_printed_run_leaves_out_what_there_is_not():
    shown = str(minimize(bowl(), lambda oracle, rng: None, 10))
    for label in ("value", "last", "held-out", "reference", "bound", "solution", "None"):
        assert f"{label}:" not in shown
    assert "None" not in shown


def test_the_printed_run_shows_a_value_of_zero():
    shown = str(minimize(bowl(), lambda oracle, rng: oracle.value([0, 0]), 10))
    assert "     value: 0\n" in shown


def test_the_printed_run_says_why_it_failed_and_names_its_options():
    def fails(oracle, rng, *, width: int = 3):
        one_look(oracle, rng)
        raise RuntimeError("out of ideas")

    shown = str(minimize(bowl(), fails, 10))
    assert "ended: error: RuntimeError: out of ideas\n" in shown
    assert "method: fails (width=3)\n" in shown


@pytest.mark.parametrize("named", [True, False], ids=["made", "a user's own"])
@pytest.mark.parametrize(
    "duplicate",
    [copy.deepcopy, lambda run: pickle.loads(pickle.dumps(run))],
    ids=["copied", "pickled"],
)
def test_a_run_can_be_copied_and_pickled(duplicate, named):
    problem = problems.make("knapsack", items=6) if named else OneMax(6)
    run = minimize(problem, "hill-climb", 20)
    again = duplicate(run)
    assert str(again) == str(run)
    np.testing.assert_array_equal(again.x, run.x)


def test_runs_can_be_compared():
    first, again, other = (minimize(OneMax(6), "hill-climb", 20, seed=s) for s in (0, 0, 1))
    assert (first == first) is True
    assert (first == other) is False
    assert (first == again) in (True, False)  # their times differ


def test_an_empty_run_has_an_empty_ledger_of_its_own():
    one, other = Run("m", "p"), Run("m", "p")
    assert one.ledger == Ledger()
    one.trace.append("a point")
    assert other.trace == []
