"""Hill climbing: change one variable, keep the change unless it is worse."""

from __future__ import annotations

import numpy as np

from methods.operators import perturb
from problems.oracle import Oracle


def hill_climb(oracle: Oracle, rng: np.random.Generator, *, step: float = 0.1) -> None:
    """Climb by random mutations, one variable at a time, until the budget is spent.

    Equal values are accepted, so that the climber drifts along the plateaus that
    an objective without a gradient is made of.

    Parameters
    ----------
    step : float
        Standard deviation of a real variable's change, as a share of its range.
    """
    if not 0 < step < np.inf:
        raise ValueError(f"step={step:g}: expected a number > 0")
    space = oracle.space
    x = oracle.start(1)
    value = oracle.value(x[0])
    chosen = np.zeros((1, space.dimension), dtype=bool)
    while True:
        variable = rng.integers(space.dimension)
        chosen[0, variable] = True
        candidate = perturb(space, x, chosen, rng, step)
        chosen[0, variable] = False
        candidate_value = oracle.value(candidate[0])
        if candidate_value <= value:
            x, value = candidate, candidate_value
