"""Published points have their published values, and neither search nor descent beats them."""

from __future__ import annotations

import numpy as np
import pytest

from problems import Box
from problems.constrained.engineering import PressureVessel, SpeedReducer
from tests.problems.constrained.published import NAMES, make, polish, violation

#: By how much a published point may miss a limit: printed digits, most to 12, some to 7.
ROUNDING = {"speed-reducer": 1e-6, "tension-spring": 2e-11}
#: And its value the published one, as a share of it.
DIGITS = {"speed-reducer": 2e-7, "tension-spring": 1e-11}


@pytest.mark.parametrize("name", NAMES)
def test_the_published_point_is_feasible_and_has_the_published_value(name) -> None:
    problem = make(name)
    x = np.array(problem.best_point)
    assert x in problem.space
    assert violation(problem, x) <= ROUNDING.get(name, 1e-12)
    close = DIGITS.get(name, 1e-13)
    assert problem.value(x) == pytest.approx(problem.best_value, rel=close, abs=1e-14)


@pytest.mark.parametrize("name", NAMES)
def test_the_reference_is_the_published_value(name) -> None:
    problem = make(name)
    assert problem.reference is not None
    assert problem.reference.value == pytest.approx(problem.best_value, rel=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_no_random_feasible_point_is_better(name) -> None:
    problem = make(name)
    rng = np.random.default_rng(5)
    box = problem.space
    everywhere = box.sample(rng, 2000).astype(float)
    # Around the published point at all scales, whole variables too where they are large.
    scale = 10.0 ** rng.uniform(-8, -1, (3000, 1)) * (box.high - box.low)
    near = np.array(problem.best_point) + scale * rng.standard_normal((3000, box.dimension))
    points = np.concatenate([everywhere, box.decode(near).astype(float)])
    feasible = [x for x in points if (problem.constraints(x) <= 0).all()]
    lowest = problem.best_value - 1e-7 * max(1e-2, abs(problem.best_value))
    assert all(problem.value(x) >= lowest for x in feasible)
    reference = problem.reference
    assert reference is not None
    if reference.proven:
        assert all(problem.value(x) >= reference.value - reference.slack for x in feasible)


def _starts(problem, number: int) -> np.ndarray:
    """Draw starting points, with the whole variables of the published design."""
    starts = problem.space.sample(np.random.default_rng(1), number).astype(float)
    whole = problem.space.integral
    starts[:, whole] = np.array(problem.best_point)[whole]
    return starts


@pytest.mark.parametrize("name", [name for name in NAMES if name != "g02"])
def test_descent_from_random_points_reaches_the_published_value_and_no_better(name) -> None:
    problem = make(name)
    with np.errstate(all="ignore"):
        ends = [polish(problem, start) for start in _starts(problem, 25)]
    values = [problem.value(x) for x in ends if violation(problem, x) <= 1e-8]
    # SLSQP keeps constraints to about 1e-9; multipliers turn that into value.
    slack = 1e-7 * max(1e-2, abs(problem.best_value))
    assert min(values) == pytest.approx(problem.best_value, abs=slack)


def test_descent_around_the_published_point_of_g02_returns_to_it() -> None:
    # Its local optima are too many for a multistart of a few seconds.
    problem = make("g02")
    rng = np.random.default_rng(1)
    starts = np.array(problem.best_point) * (1 + 0.05 * rng.standard_normal((5, 20)))
    ends = [polish(problem, start) for start in [*starts, *_starts(problem, 5)]]
    values = [problem.value(x) for x in ends if violation(problem, x) <= 1e-9]
    assert min(values) == pytest.approx(problem.best_value, abs=1e-8)


def _best_of_variant(problem) -> float:
    ends = [polish(problem, start) for start in _starts(problem, 10)]
    return min(problem.value(x) for x in ends if violation(problem, x) <= 1e-8)


def test_variants_of_the_vessel_and_the_reducer_have_the_optima_their_docstrings_name() -> None:
    vessel = PressureVessel()
    vessel.space = Box(vessel.space.low, vessel.space.high)
    assert _best_of_variant(vessel) == pytest.approx(5885.3328, abs=1e-3)
    vessel.space = Box(vessel.space.low, [99, 99, 200, 240])
    assert _best_of_variant(vessel) == pytest.approx(5804.376, abs=1e-2)
    reducer = SpeedReducer()
    low = reducer.space.low.copy()
    low[4] = 7.3
    reducer.space = Box(low, reducer.space.high, integral=reducer.space.integral)
    assert _best_of_variant(reducer) == pytest.approx(2994.471066, abs=1e-5)


def test_the_exact_equalities_of_g05_cost_what_its_docstring_says() -> None:
    problem = make("g05", tolerance=1e-8)
    assert _best_of_variant(problem) == pytest.approx(5126.4981, abs=1e-4)
