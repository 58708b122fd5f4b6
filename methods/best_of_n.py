"""Best-of-N: draw candidates from the problem's own proposal and keep the best."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from problems.core.interval import Count, Interval
from problems.core.oracle import Oracle


def best_of_n(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    temperature: Annotated[float, Interval(gt=0)] = 1.0,
    batch: Count = 100,
) -> None:
    """Sample from the proposal, a language model where there is one, until the budget is spent.

    N is what the budget affords. The problem's start, where it has one, is evaluated first
    and is no candidate. Where a problem has no proposal of its own this
    is random search. The run's `best_of_n` says what the best of fewer draws is worth.

    Parameters
    ----------
    temperature : float
        Of the proposal; below 1 its likelier candidates are drawn more often.
    batch : int
        Candidates a call; it changes nothing but speed.

    Examples
    --------
    >>> import problems
    >>> from methods import minimize
    >>> run = minimize(problems.make("onemax", n=40), "best-of-n", 100)
    >>> for point in run.best_of_n[::6]:
    ...     print(f"best of {point.n}: {point.low:.1f} < {point.expected:.1f} < {point.high:.1f}")
    best of 1: 18.1 < 20.9 < 22.9
    best of 8: 8.1 < 16.5 < 18.2
    best of 32: 1.0 < 14.7 < 16.8

    Every n, not only those ten a decade:

    >>> from methods.shared.best_of_n_curve import expected_best
    >>> len(expected_best(run.draws))
    100
    """
    oracle.evaluate_start()
    with oracle.independent_draws():
        while True:
            oracle.values(oracle.sample(rng, batch, temperature))
