"""Hill climbing: change a few variables, keep the change unless it is worse."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np

from methods.operators import perturb
from problems.oracle import Oracle


def hill_climb(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    exponent: float = 1.5,
    smallest: float = 0.001,
    largest: float = 1.0,
) -> None:
    """Climb by random mutations until the budget is spent, (1+1) style.

    How many variables change follows a power law, as in the fast (1+1) EA of Doerr
    et al. (2017, "Fast genetic algorithms"): mostly one, now and then many, which
    needs no tuning and leaves local optima behind. For the same reason the step
    of real variables is drawn anew each time, uniformly on a log scale (after Rowe
    and Hidovic 2004, "An evolution strategy using a continuous version of the
    Gray-code neighbourhood distribution"). Equal values are accepted: the climber drifts along
    the plateaus that an objective without a gradient is made of.

    Parameters
    ----------
    exponent : float
        Of the power law; 1.5 in the paper.
    smallest, largest : float
        Standard deviation of a real variable's change, as a share of its range.
    """
    if not 1 < exponent < np.inf:
        raise ValueError(f"exponent={exponent:g}: expected a number > 1")
    if not 0 < smallest <= largest < np.inf:
        raise ValueError(
            f"smallest={smallest:g}, largest={largest:g}: expected 0 < smallest <= largest"
        )
    space = oracle.space
    dimension = space.dimension
    scales = np.log(smallest), np.log(largest)
    weights = np.arange(1.0, dimension + 1) ** -exponent
    cumulative = (weights / weights.sum()).cumsum().tolist()
    x = oracle.start(1)
    value = oracle.value(x[0])
    while True:
        number = min(dimension, 1 + bisect_right(cumulative, rng.random()))
        chosen = np.zeros((1, dimension), dtype=bool)
        chosen[0, rng.choice(dimension, number, replace=False, shuffle=False)] = True
        candidate = perturb(space, x, chosen, rng, np.exp(rng.uniform(*scales)))
        candidate_value = oracle.value(candidate[0])
        if candidate_value <= value:
            x, value = candidate, candidate_value
