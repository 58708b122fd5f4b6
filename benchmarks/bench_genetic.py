"""`genetic` beside DEAP's eaSimple and pymoo's GA, an evaluated individual, vectorised."""

from __future__ import annotations

import random

import numpy as np
import pytest
from deap import algorithms, base, creator, tools

import problems
from methods import minimize
from problems.core.points import unchecked

POPULATION, GENERATIONS, DIMENSION = 100, 500, 10


GROUPS = {
    peer: f"an evaluated individual beside {peer}, 10-D sphere, population 100"
    for peer in ("eaSimple", "pymoo's GA")
}


@pytest.mark.parametrize("peer", GROUPS)
def test_genetic(benchmark, peer):
    problem = problems.make("sphere", dimension=DIMENSION)
    budget = 30_000

    def run():
        return minimize(problem, "genetic", budget, population=POPULATION)

    evaluated = run().ledger.values
    benchmark.group = GROUPS[peer]
    benchmark.extra_info.update(side="ours", per=evaluated, bar=">= 10")
    benchmark.pedantic(run, rounds=15, warmup_rounds=2)


@pytest.fixture
def toolbox():
    creator.create("Minimised", base.Fitness, weights=(-1.0,))
    creator.create("Individual", list, fitness=creator.Minimised)
    box = base.Toolbox()
    box.register("gene", random.uniform, -5, 5)
    box.register("individual", tools.initRepeat, creator.Individual, box.gene, DIMENSION)
    box.register("population", tools.initRepeat, list, box.individual)
    box.register("mate", tools.cxTwoPoint)
    box.register("mutate", tools.mutGaussian, mu=0, sigma=1.0, indpb=0.05)
    box.register("select", tools.selTournament, tournsize=3)
    yield box
    del creator.Minimised, creator.Individual


def test_ea_simple(benchmark, toolbox):
    problem = problems.make("sphere", dimension=DIMENSION)
    evaluated = 0

    def evaluate_all(evaluate, individuals):
        nonlocal evaluated
        evaluated += len(individuals)
        return [(v,) for v in unchecked(problem, "values")(np.array(individuals)).tolist()]

    toolbox.register("evaluate", lambda individual: None)
    toolbox.register("map", evaluate_all)

    def run():
        random.seed(0)
        algorithms.eaSimple(
            toolbox.population(POPULATION), toolbox, 0.5, 0.2, GENERATIONS, verbose=False
        )

    run()
    benchmark.group = GROUPS["eaSimple"]
    benchmark.extra_info.update(side="peer", per=evaluated, bar=">= 10")
    benchmark.pedantic(run, rounds=5, warmup_rounds=1)


def test_pymoo(benchmark):
    from pymoo.algorithms.soo.nonconvex.ga import GA
    from pymoo.core.problem import Problem
    from pymoo.optimize import minimize as pymoo_minimize

    problem = problems.make("sphere", dimension=DIMENSION)
    generations = 100

    class Sphere(Problem):
        def __init__(self):
            box = problem.space
            super().__init__(n_var=DIMENSION, n_obj=1, xl=box.low, xu=box.high)

        def _evaluate(self, x, out, *arguments, **keywords):
            out["F"] = unchecked(problem, "values")(x)

    def run():
        algorithm = GA(pop_size=POPULATION)
        return pymoo_minimize(Sphere(), algorithm, ("n_gen", generations), seed=0)

    benchmark.group = GROUPS["pymoo's GA"]
    evaluated = POPULATION * generations
    benchmark.extra_info.update(side="peer", per=evaluated, bar=">= 10")
    benchmark.pedantic(run, rounds=5, warmup_rounds=1)
