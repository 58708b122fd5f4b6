"""Crossovers: what children have of their parents, by hand and against DEAP's and pymoo's own."""

from __future__ import annotations

import random
from itertools import combinations
from types import SimpleNamespace

import deap.tools
import numpy as np
import pytest
from scipy.stats import chi2_contingency, kstest

from methods.shared.crossovers import (
    blend,
    crossover,
    edge_recombination,
    ordered_crossover,
    position_crossover,
)
from problems import Box, Categorical, Permutation, Space
from tests.methods.examples import spaces

DRAWS = 4000
CHANCE = 0.001  # the p-value below which two samples are taken to differ; seeds are fixed
SPACES: dict[str, Space] = {
    **spaces(),
    "many integers": Box(-99, 99, 6, integral=True),
    "tour": Permutation(7, kind="tour"),
    "two cities": Permutation(2, kind="tour"),
    "part of a tour": Permutation(7, 4, kind="tour"),
    "sequence": Permutation(7, kind="sequence"),
    "assignment": Permutation(7, kind="assignment"),
    "part of an assignment": Permutation(7, 4, kind="assignment"),
}


def alike(ours, theirs):
    """Whether two samples of hashable outcomes could come from one distribution."""
    outcomes = sorted(set(ours) | set(theirs))
    table = [[sample.count(outcome) for outcome in outcomes] for sample in (ours, theirs)]
    return chi2_contingency(table).pvalue > CHANCE


@pytest.fixture
def deap_draws(monkeypatch):
    """Give DEAP's operators a seeded generator of their own in place of the global one."""
    monkeypatch.setattr("deap.tools.crossover.random", random.Random(11))


@pytest.fixture
def script(monkeypatch):
    """Write down what DEAP's operators draw."""

    def write(part, **functions):
        monkeypatch.setattr(f"deap.tools.{part}.random", SimpleNamespace(**functions))

    return write


def edges(tour):
    """Return the edges of a closed tour."""
    return {frozenset(edge) for edge in zip(tour, np.roll(tour, 1), strict=True)}


# ------------------------------------------------------------------- of all spaces


@pytest.mark.parametrize("space", SPACES.values(), ids=SPACES)
def test_children_are_members_and_parents_are_left_alone(space):
    rng = np.random.default_rng(0)
    mothers, fathers = space.sample(rng, 300), space.sample(rng, 300)
    before = mothers.copy(), fathers.copy()
    children = crossover(space, mothers, fathers, rng)
    for child in children:
        assert child.shape == mothers.shape
        assert child.dtype == mothers.dtype
        assert space.contains(child)
    np.testing.assert_array_equal(mothers, before[0])
    np.testing.assert_array_equal(fathers, before[1])


@pytest.mark.parametrize("space", SPACES.values(), ids=SPACES)
def test_equal_parents_have_equal_children(space):
    points = space.sample(np.random.default_rng(0), 100)
    for child in crossover(space, points, points, np.random.default_rng(1)):
        if space is SPACES["tour"]:  # the other way round, maybe
            ours, theirs = space.complete(points), space.complete(child)
            assert [edges(row) for row in ours] == [edges(row) for row in theirs]
        else:
            np.testing.assert_array_equal(child, points)


@pytest.mark.parametrize("space", SPACES.values(), ids=SPACES)
def test_no_pairs_have_no_children(space):
    none = space.sample(np.random.default_rng(0), 2)[:0]
    for child in crossover(space, none, none, np.random.default_rng(1)):
        assert child.shape == none.shape


# ------------------------------------------------------------ ordered crossover


