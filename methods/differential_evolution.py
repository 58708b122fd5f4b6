"""Differential evolution (Storn and Price 1997), as scipy.optimize has it."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from problems.core.interval import Count, Interval, Share
from problems.core.oracle import Oracle
from problems.core.space import Box

Strategy = Literal[
    "best1bin", "best1exp", "rand1bin", "rand1exp", "rand2bin", "rand2exp", "randtobest1bin",
    "randtobest1exp", "currenttobest1bin", "currenttobest1exp", "best2exp", "best2bin",
]  # fmt: skip

#: Numbers in a population, members × variables.
MOST_NUMBERS = 1_000_000
#: The smallest population that scipy takes.
FEWEST_MEMBERS = 5


def differential_evolution(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    strategy: Strategy = "best1bin",
    popsize: Count = 15,
    recombination: Share = 0.7,
    tol: Annotated[float, Interval(ge=0)] = 0.01,
) -> None:
    """Run `scipy.optimize.differential_evolution` with its defaults.

    Whole-number variables go through its ``integrality``; spaces that are not
    boxes are searched through their latent box.

    Parameters
    ----------
    strategy, popsize, recombination, tol
        As in scipy; the population has popsize × dimension members, and the run
        converges when its spread falls below `tol` times its mean. A population of
        more than a million numbers in all, which scipy takes seconds to minutes (and
        gigabytes) to draw, is cut to as many members as stay below that, drawn from
        the box. Where the problem has a start, all are drawn around it.
    """
    import scipy.optimize

    space = oracle.space
    box = space if isinstance(space, Box) else space.latent
    start = space.encode(oracle.start(1)[0])
    members = popsize * box.dimension
    init: str | NDArray[np.float64] = "latinhypercube"
    affordable = max(MOST_NUMBERS // box.dimension, FEWEST_MEMBERS)
    if oracle.scale is not None:
        init = space.encode(oracle.start(min(max(members, FEWEST_MEMBERS), affordable)))
    elif members * box.dimension > MOST_NUMBERS:
        init = box.sample(rng, affordable).astype(float)

    def value(z: NDArray[np.float64]) -> float:
        return oracle.value(space.decode(z))

    def value_in_box(z: NDArray[np.float64]) -> float:
        # What `decode` does to reals, at a tenth of its time.
        return oracle.value(np.minimum(np.maximum(z, box.low), box.high))

    real = isinstance(space, Box) and not box.integral.any()

    scipy.optimize.differential_evolution(
        value_in_box if real else value,
        list(zip(box.low, box.high, strict=True)),
        strategy=strategy,
        popsize=popsize,
        recombination=recombination,
        tol=tol,
        integrality=box.integral if box.integral.any() else None,
        x0=start,
        init=init,
        rng=rng,
    )
