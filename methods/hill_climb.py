"""Hill climbing: change a few variables, keep the change unless it is worse."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable
from itertools import cycle
from typing import Annotated, Literal, get_args

import numpy as np

from methods.shared.moves import all_moves, moved
from methods.shared.operators import perturb, require_ordered
from methods.shared.strides import NEAR, zoom
from problems.core.interval import Count, Interval, Positive
from problems.core.oracle import Oracle
from problems.core.permutation import Permutation

Mutation = Literal["each", "heavy-tailed", "at-least-one", "standard", "one"]

#: The least standard deviation of the steps that adapt, as a share of the range.
LEAST = 1e-12
#: By what it is multiplied after a success and after a failure: balanced at one in five.
SUCCESS, FAILURE = 1.5, 1.5**-0.25
#: After so many evaluations without an improvement it is the turn of the other kind of steps.
TURN = 50


def hill_climb(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    mutation: Mutation | None = None,
    exponent: Annotated[float, Interval(gt=1, lt=math.inf)] = 1.5,
    smallest: Positive = 0.001,
    largest: Positive = 1.0,
    patience: Count | None = None,
) -> None:
    """Climb by random mutations until the budget is spent, (1+1) style.

    Equal values are accepted: the climber drifts along the plateaus that an objective without
    a gradient is made of.

    On a permutation it takes the first of all moves that is not worse, in one random order, round
    and round, and begins anew where a round has no improvement (2-opt on a tour, swaps on an
    assignment, insertions on a sequence, see `CLIMBED` in `methods.shared.moves`): a random one
    would be tried again before others are tried at all.

    Where all variables are real, they are first moved at once by Gaussian steps that adapt. The
    standard deviation, at first a quarter of the range or of the scale of the problem's start,
    follows the one-fifth rule with the factors of Auger (2009, "Benchmarking the (1+1) evolution
    strategy with one-fifth success rule on the BBOB-2009 function testbed"), an equal value being
    a success, so that it grows on a plateau. After 50 evaluations in a row without an improvement
    heavy-tailed mutations take their turn, after 50 more the others again, and so on. Where only
    some variables are real, those would wait until these have converged: instead a step moves the
    real ones alone, and adapts, with a probability that is their share (a choice of this suite).
    The step of a heavy-tailed mutation is drawn anew each time, uniformly on a log scale (after
    Rowe and Hidovic 2004, "An evolution strategy using a continuous version of the Gray-code
    neighbourhood distribution").
    The turns are a choice of this suite: steps that adapt alone end in the first local optimum, and
    the mutations alone waste most of theirs on a bowl (sphere of 10 variables after 500
    evaluations: a median of 1.1e-5 with turns, 0.043 without).

    Parameters
    ----------
    mutation : {"each", "heavy-tailed", "at-least-one", "standard", "one"}, optional
        How many variables change. "each": each move of a permutation in its turn, its default:
        at 10,000 evaluations of quadratic-assignment a median of 689,138 against 701,840 of the
        power law. "heavy-tailed": as a power law says, which is the fast (1+1) EA of Doerr et
        al. (2017, "Fast genetic algorithms"), mostly one, now and then many; the default where
        any variable is real, as the steps that adapt belong to it.
        "standard": each with probability 1 / dimension, which on bits is the (1+1) EA; a step
        that changes nothing is an evaluation as well. "at-least-one": the same, but where none
        would change one does; the default on bits, whole numbers and categories, a choice of
        this suite: after 500 evaluations of onemax a median of 1 against 3 of the power
        law, though after 2,000 of knapsack -12,376 against its -12,479.
        "one": exactly one, which on bits is randomized local search, as Doerr and Doerr
        (2016, "The impact of random initialization on the runtime of randomized search
        heuristics") define it and the (1+1) EA.
    exponent : float
        Of the power law, 1.5 as in the paper. On permutations it says how many moves are made.
    smallest, largest : float
        Standard deviation of a real variable's change by a mutation, as a share of its range,
        and of a whole number's of more than ten values; 0.25 is the scale of the problem's
        start, where it has one.
    patience : int, optional
        Begin anew at a random point (near the problem's start, if any) after so many
        evaluations in a row without an improvement. By default after as many as there are
        moves with "each", else never: a mutation of many leaves every local optimum in the end.

    Raises
    ------
    ValueError
        Where "each" is asked for and the space is not one of permutations.
    """
    require_ordered(smallest, largest)
    space = oracle.space
    dimension = space.dimension
    scales = np.log(smallest), np.log(largest)
    nearness, unit = zoom(oracle, NEAR), zoom(oracle, 1.0)
    real = space.real[None]
    if mutation is None:
        unordered: Mutation = "heavy-tailed" if real.any() else "at-least-one"
        mutation = "each" if isinstance(space, Permutation) else unordered
    turns = bool(real.all()) and mutation == "heavy-tailed"
    share = real.mean() if mutation == "heavy-tailed" and not turns else 0.0
    if mutation == "each":
        if not isinstance(space, Permutation):
            others = ", ".join(get_args(Mutation)[1:])
            raise ValueError(f"mutation=each: {space} is no permutation, expected one of {others}")
        moves = all_moves(space)
        in_turn, patience = cycle(rng.permutation(moves)), patience or len(moves)
    number_of_changes = _number_of_changes(mutation, dimension, exponent, rng)
    x = oracle.start(1)
    value = oracle.value(x[0])
    adapts, stalled, since_turn, step = turns, 0, 0, NEAR
    while True:
        if turns and since_turn == TURN:
            adapts, since_turn = not adapts, 0
        if share:
            adapts = rng.random() < share
        if mutation == "each" and isinstance(space, Permutation):
            candidate = moved(space, x, *next(in_turn))
        elif adapts:
            candidate = perturb(space, x, real, rng, step * unit)
        else:
            chosen = np.zeros((1, dimension), dtype=bool)
            number = number_of_changes()
            if number:
                chosen[0, rng.choice(dimension, number, replace=False, shuffle=False)] = True
            candidate = perturb(space, x, chosen, rng, np.exp(rng.uniform(*scales)) * nearness)
        candidate_value = oracle.value(candidate[0])
        if adapts:
            step *= SUCCESS if candidate_value <= value else FAILURE
            step = min(max(step, LEAST), 1.0)
        better = candidate_value < value
        stalled, since_turn = (0, 0) if better else (stalled + 1, since_turn + 1)
        if candidate_value <= value:
            x, value = candidate, candidate_value
        if stalled == patience:
            oracle.restart()
            x = oracle.draw(rng, 1)
            value = oracle.value(x[0])
            adapts, stalled, since_turn, step = turns, 0, 0, NEAR


def _number_of_changes(
    mutation: Mutation, dimension: int, exponent: float, rng: np.random.Generator
) -> Callable[[], int]:
    """Return a function that draws how many variables the next mutation changes."""
    if mutation == "one":
        return lambda: 1
    if mutation == "standard":
        return lambda: int(rng.binomial(dimension, 1 / dimension))
    if mutation == "at-least-one":
        return lambda: max(1, int(rng.binomial(dimension, 1 / dimension)))
    weights = np.arange(1.0, dimension + 1) ** -exponent
    cumulative = (weights / weights.sum()).cumsum().tolist()
    return lambda: min(dimension, 1 + bisect_right(cumulative, rng.random()))
