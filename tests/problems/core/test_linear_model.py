"""What a linear model says of bounds, and what a solution can be asked by."""

from __future__ import annotations

import math

import pulp
import pytest

from problems import LinearModel
from problems.core.linear_model import Solution, assigned


def model(weights, sense=pulp.LpMinimize, constant=0.0, **told):
    xs = [pulp.LpVariable(f"x{i}", 0, 9, "Integer") for i in range(len(weights))]
    program = pulp.LpProblem("p", sense)
    program += pulp.lpDot(weights, xs) + constant
    return LinearModel(program, dict, **told)


@pytest.mark.parametrize(
    ("told", "minimised", "bound"),
    [
        ({"weights": [1, 2]}, 3.2, 4.0),
        ({"weights": [1, 2]}, 3.0000000001, 3.0),
        ({"weights": [1.5, 2]}, 26.3, 13.5),  # 26.3 halves
        ({"weights": [1.5, 2], "constant": 0.25}, 26.3, 13.75),
        ({"weights": [1, 2], "unit": 0.1, "offset": 5.0}, 3.2, 5.4),
        ({"weights": [1, 2], "sense": pulp.LpMaximize, "unit": -1.0}, -7.5, -7.0),
        ({"weights": [1.7231231231]}, 3.2, 3.2),
        ({"weights": [0.7231231231]}, 3.2, 1.6),  # it is given in halves
        ({"weights": [1, 2], "integral": False}, 3.2, 3.2),
        ({"weights": [1]}, 3e7 + 0.4, 3e7 + 0.4),  # no solver is exact to a step of so many
    ],
    ids=str,
)
def test_a_bound_is_rounded_to_the_spacing_only(told, minimised, bound):
    assert model(**told).bound(minimised) == pytest.approx(bound, rel=1e-15)


def test_the_spacing_is_in_units_of_the_value():
    assert model([1.5, 2], unit=0.1).spacing == pytest.approx(0.05)
    assert model([0.7231231231]).spacing is None


@pytest.mark.parametrize(
    ("told", "value", "tolerance"),
    [
        ({"weights": [1]}, 10.0, 1e-5),
        ({"weights": [1]}, 1e6, 0.5),  # half of the spacing
        ({"weights": [1]}, 1e9, 1e3),  # of so many steps no solver can tell one
        ({"weights": [1], "unit": 1e-9}, 5e-9, 5e-15),
        ({"weights": [0.7231231231]}, 0.0, 0.5e-6),
        ({"weights": [0.7231231231], "unit": 1e-8}, 0.0, 0.5e-14),
        ({"weights": [0.7231231231, 1e9]}, 3.0, 3e-6),  # a penalty is no scale
        ({"weights": [0.7231231231], "offset": 100.0}, 102.0, 2e-6),
        ({"weights": [1], "offset": 1e17}, 1e17, 4 * math.ulp(1e17)),
    ],
    ids=str,
)
def test_how_far_a_proof_may_be_off(told, value, tolerance):
    assert model(**told).tolerance(value) == pytest.approx(tolerance)


def test_a_value_denies_only_what_was_declared():
    x, y = pulp.LpVariable("x", 0, 3, "Integer"), pulp.LpVariable("y", 0, 3)
    program = pulp.LpProblem("p", pulp.LpMinimize)
    program += 2 * x + y
    vouched = LinearModel(program, lambda found: found, offset=0.25, integral=True)
    assert vouched.denial(7.25) == ""
    assert "which the value 7.5 contradicts: it is no multiple of 1 away" in vouched.denial(7.5)
    assert LinearModel(program, lambda found: found).denial(7.5) == ""
    assert model([1, 2], integral=True).denial(7.5) == ""  # it is the model that is wrong


@pytest.mark.parametrize(
    ("penalty", "lowered"), [(1.5, 0.0), (1e6, 0.0), (1e7, 16e-6), (1e9, 1024e-6)]
)
def test_a_bound_is_lowered_where_a_solvers_arithmetic_is_no_proof(penalty, lowered):
    coarse = model([0.7231231231, penalty])
    assert coarse.bound(3.0 / coarse.objective.step) == pytest.approx(3.0 - lowered, abs=1e-12)
    costly = 3e4 / coarse.objective.step  # of so large a value the same is little enough
    assert coarse.bound(costly) == pytest.approx(3e4, abs=1e-12)


@pytest.mark.parametrize(
    ("sense", "unit", "verb"),
    [(pulp.LpMinimize, -1.0, "minimises"), (pulp.LpMaximize, 1.0, "maximises")],
)
def test_a_program_whose_best_is_the_problems_worst_is_refused(sense, unit, verb):
    with pytest.raises(ValueError, match=f"unit={unit:g} and a program that {verb}"):
        model([1], sense, unit=unit)


@pytest.mark.parametrize("name", ["unit", "offset"])
def test_numbers_that_are_none_are_refused(name):
    with pytest.raises(ValueError, match=f"linear model {name}=nan: expected a finite number"):
        model([1], **{name: math.nan})


# ------------------------------------------------------------------------ solutions


def variables(*names, kind="Integer"):
    return [pulp.LpVariable(name, 0, 9, kind) for name in names]


def test_a_solution_is_asked_by_variable_or_by_name():
    x, y = variables("x", "y")
    found = Solution([x, y], [1, 2])
    assert (found[x], found["x"], found[y], found["y"], len(found)) == (1, 1, 2, 2, 2)
    assert dict(found) == {"x": 1, "y": 2}
    assert "x" in found
    assert "z" not in found


@pytest.mark.filterwarnings("ignore:The name")
@pytest.mark.parametrize("name", ["a-b", "x[1]", "take it", "i->j", "+", "a/b", "ü$ *"])
def test_a_name_may_be_as_it_was_given(name):
    (x,) = variables(name)
    assert Solution([x], [3])[name] == 3
    assert Solution([x], [3])[x.name] == 3


def test_a_name_of_several_variables_is_refused_and_a_name_of_none_is_a_key_error():
    x, other, y = variables("x-1", "x_1", "y")
    found = Solution([x, other, y], [1, 2, 3])
    assert (found[x], found[other], found["y"]) == (1, 2, 3)
    for name in ("x-1", "x_1", "x+1"):
        with pytest.raises(ValueError, match="2 variables of the linear model are called"):
            found[name]
    with pytest.raises(KeyError, match="z: no variable of the linear model is called so"):
        found["z"]
    assert found.get("z", 7) == 7
    with pytest.raises(KeyError, match="3: expected a variable of the linear model, or its name"):
        found[3]


def test_whole_variables_have_whole_numbers():
    x, y = *variables("x"), *variables("y", kind="Continuous")
    found = Solution([x, y], [0.9999997, 0.9999997])
    assert (found[x], found[y]) == (1.0, 0.9999997)
    assert int(found[x]) == 1


def test_a_variable_on_which_nothing_depends_has_a_number_within_its_bounds():
    free, above = pulp.LpVariable("free"), pulp.LpVariable("above", 2, 5)
    below = pulp.LpVariable("below", -5, -2)
    found = Solution([], [])
    assert (found[free], found[above], found[below]) == (0, 2, -2)


def test_numbers_are_assigned_to_variables():
    x, other = variables("x", "x")
    assert assigned([x, other], [1, 2]) == {x: 1.0, other: 2.0}
