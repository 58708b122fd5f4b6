"""RandOpt: random draws around the start, of which the best vote."""

from __future__ import annotations

import itertools

import numpy as np

from methods.shared.operators import require_ordered
from methods.shared.perturbations import LARGEST, around
from methods.shared.strides import zoom
from problems.core.interval import Count, Positive
from problems.core.oracle import Oracle


def randopt(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    radii: Count = 6,
    smallest: Positive = 0.001,
    largest: Positive = LARGEST,
    batch: Count = 100,
) -> None:
    """Evaluate single members near the start, and the vote of the K best of them.

    Gan and Isola (2026), "Neural thickets: diverse task experts are dense around pretrained
    weights", arXiv 2603.12228: draw N perturbations of the weights, each at one of a few radii,
    keep the K that are best on the training data, and let them vote. Here a problem whose
    solution is an ensemble says what K is, as ``next-token-vote`` does; with one member it is
    `gaussian_search`, but for the price of its votes.

    A member alone costs 1/K of an evaluation, the ensemble 1. The start is evaluated first. The
    authors take one vote, in the end; here there is one whenever the number of draws has
    doubled, and when the work is just enough for the last. So a run is worth something before
    its end, for a few evaluations in all.

    Each draw is around one of the start's members, drawn uniformly: the authors' start has K
    copies of one model, and that of a model that is initialised at random has K of its draws. In
    a chain they are the members of the best ensemble of the method before.

    Parameters
    ----------
    radii, smallest, largest
        As of `gaussian_search`.
    batch : int
        Members a call. Of another number other members are drawn, from the same distribution.
    """
    members = oracle.members
    require_ordered(smallest, largest)
    nearness = zoom(oracle, LARGEST)
    if isinstance(nearness, np.ndarray):
        nearness = members.split(nearness)[0]
    sizes = np.geomspace(smallest, largest, radii)
    start = oracle.start(1)[0]
    oracle.value(start)
    centres = best = members.split(start)
    values = np.full(members.number, np.inf)  # those of the start vote until better ones are known
    drawn = 0
    for doublings in itertools.count():
        while n := min(
            batch,
            members.number * 2**doublings - drawn,
            int(members.number * (oracle.remaining - 1)),  # which leaves the work of a vote
        ):
            if n < 0:  # there is less than that
                break
            around_these = centres[rng.integers(members.number, size=n)]
            at = sizes[rng.integers(radii, size=n)]
            points = around(members.space, around_these, at, rng, nearness)
            candidates = np.concatenate([best, points])
            values = np.concatenate([values, oracle.member_values(points)])
            order = np.argsort(values, kind="stable")[: members.number]
            best, values = candidates[order], values[order]
            drawn += n
        oracle.value(members.join(best))
