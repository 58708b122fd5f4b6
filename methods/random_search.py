"""Uniform sampling: the baseline that everything has to beat."""

from __future__ import annotations

import numpy as np

from problems.core.interval import Count
from problems.core.oracle import Oracle


def random_search(oracle: Oracle, rng: np.random.Generator, *, batch: Count = 100) -> None:
    """Evaluate uniform random points of the space until the budget is spent.

    The problem's start, where it has one, is evaluated first; the draws stay uniform.

    Parameters
    ----------
    batch : int
        Points a call; it changes nothing but speed.
    """
    oracle.evaluate_start()
    with oracle.independent_draws():
        while True:
            oracle.values(oracle.space.sample(rng, batch))
