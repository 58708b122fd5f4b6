"""A genetic algorithm on DEAP's Toolbox, Fitness and generation loop."""

from __future__ import annotations

import sys

import numpy as np
from numpy.typing import NDArray

from methods.shared.operators import crossover, perturb, tournament
from problems.core.oracle import Oracle


def genetic(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    population: int = 100,
    crossover_rate: float = 0.5,
    mutation_rate: float = 0.2,
    variable_rate: float = 0.05,
    tournament_size: int = 3,
    step: float = 0.1,
) -> None:
    """Select by tournament, mate neighbours, mutate, replace: DEAP's `eaSimple`, vectorised.

    The loop is DEAP's `eaGenerateUpdate`, so that a whole generation is one call
    of the objective; selection, crossover and mutation are array forms of DEAP's
    operators, chosen by the space.

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
    if population < 2:
        raise ValueError(f"population={population}: expected a whole number >= 2")
    if tournament_size < 1:
        raise ValueError(f"tournament_size={tournament_size}: expected a whole number >= 1")
    for name, rate in (
        ("crossover_rate", crossover_rate),
        ("mutation_rate", mutation_rate),
        ("variable_rate", variable_rate),
    ):
        if not 0 <= rate <= 1:
            raise ValueError(f"{name}={rate:g}: expected a probability in [0, 1]")
    if not 0 < step < np.inf:
        raise ValueError(f"step={step:g}: expected a number > 0")
    from deap import algorithms, base

    class Minimised(base.Fitness):
        weights = (-1.0,)

    class Brood:
        """What DEAP's loop takes for an individual: all that one generation evaluates.

        Its fitness holds an array, one value a row of `genes`, so that DEAP's
        bookkeeping is paid once a generation.
        """

        def __init__(self, genes: NDArray) -> None:
            self.genes = genes
            self.fitness = Minimised()

    space = oracle.space
    genes = oracle.start(population)  # one row an individual
    values = np.empty(population)  # what it was found to be worth
    fresh = np.ones(population, dtype=bool)  # whether it is still to be evaluated
    paired = population // 2 * 2  # in an odd population the last one stays single

    def generate() -> list[Brood]:
        nonlocal genes, values
        if not fresh.all():  # the first generation is evaluated as it is
            winners = toolbox.select(values)
            genes, values = genes.take(winners, axis=0), values.take(winners)
            toolbox.mate()
            toolbox.mutate()
        return [Brood(genes[fresh])]

    def mate() -> None:
        # As eaSimple does: neighbours mate, so first all even, then all odd rows.
        chosen = (rng.random(population // 2) < crossover_rate).nonzero()[0]
        pairs = genes[:paired].reshape(-1, 2, space.dimension)  # a view, as is the next
        parents = pairs[chosen]
        pairs[chosen, 0], pairs[chosen, 1] = crossover(space, parents[:, 0], parents[:, 1], rng)
        fresh[:paired].reshape(-1, 2)[chosen] = True

    def mutate() -> None:
        mutants = (rng.random(population) < mutation_rate).nonzero()[0]
        chosen = rng.random((len(mutants), space.dimension)) < variable_rate
        genes[mutants] = perturb(space, genes[mutants], chosen, rng, step)
        fresh[mutants] = True

    def evaluate(brood: Brood) -> tuple[NDArray[np.float64]]:
        return (oracle.values(brood.genes),)

    def update(broods: list[Brood]) -> None:
        # DEAP keeps fitness times weight; the weight is -1.
        values[fresh] = -broods[0].fitness.wvalues[0]
        fresh[:] = False

    toolbox = base.Toolbox()
    toolbox.register("generate", generate)
    toolbox.register("evaluate", evaluate)
    toolbox.register("select", tournament, n=population, size=tournament_size, rng=rng)
    toolbox.register("mate", mate)
    toolbox.register("mutate", mutate)
    toolbox.register("update", update)
    algorithms.eaGenerateUpdate(toolbox, ngen=sys.maxsize, verbose=False)
