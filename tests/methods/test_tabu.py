from __future__ import annotations

import numpy as np
import pytest

import methods.tabu as module
from methods import minimize
from methods.shared.items import Items
from methods.tabu import gained, tabu
from problems import Box, Categorical, Permutation
from tests.methods.examples import Flat, OneMax, Recorded, TwoOfSix, inversions, run_directly


def test_it_begins_at_the_shared_start():
    problem = Flat(Box(-5, 5, 3))
    oracle = run_directly(tabu, problem, 5)
    np.testing.assert_array_equal(problem.looked_at[0], oracle.start(1)[0])


# ------------------------------------------------------------------ its steps


def walk(problem, looks, neighbours, **options):
    """Return the points that the search stood at, and each step's candidates.

    A step's candidates all differ from where it stands in one variable (in two positions
    of a permutation), so where it stood is where the next step's neighbours meet.
    """
    run_directly(tabu, problem, looks, pivot="best", neighbours=neighbours, **options)
    seen = np.array(problem.looked_at)
    around = [seen[i : i + neighbours] for i in range(1, len(seen) - neighbours + 1, neighbours)]
    return seen[0], around


def place_of(candidates):
    """Return the binary point whose neighbours these are, by majority in every bit."""
    return (candidates.mean(axis=0) > 0.5).astype(int)


def test_a_step_evaluates_neighbours_in_different_variables():
    start, around = walk(Flat(Box(0, 1, 9, integral=True)), 200, neighbours=6)
    changed = around[0] != start
    assert (changed.sum(axis=1) == 1).all()
    assert (changed.sum(axis=0) <= 1).all()


def test_neighbours_of_an_assignment_are_swaps():
    start, around = walk(Flat(Permutation(8, kind="assignment")), 100, neighbours=5)
    assert ((around[0] != start).sum(axis=1) == 2).all()


@pytest.mark.parametrize("tenure", [1, 3, 5])
def test_it_is_the_definition_step_by_step(tenure):
    """Full neighbourhoods of bits, followed by a search written from the definition."""
    weights = np.random.default_rng(1).normal(size=(7, 7))
    problem = Recorded(Box(0, 1, 7, integral=True), lambda x: float(x @ weights @ x))
    place, around = walk(problem, 1 + 7 * 40, neighbours=7, tenure=tenure)
    best, until = problem._function(place), {}
    rose = aspired = 0
    for step, candidates in enumerate(around, start=1):
        np.testing.assert_array_equal(place_of(candidates), place)
        options = []
        for candidate in candidates:
            (i,) = np.flatnonzero(candidate != place)
            value = problem._function(candidate)
            free = step > until.get((i, candidate[i]), 0)
            if free or value < best:
                options.append((value, i, candidate, free))
        value, i, candidate, free = min(options, key=lambda option: option[:2])
        aspired += not free
        rose += value > problem._function(place)
        until[i, place[i]] = step + tenure
        best, place = min(best, value), candidate
    assert rose > 5  # it climbs out of local optima
    assert aspired or tenure < 5


def test_it_never_undoes_a_change_within_the_tenure():
    tenure = 4
    _, around = walk(Flat(Box(0, 1, 9, integral=True)), 1 + 9 * 60, neighbours=9, tenure=tenure)
    places = np.array([place_of(candidates) for candidates in around])
    moved = (places[1:] != places[:-1]).argmax(axis=1)
    for i in range(len(moved)):
        assert moved[i] not in moved[i + 1 : i + 1 + tenure]


def test_without_a_tenure_it_falls_back_into_the_nearest_optimum():
    """Down, up, down: with nothing tabu the best neighbour of a second-best is the optimum."""
    problem = Recorded(Box(0, 1, 6, integral=True), lambda x: float(x.sum()))
    _, around = walk(problem, 1 + 6 * 30, neighbours=6, tenure=0)
    sums = [int(place_of(candidates).sum()) for candidates in around]
    assert sums[-8:] in ([0, 1] * 4, [1, 0] * 4)


