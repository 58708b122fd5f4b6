"""The adapter against pycma called directly: the same points in the same order."""

from __future__ import annotations

import random

import cma
import numpy as np
import pytest

import problems
from methods import minimize
from methods.cma_es import cma_es
from problems import Box, Oracle
from tests.methods.examples import (
    Flat,
    OneMax,
    Recorded,
    inversions,
    rastrigin,
    run_directly,
    spaces,
)

BOX = Box(-3, 5, 4)


def bowl(x):
    return float(np.sum((np.asarray(x, dtype=float) - 1.2) ** 2))


def options_of(box, draws, **more):
    """Return what a user of pycma would write to be bounded, seeded and silent."""
    return {
        "bounds": [box.low.tolist(), box.high.tolist()],
        "randn": lambda *shape: draws.standard_normal(shape),
        "seed": np.nan,
        "verbose": -9,
        "verb_log": 0,
        **more,
    }


def draws_of(seed):
    """Return the method's generator as it is when pycma begins."""
    draws = np.random.default_rng(seed)
    draws.integers(2**32)  # seeds what pycma takes from the global generator
    return draws


class EnoughError(Exception):
    """Ends `cma.fmin` after a number of evaluations."""


def fmin_alone(function, box, start, seed, looks, monkeypatch, **options):
    """Run `cma.fmin` with restarts; return all the points it evaluated."""
    draws, seen, begun = draws_of(seed), [], []

    def value(x):
        if len(seen) == looks:
            raise EnoughError
        seen.append(np.array(x))
        return function(x)

    def x0():
        begun.append(len(seen))
        return start if len(begun) == 1 else box.sample(draws, 1)[0]

    monkeypatch.setattr(np.random, "uniform", draws.uniform)
    with pytest.raises(EnoughError):
        cma.fmin(value, x0, 0.25 * 8, options_of(box, draws), restarts=99, **options)
    return np.array(seen), begun


@pytest.mark.filterwarnings("ignore")  # pycma's own, when called directly
@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("function", [rastrigin, bowl])
def test_one_run_sees_pycmas_points_in_pycmas_order(function, seed):
    problem = Recorded(BOX, function)
    oracle = run_directly(cma_es, problem, seed=seed, restarts="none")
    strategy = cma.CMAEvolutionStrategy(
        oracle.start(1)[0], 0.25 * 8, options_of(BOX, draws_of(seed))
    )
    seen = []
    while not strategy.stop():
        points = strategy.ask()
        seen += points
        strategy.tell(points, [function(x) for x in points])
    assert len(seen) > 300
    np.testing.assert_array_equal(problem.looked_at[:-1], seen)
    np.testing.assert_array_equal(problem.looked_at[-1], strategy.result.xfavorite)
    assert oracle.record.ledger().values == strategy.countevals + 1


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("restarts", "bipop"), [("ipop", False), ("bipop", True)])
def test_restarts_see_the_points_of_pycmas_fmin(restarts, bipop, monkeypatch):
    """With restarts that draw their starting points as ours do."""
    looks = 6000
    problem = Recorded(BOX, rastrigin)
    oracle = run_directly(cma_es, problem, looks, seed=4, restarts=restarts)
    expected, begun = fmin_alone(
        rastrigin, BOX, oracle.start(1)[0], 4, looks, monkeypatch, bipop=bipop
    )
    np.testing.assert_array_equal(problem.looked_at, expected)
    assert oracle.record.ledger().restarts == len(begun) - 1
    assert len(begun) >= 3


def test_restarts_are_drawn_in_the_trace():
    run = minimize(Recorded(Box(-3, 5, 2), rastrigin), "cma-es", 1500)
    drawn = [point for point in run.trace if point.kind == "restart"]
    assert len(drawn) == run.ledger.restarts > 0


@pytest.mark.parametrize("space", spaces().values(), ids=spaces())
def test_it_never_leaves_the_space(space):
    problem = Flat(space)
    run_directly(cma_es, problem, 150)
    assert all(x in space for x in problem.looked_at)
    movable = not isinstance(space, Box) or (space.low < space.high).any()
    assert len(problem.looked_at) == (150 if movable else 1)


def test_whole_and_fixed_variables_stay_what_they_are():
    box = Box([-3, 2, 0], [5, 2, 9], integral=[False, False, True])
    problem = Recorded(box, lambda x: bowl(x))
    run = minimize(problem, "cma-es", 1500)
    assert run.x[1] == 2
    assert run.x[2] == 1
    assert run.x[0] == pytest.approx(1.2, abs=1e-4)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "build", [lambda: OneMax(12), lambda: Recorded(problems.Permutation(6), inversions)]
)
def test_it_solves_encoded_problems(build, seed):
    assert minimize(build(), "cma-es", 3000, seed=seed, target=0.0).ended == "target"


