"""BBOB through ioh: the same values, the published optimum, and a clear way to install it."""

from __future__ import annotations

import sys

import numpy as np
import pytest

import problems
from methods import minimize
from problems import Budget


@pytest.fixture
def ioh():
    return pytest.importorskip("ioh")


@pytest.mark.parametrize("function", range(1, 25))
@pytest.mark.parametrize("instance", [0, 4])
def test_values_are_those_of_ioh(ioh, function, instance):
    problem = problems.make("bbob", function=function, dimension=3, instance=instance)
    direct = ioh.get_problem(
        function, instance=instance + 1, dimension=3, problem_class=ioh.ProblemClass.BBOB
    )
    points = problem.space.sample(np.random.default_rng(0), 200)
    expected = np.array([direct(x) for x in points])
    assert problem.values(points).tolist() == expected.tolist()
    reference = problem.reference
    assert reference.value == direct.optimum.y
    assert problem.value(problem.reference_point) == pytest.approx(reference.value, abs=1e-12)
    assert reference.slack == pytest.approx(1e-8)
    assert reference.proven
    assert expected.min() >= reference.value


def test_title_names_function_and_instance(ioh):
    title = problems.make("bbob", function=8, instance=2).title
    assert title == "f8 Rosenbrock, 5-D, BBOB instance 3"


def test_solved_means_within_the_target_precision(ioh):
    problem = problems.make("bbob", function=1, dimension=2)
    value, found = problem.reference.value, problem.reference_point
    assert problem.value(found + 5e-5) <= value + problem.reference.slack
    assert problem.value(found + 2e-4) > value + problem.reference.slack


def test_a_method_runs_on_it(ioh):
    run = minimize(problems.make("bbob", function=20), "random-search", Budget(200))
    assert run.ledger.values == 200


@pytest.mark.parametrize(
    "options", [{"function": 0}, {"function": 25}, {"dimension": 1}, {"dimension": 101}]
)
def test_bad_options(options, ioh):
    name, value = next(iter(options.items()))
    with pytest.raises(ValueError, match=f"{name}={value}: expected"):
        problems.make("bbob", **options)


def test_missing_ioh_says_what_to_type(monkeypatch):
    monkeypatch.setitem(sys.modules, "ioh", None)
    with pytest.raises(ImportError, match=r"pip install -e '.\[ioh\]'"):
        problems.make("bbob")