def test_where_all_is_tabu_it_takes_what_is_free_again_first():
    """Two bits, a tenure that never ends: it goes round the square for ever."""
    problem = Flat(Box(0, 1, 2, integral=True))
    _, around = walk(problem, 1 + 2 * 20, neighbours=2, tenure=1000)
    places = [tuple(np.bitwise_xor(c[0], c[0] != problem.looked_at[0])) for c in around]
    assert len(places) == 20
    visited = {tuple(x.tolist()) for x in problem.looked_at}
    assert visited == {(0, 0), (0, 1), (1, 0), (1, 1)}


def test_a_real_variable_that_was_changed_is_left_alone_for_the_tenure():
    """The last variable is whole, of one value: else it would be a real box."""
    space = Box([0] * 6, [1] * 5 + [0], integral=[False] * 5 + [True])
    problem = Recorded(space, lambda x: float(x.sum()))
    sizes = {"smallest": 0.01, "largest": 0.01}
    run_directly(tabu, problem, 1 + 6 * 30, pivot="best", tenure=3, neighbours=6, **sizes)
    seen = np.array(problem.looked_at)
    around = [seen[i : i + 6] for i in range(1, len(seen), 6)]
    places = np.array([np.median(candidates, axis=0) for candidates in around])
    changes = places[1:] != places[:-1]
    best = np.minimum.accumulate([problem._function(x) for x in places])
    for i in range(1, len(changes) - 1):
        aspired = problem._function(places[i + 1]) <= best[i + 1]
        again = changes[max(0, i - 3) : i].any(axis=0) & changes[i]
        assert aspired or not again.any()


def watched(monkeypatch, problem, looks, **options):
    """Return where each descent in a real box began, and where it ended."""
    began, ended = [], []
    descend = module.descend_reals

    def seen(oracle, steps, x, *arguments):
        began.append(x)
        x, value = descend(oracle, steps, x, *arguments)
        ended.append(x)
        return x, value

    monkeypatch.setattr(module, "descend_reals", seen)
    run_directly(tabu, problem, looks, **options)
    return began, ended


def test_a_real_box_is_left_from_every_local_optimum_to_beyond_its_region(monkeypatch):
    problem = Recorded(Box(-1, 1, 2), lambda x: float(np.sum(x**2 - np.cos(9 * x))))
    began, ended = watched(monkeypatch, problem, 5000, tenure=3, neighbours=5)
    best = np.minimum.accumulate([problem._function(x) for x in ended])
    assert len(ended) > 20
    for i, x in enumerate(began[1:]):
        nearest = min(np.sqrt(np.mean(((x - y) / 2) ** 2)) for y in ended[max(0, i - 2) : i + 1])
        assert nearest >= module.REGION or problem._function(x) < best[i]


def test_a_region_that_is_fallen_back_into_grows(monkeypatch):
    """A bowl: the next descent begins ever farther from its bottom."""
    problem = Recorded(Box(-1, 1, 2), lambda x: float(x @ x))
    began, _ = watched(monkeypatch, problem, 3000, neighbours=20)
    away = [float(np.sqrt(np.mean((x / 2) ** 2))) for x in began[1:5]]
    assert away[0] > module.REGION
    assert away[3] > 8 * module.REGION


@pytest.mark.parametrize("pivot", ["first", "best"])
@pytest.mark.parametrize("tenure", [0, None])
def test_a_bowl_of_ten_real_variables_is_descended_to_the_bottom(pivot, tenure):
    problem = Recorded(Box(-5, 5, 10), lambda x: float(np.sum((x - 1) ** 2)))
    run = minimize(problem, "tabu", 1000, pivot=pivot, tenure=tenure, target=1e-6)
    assert run.ended == "target"


def test_the_first_neighbour_that_is_no_worse_is_taken():
    """Down all ones of OneMax's mirror: each neighbour differs from the last improvement."""
    problem = Recorded(Box(0, 1, 8, integral=True), lambda x: float(x.sum()))
    run_directly(tabu, problem, 200, tenure=1)
    place = problem.looked_at[0]
    for x in problem.looked_at[1:]:
        if not place.any():
            break
        assert (x != place).sum() == 1
        place = x if x.sum() < place.sum() else place
    assert not place.any()


