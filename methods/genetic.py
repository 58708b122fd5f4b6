"""A genetic algorithm whose operators suit the variables, a whole generation at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from methods.shared.crossovers import crossover
from methods.shared.operators import MOST_VALUES, STEP, Breeding, perturb, tournament
from methods.shared.option_sharing import shares_options
from methods.shared.strides import zoom
from problems.core.mixed import Mixed
from problems.core.oracle import Oracle
from problems.core.permutation import Permutation
from problems.core.space import Box, Space

#: The shortest step of a number is 2^-PRECISION times the longest.
PRECISION = 8


@shares_options(Breeding)
def genetic(oracle: Oracle, rng: np.random.Generator, **options: Any) -> None:
    """Select by tournament, mate, mutate, and keep the best of parents and children.

    The scheme and the rates are those of pymoo's GA (Blank and Deb 2020, "pymoo: multi-objective
    optimization in Python"): (μ+λ) with as many children as parents, binary tournaments,
    pairs that mate with probability 0.9, and children whose variables mutate with
    probability 1 / n (pymoo leaves a tenth of the children of real variables out of that, and
    inverts every permutation once). A child that equals an individual of the population, or
    an earlier child, is not evaluated but left out; a generation of nothing else brings new
    draws instead. How variables are crossed and how they mutate depends on what they are: see
    `crossover` and `perturb`.

    Half of the mutations have the deviation `step`, the others a shorter one. In a box, where it is
    drawn for a whole generation, that is the standard deviation of the population, variable by
    variable: once the individuals are close together, a child that goes much further than they
    are apart is lost (a choice of this suite: sphere of 10 variables ended below 1e-9 after 10,000
    evaluations, with long steps alone at 2.8e-6, medians of 15 seeds). In a `Mixed` space each
    child has its own, down to 1/256 of `step`, drawn on a log scale: the many short and few long
    steps of Mühlenbein and Schlierkamp-Voosen's breeder genetic algorithm (1993, "Predictive
    models for the breeder genetic algorithm I. Continuous parameter optimization"), which find
    the digits without a schedule.

    Parameters
    ----------
    **options
        population, crossover_rate, mutation_rate, variable_rate, tournament_size, step: see
        `Breeding`.
    """
    breeding = Breeding(**options)
    space = oracle.space
    step = breeding.step * zoom(oracle, STEP)
    size = breeding.population or default_population(space, oracle.remaining)
    rate = 1 / space.dimension if breeding.variable_rate is None else breeding.variable_rate
    lengths = step
    if moves := isinstance(space, Box) and not space.few(MOST_VALUES).all():
        width = np.where(space.high > space.low, space.high - space.low, 1)
    genes = oracle.start(size)  # one row an individual
    values = oracle.values(genes)
    while True:
        parents = tournament(values, size + size % 2, breeding.tournament_size, rng)
        children = _mated(space, genes[parents], breeding.crossover_rate, rng)
        mutant = rng.random((len(children), 1)) < breeding.mutation_rate
        chosen = (rng.random(children.shape) < rate) & mutant
        if isinstance(space, Mixed):
            lengths = step * 2 ** (-PRECISION * np.maximum(2 * rng.random(mutant.shape) - 1, 0))
        elif moves:
            short = rng.random() < 0.5
            lengths = np.minimum((genes / width).std(axis=0), step) if short else step
        children = perturb(space, children, chosen, rng, lengths)
        new = unseen(children, genes)
        children = children[new] if len(new) else oracle.draw(rng, size)
        # Children go first, so that equal values drift.
        genes = np.concatenate([children, genes])
        values = np.concatenate([oracle.values(children), values])
        best = values.argsort(kind="stable")[:size]
        genes, values = genes[best], values[best]


def default_population(space: Space, work: float) -> int:
    """Return how many individuals there are, by what is searched and what can be spent."""
    if isinstance(space, Permutation):
        return max(10, round(work**0.5 / 2))
    exchanged = isinstance(space, Box) and space.few(MOST_VALUES).all()
    return max(10, round(work**0.65 / 3.2 if exchanged else work**0.5))


def _mated(space: Space, parents: NDArray, rate: float, rng: np.random.Generator) -> NDArray:
    """Return the children of pairs of neighbours; copies of those who do not mate."""
    children = parents.copy()
    pairs = children.reshape(-1, 2, space.dimension)  # a view
    chosen = (rng.random(len(pairs)) < rate).nonzero()[0]
    pairs[chosen, 0], pairs[chosen, 1] = crossover(
        space, parents[2 * chosen], parents[2 * chosen + 1], rng
    )
    return children


def unseen(children: NDArray, genes: NDArray) -> NDArray[np.int64]:
    """Return which rows of `children` are in `genes` nowhere, and are the first of their kind.

    Rows are compared byte by byte.
    """
    rows = np.concatenate([genes, children])
    keys = rows.view(f"V{rows.itemsize * rows.shape[1]}")[:, 0].tolist()
    last = len(keys) - 1
    first = dict(zip(reversed(keys), range(last, -1, -1), strict=True))
    places = np.fromiter(first.values(), dtype=np.int64, count=len(first)) - len(genes)
    return np.sort(places[places >= 0])
