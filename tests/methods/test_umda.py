from __future__ import annotations

import numpy as np
import pytest

import problems
from methods import minimize
from methods.umda import (
    Frequencies,
    Gaussians,
    Positions,
    default_population,
    model_of,
    raised,
    umda,
)
from problems import Box, Permutation
from tests.methods.examples import (
    SOLVABLE,
    Flat,
    OneMax,
    Recorded,
    run_directly,
)


def test_the_first_generation_are_the_shared_starts():
    problem = Flat(Box(-5, 5, 3))
    oracle = run_directly(umda, problem, 40, population=30)
    np.testing.assert_array_equal(problem.looked_at[:30], oracle.start(30))


@pytest.mark.parametrize("seed", range(5))
def test_onemax_takes_as_many_generations_as_theory_says(seed):
    """About (π/2) √n / I, I = 1.4 the intensity of a selection of 20 % (Mühlenbein 1997)."""
    bits, population = 100, 200
    generations = np.pi / 2 * bits**0.5 / 1.4
    run = minimize(OneMax(bits), "umda", 5000, seed=seed, target=0.0, population=population)
    assert run.ended == "target"
    assert 0.8 * generations < run.ledger.values / population < 2 * generations


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("build", SOLVABLE.values(), ids=SOLVABLE)
def test_it_reaches_the_optimum(build, seed):
    assert minimize(build(), "umda", 4000, seed=seed, target=0.0).ended == "target"


@pytest.mark.parametrize("seed", range(3))
def test_a_sphere_is_solved_to_many_digits(seed):
    assert minimize(problems.make("sphere"), "umda", 10_000, seed=seed).value < 1e-6


def test_real_variables_that_have_converged_begin_anew():
    run = minimize(Recorded(Box(-5, 5, 2), lambda x: float(np.sum(x**2))), "umda", 20_000)
    assert run.ledger.restarts > 0
    assert run.value < 1e-12


def test_those_selected_before_are_selected_again_where_they_are_better(monkeypatch):
    fitted = []
    monkeypatch.setattr(Frequencies, "fit", lambda self, selected: fitted.append(selected.copy()))
    values = iter(range(1000))  # every point is worse than those before
    run_directly(umda, Recorded(Box(0, 1, 20, integral=True), lambda x: next(values)), 200)
    assert len(fitted) > 2
    for selected in fitted[1:]:
        np.testing.assert_array_equal(selected, fitted[0])


def test_variables_without_a_choice_are_no_reason_to_begin_anew():
    run = minimize(Flat(Box([1, 2], [1, 2])), "umda", 100)
    assert (run.ledger.values, run.ledger.restarts) == (100, 0)


# ---------------------------------------------------------------------- the models


def test_frequencies_of_bits_are_clamped_to_the_margins_of_the_theory():
    model = Frequencies(np.zeros(4), np.full(4, 2))
    model.fit(np.array([[0, 1, 0, 1], [0, 1, 1, 0], [0, 1, 1, 1], [0, 1, 1, 1]]))
    np.testing.assert_allclose(model.frequency[:, 1], [1 / 4, 3 / 4, 3 / 4, 3 / 4])


def test_frequencies_within_the_margins_are_the_shares_of_the_selected():
    model = Frequencies(np.zeros(10), np.full(10, 2))
    model.fit(np.repeat([[0], [1], [1], [1], [1]], 10, axis=1))
    np.testing.assert_allclose(model.frequency[:, 1], 0.8)


def test_frequencies_of_many_values_keep_each_at_its_margin():
    model = Frequencies(np.full(10, -1), np.full(10, 3))
    model.fit(np.full((5, 10), 1))
    np.testing.assert_allclose(model.frequency, np.tile([1 / 20, 1 / 20, 0.9], (10, 1)))


