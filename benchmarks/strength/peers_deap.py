"""Peers of DEAP: its examples' recipes for each kind of variable, run by its own algorithms.

Operators, rates and population sizes are those of DEAP's documentation and examples: for
floats ``doc/code/tutorials/part_3/3_6_using_the_toolbox.py``, for bits ``examples/ga/
onemax_short.py``, for permutations ``examples/ga/tsp.py``, for strategies ``examples/es/
fctmin.py``. What leaves its bounds is brought back to them, as the tutorial's "tool decoration".
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from deap import algorithms, base, tools

from benchmarks.strength.counted import Counted


class Minimised(base.Fitness):
    weights = (-1.0,)


class Individual(list):
    """What `creator.create` would make of a list, unregistered."""

    def __init__(self, genes: Any) -> None:
        super().__init__(genes)
        self.fitness = Minimised()


def two_point(f: Counted) -> None:
    """The tutorial's recipe for floats; One Max's for bits, with whole numbers drawn anew."""
    if f.kind == "real":
        _simple(f, 100, 0.7, 0.3, tools.cxTwoPoint, _gaussian(f, 0.2))
    elif f.kind == "bits":
        _simple(f, 300, 0.5, 0.2, tools.cxTwoPoint, lambda x: tools.mutFlipBit(x, 0.05))
    else:
        low, high = f.low.astype(int).tolist(), f.high.astype(int).tolist()
        anew = partial(tools.mutUniformInt, low=low, up=high, indpb=0.05)
        _simple(f, 300, 0.5, 0.2, tools.cxTwoPoint, anew)


def blend(f: Counted) -> None:
    """The tutorial's recipe for floats, mated by `cxBlend` with α = 0.5."""
    _simple(f, 100, 0.7, 0.3, _bounded(f, lambda a, b: tools.cxBlend(a, b, 0.5)), _gaussian(f, 0.2))


def permutations(f: Counted) -> None:
    """The travelling salesman's: partially matched crossover, indices shuffled."""
    shuffle = partial(tools.mutShuffleIndexes, indpb=0.05)
    _simple(f, 300, 0.7, 0.2, tools.cxPartialyMatched, shuffle)


def comma_strategy(f: Counted) -> None:
    """The (10, 100) strategy with a step size a variable, between 1/20 and 3/10 of the range."""
    width = (f.high - f.low).tolist()
    population = [Individual(x) for x in f.starts(10).tolist()]
    for each in population:
        each.strategy = [random.uniform(0.05, 0.3) * w for w in width]
    box = _toolbox(
        f,
        _bounded(f, lambda a, b: tools.cxESBlend(a, b, 0.1)),
        _bounded(f, lambda x: tools.mutESLogNormal(x, 1.0, 0.03)),
    )
    algorithms.eaMuCommaLambda(population, box, 10, 100, 0.6, 0.3, sys.maxsize, verbose=False)


def _simple(
    f: Counted,
    population: int,
    mated: float,
    mutated: float,
    mate: Callable[..., Any],
    mutate: Callable[..., Any],
) -> None:
    first = [Individual(x) for x in f.starts(population).tolist()]
    box = _toolbox(f, mate, mutate)
    algorithms.eaSimple(first, box, mated, mutated, sys.maxsize, verbose=False)


def _toolbox(f: Counted, mate: Callable[..., Any], mutate: Callable[..., Any]) -> Any:
    random.seed(f.seed())
    np.random.seed(f.seed())
    box = base.Toolbox()
    box.register("mate", mate)
    box.register("mutate", mutate)
    box.register("select", tools.selTournament, tournsize=3)
    box.register("evaluate", lambda x: (f(x),))
    return box


def _gaussian(f: Counted, share: float) -> Callable[..., Any]:
    """A tenth of the range where the tutorial has 1 on its own scale."""
    sigma = (0.1 * (f.high - f.low)).tolist()
    return _bounded(f, lambda x: tools.mutGaussian(x, 0, sigma, share))


def _bounded(f: Counted, operator: Callable[..., Any]) -> Callable[..., Any]:
    low, high = f.low.tolist(), f.high.tolist()

    def bounded(*parents: Any) -> Any:
        children = operator(*parents)
        for child in children:
            child[:] = [min(max(x, a), b) for x, a, b in zip(child, low, high, strict=True)]
        return children

    return bounded
