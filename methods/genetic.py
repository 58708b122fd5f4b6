"""A genetic algorithm with the operators of DEAP's examples, a whole generation at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from methods.shared.operators import STEP, Breeding, crossover, perturb, tournament
from methods.shared.option_sharing import shares_options
from methods.shared.strides import zoom
from problems.core.oracle import Oracle
from problems.core.space import Space


@shares_options(Breeding)
def genetic(oracle: Oracle, rng: np.random.Generator, **options: Any) -> None:
    """Select by tournament, mate neighbours, mutate, replace: DEAP's `eaSimple`, vectorised.

    Crossover and mutation are array forms of DEAP's operators, chosen by the space;
    `genetic_deap` has DEAP's own.

    Parameters
    ----------
    **options
        population, crossover_rate, mutation_rate, variable_rate, tournament_size, step: see
        `Breeding`.
    """
    breeding = Breeding(**options)
    space = oracle.space
    step = breeding.step * zoom(oracle, STEP)
    genes = oracle.start(breeding.population)  # one row an individual
    values = oracle.values(genes)
    while True:
        parents = tournament(values, breeding.population, breeding.tournament_size, rng)
        genes, values = genes.take(parents, axis=0), values.take(parents)
        mated = _mate(space, genes, breeding.crossover_rate, rng)
        mutated = _mutate(space, genes, breeding, step, rng)
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
    breeding: Breeding,
    step: float | NDArray[np.float64],
    rng: np.random.Generator,
) -> NDArray[np.bool_]:
    """Mutate individuals in place, each with its probability; tell who has mutated."""
    mutated = rng.random(len(genes)) < breeding.mutation_rate
    chosen = rng.random((int(mutated.sum()), space.dimension)) < breeding.variable_rate
    genes[mutated] = perturb(space, genes[mutated], chosen, rng, step)
    return mutated
