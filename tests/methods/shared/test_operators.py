"""The operators against DEAP's own: equal where the draws are, alike where they are random."""

from __future__ import annotations

import random
from itertools import permutations
from types import SimpleNamespace

import deap.base
import deap.tools
import numpy as np
import pytest
from scipy.stats import chi2_contingency, chisquare, kstest

from methods.shared.operators import number_of_neighbours, perturb, tournament
from problems import Box, Categorical, Permutation, Space
from tests.methods.examples import spaces

DRAWS = 4000
CHANCE = 0.001  # the p-value below which two samples are taken to differ; seeds are fixed


class Scripted:
    """A generator whose draws are written down beforehand."""

    def __init__(self, draws):
        self._draws = np.asarray(draws)

    def random(self, shape):
        assert self._draws.shape == tuple(np.atleast_1d(shape))
        return self._draws

    def integers(self, low, high, size):
        assert ((self._draws >= low) & (self._draws < high)).all()
        return self._draws

    def standard_normal(self, size):
        assert self._draws.shape == (size,)
        return self._draws


def all_cells(points):
    return np.ones(points.shape, dtype=bool)


def alike(ours, theirs):
    """Whether two samples of hashable outcomes could come from one distribution."""
    outcomes = sorted(set(ours) | set(theirs))
    table = [[sample.count(outcome) for outcome in outcomes] for sample in (ours, theirs)]
    return chi2_contingency(table).pvalue > CHANCE


@pytest.fixture
def deap_draws(monkeypatch):
    """Give DEAP's operators a seeded generator of their own in place of the global one."""
    for part in ("crossover", "mutation", "selection"):
        monkeypatch.setattr(f"deap.tools.{part}.random", random.Random(11))


@pytest.fixture
def script(monkeypatch):
    """Write down what DEAP's operators draw."""

    def write(part, **functions):
        monkeypatch.setattr(f"deap.tools.{part}.random", SimpleNamespace(**functions))

    return write


# ---------------------------------------------------------------------- mutation


@pytest.mark.parametrize("space", spaces().values(), ids=spaces())
@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_mutants_are_members_and_parents_are_left_alone(space, share):
    rng = np.random.default_rng(0)
    points = space.sample(rng, 200)
    before = points.copy()
    mutants = perturb(space, points, rng.random(points.shape) < share, rng, 0.5)
    assert mutants.shape == points.shape
    assert mutants.dtype == points.dtype
    assert space.contains(mutants)
    np.testing.assert_array_equal(points, before)


@pytest.mark.parametrize("name", [n for n in spaces() if n not in ("permutation", "selection")])
def test_only_chosen_variables_change(name):
    space, rng = spaces()[name], np.random.default_rng(0)
    points = space.sample(rng, 200)
    chosen = rng.random(points.shape) < 0.4
    mutants = perturb(space, points, chosen, rng, 0.5)
    np.testing.assert_array_equal(mutants[~chosen], points[~chosen])


@pytest.mark.parametrize("name", ["permutation", "selection"])
def test_without_a_chosen_position_a_permutation_stays(name):
    space, rng = spaces()[name], np.random.default_rng(0)
    points = space.sample(rng, 50)
    mutants = perturb(space, points, ~all_cells(points), rng, 0.5)
    np.testing.assert_array_equal(mutants, points)


def test_flip_bit_is_deaps(script):
    rng = np.random.default_rng(3)
    space = Box(0, 1, 12, integral=True)
    points, chosen = space.sample(rng, 40), rng.random((40, 12)) < 0.3
    mutants = perturb(space, points, chosen, rng, 0.1)
    for row in range(40):
        draws = iter(np.where(chosen[row], 0.0, 1.0))
        script("mutation", random=lambda draws=draws: next(draws))
        (expected,) = deap.tools.mutFlipBit(points[row].tolist(), indpb=0.5)
        assert mutants[row].tolist() == expected


@pytest.mark.parametrize(
    "space",
    [Box(-2, 3, 4, integral=True), Box(0, 1, 4, integral=True), Categorical([2, 3, 9, 5])],
    ids=["integers", "bits", "categories"],
)
def test_a_chosen_whole_number_takes_another_value(space):
    points = space.sample(np.random.default_rng(0), 3000)
    mutants = perturb(space, points, all_cells(points), np.random.default_rng(1), 0.1)
    assert (mutants != points).all()


def test_the_only_value_there_is_stays():
    space = spaces()["fixed"]
    points = space.sample(np.random.default_rng(0), 100)
    mutants = perturb(space, points, all_cells(points), np.random.default_rng(1), 0.1)
    np.testing.assert_array_equal(mutants[:, [0, 2]], points[:, [0, 2]])
    assert (mutants[:, 1] != points[:, 1]).all()


