"""Gaussian search: random draws around the start at several radii, of which the best is kept."""

from __future__ import annotations

import numpy as np

from methods.shared.operators import require_ordered
from methods.shared.perturbations import LARGEST, around
from methods.shared.strides import zoom
from problems.core.interval import Count, Positive
from problems.core.oracle import Oracle


def gaussian_search(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    radii: Count = 6,
    smallest: Positive = 0.001,
    largest: Positive = LARGEST,
    batch: Count = 100,
) -> None:
    """Evaluate the start, and Gaussian perturbations of it until the budget is spent.

    RandOpt of Gan and Isola (2026, "Neural thickets: diverse task experts are dense around
    pretrained weights", arXiv 2603.12228) with an ensemble of one. Every draw is the start plus
    noise of a radius that is drawn among a few, uniformly, as in the authors' `randopt.py`;
    no draw depends on another's value. It is worth what the start is worth: in a chain the
    best point of the method before it, `adam+gaussian-search`.

    The radius is the standard deviation of a real variable's noise, as a share of its range, up
    to the bounds. Of whole numbers, categories and positions of a permutation it is the
    probability that each takes another value, or swaps; of these one changes at least, unless
    there are real variables as well. That is an adaptation: RandOpt perturbs weights.

    Parameters
    ----------
    radii : int
        How many radii, evenly spaced on a log scale: six in `randopt.py`.
    smallest, largest : float
        The first and the last of them. They span two decades as there (σ from 0.0001 to 0.01
        of weights, whose own deviations are some hundredths); shares of the range are a choice
        of this suite. 0.1 is the scale of the problem's start, where it has one.
    batch : int
        Points a call. Of another number other points are drawn, from the same distribution.
    """
    require_ordered(smallest, largest)
    nearness = zoom(oracle, LARGEST)
    sizes = np.geomspace(smallest, largest, radii)
    start = oracle.start(1)
    oracle.value(start[0])
    with oracle.independent_draws():
        while True:
            drawn = sizes[rng.integers(radii, size=batch)]
            oracle.values(around(oracle.space, start[0], drawn, rng, nearness))
