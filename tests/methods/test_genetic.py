from __future__ import annotations

import random

import deap.algorithms
import deap.base
import deap.tools
import numpy as np
import pytest
from scipy.stats import mannwhitneyu

import methods.genetic as module
from methods import minimize
from methods.genetic import genetic
from problems import Box, Permutation
from tests.methods.examples import Flat, OneMax, Recorded, inversions, run_directly


class Generations:
    """The values of every generation, and the genes that were selected by them."""

    def __init__(self, monkeypatch):
        self.values = []
        self.winners = []
        self.parents = []
        tournament, mate = module.tournament, module._mate

        def selected(values, *arguments):
            self.values.append(values.copy())
            self.winners.append(tournament(values, *arguments))
            return self.winners[-1]

        def mated(space, genes, *arguments):
            self.parents.append(genes.copy())
            return mate(space, genes, *arguments)

        monkeypatch.setattr(module, "tournament", selected)
        monkeypatch.setattr(module, "_mate", mated)


@pytest.fixture
def generations(monkeypatch):
    return Generations(monkeypatch)


@pytest.fixture
def batches(monkeypatch):
    """Sizes of all calls of `oracle.values`."""
    from problems import Oracle

    sizes, values = [], Oracle.values

    def counted(self, points):
        sizes.append(len(points))
        return values(self, points)

    monkeypatch.setattr(Oracle, "values", counted)
    return sizes


# ------------------------------------------------------------------- its generations


def test_a_generation_is_one_call_of_the_objective(generations, batches):
    run_directly(genetic, OneMax(10), 1000, population=50)
    assert len(generations.values) > 10
    assert len(batches) == len(generations.values) + 1  # the last was cut short by the budget


def test_every_individual_keeps_its_own_value(generations):
    """What is carried over unevaluated has not been mixed up with what is new."""
    problem = Recorded(Box(-3, 3, 4), lambda x: float(x @ [1.0, 10.0, 100.0, 1000.0]))
    run_directly(genetic, problem, 2000, population=31, variable_rate=0.4)
    assert len(generations.values) > 50
    for values, winners, parents in zip(
        generations.values, generations.winners, generations.parents, strict=True
    ):
        expected = parents @ [1.0, 10.0, 100.0, 1000.0]
        np.testing.assert_allclose(values[winners], expected, rtol=1e-12)


def test_the_first_generation_is_the_shared_start():
    problem = Flat(Box(-5, 5, 3))
    oracle = run_directly(genetic, problem, 20, population=20)
    np.testing.assert_array_equal(problem.looked_at, oracle.start(20))


# -------------------------------------------------- who is evaluated, as in eaSimple


@pytest.mark.parametrize("population", [50, 51])
@pytest.mark.parametrize(("mating", "mutation"), [(0.5, 0.2), (0.9, 0.0), (0.0, 0.3), (0.2, 0.7)])
def test_only_changed_individuals_are_evaluated(population, mating, mutation, batches):
    run_directly(
        genetic,
        OneMax(8),
        8000,
        population=population,
        crossover_rate=mating,
        mutation_rate=mutation,
    )
    first, *later = batches[:-1]
    assert first == population
    paired = population // 2 * 2 / population  # in an odd population the last one stays single
    expected = 1 - (1 - mating * paired) * (1 - mutation)
    assert np.mean(later) / population == pytest.approx(expected, abs=0.03)


def test_mutants_alone_are_evaluated_where_nobody_mates(monkeypatch, batches):
    mutants, perturb = [], module.perturb

    def spy(space, points, chosen, rng, sigma):
        mutants.append(len(points))
        return perturb(space, points, chosen, rng, sigma)

    monkeypatch.setattr(module, "perturb", spy)
    run_directly(genetic, OneMax(8), 2000, crossover_rate=0, mutation_rate=0.3)
    assert batches[1:] == mutants


@pytest.mark.parametrize("rate", [0.05, 0.5])
def test_mutated_variables_are_chosen_as_in_deaps_flip_bit(rate, monkeypatch):
    """How many variables of a mutant change, and which, is alike."""
    from scipy.stats import chi2_contingency

    size, ours, perturb = 10, [], module.perturb

    def spy(space, points, chosen, rng, sigma):
        ours.append(chosen)
        return perturb(space, points, chosen, rng, sigma)

    monkeypatch.setattr(module, "perturb", spy)
    run_directly(genetic, OneMax(size), 5000, crossover_rate=0, mutation_rate=1, variable_rate=rate)
    ours = np.concatenate(ours)
    monkeypatch.setattr("deap.tools.mutation.random", random.Random(5))
    flip = deap.tools.mutFlipBit
    theirs = np.array([flip([0] * size, rate)[0] for _ in range(len(ours))], dtype=bool)
    per_position = [ours.sum(axis=0), theirs.sum(axis=0)]
    assert chi2_contingency(per_position).pvalue > 0.001
    numbers = [np.bincount(np.minimum(m.sum(axis=1), 6), minlength=7) for m in (ours, theirs)]
    common = np.sum(numbers, axis=0) > 10
    assert chi2_contingency(np.array(numbers)[:, common]).pvalue > 0.001