@pytest.mark.parametrize("size", [2, 3, 4, 9])
def test_ordered_crossover_is_deaps_for_all_cut_points(size, script):
    cuts = np.array(list(combinations(range(size), 2)))
    rng = np.random.default_rng(size)
    ours = rng.permuted(np.tile(np.arange(size), (len(cuts), 1)), axis=1)
    theirs = rng.permuted(ours, axis=1)
    first = ordered_crossover(ours, theirs, *cuts.T)
    second = ordered_crossover(theirs, ours, *cuts.T)
    for row, (a, b) in enumerate(cuts.tolist()):
        for drawn in ([a, b], [b, a]):
            script("crossover", sample=lambda population, k, drawn=drawn: drawn)
            expected = deap.tools.cxOrdered(ours[row].tolist(), theirs[row].tolist())
            assert (first[row].tolist(), second[row].tolist()) == expected


def test_ordered_crossover_of_goldbergs_kind_by_hand():
    """Segment 2 … 3 of the donor stays; the rest follows the keeper from position 4 on."""
    keeper, donor = np.array([[0, 1, 2, 3, 4, 5]]), np.array([[5, 3, 1, 0, 2, 4]])
    child = ordered_crossover(keeper, donor, np.array([2]), np.array([3]))
    assert child.tolist() == [[2, 3, 1, 0, 4, 5]]


def test_ordered_children_are_distributed_as_deaps(deap_draws):
    mother, father = [3, 0, 4, 1, 2], [1, 4, 2, 3, 0]
    tiled = [np.tile(parent, (DRAWS, 1)) for parent in (mother, father)]
    children = crossover(Permutation(5), *tiled, np.random.default_rng(2))
    theirs = [deap.tools.cxOrdered(mother[:], father[:]) for _ in range(DRAWS)]
    for i in range(2):
        assert alike([tuple(c) for c in children[i].tolist()], [tuple(t[i]) for t in theirs])


# ------------------------------------------------- uniform crossover, and the blend


@pytest.mark.parametrize(
    "space", [Box(-1, 1, 4, integral=True), Categorical([5, 2, 7, 5]), Box(0, 9, 4, integral=True)]
)
def test_few_values_are_exchanged_with_probability_a_half_each(space):
    zeros = np.zeros((DRAWS, 4), dtype=int)
    child, other = crossover(space, zeros, zeros + 1, np.random.default_rng(1))
    np.testing.assert_array_equal(child + other, 1)
    patterns = np.bincount(child @ [1, 2, 4, 8], minlength=16)
    np.testing.assert_allclose(patterns / DRAWS, 1 / 16, atol=5 * (1 / 16 / DRAWS) ** 0.5)


def test_half_of_the_pairs_exchange_a_segment_of_their_bits():
    zeros = np.zeros((DRAWS, 30), dtype=int)
    space = Box(0, 1, 30, integral=True)
    child, other = crossover(space, zeros, zeros + 1, np.random.default_rng(1))
    np.testing.assert_array_equal(child + other, 1)
    changes = (child[:, 1:] != child[:, :-1]).sum(axis=1)
    # Two cuts make two changes at most; independent bits so few once in a million times.
    assert (changes <= 2).mean() == pytest.approx(0.5, abs=5 * (0.25 / DRAWS) ** 0.5)


def test_blended_children_are_distributed_as_deaps(deap_draws):
    """DEAP's `cxBlend` at α = 0.5: uniform between one half beyond either parent."""
    space = Box(-10, 10, 1)
    mothers, fathers = np.full((DRAWS, 1), 1.0), np.full((DRAWS, 1), 3.0)
    child, other = crossover(space, mothers, fathers, np.random.default_rng(1))
    theirs = [deap.tools.cxBlend([1.0], [3.0], 0.5) for _ in range(DRAWS)]
    assert kstest(child[:, 0], [one[0] for one, _ in theirs]).pvalue > CHANCE
    assert kstest(other[:, 0], "uniform", (0, 4)).pvalue > CHANCE
    assert abs(np.corrcoef(child[:, 0], other[:, 0])[0, 1]) < 0.1  # each is drawn by itself


def test_a_blend_takes_a_bound_that_it_would_leave():
    space = Box(0, 1, 1)
    ends = np.zeros((DRAWS, 1)), np.ones((DRAWS, 1))
    child = blend(space, *ends, np.random.default_rng(0))
    assert space.contains(child)
    np.testing.assert_allclose([(child == 0).mean(), (child == 1).mean()], 0.25, atol=0.04)