def test_one_variable_is_enough():
    run = minimize(Recorded(Box(-3, 5, 1), bowl), "cma-es", 400)
    assert run.value < 1e-10


@pytest.mark.parametrize("space", [Box(0, 9, 5, integral=True), Box(-1, 1, 150)], ids=str)
def test_global_generators_are_left_alone_after_an_odd_number_of_normal_draws(space):
    """numpy keeps the second of a pair of normal draws: part of its state as well."""
    state = np.random.get_state()
    try:
        np.random.seed(3)
        np.random.standard_normal()
        before = str(np.random.get_state()), random.getstate()
        minimize(Flat(space), "cma-es", 200)
        assert (str(np.random.get_state()), random.getstate()) == before
    finally:
        np.random.set_state(state)


def test_the_objective_draws_from_its_own_global_state():
    """What pycma draws for integers does not reach an objective that is itself random."""
    state = np.random.get_state()

    def drawn(budget):
        np.random.seed(7)
        seen = []
        problem = Recorded(
            Box(0, 9, 5, integral=True), lambda x: seen.append(np.random.random()) or 1.0
        )
        run_directly(cma_es, problem, budget)
        return seen

    try:
        looks = drawn(60)
        np.random.seed(7)
        assert looks == np.random.random(60).tolist()
    finally:
        np.random.set_state(state)


def test_thousands_of_variables_cost_no_square_matrix(monkeypatch):
    problem = Flat(Box(-1, 1, 4000))
    strategies = []
    original = cma.CMAEvolutionStrategy

    class Spy(original):
        def __init__(self, *arguments):
            super().__init__(*arguments)
            strategies.append(self)

    monkeypatch.setattr(cma, "CMAEvolutionStrategy", Spy)
    run_directly(cma_es, problem, 30)
    assert strategies[0].opts["CMA_diagonal"] is True
    assert run_directly(cma_es, Flat(Box(-1, 1, 100)), 30).record.values == 30


def test_a_population_never_outgrows_what_is_left():
    sizes = []
    original = Oracle.values

    def counted(self, points):
        sizes.append((len(points), self.remaining))
        return original(self, points)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Oracle, "values", counted)
        run_directly(cma_es, Flat(Box(-1, 1, 3)), 2000, restarts="ipop")
    assert max(size for size, _ in sizes) > 100
    assert all(size <= max(left, 2000 / 2) for size, left in sizes)


@pytest.mark.parametrize(
    ("space", "budget", "hurried"),
    [
        (Box(-1, 1, 10), 900, True),
        (Box(-1, 1, 10), 1100, False),
        (Box(-1, 1, 41), 900, False),
        (Box(0, 9, 10, integral=True), 900, False),
    ],
    ids=str,
)
def test_a_run_hurries_where_evaluations_are_few_and_variables_real(
    space, budget, hurried, monkeypatch
):
    sizes = []

    def counted(oracle, points):
        sizes.append(len(points))
        raise EnoughError

    monkeypatch.setattr(Oracle, "values", counted)
    with pytest.raises(EnoughError):
        run_directly(cma_es, Flat(space), budget)
    assert (sizes == [4 + int(np.log(10))]) == hurried


def test_five_hundred_evaluations_of_a_sphere_get_as_far_as_nevergrads():
    sphere = problems.make("sphere", dimension=10)
    assert np.median([minimize(sphere, "cma-es", 500, seed=seed).value for seed in range(5)]) < 1e-3


def test_an_objective_that_is_never_finite_is_survived(capsys):
    run = minimize(Flat(Box(0, 1, 2), float("nan")), "cma-es", 300)
    assert (run.ended, run.value, run.ledger.invalid) == ("nan", None, 300)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "options",
    [{"population": 1}, {"population": -2}, {"sigma0": 0}, {"sigma0": float("inf")}],
    ids=str,
)
def test_nonsense_is_refused_before_the_first_evaluation(options):
    problem = Flat(Box(0, 1, 2))
    with pytest.raises(ValueError, match=f"{next(iter(options))}=.*expected"):
        minimize(problem, "cma-es", 10, **options)
    assert not problem.looked_at


@pytest.mark.slow
@pytest.mark.parametrize("function", [1, 8, 10])
def test_it_solves_bbob_in_every_instance(function):
    """f1, f8 and f10 at D = 5 to 1e-8 within 20,000 evaluations, restarts included.

    The slowest of the 45 runs took 5,171 evaluations. On f8 three of fifteen first runs failed and
    were restarted once each; at that rate, five runs, which the budget pays for, all fail with
    a probability of 0.2⁵ = 0.0003 an instance. The seeds are fixed.
    """
    pytest.importorskip("ioh")
    for instance in range(15):
        problem = problems.make("bbob", function=function, dimension=5, instance=instance)
        run = minimize(problem, "cma-es", 20_000, target=problem.reference.value + 1e-8)
        assert run.ended in ("target", "optimal"), (instance, run.value, run.ledger.values)
