"""Every way in which a linear model ends, in the same words from every solver."""

from __future__ import annotations

import numpy as np
import pulp
import pytest

from methods import minimize
from problems import Box, LinearModel, Problem
from tests.methods.test_certificates import SOLVERS


class Written(Problem):
    """Worth 0 everywhere; its model is the program that `write` returns."""

    def __init__(self, write, **told):
        self.space = Box(-9, 9, 1, integral=True)
        self._write, self._told = write, told

    def value(self, x):
        return 0.0

    def linear_model(self):
        return LinearModel(self._write(), lambda found: np.array([0]), **self._told)


def program(objective, *rows):
    made = pulp.LpProblem("written", pulp.LpMinimize)
    if objective is not None:
        made += objective
    for row in rows:
        made += row
    return made


def whole(name="x", low=0, high=3):
    return pulp.LpVariable(name, low, high, "Integer")


def real(name="x", low=0, high=3):
    return pulp.LpVariable(name, low, high)


def unbounded(kind):
    x, y = kind("x", high=None), kind("y", high=None)
    return program(x - 2 * y, y <= x)


def unbounded_but_infeasible():
    x, y, z = whole("x", high=None), whole("y", high=1), whole("z", high=1)
    return program(-x, 2 * y + 2 * z == 1)


def without_variables():
    x = whole()
    return program(x, pulp.LpAffineExpression(x - x) >= 1)


ENDS = {
    "empty": (lambda: program(0), "optimal"),
    "constant": (lambda: program(0, whole() >= 1), "optimal"),
    "constant, of reals": (lambda: program(0, real() >= 1), "optimal"),
    "no rows": (lambda: program(whole()), "optimal"),
    "no rows, of reals": (lambda: program(real()), "optimal"),
    "a row of zeros": (lambda: program(whole(), 0 * whole("y") <= 1), "optimal"),
    "unbounded": (lambda: unbounded(whole), "Unbounded"),
    "unbounded, of reals": (lambda: unbounded(real), "Unbounded"),
    "unbounded without rows": (lambda: program(whole(low=None)), "Unbounded"),
    "infeasible": (lambda: program(whole(), whole("y") + whole("z") >= 7), "Infeasible"),
    "infeasible, of reals": (lambda: program(real(), real("y") >= 4), "Infeasible"),
    "no whole number": (lambda: program(whole(), 2 * whole("y") == 3), "Infeasible"),
    "no whole number in bounds": (lambda: program(whole(low=0.2, high=0.8)), "Infeasible"),
    "bounds that exclude each other": (lambda: program(whole(low=3, high=1)), "Infeasible"),
    "a row without variables": (without_variables, "Infeasible"),
    "unbounded but infeasible": (unbounded_but_infeasible, "Infeasible"),
}


@SOLVERS
@pytest.mark.parametrize("name", ENDS)
def test_each_has_one_end(name, method, options):
    write, end = ENDS[name]
    run = minimize(Written(write), method, 0, **options)
    if end == "optimal":
        assert (run.ended, run.message, run.value, run.bound) == ("optimal", "", 0.0, 0.0)
    else:
        solver = {"highs": "HiGHS", "cbc": "CBC"}.get(options.get("solver"), "milp")
        assert (run.ended, run.message) == ("error", f"RuntimeError: {solver}: {end}")
        assert not run.certified


@SOLVERS
def test_a_constant_is_the_value(method, options):
    run = minimize(Written(lambda: program(7), offset=-7.0), method, 0, **options)
    assert (run.ended, run.value, run.bound) == ("optimal", 0.0, 0.0)


@SOLVERS
@pytest.mark.parametrize("rows", [[], [whole() >= 1]], ids=["empty", "a row"])
def test_a_missing_objective_is_refused(rows, method, options):
    with pytest.raises(ValueError, match="the linear model's program has no objective"):
        minimize(Written(lambda: program(None, *rows)), method, 0, **options)