def test_new_integers_are_deaps_uniform_ones_without_the_old(deap_draws):
    old, low, high = 1, -2, 3
    points = np.full((DRAWS, 1), old)
    space = Box(low, high, 1, integral=True)
    mutants = perturb(space, points, all_cells(points), np.random.default_rng(4), 0.1)
    theirs = [deap.tools.mutUniformInt([old], low, high, 1.0)[0][0] for _ in range(DRAWS)]
    assert alike(mutants[:, 0].tolist(), [value for value in theirs if value != old])


@pytest.mark.parametrize("old", [0, 3])
def test_new_categories_are_uniform_over_the_others(old):
    points = np.full((DRAWS, 1), old)
    rng = np.random.default_rng(5)
    mutants = perturb(Categorical([5]), points, all_cells(points), rng, 0.1)
    counts = np.bincount(mutants[:, 0], minlength=5)
    assert counts[old] == 0
    assert chisquare(np.delete(counts, old)).pvalue > CHANCE


def test_whole_numbers_of_a_mixed_box_mutate_like_integers():
    space = Box([0, 0], [4, 1], integral=[True, False])
    points = np.tile([2.0, 0.5], (DRAWS, 1))
    mutants = perturb(space, points, all_cells(points), np.random.default_rng(6), 0.01)
    counts = np.bincount(mutants[:, 0].astype(int), minlength=5)
    assert counts[2] == 0
    assert chisquare(np.delete(counts, 2)).pvalue > CHANCE
    assert (np.abs(mutants[:, 1] - 0.5) < 0.1).all()


def test_a_whole_number_of_many_values_steps_near_by():
    """|N(0, 10)| rounded away from zero: at least 1, about 10 in the square mean."""
    space, points = Box(0, 1000, 1, integral=True), np.full((DRAWS, 1), 500)
    mutants = perturb(space, points, all_cells(points), np.random.default_rng(4), 0.01)
    steps = (mutants - points)[:, 0]
    assert np.abs(steps).min() == 1
    assert abs(steps.mean()) < 1
    assert np.sqrt((np.abs(steps) - 0.5) @ (np.abs(steps) - 0.5) / DRAWS) == pytest.approx(10, 0.1)


@pytest.mark.parametrize("old", [0, 1000])
def test_a_whole_number_of_many_values_leaves_its_bound(old):
    space, points = Box(0, 1000, 1, integral=True), np.full((100, 1), old)
    mutants = perturb(space, points, all_cells(points), np.random.default_rng(4), 1e-9)
    assert set(mutants[:, 0].tolist()) == {abs(old - 1)}


def test_sigma_may_be_one_a_row():
    space, points = Box(0, 1000, 2, integral=True), np.full((200, 2), 500)
    sigma = np.repeat([[1e-9], [0.1]], 100, axis=0)
    mutants = perturb(space, points, all_cells(points), np.random.default_rng(4), sigma)
    assert (np.abs(mutants[:100] - 500) == 1).all()
    assert np.abs(mutants[100:] - 500).mean() > 50


def test_gaussian_mutation_is_deaps(script):
    rng = np.random.default_rng(7)
    low, high, sigma = np.array([-1.0, 0.0, 100.0]), np.array([1.0, 10.0, 400.0]), 0.05
    space = Box(low, high)
    points = np.tile((low + high) / 2, (30, 1))
    chosen, noise = rng.random((30, 3)) < 0.5, rng.standard_normal((30, 3))
    mutants = perturb(space, points, chosen, Scripted(noise[chosen]), sigma)
    for row in range(30):
        draws = iter(np.where(chosen[row], 0.0, 1.0))
        gauss = iter(noise[row][chosen[row]])
        script(
            "mutation",
            random=lambda draws=draws: next(draws),
            gauss=lambda mean, deviation, gauss=gauss: mean + deviation * next(gauss),
        )
        deviations = (sigma * (high - low)).tolist()
        (expected,) = deap.tools.mutGaussian(points[row].tolist(), 0, deviations, 0.5)
        np.testing.assert_allclose(mutants[row], expected, rtol=1e-14)


@pytest.mark.parametrize("sigma", [0.001, 0.1])
def test_gaussian_noise_has_sigma_times_the_range(sigma):
    space = Box([-1, 0], [1, 300])
    points = np.tile([0.0, 150.0], (20_000, 1))
    mutants = perturb(space, points, all_cells(points), np.random.default_rng(8), sigma)
    scaled = (mutants - points) / (sigma * np.array([2.0, 300.0]))
    assert scaled.std(axis=0) == pytest.approx([1, 1], rel=0.02)
    assert kstest(scaled[:, 0], "norm").pvalue > CHANCE
    assert kstest(scaled[:, 1], "norm").pvalue > CHANCE


