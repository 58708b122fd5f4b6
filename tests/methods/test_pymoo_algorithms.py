"""`pymoo` beside pymoo itself: the same populations, nothing left behind."""

from __future__ import annotations

import random
import warnings

import numpy as np
import pytest

import problems
from methods import minimize
from methods.pymoo_algorithms import pymoo_algorithm
from methods.shared.library_guard import own_generators
from problems import Box, Categorical, Permutation
from tests.methods.examples import Recorded, inversions, run_directly, spaces

pytest.importorskip("pymoo")

from pymoo.algorithms.soo.nonconvex.cmaes import CMAES
from pymoo.algorithms.soo.nonconvex.de import DE
from pymoo.algorithms.soo.nonconvex.ga import BGA, GA
from pymoo.algorithms.soo.nonconvex.nelder import NelderMead
from pymoo.algorithms.soo.nonconvex.pso import PSO
from pymoo.core.mixed import MixedVariableGA
from pymoo.core.problem import ElementwiseProblem
from pymoo.core.sampling import Sampling
from pymoo.core.variable import Choice, Integer, Real
from pymoo.operators.crossover.ox import OrderCrossover
from pymoo.operators.crossover.pntx import TwoPointCrossover
from pymoo.operators.crossover.sbx import SBX
from pymoo.operators.mutation.bitflip import BitflipMutation
from pymoo.operators.mutation.inversion import InversionMutation
from pymoo.operators.mutation.pm import PM
from pymoo.operators.repair.rounding import RoundingRepair
from pymoo.operators.sampling.lhs import LHS
from pymoo.operators.sampling.rnd import (
    BinaryRandomSampling,
    FloatRandomSampling,
    IntegerRandomSampling,
    PermutationRandomSampling,
)
from pymoo.optimize import minimize as pymoo_minimize

SPACES = spaces()
BUDGET = 350
#: What pymoo has for one objective, and runs on any box.
ALGORITHMS = [
    *("BIPOPCMAES", "BRKGA", "CMAES", "DE", "DIRECT", "EPPSO", "ES", "G3PCX", "GA", "ISRES"),
    *("MixedVariableGA", "NRBO", "NelderMead", "NicheGA", "PSO", "PatternSearch", "RandomSearch"),
    *("SRES", "SimpleCMAES"),
]


def squares(x):
    return float(np.sum((np.asarray(x, dtype=float) - 0.7) ** 2))


def start_of(problem):
    return run_directly(lambda oracle, rng: None, problem).start(1)[0]


class From(Sampling):
    """A sampling of pymoo whose first row is given."""

    def __init__(self, sampling, first):
        super().__init__()
        self.sampling, self.first = sampling, first

    def _do(self, *arguments, **more):
        rows = self.sampling._do(*arguments, **more)
        rows[0] = self.first
        return rows


def begun(algorithm, first):
    """Return an algorithm of pymoo whose own sampling begins with a row."""
    algorithm.initialization.sampling = From(algorithm.initialization.sampling, first)
    return algorithm


def by_hand(algorithm, function, **variables):
    """Return the points of `pymoo.optimize.minimize`, seeded as the method by run_directly."""
    visited = []

    class Sought(ElementwiseProblem):
        def _evaluate(self, x, out, *arguments, **more):
            visited.append(list(x.values()) if isinstance(x, dict) else np.array(x))
            out["F"] = function(visited[-1])

    rng = np.random.default_rng(0)
    seed = int(rng.integers(1, 2**31))
    with warnings.catch_warnings(action="ignore"), own_generators(rng):
        pymoo_minimize(Sought(n_obj=1, **variables), algorithm, ("n_eval", BUDGET), seed=seed)
    return np.array(visited)[:BUDGET]


def ours(space, algorithm, function=squares):
    problem = Recorded(space, function)
    run_directly(pymoo_algorithm, problem, BUDGET, algorithm=algorithm)
    return np.array(problem.looked_at)


def assert_same(mine, theirs, start):
    np.testing.assert_array_equal(mine[: len(theirs)], theirs)
    np.testing.assert_array_equal(mine[0], start)
    assert len(np.unique(theirs, axis=0)) > 50


@pytest.mark.parametrize(
    ("name", "build"),
    [
        ("GA", lambda x: GA(sampling=From(FloatRandomSampling(), x))),
        ("DE", lambda x: DE(sampling=From(FloatRandomSampling(), x))),
        ("PSO", lambda x: PSO(sampling=From(LHS(), x))),
        ("NelderMead", lambda x: NelderMead(sampling=From(LHS(), x))),
        ("CMAES", lambda x: begun(CMAES(), x)),
    ],
)
def test_real_variables(name, build):
    space = Box(-2, 3, 6)
    start = start_of(Recorded(space, squares))
    theirs = by_hand(build(start), squares, n_var=6, xl=-2.0, xu=3.0)
    assert_same(ours(space, name), theirs, start)


def test_whole_variables_are_rounded():
    space = Box(-20, 30, 5, integral=True)
    start = start_of(Recorded(space, squares))
    rounded = {"prob": 1.0, "eta": 3.0, "vtype": float, "repair": RoundingRepair()}
    algorithm = GA(
        sampling=From(IntegerRandomSampling(), start),
        crossover=SBX(**rounded),
        mutation=PM(**rounded),
        eliminate_duplicates=True,
    )
    theirs = by_hand(algorithm, squares, n_var=5, xl=-20, xu=30, vtype=int)
    assert_same(ours(space, "GA"), theirs, start)