def test_first_improvement_moves_to_the_best_where_none_improves():
    """From 000, worth least, bit 1 costs least: the next neighbours are around it."""
    problem = Recorded(Box(0, 1, 3, integral=True), lambda x: float(x @ [3.0, 1.0, 2.0]))
    problem.start = lambda: np.zeros(3, dtype=int)
    run_directly(tabu, problem, 5, tenure=3)
    assert {tuple(x) for x in problem.looked_at[1:4]} == {(1, 0, 0), (0, 1, 0), (0, 0, 1)}
    assert np.abs(problem.looked_at[4] - [0, 1, 0]).sum() == 1


def test_under_constraints_bits_are_exchanged_after_their_flips():
    start, (flipped, exchanged) = walk(TwoOfSix(), 13, neighbours=6)
    assert ((flipped != start).sum(axis=1) == 1).all()
    assert ((exchanged != start).sum(axis=1) == 2).all()
    assert (exchanged.sum(axis=1) == start.sum()).all()
    assert minimize(TwoOfSix(), "tabu", 200, seed=0, target=-11).ended == "target"


def test_all_pairs_of_items_are_tried_before_any_is_again():
    items, x = Items(Permutation(5, kind="assignment")), np.arange(5)
    around = module._pairs_in_turn(items, np.random.default_rng(0))
    tried = [*around(x, 4), *around(x, 6)]
    assert len({tuple(y) for y in tried}) == len(tried) == 10


@pytest.mark.parametrize(
    ("kind", "attributes"),
    [
        # From 0 1 2 3 4 to 0 3 2 1 4, a reversal: what is new by the kind.
        ("tour", {(0, 3), (1, 4)}),
        ("sequence", {(0, 3), (3, 2), (2, 1), (1, 4)}),
        ("assignment", {(1, 3), (3, 1)}),
        (None, {(1, 3), (3, 1)}),
    ],
)
def test_attributes_follow_the_kind_of_permutation(kind, attributes):
    new = gained(Permutation(5, kind=kind), np.arange(5), np.array([0, 3, 2, 1, 4]))
    assert new == attributes


def test_a_tour_turned_or_begun_elsewhere_has_gained_nothing():
    space, tour = Permutation(7, kind="tour"), np.array([4, 0, 2, 6, 1, 5, 3])
    assert gained(space, tour, np.roll(tour[::-1], 3)) == set()


@pytest.mark.parametrize("kind", ["tour", "sequence", "assignment"])
@pytest.mark.parametrize("length", [1, 2, 3])
def test_a_selection_that_changes_gains_something(kind, length):
    space = Permutation(5, length, kind=kind)
    old, new = np.arange(length), np.arange(length)
    new[-1] = 4
    assert gained(space, old, new)


# ------------------------------------------------------------------- problems


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "build",
    [
        lambda: OneMax(20),
        lambda: Recorded(Permutation(7), inversions),
        lambda: Recorded(Categorical([4] * 8), lambda x: float(np.sum(x != [1, 3, 0, 2] * 2))),
        lambda: Recorded(Box(0, 9, 6, integral=True), lambda x: float(np.sum((x - 4) ** 2))),
    ],
    ids=["bits", "sorting", "categories", "integers"],
)
def test_it_reaches_the_optimum(build, seed):
    assert minimize(build(), "tabu", 3000, seed=seed, target=0.0).ended == "target"


def test_a_space_of_one_point_costs_the_budget_and_nothing_else():
    run = minimize(Flat(Box([1, 2], [1, 2], integral=True)), "tabu", 30)
    assert (run.x.tolist(), run.ended) == ([1, 2], "budget")
    run = minimize(Flat(Box([1, 2], [1, 2])), "tabu", 500)
    assert (run.x.tolist(), run.ended) == ([1, 2], "budget")


def test_it_survives_an_objective_that_is_never_finite():
    run = minimize(Flat(Box(0, 1, 3), float("nan")), "tabu", 50)
    assert (run.value, run.ended, run.ledger.invalid) == (None, "nan", 50)


@pytest.mark.parametrize(
    "options",
    [
        {"pivot": "worst"},
        {"tenure": -1},
        {"neighbours": 0},
        {"smallest": 0},
        {"smallest": 0.5, "largest": 0.1},
    ],
    ids=str,
)
def test_nonsense_is_refused_before_the_first_evaluation(options):
    problem = Flat(Box(0, 1, 2))
    with pytest.raises(ValueError, match=f"{next(iter(options))}=.*expected"):
        minimize(problem, "tabu", 10, **options)
    assert not problem.looked_at