def test_gaussian_noise_is_clipped_at_the_bounds():
    space = Box(-1, 1, 1)
    points = np.ones((DRAWS, 1))
    mutants = perturb(space, points, all_cells(points), np.random.default_rng(9), 0.2)
    assert mutants.max() == 1
    assert (mutants == 1).mean() == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("size", [2, 3, 8])
def test_swaps_are_deaps(size, script):
    rng = np.random.default_rng(size)
    space = Permutation(size, kind="assignment")
    points, chosen = space.sample(rng, 60), rng.random((60, size)) < 0.5
    positions = chosen.nonzero()[1]
    drawn = rng.integers(0, size - 1, len(positions))  # DEAP's index, its own position left out
    shifts = (drawn + (drawn >= positions) - positions) % size
    mutants = perturb(space, points, chosen, Scripted(shifts), 0.1)
    deap_index = iter(drawn.tolist())
    for row in range(60):
        draws = iter(np.where(chosen[row], 0.0, 1.0))
        script(
            "mutation",
            random=lambda draws=draws: next(draws),
            randint=lambda low, high: next(deap_index),
        )
        (expected,) = deap.tools.mutShuffleIndexes(points[row].tolist(), indpb=0.5)
        assert mutants[row].tolist() == expected


def test_shuffled_permutations_are_distributed_as_deaps(deap_draws):
    start = [0, 1, 2, 3]
    rng = np.random.default_rng(10)
    points = np.tile(start, (DRAWS, 1))
    space = Permutation(4, kind="assignment")
    mutants = perturb(space, points, rng.random(points.shape) < 0.5, rng, 0.1)
    theirs = [tuple(deap.tools.mutShuffleIndexes(start[:], 0.5)[0]) for _ in range(DRAWS)]
    assert alike([tuple(m) for m in mutants.tolist()], theirs)


@pytest.mark.parametrize("kind", ["tour", "sequence", "assignment", None])
def test_a_selection_can_reach_every_other_selection(kind):
    space, rng = Permutation(4, 2, kind=kind), np.random.default_rng(0)
    found, points = set(), np.array([[0, 1]])
    for _ in range(400):
        points = perturb(space, points, rng.random(points.shape) < 0.5, rng, 0.1)
        found.add(tuple(points[0].tolist()))
    assert found == set(permutations(range(4), 2))


def test_a_space_without_operators_is_named():
    class Torus(Space):
        dimension = 1
        sample = contains = latent = decode = encode = None

    with pytest.raises(TypeError, match="no perturbation for Torus"):
        perturb(Torus(), np.zeros((1, 1)), np.ones((1, 1), bool), np.random.default_rng(0), 0.1)


@pytest.mark.parametrize(
    ("space", "number"),
    [
        (Box(0, 1, 5, integral=True), 5),
        (Box(-1, 1, 5, integral=True), 10),
        (Box(0, 1000, 3, integral=True), 30),
        (Box(0, 1, 7), 7),
        (Box([0, 0, 3], [4, 1, 3], integral=[True, False, True]), 5),
        (Categorical([2, 3, 9]), 11),
        (Permutation(6), 15),
        (Permutation(1), 1),
    ],
    ids=str,
)
def test_neighbours_are_counted(space, number):
    assert number_of_neighbours(space) == number


# --------------------------------------------------------------------- selection


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_winners_are_distributed_as_deaps(size, deap_draws):
    class Fitness(deap.base.Fitness):
        weights = (-1.0,)

    class Individual:
        def __init__(self, number, value):
            self.number, self.fitness = number, Fitness((value,))

    values = np.array([3.0, 1.0, 4.0, 1.5, 9.0])
    winners = tournament(values, DRAWS, size, np.random.default_rng(12))
    individuals = [Individual(i, v) for i, v in enumerate(values)]
    theirs = [i.number for i in deap.tools.selTournament(individuals, DRAWS, size)]
    assert alike(winners.tolist(), theirs)


def test_a_tournament_is_won_by_the_lowest_value_of_those_drawn():
    values = np.array([5.0, 2.0, np.inf, 7.0])
    draws = [[0.99, 0.6], [0.1, 0.3], [0.6, 0.99]]
    assert tournament(values, 3, 2, Scripted(draws)).tolist() == [3, 1, 3]


def test_a_tournament_of_all_equals_is_fair():
    winners = tournament(np.full(6, 2.0), DRAWS, 3, np.random.default_rng(13))
    assert chisquare(np.bincount(winners, minlength=6)).pvalue > CHANCE
