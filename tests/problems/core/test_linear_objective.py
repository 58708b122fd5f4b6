"""The spacing of an objective's values, by hand and against all values that it has."""

from __future__ import annotations

import itertools

import numpy as np
import pulp
import pytest

from problems.core.linear_objective import as_fraction, common_divisor, linear_objective


def objective(weights, kinds="Integer", integral=None, constant=0.0, bounds=(0, 3)):
    kinds = [kinds] * len(weights) if isinstance(kinds, str) else kinds
    xs = [pulp.LpVariable(f"x{i}", *bounds, kind) for i, kind in enumerate(kinds)]
    program = pulp.LpProblem("p", pulp.LpMinimize)
    program += pulp.lpDot(weights, xs) + constant
    return linear_objective(program, integral)


@pytest.mark.parametrize(
    ("weights", "step"),
    [
        ([1, 2], 1.0),
        ([4, 6, 10], 2.0),
        ([1.5, 2.0, 3.5], 0.5),
        ([0.1, 0.25], 0.05),
        ([0.1 * 3, 0.7], 0.1),  # 0.1 × 3 is not 0.3 in floats
        ([1 / 3, 2 / 3, 1], 1 / 3),
        ([10**20, 3 * 10**20], 1e20),
        ([-7e9, 2e9], 1e9),
        ([0.0, 5], 5.0),
        ([1e-6, 3e-6], None),  # such a denominator is none that one would see in real numbers
        ([0.7231231231, 1], None),
        ([np.pi], None),
        ([1, 1 / 7919, 1 / 7907], None),  # their common divisor is 1.6e-8
    ],
)
def test_the_spacing_by_hand(weights, step):
    found = objective(weights)
    assert found.spaced == (step is not None)
    if step is not None:
        assert found.step == pytest.approx(step, rel=1e-15)
        counts = list(found.coefficients.values())
        assert all(count == round(count) for count in counts)
        assert [c * step for c in counts] == pytest.approx([w for w in weights if w])


@pytest.mark.parametrize("seed", range(20))
def test_all_values_lie_on_it_and_no_wider_spacing_would_do(seed):
    rng = np.random.default_rng(seed)
    weights = (rng.integers(-9, 10, 3) * rng.choice([1, 0.5, 1 / 3, 0.1, 12])).tolist()
    if not any(weights):
        return
    found = objective(weights, constant=0.3)
    points = itertools.product(range(4), repeat=3)
    steps = [float(np.dot(weights, x)) / found.step for x in points]
    np.testing.assert_allclose(steps, np.rint(steps), atol=1e-9)
    assert np.gcd.reduce(np.rint(steps).astype(int)) == 1
    assert found.constant == 0.3


def test_random_reals_have_none():
    rng = np.random.default_rng(0)
    assert all(common_divisor([weight]) is None for weight in rng.random(20_000))
    assert all(common_divisor(1e3 * rng.standard_normal(4)) is None for _ in range(5_000))
    assert not objective((1e9 * rng.standard_normal(4)).tolist()).spaced


def test_a_continuous_variable_has_none_unless_the_problem_vouches_for_it():
    kinds = ["Integer", "Continuous"]
    assert not objective([1, 1], kinds).spaced
    assert objective([4, 2], kinds, integral=True).step == 1.0
    assert objective([1, 0], kinds).spaced  # it is not in the objective
    assert not objective([1, 1], integral=False).spaced


def test_a_fixed_variable_belongs_to_the_constant():
    x, y = pulp.LpVariable("x", 0.25, 0.25), pulp.LpVariable("y", 0, 5, "Integer")
    program = pulp.LpProblem("p", pulp.LpMinimize)
    program += 3 * x + 2 * y + 1
    found = linear_objective(program, None)
    assert (found.spaced, found.step, found.constant) == (True, 2.0, 1.75)
    assert list(found.coefficients) == [y]


@pytest.mark.parametrize("scale", [1e-8, 1e12])
def test_without_one_coefficients_are_scaled_to_a_solvers_tolerance(scale):
    found = objective([0.7231231231 * scale, 0.1414141414 * scale])
    first, second = found.coefficients.values()
    assert 1 <= first < 16
    assert first / second == pytest.approx(0.7231231231 / 0.1414141414)
    assert found.step * first == pytest.approx(0.7231231231 * scale)
    assert found.unit == found.step


@pytest.mark.parametrize(
    ("penalty", "step"), [(1e3, 1.0), (1e6, 1.0), (1e7, 2.0**4), (1e9, 2.0**10)]
)
def test_penalties_leave_the_costs_as_fine_as_the_solvers_arithmetic_can(penalty, step):
    found = objective([0.7231231231, 0.1414141414, penalty])
    assert (found.unit, found.step, found.spaced) == (1.0, step, False)


@pytest.mark.parametrize(
    ("weights", "why"), [([1.5], r"x0 is 1\.5"), ([2, 1 / 3], r"x1 is 0\.333")], ids=str
)
def test_a_declaration_that_contradicts_a_coefficient_is_refused(weights, why):
    with pytest.raises(ValueError, match=f"integral=True, but the coefficient of {why}"):
        objective(weights, integral=True)


def test_a_program_without_an_objective_is_refused():
    with pytest.raises(ValueError, match="program has no objective: give it one, such as"):
        linear_objective(pulp.LpProblem("p", pulp.LpMinimize), None)


@pytest.mark.parametrize(
    ("number", "fraction"), [(3, (3, 1)), (-0.5, (-1, 2)), (0.1, (1, 10)), (1e300, (10**300, 1))]
)
def test_numbers_as_fractions(number, fraction):
    found = as_fraction(number)
    assert float(found) == float(fraction[0] / fraction[1])
