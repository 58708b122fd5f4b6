"""DEAP's own genetic algorithm, one individual at a time: the baseline its users know."""

from __future__ import annotations

import contextlib
import random
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from methods.shared.operators import STEP, Breeding
from methods.shared.option_sharing import shares_options
from methods.shared.strides import zoom
from problems.core.mixed import Mixed
from problems.core.oracle import Oracle
from problems.core.permutation import Permutation
from problems.core.space import Box, Categorical, Space


@shares_options(Breeding)
def genetic_deap(oracle: Oracle, rng: np.random.Generator, **options: Any) -> None:
    """Run DEAP's `eaSimple` with DEAP's operators, unchanged.

    Parents are chosen by `selTournament`, mated by `cxTwoPoint` (permutations by
    `cxOrdered`) and mutated by `mutFlipBit` (bits), `mutUniformInt` (whole numbers and
    categories), `mutGaussian` (real variables; a point outside its box is brought back to
    the bound, as DEAP's users do by a decorator; on the log scale where a `Mixed` space says
    so) or `mutShuffleIndexes` (permutations).
    DEAP draws from the global generator of `random`: it is seeded from `rng` and put back
    afterwards.

    Parameters
    ----------
    **options
        As in `genetic`, so that the two differ by their operators alone.
    """
    breeding = Breeding(**options)
    from deap import algorithms, base, tools

    class Minimised(base.Fitness):
        weights = (-1.0,)

    class Individual(list[Any]):
        """A list of genes with a fitness: what `creator.create` would make, unregistered."""

        def __init__(self, genes: list[Any]) -> None:
            super().__init__(genes)
            self.fitness = Minimised()

    space, step = oracle.space, breeding.step * zoom(oracle, STEP)
    length, dtype = space.dimension, space.dtype
    start = oracle.start(breeding.population)
    # A permutation's operators need all items; those beyond its length are not evaluated.
    genes = space.complete(start) if isinstance(space, Permutation) else start

    def evaluate(individual: list[Any]) -> tuple[float]:
        return (oracle.value(np.array(individual[:length], dtype=dtype)),)

    toolbox = base.Toolbox()
    toolbox.register("evaluate", evaluate)
    # Not the built-in map: a StopIteration of the objective would end it in silence.
    toolbox.register("map", lambda evaluate, individuals: [evaluate(each) for each in individuals])
    toolbox.register("select", tools.selTournament, tournsize=breeding.tournament_size)
    toolbox.register("mate", _mating(space, genes.shape[1]))
    toolbox.register("mutate", _mutation(space, breeding.variable_rate, step))
    with _seeded(int(rng.integers(2**63))):
        algorithms.eaSimple(
            [Individual(row) for row in genes.tolist()],
            toolbox,
            breeding.crossover_rate,
            breeding.mutation_rate,
            ngen=sys.maxsize,
            verbose=False,
        )


@contextlib.contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Seed the global `random`, and put it back however the block is left."""
    state = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(state)


def _mating(space: Space, size: int) -> Callable[..., Any]:
    """Return DEAP's crossover for a space; single genes have nothing to exchange."""
    from deap import tools

    if size < 2:
        return lambda mother, father: (mother, father)
    return tools.cxOrdered if isinstance(space, Permutation) else tools.cxTwoPoint


def _mutation(space: Space, rate: float, step: float | NDArray[np.float64]) -> Callable[..., Any]:
    """Return DEAP's mutation for a space, as a function of one individual."""
    from deap import tools

    if isinstance(space, Permutation):
        if space.n < 2:
            return lambda individual: (individual,)
        return lambda individual: tools.mutShuffleIndexes(individual, indpb=rate)
    if isinstance(space, Categorical):
        low, high = [0] * space.dimension, (space.counts - 1).tolist()
        return lambda individual: tools.mutUniformInt(individual, low, high, indpb=rate)
    if isinstance(space, Mixed):
        return _mixed_mutation(space, rate, step)
    if not isinstance(space, Box):
        raise TypeError(f"no DEAP operators for {type(space).__name__}")
    if space.integral.all() and (space.low == 0).all() and (space.high == 1).all():
        return lambda individual: tools.mutFlipBit(individual, indpb=rate)
    return _box_mutation(space, rate, step)


def _box_mutation(box: Box, rate: float, step: float | NDArray[np.float64]) -> Callable[..., Any]:
    """Return the mutation of a box: whole numbers drawn anew, real ones moved and kept inside.

    A mixed box has its whole and its real genes mutated one kind after the other.
    """
    from deap import tools

    whole, real = box.integral.nonzero()[0].tolist(), (~box.integral).nonzero()[0].tolist()
    integers = [[int(bound[i]) for i in whole] for bound in (box.low, box.high)]
    low, high = box.low[real].tolist(), box.high[real].tolist()
    sigma = (step * (box.high - box.low))[real].tolist()

    def mutate(individual: list[Any]) -> tuple[list[Any]]:
        if whole:
            part = [individual[i] for i in whole]
            tools.mutUniformInt(part, *integers, indpb=rate)
            for i, gene in zip(whole, part, strict=True):
                individual[i] = gene
        if real:
            part = [individual[i] for i in real]
            tools.mutGaussian(part, 0.0, sigma, indpb=rate)
            for i, gene, least, most in zip(real, part, low, high, strict=True):
                individual[i] = min(max(gene, least), most)
        return (individual,)

    return mutate


def _mixed_mutation(
    space: Mixed, rate: float, step: float | NDArray[np.float64]
) -> Callable[..., Any]:
    """Return the mutation of the box that a mixed space is on its scales."""
    mutate = _box_mutation(space.scaled, rate, step)

    def mutate_scaled(individual: list[Any]) -> tuple[list[Any]]:
        scaled = space.rescale(individual).tolist()
        mutate(scaled)
        individual[:] = space.restore(scaled).tolist()
        return (individual,)

    return mutate_scaled
