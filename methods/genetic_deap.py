"""DEAP's own genetic algorithm, one individual at a time: the baseline its users know."""

from __future__ import annotations

import contextlib
import functools
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from methods.shared.operators import STEP, Breeding
from methods.shared.option_sharing import shares_options
from methods.shared.strides import zoom
from problems.core.interval import Count, Interval, Positive, Share
from problems.core.mixed import Mixed
from problems.core.oracle import Oracle
from problems.core.permutation import Permutation
from problems.core.space import Box, Categorical, Space

#: How far beyond its parents a real variable may go, in DEAP's tutorial.
ALPHA = 0.5


@dataclass(frozen=True, kw_only=True)
class Recipe(Breeding):
    """The options of `Breeding` with the numbers of DEAP's examples.

    Parameters
    ----------
    population : int
        100 in the tutorial's chapter on algorithms.
    crossover_rate, mutation_rate, tournament_size
        0.5, 0.2 and 3 in its overview and in the examples One Max and n-queens.
    variable_rate : float, optional
        Probability that a variable of a mutant changes. By default 0.05 for bits, whole numbers
        and categories (One Max), 0.2 for real variables (the tutorial), 2 / n for the n
        positions of a permutation (n-queens).
    step : float
        As in `Breeding`.
    """

    population: Annotated[int, Interval(ge=2)] = 100
    crossover_rate: Share = 0.5
    mutation_rate: Share = 0.2
    variable_rate: Share | None = None
    tournament_size: Count = 3
    step: Positive = STEP


