"""A genetic algorithm with the operators of DEAP's examples, a whole generation at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from methods.shared.operators import Population, crossover, perturb, require_variation, tournament
from problems.core.interval import Count, Positive, Share
from problems.core.oracle import Oracle
from problems.core.space import Space


def genetic(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    population: Population = 100,
    crossover_rate: Share = 0.5,
    mutation_rate: Share = 0.2,
    variable_rate: Share = 0.05,
    tournament_size: Count = 3,
    step: Positive = 0.1,
) -> None:
    """Select by tournament, mate neighbours, mutate, replace: DEAP's `eaSimple`, vectorised.

    Crossover and mutation are array forms of DEAP's operators, chosen by the space;
    `genetic_deap` has DEAP's own.

    Parameters
    ----------
    population : int
        Individuals a generation.
    crossover_rate, mutation_rate, variable_rate : float
        Probability that a pair mates, that a child mutates, and that each of its
        variables then changes: 0.5, 0.2 and 0.05 in DEAP's One Max example.
    tournament_size : int
        3 in that example.
    step : float
        Standard deviation of a real variable's mutation, as a share of its range.
    """
    require_variation(crossover_rate, mutation_rate)
    space = oracle.space
    genes = oracle.start(population)  # one row an individual
    values = oracle.values(genes)
    while True:
        parents = tournament(values, population, tournament_size, rng)
        genes, values = genes.take(parents, axis=0), values.take(parents)
        mated = _mate(space, genes, crossover_rate, rng)
        mutated = _mutate(space, genes, mutation_rate, variable_rate, step, rng)
        # The offspring replace the population. Those that are copies of a parent survive
        # with its value; the others are evaluated, all in one call.
        changed = mated | mutated
        values[changed] = oracle.values(genes[changed])


def _mate(space: Space, genes: NDArray, rate: float, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Cross pairs of neighbours in place, each with probability `rate`; tell who has mated.

    In an odd population the last one stays single.
    """
    mated = np.zeros(len(genes), dtype=bool)
    paired = len(genes) // 2 * 2
    pairs = genes[:paired].reshape(-1, 2, space.dimension)  # a view, as is the next
    chosen = (rng.random(len(pairs)) < rate).nonzero()[0]
    parents = pairs[chosen]
    pairs[chosen, 0], pairs[chosen, 1] = crossover(space, parents[:, 0], parents[:, 1], rng)
    mated[:paired].reshape(-1, 2)[chosen] = True
    return mated


def _mutate(
    space: Space,
    genes: NDArray,
    rate: float,
    variable_rate: float,
    step: float,
    rng: np.random.Generator,
) -> NDArray[np.bool_]:
    """Mutate individuals in place, each with probability `rate`; tell who has mutated."""
    mutated = rng.random(len(genes)) < rate
    chosen = rng.random((int(mutated.sum()), space.dimension)) < variable_rate
    genes[mutated] = perturb(space, genes[mutated], chosen, rng, step)
    return mutated
