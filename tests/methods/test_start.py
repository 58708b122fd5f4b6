"""Every method begins where the problem says, and steps on the scale that it gives."""

import numpy as np
import pytest

from methods import METHODS, minimize
from methods.shared.strides import NEAR, deviations, zoom
from problems import Box, Budget, Oracle
from tests.methods.examples import Recorded, Tuned

EVALUATES = [
    entry.name
    for entry in map(METHODS.entry, METHODS.names())
    if not entry.needs and not entry.missing
]
SLOW = {"cobyqa"}  # a decomposition of 150 rows an evaluation


class Near(Recorded):
    """A bowl about 3 in a box of ±1000, begun near by."""

    def __init__(self, scale):
        super().__init__(
            Box(-1000, 1000, 3), lambda x: 0.0 if self.flat else float(((x - 3) ** 2).sum())
        )
        self.scale, self.flat = scale, False

    def start(self):
        return np.array([2.0, 2.5, 3.5]), self.scale


@pytest.mark.parametrize("method", sorted(set(EVALUATES) - SLOW))
def test_no_method_ends_above_the_start(method):
    for seed in range(2):
        problem = Tuned(size=40, instance=seed)
        assert minimize(problem, method, 100, seed=seed).value <= problem.value(problem.trained)


@pytest.mark.parametrize(
    "method", ["hill-climb", "tabu", "evolution-strategy", "cma-es", "openai-es"]
)
def test_the_trained_point_is_improved(method):
    if METHODS.entry(method).missing:
        pytest.skip(METHODS.entry(method).missing)
    values = [minimize(Tuned(instance=i), method, 5000, seed=i).value for i in range(5)]
    assert np.median(values) <= 0.07


@pytest.mark.parametrize(
    "method",
    ["hill-climb", "simulated-annealing", "tabu", "genetic", "genetic-deap", "evolution-strategy",
     "cma-es", "openai-es", "spsa", "mezo", "reinforce", "nelder-mead", "powell", "cobyla",
     "differential-evolution"],
)  # fmt: skip
def test_first_steps_are_on_the_scale_of_the_start(method):
    """Of a scale ten times smaller, a tenth as long; of the range they would be far longer."""
    if METHODS.entry(method).missing:
        pytest.skip(METHODS.entry(method).missing)
    typical = []
    for scale in (1e-3, 1e-2):
        problem = Near(scale)
        minimize(problem, method, 12, seed=1)
        points = np.array(problem.looked_at)
        away = np.abs(points - problem.start().point).max(axis=1)
        typical.append(away[away > 1e-7].min(initial=np.inf))
        assert method == "powell" or np.median(away) < 100 * scale  # it searches whole lines
    assert typical[1] == pytest.approx(10 * typical[0], rel=0.3)


def test_the_jumps_of_basin_hopping_are_at_most_the_scale():
    problem = Near(1e-3)
    problem.flat = True
    minimize(problem, "basin-hopping", 30)
    away = np.abs(np.array(problem.looked_at) - problem.start().point).max(axis=1)
    assert 1e-4 < away.max() < 0.1


def test_the_usual_share_of_the_range_is_the_scale():
    problem = Near(0.5)
    oracle = Oracle(problem, Budget(10))
    for usual in (0.02, NEAR):
        np.testing.assert_allclose(deviations(problem.space, usual * zoom(oracle, usual)), 0.5)
        twice = deviations(problem.space, 2 * usual * zoom(oracle, usual))
        np.testing.assert_allclose(twice, 1.0)


def test_without_a_start_shares_are_of_the_range():
    assert zoom(Oracle(Recorded(Box(0, 1, 2), np.sum), Budget(1)), NEAR) == 1.0


def test_variables_without_a_scale_step_as_they_did():
    class Mixed(Recorded):
        def start(self):
            return [1.0, 2.0, 5.0]

    space = Box([-10, 0, 5], [10, 9, 5], integral=[False, True, False])
    factors = zoom(Oracle(Mixed(space, np.sum), Budget(1)), 0.25)
    np.testing.assert_allclose(factors, [1.0**0.5 / 5, 1.0, 1.0])


def test_restarts_are_drawn_around_the_start():
    problem = Near(1e-3)
    minimize(problem, "hill-climb", 200, patience=3)
    assert np.abs(np.array(problem.looked_at) - problem.start().point).max() < 1