def deap_alone(bits, population, generations, draws):
    """Run DEAP's One Max example; return the final best value and all evaluations."""

    class Fitness(deap.base.Fitness):
        weights = (-1.0,)

    class Individual(list):
        def __init__(self, genes):
            super().__init__(genes)
            self.fitness = Fitness()

    toolbox = deap.base.Toolbox()
    toolbox.register("evaluate", lambda individual: (bits - sum(individual),))
    toolbox.register("mate", deap.tools.cxTwoPoint)
    toolbox.register("mutate", deap.tools.mutFlipBit, indpb=0.05)
    toolbox.register("select", deap.tools.selTournament, tournsize=3)
    start = [Individual(draws.choices((0, 1), k=bits)) for _ in range(population)]
    final, log = deap.algorithms.eaSimple(start, toolbox, 0.5, 0.2, generations, verbose=False)
    return min(bits - sum(individual) for individual in final), sum(log.select("nevals"))


def test_it_progresses_as_deaps_easimple(monkeypatch, batches):
    """The best of generation 8 on One Max and the evaluations spent, over 40 seeds of either."""
    bits, population, generations = 30, 30, 8
    theirs, ours, spied = [], [], Generations(monkeypatch)
    for seed in range(40):
        draws = random.Random(seed)
        for part in ("tools.crossover", "tools.mutation", "tools.selection", "algorithms"):
            monkeypatch.setattr(f"deap.{part}.random", draws)
        theirs.append(deap_alone(bits, population, generations, draws))
        spied.values.clear()
        batches.clear()
        run_directly(genetic, OneMax(bits), 10 * population, seed=seed, population=population)
        ours.append((spied.values[generations].min(), sum(batches[: generations + 1])))
    for mine, deaps in zip(np.transpose(ours), np.transpose(theirs), strict=True):
        assert len(mine) == len(deaps) == 40
        assert mannwhitneyu(mine, deaps).pvalue > 0.001


# ----------------------------------------------------------------- what it reaches


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("population", [21, 100])
def test_it_solves_one_max(population, seed):
    run = minimize(OneMax(20), "genetic", 6000, seed=seed, target=0.0, population=population)
    assert run.ended == "target"
    assert run.x.tolist() == [1] * 20


def test_it_sorts_a_permutation():
    problem = Recorded(Permutation(7), inversions)
    run = minimize(problem, "genetic", 6000, target=0.0)
    assert run.x.tolist() == list(range(7))


@pytest.mark.parametrize("population", [2, 3])
def test_the_smallest_populations_work(population):
    run = minimize(OneMax(6), "genetic", 3000, target=0.0, population=population)
    assert run.ended == "target"


@pytest.mark.parametrize("population", [10, 11])
def test_the_last_one_of_an_odd_population_never_mates(population, monkeypatch):
    pairs, crossover = [], module.crossover

    def spy(space, mothers, fathers, rng):
        pairs.append(len(mothers))
        return crossover(space, mothers, fathers, rng)

    monkeypatch.setattr(module, "crossover", spy)
    run_directly(genetic, OneMax(6), 300, population=population, crossover_rate=1)
    assert set(pairs) == {5}


def test_a_budget_smaller_than_the_population_is_spent_on_the_start():
    run = minimize(OneMax(6), "genetic", 7, population=50)
    assert (run.ended, run.ledger.values) == ("budget", 7)
    assert run.value is not None


def test_an_objective_that_is_never_finite_is_survived():
    run = minimize(Flat(Box(0, 1, 2), float("nan")), "genetic", 300)
    assert (run.ended, run.value, run.ledger.invalid) == ("nan", None, 300)


@pytest.mark.parametrize(
    "options",
    [
        {"population": 1},
        {"population": 2.5},
        {"tournament_size": 0},
        {"crossover_rate": 1.1},
        {"mutation_rate": -0.1},
        {"variable_rate": 2},
        {"mutation_rate": 0, "crossover_rate": 0},
        {"step": 0},
        {"step": float("inf")},
    ],
    ids=str,
)
def test_nonsense_is_refused_before_the_first_evaluation(options):
    problem = Flat(Box(0, 1, 2))
    with pytest.raises(ValueError, match=f"{next(iter(options))}=.*expected"):
        minimize(problem, "genetic", 10, **options)
    assert not problem.looked_at