@shares_options(Recipe)
def genetic_deap(oracle: Oracle, rng: np.random.Generator, **options: Any) -> None:
    """Run DEAP's `eaSimple` with the operators of DEAP's examples, unchanged.

    Parents are chosen by `selTournament`. By the kind of variable they are mated and mutated by

    - bits: `cxTwoPoint` and `mutFlipBit`, as in the example One Max;
    - whole numbers and categories: `cxTwoPoint` and `mutUniformInt`;
    - real variables: `cxBlend` and `mutGaussian`, as in the tutorial and the example
      `kursawefct`, which also has the decorator that brings a child back to its bounds, on the
      log scale where a `Mixed` space says so;
    - permutations: `cxPartialyMatched` and `mutShuffleIndexes`, as in the examples `tsp` and
      `nqueens`.

    Children replace their parents, those that did not change included, with their value.
    DEAP draws from the global generator of `random`: it is seeded from `rng` and put back
    afterwards.

    Parameters
    ----------
    **options
        population, crossover_rate, mutation_rate, variable_rate, tournament_size, step: see
        `Recipe`.
    """
    recipe = Recipe(**options)
    from deap import algorithms, base, tools

    class Minimised(base.Fitness):
        weights = (-1.0,)

    class Individual(list[Any]):
        """A list of genes with a fitness: what `creator.create` would make, unregistered."""

        def __init__(self, genes: list[Any]) -> None:
            super().__init__(genes)
            self.fitness = Minimised()

    space, step = oracle.space, recipe.step * zoom(oracle, STEP)
    length, dtype = space.dimension, space.dtype
    start = oracle.start(recipe.population)
    # A permutation's operators need all items; those beyond its length are not evaluated.
    genes = space.complete(start) if isinstance(space, Permutation) else start

    def evaluate(individual: list[Any]) -> tuple[float]:
        return (oracle.value(np.array(individual[:length], dtype=dtype)),)

    toolbox = base.Toolbox()
    toolbox.register("evaluate", evaluate)
    # Not the built-in map: a StopIteration of the objective would end it in silence.
    toolbox.register("map", lambda evaluate, individuals: [evaluate(each) for each in individuals])
    toolbox.register("select", tools.selTournament, tournsize=recipe.tournament_size)
    toolbox.register("mate", _mating(space, genes.shape[1]))
    toolbox.register("mutate", _mutation(space, recipe.variable_rate, step))
    with _seeded(int(rng.integers(2**63))):
        algorithms.eaSimple(
            [Individual(row) for row in genes.tolist()],
            toolbox,
            recipe.crossover_rate,
            recipe.mutation_rate,
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

    if isinstance(space, Permutation):
        return tools.cxPartialyMatched if size > 1 else _left_alone
    if isinstance(space, Box) and not space.integral.all():
        return _box_mating(space)
    if isinstance(space, Mixed):
        return _on_scales(space, _box_mating(space.scaled))
    return tools.cxTwoPoint if size > 1 else _left_alone


def _left_alone(*individuals: list[Any]) -> tuple[list[Any], ...]:
    return individuals


def _mutation(
    space: Space, rate: float | None, step: float | NDArray[np.float64]
) -> Callable[..., Any]:
    """Return DEAP's mutation for a space, as a function of one individual."""
    from deap import tools

    if isinstance(space, Permutation):
        if space.n < 2:
            return _left_alone
        share = 2 / space.n if rate is None else rate
        return lambda individual: tools.mutShuffleIndexes(individual, indpb=share)
    share = 0.05 if rate is None else rate
    if isinstance(space, Categorical):
        low, high = [0] * space.dimension, (space.counts - 1).tolist()
        return lambda individual: tools.mutUniformInt(individual, low, high, indpb=share)
    if isinstance(space, Mixed):
        mutate = _box_mutation(space.scaled, share, 0.2 if rate is None else rate, step)
        return _on_scales(space, mutate)
    if not isinstance(space, Box):
        raise TypeError(f"no DEAP operators for {type(space).__name__}")
    if space.integral.all() and (space.low == 0).all() and (space.high == 1).all():
        return lambda individual: tools.mutFlipBit(individual, indpb=share)
    return _box_mutation(space, share, 0.2 if rate is None else rate, step)


def _box_mating(box: Box) -> Callable[..., Any]:
    """Return the crossover of a box with real variables: blended, and kept inside.

    In a mixed box the whole genes are exchanged first, by two points, and the real ones
    blended.
    """
    from deap import tools

    whole, real = _parts(box)
    operators = [(real, functools.partial(tools.cxBlend, alpha=ALPHA))]
    if len(whole) > 1:
        operators.insert(0, (whole, tools.cxTwoPoint))
    low, high = box.low.tolist(), box.high.tolist()

    def mate(*parents: list[Any]) -> tuple[list[Any], ...]:
        for places, operator in operators:
            genes = [[parent[i] for i in places] for parent in parents]
            operator(*genes)
            for parent, part in zip(parents, genes, strict=True):
                for i, gene in zip(places, part, strict=True):
                    parent[i] = min(max(gene, low[i]), high[i])
        return parents

    return mate


def _box_mutation(
    box: Box, whole_rate: float, real_rate: float, step: float | NDArray[np.float64]
) -> Callable[..., Any]:
    """Return the mutation of a box: whole numbers drawn anew, real ones moved and kept inside.

    A mixed box has its whole and its real genes mutated one kind after the other.
    """
    from deap import tools

    whole, real = _parts(box)
    integers = [[int(bound[i]) for i in whole] for bound in (box.low, box.high)]
    low, high = box.low[real].tolist(), box.high[real].tolist()
    sigma = (step * (box.high - box.low))[real].tolist()

    def mutate(individual: list[Any]) -> tuple[list[Any]]:
        if whole:
            part = [individual[i] for i in whole]
            tools.mutUniformInt(part, *integers, indpb=whole_rate)
            for i, gene in zip(whole, part, strict=True):
                individual[i] = gene
        if real:
            part = [individual[i] for i in real]
            tools.mutGaussian(part, 0.0, sigma, indpb=real_rate)
            for i, gene, least, most in zip(real, part, low, high, strict=True):
                individual[i] = min(max(gene, least), most)
        return (individual,)

    return mutate


def _on_scales(space: Mixed, operator: Callable[..., Any]) -> Callable[..., Any]:
    """Return an operator of the box that a mixed space is on its scales, for individuals of it."""

    def operate(*individuals: list[Any]) -> tuple[list[Any], ...]:
        scaled = [space.rescale(individual).tolist() for individual in individuals]
        operator(*scaled)
        for individual, genes in zip(individuals, scaled, strict=True):
            individual[:] = space.restore(genes).tolist()
        return individuals

    return operate


def _parts(box: Box) -> tuple[list[int], list[int]]:
    """Return where a box has whole and where it has real variables."""
    return box.integral.nonzero()[0].tolist(), (~box.integral).nonzero()[0].tolist()