def test_bits():
    space = Box(0, 1, 16, integral=True)
    start = start_of(Recorded(space, squares))
    algorithm = GA(
        sampling=From(BinaryRandomSampling(), start),
        crossover=TwoPointCrossover(),
        mutation=BitflipMutation(),
    )
    variables = {"n_var": 16, "xl": 0, "xu": 1, "vtype": bool}
    assert_same(ours(space, "GA"), by_hand(algorithm, squares, **variables), start)
    own = BGA(sampling=From(BinaryRandomSampling(), start))
    assert_same(ours(space, "BGA"), by_hand(own, squares, **variables), start)


@pytest.mark.parametrize("space", [Permutation(9), Permutation(9, 5)], ids=["all", "some"])
def test_permutations(space):
    start = start_of(Recorded(space, inversions))
    algorithm = GA(
        sampling=From(PermutationRandomSampling(), space.complete(start)),
        mutation=InversionMutation(),
        crossover=OrderCrossover(),
    )
    length = space.dimension
    theirs = by_hand(algorithm, lambda x: inversions(x[:length]), n_var=9, xl=0, xu=8, vtype=int)
    assert_same(ours(space, "GA", inversions), theirs[:, :length], start)


@pytest.mark.parametrize(("name", "size"), [("GA", 100), ("MixedVariableGA", 50)])
@pytest.mark.parametrize(
    ("space", "kinds", "whole"),
    [
        (Categorical([4] * 8), lambda i: Choice(options=[0, 1, 2, 3]), slice(0, 8)),
        (
            Box(-2, 3, 4, integral=[True, False] * 2),
            lambda i: Real(bounds=(-2.0, 3.0)) if i % 2 else Integer(bounds=(-2, 3)),
            slice(0, 4, 2),
        ),
    ],
    ids=["categories", "mixed"],
)
def test_mixed_variables(name, size, space, kinds, whole):
    """pymoo rounds only the first of its whole variables; we all, before they are evaluated."""
    start = start_of(Recorded(space, squares))
    algorithm = begun(MixedVariableGA(pop_size=size), dict(enumerate(start.tolist())))

    def rounded(x):
        x = np.array(x, dtype=float)
        x[..., whole] = np.rint(x[..., whole])
        return x

    variables = {i: kinds(i) for i in range(space.dimension)}
    theirs = rounded(by_hand(algorithm, lambda x: squares(rounded(x)), vars=variables))
    mine = ours(space, name)
    np.testing.assert_array_equal(mine[: len(theirs)], theirs)
    assert len(np.unique(theirs, axis=0)) > 50


@pytest.mark.parametrize(("name", "size"), [("GA", 100), ("MixedVariableGA", 50)])
def test_settings_are_variables_of_each_kind_and_logarithms(name, size):
    space = problems.Mixed(
        rate=problems.Log(0.01, 3),
        prompt=problems.Choice(["a", "b", "c", "d"]),
        top=problems.Integer(-20, 20),
        share=problems.Real(0, 2),
    )
    first = space.rescale(start_of(Recorded(space, squares)))
    algorithm = begun(MixedVariableGA(pop_size=size), dict(enumerate(first.tolist())))
    low, high = space.scaled.low.tolist(), space.scaled.high.tolist()
    kinds = {
        0: Real(bounds=(low[0], high[0])),
        1: Choice(options=[0, 1, 2, 3]),
        2: Integer(bounds=(-20, 20)),
        3: Real(bounds=(0.0, 2.0)),
    }
    theirs = by_hand(algorithm, lambda x: squares(space.restore(x)), vars=kinds)
    mine = ours(space, name)
    np.testing.assert_array_equal(mine[: len(theirs)], space.restore(theirs))
    assert len(np.unique(mine, axis=0)) > 50


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("name", ALGORITHMS)
def test_every_algorithm_searches_every_space(name, space):
    problem = Recorded(SPACES[space], squares)
    run = minimize(problem, "pymoo", 130, algorithm=name)
    assert run.ended in ("budget", "converged"), run.message
    assert 0 < run.ledger.values <= 130
    assert all(x in problem.space for x in problem.looked_at)


@pytest.mark.parametrize("budget", [0, 1, 7])
def test_a_budget_below_the_population_is_spent(budget):
    run = minimize(Recorded(Box(-2, 3, 4), squares), "pymoo", budget)
    assert (run.ended, run.ledger.values) == ("budget", budget)


def test_nothing_is_left_behind(capfd):
    random.seed(1)
    np.random.seed(1)
    expected = random.Random(1).random(), np.random.RandomState(1).random()
    names = ["GA", "CMAES", "ES", "PatternSearch"]  # the last seeds itself by nothing
    with warnings.catch_warnings(action="error"):
        runs = [
            minimize(Recorded(Box(-5, 5, 3), squares), "pymoo", 150, algorithm=name)
            for name in [*names, *names]
        ]
    assert [run.value for run in runs[:4]] == [run.value for run in runs[4:]]
    assert (random.random(), np.random.random()) == expected
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("name", "space", "says"),
    [
        ("GAA", Box(0, 1, 2), r"algorithm=GAA: expected one of .*did you mean 'GA'"),
        ("NSGA2", Box(0, 1, 2), r"algorithm=NSGA2: it ranks points by several objectives"),
        ("Optuna", Box(0, 1, 2), r"use the method optuna"),
        ("GoldenSectionSearch", Box(0, 1, 1), r"it searches a line"),
        ("BGA", Box(0, 1, 2), r"BGA: expected bits, not Box\(0, 1, 2\); use GA"),
    ],
)
def test_what_cannot_be_is_refused_before_the_first_evaluation(name, space, says):
    problem = Recorded(space, squares)
    with pytest.raises(ValueError, match=says):
        minimize(problem, "pymoo", 10, algorithm=name)
    assert not problem.looked_at