@SOLVERS
def test_special_ordered_sets_are_refused(method, options):
    def write():
        x = whole()
        made = program(x, x >= 0)
        made.sos1["one"] = {x: 1}
        return made

    run = minimize(Written(write), method, 0, **options)
    assert run.message == (
        "ValueError: the linear model has special ordered sets: write them as constraints"
    )


@SOLVERS
def test_constraints_of_one_name_may_be_added(method, options):
    """What `separate` returns has names of its own choice, or the same each time."""
    x, y = whole("x"), whole("y")

    def separate(found):
        limits = [(x, 1.0), (y, 1.0)]
        cuts = [v >= low for v, low in limits if found[v] < low][:1]
        for cut in cuts:
            cut.name = "cut"
        return cuts

    problem = Written(lambda: program(x + y), separate=separate, offset=-2.0)
    run = minimize(problem, method, 0, **options)
    assert (run.ended, run.value, run.bound) == ("optimal", 0.0, 0.0)


@SOLVERS
def test_a_separation_may_be_a_generator_or_return_nothing(method, options):
    x = whole("x")
    told = {
        "a generator": lambda found: (cut for cut in [x >= 2] if found[x] < 2),
        "nothing": lambda found: None if found[x] >= 2 else (x >= 2,),
    }
    for separate in told.values():
        problem = Written(lambda: program(x), separate=separate, offset=-2.0)
        run = minimize(problem, method, 0, **options)
        assert (run.ended, run.value, run.bound) == ("optimal", 0.0, 0.0)


@SOLVERS
@pytest.mark.parametrize(
    ("returned", "reason"),
    [
        (lambda x: [x >= 0], "which the solution does not violate: expected constraints"),
        (lambda x: [x >= -1], "which the solution does not violate: expected constraints"),
        (lambda x: [x - 4], "expected a pulp.LpConstraint, such as x + y <= 4"),
        (lambda x: [True], "separate returned True of type bool among its constraints"),
        (lambda x: 5, "separate returned 5 of type int: expected a list of constraints"),
    ],
)
def test_a_separation_that_would_go_on_for_ever_is_refused(returned, reason, method, options):
    x = whole("x")
    problem = Written(lambda: program(x), separate=lambda found: returned(x))
    run = minimize(problem, method, 0, seconds=60, **options)
    assert run.ended == "error"
    assert reason in run.message
    assert not run.certified


@SOLVERS
def test_a_constraint_that_is_met_within_the_solvers_tolerance_is_met(method, options):
    x = real("x")

    def separate(found):
        return [x >= 1 + 1e-9] if found[x] < 1 + 1e-9 else []

    problem = Written(lambda: program(x, x >= 1), separate=separate, offset=-1.0)
    assert minimize(problem, method, 0, seconds=60, **options).ended == "optimal"


@SOLVERS
@pytest.mark.parametrize(
    ("write", "reason"),
    [
        (lambda: program(whole(low=1e30, high=None)), "variable x has the bound 1e+30: expected"),
        (lambda: program(whole(high=1e20)), "variable x has the bound 1e+20: expected"),
        (lambda: program(whole(), real("y", high=None) >= 1e21), "has the limit 1e+21"),
    ],
)
def test_numbers_that_solvers_take_for_infinite_are_refused(write, reason, method, options):
    run = minimize(Written(write), method, 0, **options)
    assert run.ended == "error"
    assert reason in run.message


@SOLVERS
@pytest.mark.parametrize("returned", [None, pulp.LpProblem("p"), 5], ids=lambda r: type(r).__name__)
def test_what_is_no_linear_model_is_told_so(returned, method, options):
    class Odd(Written):
        def linear_model(self):
            return returned

    run = minimize(Odd(None), method, 0, **options)
    assert run.message.startswith("TypeError: linear_model returned ")
    assert f"of type {type(returned).__name__}: expected a LinearModel" in run.message
