from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import rankdata

import problems
from methods import minimize
from methods.openai_es import centred_ranks, openai_es
from problems import Box, Oracle, Permutation
from tests.methods.examples import Flat, OneMax, Recorded, inversions, run_directly


def bowl(x):
    return float(np.sum((np.asarray(x) - 0.3) ** 2))


@pytest.fixture
def batches(monkeypatch):
    """All generations that the oracle was asked for, with their values."""
    seen, values = [], Oracle.values

    def recorded(self, points):
        found = values(self, points)
        seen.append((np.array(points), found))
        return found

    monkeypatch.setattr(Oracle, "values", recorded)
    return seen


def test_ranks_are_centred_and_spread_evenly():
    ranks = centred_ranks(np.array([3.0, -1.0, np.inf, 0.0, 2.0]))
    np.testing.assert_allclose(ranks, [0.25, -0.5, 0.5, -0.25, 0.0])


@pytest.mark.parametrize("seed", range(5))
def test_equal_values_share_their_mean_rank(seed):
    values = np.random.default_rng(seed).integers(0, 4, 12).astype(float)
    np.testing.assert_allclose(centred_ranks(values), (rankdata(values) - 1) / 11 - 0.5)
    np.testing.assert_array_equal(centred_ranks(np.ones(6)), np.zeros(6))


def test_a_generation_is_one_call_antithetic_around_the_answer(batches):
    run_directly(openai_es, Recorded(Box(-5, 5, 3), bowl), 100, population=6, sigma=0.02)
    assert len(batches) == 14
    for points, _ in batches:
        assert points.shape == (7, 3)
        np.testing.assert_allclose(points[1:4] + points[4:] - 2 * points[0], 0, atol=1e-12)


def test_it_begins_at_the_shared_start(batches):
    oracle = run_directly(openai_es, Recorded(Box(-5, 5, 3), bowl), 50)
    np.testing.assert_array_equal(batches[0][0][0], oracle.start(1)[0])


def stepped_by_hand(batches, optimizer, pace, spread):
    """Replay the answers from what was evaluated, by the published formulas, one at a time."""
    mean = batches[0][0][0]
    first, second = np.zeros(len(mean)), np.zeros(len(mean))
    for t, (points, values) in enumerate(batches, 1):
        np.testing.assert_allclose(points[0], mean, rtol=1e-9)
        n = len(values) - 1
        ranks = (rankdata(values[1:]) - 1) / (n - 1) - 0.5
        slope = sum(r * (x - mean) / spread for r, x in zip(ranks, points[1:], strict=True)) / n
        if optimizer == "adam":
            first += (1 - 0.9) * (slope - first)
            second += (1 - 0.999) * (slope**2 - second)
            rate = pace * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
            mean = mean - rate * first / (np.sqrt(second) + 1e-8)
        else:
            first = 0.9 * first + (1 - 0.9) * slope
            mean = mean - pace * first


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_the_steps_are_those_of_the_paper(optimizer, batches, monkeypatch):
    box = Box(-4, 4, 5)
    monkeypatch.setattr(Oracle, "start", lambda self, n: np.ones((n, 5)))  # far from the bounds
    run_directly(
        openai_es, Recorded(box, bowl), 300, optimizer=optimizer, population=10, sigma=0.02
    )
    assert len(batches) == 27
    stepped_by_hand(batches, optimizer, 0.01 * 8, 0.02 * 8)


def test_the_default_population_is_that_of_cma_es(batches):
    run_directly(openai_es, Flat(Box(0, 1, 10)), 50)
    assert len(batches[0][0]) == 1 + 12  # 4 + 3 ln 10 = 10.9, rounded up to an even number


@pytest.mark.parametrize("seed", range(5))
def test_it_descends_a_bowl_to_the_size_of_its_steps(seed):
    run = minimize(Recorded(Box(-1, 1, 5), bowl), "openai-es", 3000, seed=seed)
    assert run.value < 5 * (0.02 * 2) ** 2


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "build", [lambda: OneMax(15), lambda: Recorded(Permutation(6), inversions)]
)
def test_it_solves_encoded_problems(build, seed):
    assert minimize(build(), "openai-es", 4000, seed=seed, target=0.0).ended == "target"


class Begun(Flat):
    def start(self):
        return np.zeros(400), 40.0


def test_noise_that_sees_no_difference_is_multiplied_by_four(batches):
    """From the scale of the start up to a quarter of the range; the point stays."""
    run_directly(openai_es, Begun(Box(-1e3, 1e3, 400)), 100)
    sizes = [np.std(points[1:] - points[0]) / 2e3 for points, _ in batches[:4]]
    np.testing.assert_allclose(sizes, [0.02, 0.08, 0.25, 0.25], rtol=0.4)  # clipped by the box
    np.testing.assert_array_equal(batches[0][0][0], batches[3][0][0])


def test_from_a_random_point_noise_shrinks_from_a_quarter_of_the_range_to_a_hundredth(batches):
    run_directly(openai_es, Recorded(Box(0, 1, 200), lambda x: bowl(x)), 4200)
    sizes = [np.median(np.abs(points[1:] - points[0])) / 0.6745 for points, _ in batches]
    middle = len(sizes) // 2
    assert sizes[middle] == pytest.approx(0.05, rel=0.1)
    assert sizes[-2] == pytest.approx(0.01, rel=0.1)


def test_noise_that_is_given_is_kept(batches):
    run_directly(openai_es, Flat(Box(-1e3, 1e3, 400)), 100, sigma=0.02)
    sizes = [np.std(points[1:] - points[0]) / 2e3 for points, _ in batches[:4]]
    np.testing.assert_allclose(sizes, 0.02, rtol=0.1)


def test_an_objective_that_is_never_finite_is_survived():
    run = minimize(Flat(Box(0, 1, 2), float("nan")), "openai-es", 300)
    assert (run.ended, run.value, run.ledger.invalid) == ("nan", None, 300)


def test_it_runs_on_a_catalogue_problem_with_momentum():
    problem = problems.make("sphere")
    run = minimize(problem, "openai-es", 3000, optimizer="sgd", learning_rate=0.1)
    assert run.value < run.trace[0].value / 10


@pytest.mark.parametrize(
    "options",
    [
        {"population": 5},
        {"population": -2},
        {"sigma": 0},
        {"learning_rate": 0},
        {"learning_rate": float("inf")},
    ],
    ids=str,
)
def test_nonsense_is_refused_before_the_first_evaluation(options):
    problem = Flat(Box(0, 1, 2))
    with pytest.raises(ValueError, match=f"{next(iter(options))}=.*expected"):
        minimize(problem, "openai-es", 10, **options)
    assert not problem.looked_at
