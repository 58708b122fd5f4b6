"""Counting: maximum likelihood in closed form, where a model is a table."""

from __future__ import annotations

import numpy as np

from problems.core.interval import NonNegative
from problems.core.oracle import Oracle


def counting(oracle: Oracle, rng: np.random.Generator, *, smoothing: NonNegative = 0.0) -> None:
    """Count once over the data and evaluate the result.

    Parameters
    ----------
    smoothing : float
        Added to every count (Laplace's rule is 1). Without it, what was never
        seen has probability zero, and held-out text may be infinitely unlikely.
    """
    oracle.value(oracle.count(smoothing))
