"""The adapter against DEAP's `eaSimple` called directly: the same evaluations in the same order."""

from __future__ import annotations

import functools
import random
import sys

import deap.algorithms
import deap.base
import deap.creator
import deap.tools
import numpy as np
import pytest

from methods import minimize
from methods.genetic_deap import genetic_deap
from problems import Box, Categorical, Permutation
from tests.methods.examples import Flat, OneMax, Recorded, inversions, run_directly


class Fitness(deap.base.Fitness):
    weights = (-1.0,)


class Individual(list):
    def __init__(self, genes):
        super().__init__(genes)
        self.fitness = Fitness()


class EnoughError(Exception):
    """Ends `eaSimple` after a number of evaluations."""


def weighted(x):
    """A function of any point that tells nearly all of them apart."""
    return float(np.asarray(x, dtype=float) @ np.sqrt(np.arange(2.0, len(x) + 2)))


def clipped(low, high):
    """DEAP's tutorial's decorator that brings children back into their bounds."""

    def decorate(operator):
        def mutate(*arguments, **keywords):
            children = operator(*arguments, **keywords)
            for child in children:
                child[:] = [min(max(gene, low), high) for gene in child]
            return children

        return mutate

    return decorate


TOOLS = deap.tools
BLEND = functools.partial(TOOLS.cxBlend, alpha=0.5)
#: Space, mating, mutation and a decorator: what a user of DEAP would register.
CASES = {
    "bits": (Box(0, 1, 12, integral=True), TOOLS.cxTwoPoint, (TOOLS.mutFlipBit, {}), None),
    "integers": (
        Box([-3, 0, 2], [4, 9, 7], integral=True),
        TOOLS.cxTwoPoint,
        (TOOLS.mutUniformInt, {"low": [-3, 0, 2], "up": [4, 9, 7]}),
        None,
    ),
    "reals": (
        Box(-1, 3, 5),
        BLEND,
        (TOOLS.mutGaussian, {"mu": 0.0, "sigma": 0.4, "indpb": 0.2}),
        clipped(-1.0, 3.0),
    ),
    "categories": (
        Categorical([2, 5, 3, 4]),
        TOOLS.cxTwoPoint,
        (TOOLS.mutUniformInt, {"low": [0] * 4, "up": [1, 4, 2, 3]}),
        None,
    ),
    "permutation": (
        Permutation(9),
        TOOLS.cxPartialyMatched,
        (TOOLS.mutShuffleIndexes, {"indpb": 2 / 9}),
        None,
    ),
}


def ea_simple_alone(space, mate, mutation, decorator, start, seed, looks):
    """Call DEAP as its users do; return the points of the first `evaluations` evaluations."""
    seen = []

    def evaluate(individual):
        if len(seen) == looks:
            raise EnoughError
        seen.append(list(individual))
        return (weighted(individual),)

    operator, settings = mutation
    toolbox = deap.base.Toolbox()
    toolbox.register("evaluate", evaluate)
    toolbox.register("mate", mate)
    toolbox.register("mutate", operator, **{"indpb": 0.05, **settings})
    toolbox.register("select", TOOLS.selTournament, tournsize=3)
    if decorator is not None:
        toolbox.decorate("mate", decorator)
        toolbox.decorate("mutate", decorator)
    random.seed(seed)
    population = [Individual(row) for row in start.tolist()]
    with pytest.raises(EnoughError):
        deap.algorithms.eaSimple(population, toolbox, 0.5, 0.2, sys.maxsize, verbose=False)
    return np.array(seen)


@pytest.fixture(autouse=True)
def _global_state():
    state = random.getstate()
    yield
    random.setstate(state)


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_it_evaluates_deaps_points_in_deaps_order(case, seed):
    space, *operators = case
    problem = Recorded(space, weighted)
    oracle = run_directly(genetic_deap, problem, 900, seed=seed, population=21)
    deaps_seed = int(np.random.default_rng(seed).integers(2**63))
    expected = ea_simple_alone(space, *operators, oracle.start(21), deaps_seed, 900)
    np.testing.assert_array_equal(problem.looked_at, expected)


def test_the_generations_are_those_of_ea_simple(monkeypatch):
    """Population, rates and quiet are handed on as they are."""
    calls = []
    monkeypatch.setattr(
        deap.algorithms, "eaSimple", lambda *given, **named: calls.append((given, named))
    )
    run_directly(genetic_deap, OneMax(5), 100, population=7, crossover_rate=0.3, mutation_rate=0.4)
    (((population, _, *rates), named),) = calls
    assert len(population) == 7
    assert rates == [0.3, 0.4]
    assert named["verbose"] is False


def test_mixed_boxes_mutate_each_kind_by_its_own_operator():
    problem = Flat(Box([0, -1, 0, 5], [3, 2, 9, 5], integral=[True, False, True, False]))
    run_directly(genetic_deap, problem, 2000, population=20, variable_rate=0.5, crossover_rate=0)
    points = np.array(problem.looked_at)
    assert all(x in problem.space for x in points)
    assert set(points[:, 0]) == {0, 1, 2, 3}
    assert set(points[:, 2]) == set(range(10))
    assert len(np.unique(points[:, 1])) > 500
    assert {points[:, 1].min(), points[:, 1].max()} == {-1, 2}  # brought back to the bounds
    assert set(points[:, 3]) == {5}


@pytest.mark.parametrize(
    "build", [lambda: OneMax(20), lambda: Recorded(Permutation(6), inversions)]
)
def test_it_reaches_the_optimum(build):
    assert minimize(build(), "genetic-deap", 6000, target=0.0).ended == "target"


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_the_global_generator_is_put_back_however_the_run_ends(error):
    def fails(x):
        if len(problem.looked_at) > 50:
            raise error
        return weighted(x)

    problem = Recorded(Box(0, 1, 6), fails)
    random.seed(5)
    before = random.getstate()
    with pytest.raises(error):
        run_directly(genetic_deap, problem, 100, population=20)
    assert random.getstate() == before
    run_directly(genetic_deap, Flat(Box(0, 1, 6)), 100)
    assert random.getstate() == before


def test_nothing_is_left_in_deaps_creator():
    before = set(vars(deap.creator))
    run_directly(genetic_deap, OneMax(5), 200)
    assert set(vars(deap.creator)) == before


@pytest.mark.parametrize(
    "options",
    [
        {"population": 1},
        {"tournament_size": 0},
        {"crossover_rate": 1.1},
        {"mutation_rate": -0.1},
        {"variable_rate": 2},
        {"mutation_rate": 0, "crossover_rate": 0},
        {"step": 0},
    ],
    ids=str,
)
def test_nonsense_is_refused_before_the_first_evaluation(options):
    problem = Flat(Box(0, 1, 2))
    with pytest.raises(ValueError, match=f"{next(iter(options))}=.*expected"):
        minimize(problem, "genetic-deap", 10, **options)
    assert not problem.looked_at
