"""A local search of real variables: all at once while its steps are long, then one by one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from methods.shared.descent import descend
from methods.shared.neighbourhood import Values
from methods.shared.operators import perturb
from methods.shared.strides import NEAR
from problems.core.oracle import Oracle

#: By what the deviation is multiplied after a success and after a failure, and where it ends.
SUCCESS, FAILURE, SHORT = 1.5, 1.5**-0.25, 0.01
#: It ends as well after so many evaluations without an improvement.
PATIENCE = 50


def descend_reals(
    oracle: Oracle,
    neighbourhood: Values,
    x: NDArray,
    value: float,
    scale: float,
    rng: np.random.Generator,
) -> tuple[NDArray, float]:
    """Go down by Gaussian steps of all variables, and where they are short by one at a time.

    A variable neighbourhood descent (Hansen and Mladenović 2001, "Variable neighborhood
    search: principles and applications") whose first neighbourhood is the (1+1) evolution
    strategy, with the one-fifth rule of Auger (2009, "Benchmarking the (1+1) evolution strategy
    with one-fifth success rule on the BBOB-2009 function testbed"). Long steps of all variables
    pass over small local optima that single variables end in: rastrigin of 10 variables after
    500 evaluations, a median of 66 with them, 138 without.

    Parameters
    ----------
    oracle : Oracle
    neighbourhood : Values
        The steps of single variables.
    x : ndarray of shape (dimension,)
        Where to begin,
    value : float
        and its value.
    scale : float
        How far it has been thrown, as a share of the range: the first standard deviation, a
        quarter at most, which is pycma's recommendation.
    rng : Generator

    Returns
    -------
    ndarray, float
        The local optimum and its value.
    """
    neighbourhood.begin_anew()
    every = np.ones((1, len(x)), dtype=bool)
    step, stalled = min(scale, NEAR), 0
    end = min(SHORT, step / 2)
    while step > end and stalled < PATIENCE:
        y = perturb(oracle.space, x[None], every, rng, step * neighbourhood.nearness)[0]
        y_value = oracle.value(y)
        step = min(1.0, step * (SUCCESS if y_value <= value else FAILURE))
        stalled = 0 if y_value < value else stalled + 1
        if y_value <= value:
            x, value = y, y_value
    return descend(oracle, neighbourhood, x, value, list(range(len(x))), rng)
