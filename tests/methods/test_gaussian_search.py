from __future__ import annotations

import numpy as np
import pytest

import problems
from methods import minimize
from methods.gaussian_search import gaussian_search
from methods.shared.best_of_n_curve import expected_best
from problems import Box
from tests.methods.examples import Flat, Recorded, run_directly


def test_it_begins_at_the_shared_start():
    problem = Flat(Box(-5, 5, 3))
    oracle = run_directly(gaussian_search, problem, 5)
    np.testing.assert_array_equal(problem.looked_at[0], oracle.start(1)[0])


def test_draws_do_not_depend_on_what_they_are_worth():
    seen = []
    for function in (lambda x: 1.0, lambda x: float(np.sum(x))):
        problem = Recorded(Box(-5, 5, 3), function)
        run_directly(gaussian_search, problem, 250)
        seen.append(np.array(problem.looked_at))
    np.testing.assert_array_equal(*seen)


def test_every_radius_is_drawn_equally_often():
    from scipy.stats import chisquare

    problem = Flat(Box(-1, 1, 200))
    oracle = run_directly(gaussian_search, problem, 3001, radii=3, smallest=1e-5, largest=1e-3)
    away = np.array(problem.looked_at[1:]) - oracle.start(1)[0]
    decade = np.rint(np.log10(np.median(np.abs(away), axis=1) / 0.6745 / 2)).astype(int)
    numbers = np.bincount(-decade)[3:]
    assert len(numbers) == 3
    assert chisquare(numbers).pvalue > 0.001


def test_in_a_chain_it_draws_around_the_best_point_of_the_method_before():
    problem = Recorded(Box(-5, 5, 3), lambda x: float(np.sum(x**2)))
    narrow = {"gaussian_search_smallest": 1e-6, "gaussian_search_largest": 1e-6}
    minimize(problem, "random-search@60+gaussian-search", 200, **narrow)
    before, after = np.array(problem.looked_at[:60]), np.array(problem.looked_at[60:200])
    best = before[(before**2).sum(axis=1).argmin()]
    np.testing.assert_array_equal(after[0], best)
    assert np.abs(after - best).max() < 6 * 1e-5


def test_its_best_is_the_lowest_of_the_start_and_the_draws():
    """The expected lowest of n normal draws: ours, on a plane, agrees with the theory's 100."""
    problem = Recorded(Box(-1, 1, 1), lambda x: float(x[0]))
    run = minimize(problem, "gaussian-search", 5001, radii=1, smallest=0.01, largest=0.01)
    start = problem.looked_at[0][0]
    assert len(run.draws) == 5000
    lowest = (expected_best(run.draws)[99] - start) / 0.02
    assert lowest == pytest.approx(-2.508, abs=0.1)  # of 100 standard normal numbers


def test_it_refines_what_random_search_cannot():
    runs = [
        minimize(problems.make("sphere"), name, 2000, seed=0).value
        for name in ("hill-climb@1000+gaussian-search", "hill-climb@1000+random-search")
    ]
    assert runs[0] < runs[1]


@pytest.mark.parametrize(
    "options",
    [{"radii": 0}, {"smallest": 0}, {"smallest": 0.5, "largest": 0.1}, {"batch": 0}],
    ids=str,
)
def test_nonsense_is_refused_before_the_first_evaluation(options):
    problem = Flat(Box(0, 1, 2))
    with pytest.raises(ValueError, match=f"{next(iter(options))}=.*expected"):
        minimize(problem, "gaussian-search", 10, **options)
    assert not problem.looked_at
