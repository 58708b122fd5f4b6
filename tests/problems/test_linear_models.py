"""Every linear model beside its problem: `write` inverts `read`, and both agree on every x."""

from __future__ import annotations

import numpy as np
import pulp
import pytest

from problems import PROBLEMS, make
from problems.core.linear_model import Solution
from problems.core.problem import has_view

MARKOV, SHORT = "markov:length=3000,symbols=6", "markov:length=1000,symbols=6"

#: A small instance of every problem with a linear model.
SMALL = {
    "knapsack": {"items": 12},
    "set-cover": {"rows": 12, "columns": 20},
    "max-cut": {"nodes": 10, "weights": "signs"},
    "max-sat": {"variables": 10},
    "graph-colouring": {"nodes": 9, "colours": 3},
    "travelling-salesman": {"cities": 7},
    "quadratic-assignment": {"facilities": 4},
    "job-shop": {"jobs": 3, "machines": 3},
    "nk-landscape": {"n": 8, "k": 2},
    "leading-ones": {"n": 8},
    "onemax": {"n": 8},
    "next-token-ternary": {"corpus": MARKOV, "alphabet": "characters", "bits": 2},
    # Nothing is held out, as an instance's source may write few words.
    "next-token-vocabulary": {"corpus": SHORT, "held_out": 0, "size": 4, "candidates": 12},
    "next-token-decode": {"corpus": MARKOV, "length": 4},
    "rounding": {"weights": 5, "states": 20},
}
INSTALLED = [name for name in SMALL if not PROBLEMS.entry(name).missing]

#: Where the program knows one of several x that are the same solution: the sides of a
#: cut, the names of colours, the two ways round a tour, turns that change no start.
ALIKE = {"max-cut", "graph-colouring", "travelling-salesman", "job-shop"}


def feasible(problem, n):
    """Draw `n` random members that violate no constraint."""
    rng = np.random.default_rng(7)
    found = []
    while len(found) < n:
        points = problem.space.sample(rng, 50)
        if problem.name == "knapsack":  # hardly any draw fits
            points *= problem.space.sample(rng, 50) * problem.space.sample(rng, 50)
        found += [x for x in points if (problem.constraints(x) <= 0).all()]
    return found[:n]


def completed(model, start):
    """Fix what `start` says and solve for the rest; return the solution."""
    for variable in model.program.variables():
        if variable in start:
            given = start[variable]
            assert (variable.lowBound or 0) <= given
            assert variable.upBound is None or given <= variable.upBound
            variable.lowBound = variable.upBound = given
        else:
            assert variable.cat == pulp.LpContinuous, f"{variable.name} is left open"
    solver = pulp.HiGHS(msg=False)
    solver.actualSolve(model.program)
    assert pulp.LpStatus[model.program.status] == "Optimal"
    variables = model.program.variables()
    return Solution(variables, [v.value() for v in variables])


def test_every_problem_with_a_linear_model_is_here():
    entries = [PROBLEMS.entry(name) for name in PROBLEMS.names()]
    available = [e for e in entries if not e.missing]
    assert {e.name for e in available if has_view(e.load(), "linear_model")} == {*INSTALLED}


@pytest.mark.parametrize("instance", [0, 1])
@pytest.mark.parametrize("name", INSTALLED)
def test_a_solution_that_is_written_is_read_again_at_the_same_value(name, instance):
    problem = make(name, instance=instance, **SMALL[name])
    for x in feasible(problem, 4):
        model = problem.linear_model()
        assert model.write is not None
        start = model.write(x)
        values = completed(model, start)
        if model.separate is not None:
            assert model.separate(values) == []
        objective = pulp.value(model.program.objective)
        assert model.offset + model.unit * objective == pytest.approx(problem.value(x), abs=1e-6)
        again = model.read(values)
        assert again in problem.space
        assert problem.value(again) == pytest.approx(problem.value(x), abs=1e-12)
        if name == "next-token-vocabulary":
            assert again.tolist() == sorted(x.tolist())
        elif name not in ALIKE:
            assert again.tolist() == x.tolist()


@pytest.mark.parametrize("name", sorted(ALIKE))
def test_what_is_read_is_written_and_read_as_it_was(name):
    """Of solutions that stand for each other the program knows one, and keeps to it."""
    problem = make(name, **SMALL[name])
    for x in feasible(problem, 4):
        model, again = problem.linear_model(), problem.linear_model()
        known = model.read(completed(model, model.write(x)))
        assert again.read(completed(again, again.write(known))).tolist() == known.tolist()