def test_raised_rows_add_up_to_one():
    rng = np.random.default_rng(0)
    frequency = rng.dirichlet([0.1] * 6, size=50)
    margin = np.full_like(frequency, 0.02)
    rows = raised(frequency, margin)
    np.testing.assert_allclose(rows.sum(axis=1), 1)
    assert (rows >= 0.02 - 1e-15).all()
    assert (rows.argmax(axis=1) == frequency.argmax(axis=1)).all()


def test_samples_have_the_frequencies_of_the_model():
    """Five standard errors: a wrong alarm in a million."""
    rng = np.random.default_rng(0)
    model = Frequencies(np.array([-1, 5]), np.array([3, 2]), variables=10)
    model.frequency = np.array([[0.2, 0.5, 0.3], [0.9, 0.1, 0.0]])
    points = model.sample(rng, 20_000)
    error = 5 * (0.25 / 20_000) ** 0.5
    for value, share in [(-1, 0.2), (0, 0.5), (1, 0.3)]:
        assert (points[:, 0] == value).mean() == pytest.approx(share, abs=error)
    assert (points[:, 1] == 6).mean() == pytest.approx(0.1, abs=error)


def test_a_gaussian_has_the_mean_and_the_maximum_likelihood_deviation_of_the_selected():
    model = Gaussians(Box(-5, 5, 2))
    model.fit(np.array([[1.0, 0.0], [3.0, 0.0]]))
    np.testing.assert_array_equal(model.mean, [2, 0])
    np.testing.assert_array_equal(model.deviation, [1, 0])


def test_whole_numbers_never_stand_still():
    model = Gaussians(Box(-500, 500, 2, integral=True))
    model.fit(np.full((5, 2), 7))
    points = model.sample(np.random.default_rng(0), 1000)
    assert 0.2 < (points[:, 0] != 7).mean() < 0.5
    assert not model.converged()


def test_the_first_position_drawn_of_a_permutation_has_the_frequencies_of_the_model():
    model = Positions(Permutation(3, 1))
    model.frequency = np.array([[0.7, 0.2, 0.1]])
    drawn = model.sample(np.random.default_rng(0), 20_000)[:, 0]
    np.testing.assert_allclose(np.bincount(drawn) / 20_000, [0.7, 0.2, 0.1], atol=0.02)


def test_a_permutation_that_all_selected_share_is_the_likeliest():
    model = Positions(Permutation(6))
    best = np.array([3, 1, 5, 0, 2, 4])
    model.fit(np.tile(best, (4, 1)))
    points = model.sample(np.random.default_rng(0), 500)
    assert (points == best).all(axis=1).mean() > 0.3


def test_mixed_boxes_have_frequencies_and_gaussians():
    space = Box([0, -5, 0], [1, 5, 1000], integral=[True, False, True])
    model = model_of(space)
    model.fit(np.array([[1, 2.0, 10], [1, 4.0, 20]]))
    points = model.sample(np.random.default_rng(0), 2000)
    assert space.contains(points)
    assert points[:, 0].mean() == pytest.approx(2 / 3, abs=0.05)  # the margin is 1/3
    assert points[:, 1].mean() == pytest.approx(3, abs=0.1)
    assert points[:, 2].mean() == pytest.approx(15, abs=0.5)


@pytest.mark.parametrize(
    ("space", "work", "expected"),
    [
        (Box(0, 1, 9, integral=True), 10_000, 200),
        (Permutation(9), 10_000, 100),
        (Box(0, 1, 9), 1, 10),
    ],
    ids=str,
)
def test_the_population_grows_with_the_root_of_the_budget(space, work, expected):
    assert default_population(space, work) == expected


@pytest.mark.parametrize(
    "options",
    [{"population": -1}, {"population": 1}, {"selected_share": 0}, {"selected_share": 1}],
    ids=str,
)
def test_nonsense_is_refused_before_the_first_evaluation(options):
    problem = Flat(Box(0, 1, 2))
    with pytest.raises(ValueError, match=f"{next(iter(options))}=.*expected"):
        minimize(problem, "umda", 10, **options)
    assert not problem.looked_at