def test_many_whole_numbers_are_blended_and_rounded():
    space = Box(0, 100, 2, integral=True)
    child, _ = crossover(
        space, np.full((DRAWS, 2), 40), np.full((DRAWS, 2), 44), np.random.default_rng(0)
    )
    assert set(np.unique(child)) == set(range(38, 47))


def test_in_a_mixed_box_each_variable_is_crossed_by_its_kind():
    space = Box([0, 0, 0], [1, 1, 99], integral=[True, False, True])
    mothers, fathers = np.tile([0, 0.4, 40.0], (500, 1)), np.tile([1, 0.6, 60.0], (500, 1))
    child, other = crossover(space, mothers, fathers, np.random.default_rng(0))
    np.testing.assert_array_equal(child[:, 0] + other[:, 0], 1)
    assert len(np.unique(child[:, 1])) == 500
    assert 25 < len(np.unique(child[:, 2])) <= 41


def test_a_space_without_crossover_is_named():
    space = object.__new__(type("Strange", (), {}))
    none = np.zeros((1, 2))
    with pytest.raises(TypeError, match="no crossover for Strange"):
        crossover(space, none, none, np.random.default_rng(0))


# ----------------------------------------------------------------- edge recombination


def test_edges_are_those_of_the_parents_where_no_dead_end_is_met():
    rng = np.random.default_rng(0)
    mothers = np.array([rng.permutation(20) for _ in range(200)])
    fathers = np.array([rng.permutation(20) for _ in range(200)])
    children = edge_recombination(mothers, fathers, rng)
    foreign = [
        len(edges(c) - edges(m) - edges(f))
        for c, m, f in zip(children, mothers, fathers, strict=True)
    ]
    assert np.mean(foreign) / 20 < 0.1
    assert all(sorted(c) == list(range(20)) for c in children)
    np.testing.assert_array_equal(children[:, 0], mothers[:, 0])


def test_a_child_goes_to_the_neighbour_with_the_fewest_neighbours():
    """From 0: 1 and 5 (mother), 2 and 4 (father); 4 alone is left with two edges, 3 and 5."""
    mother, father = [0, 1, 2, 3, 4, 5], [0, 2, 1, 3, 5, 4]
    left = {
        city: {c for e in edges(mother) | edges(father) if city in e for c in e} - {city, 0}
        for city in range(6)
    }
    near = left[0]
    fewest = {city for city in near if len(left[city]) == min(len(left[c]) for c in near)}
    tiled = np.tile(mother, (300, 1)), np.tile(father, (300, 1))
    second = edge_recombination(*tiled, np.random.default_rng(0))[:, 1]
    assert set(second) == fewest


# ----------------------------------------------------------------- position crossover


def test_positions_are_a_parents_or_filled_with_what_is_missing():
    rng = np.random.default_rng(0)
    keeper = np.array([rng.permutation(9) for _ in range(300)])
    donor = np.array([rng.permutation(9) for _ in range(300)])
    kept = rng.random(keeper.shape) < 0.5
    child = position_crossover(keeper, donor, kept, rng)
    np.testing.assert_array_equal(np.sort(child, axis=1), np.tile(np.arange(9), (300, 1)))
    np.testing.assert_array_equal(child[kept], keeper[kept])
    free = np.array(
        [~np.isin(row, k[mask]) for row, k, mask in zip(donor, keeper, kept, strict=True)]
    )
    wanted = ~kept & free
    np.testing.assert_array_equal(child[wanted], donor[wanted])


def test_position_crossover_by_hand():
    keeper, donor = np.array([[0, 1, 2, 3]]), np.array([[1, 0, 3, 2]])
    kept = np.array([[True, False, False, False]])
    child = position_crossover(keeper, donor, kept, np.random.default_rng(0))
    assert child.tolist() == [[0, 1, 3, 2]]  # the donor's 0 is there already; 1 is missing
