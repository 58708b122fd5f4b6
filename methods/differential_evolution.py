"""Differential evolution (Storn and Price 1997), as scipy.optimize has it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from methods.shared.local_solver import evaluations_left
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
    popsize: Count | None = None,
    recombination: Share = 0.5,
    tol: Annotated[float, Interval(ge=0)] = 1e-8,
    restarts: bool = True,
) -> None:
    """Run `scipy.optimize.differential_evolution`, its population as large as the budget allows.

    Whole-number variables go through its ``integrality``; spaces that are not
    boxes are searched through their latent box. scipy's limit of 1000 generations is lifted.

    Parameters
    ----------
    strategy : str
        As in scipy.
    recombination : float
        As in scipy, whose own is 0.7: the share of variables that a trial takes from the mutant.
        A choice of this suite, the middle of pymoo's 0.2 to 0.8: a population as small as ours
        becomes alike early where a trial takes more (next-token-rank at 10,000 evaluations:
        0.752, with 0.7 0.758; but rosenbrock 5.2 and 1.1).
    tol : float
        As in scipy, whose own is 0.01: the run converges when the spread of the population's
        values is at most `tol` times their mean. By default they are equal but for rounding: a
        percent of the mean depends on what is added to the objective, and a population that
        can still improve varies by less (welded-beam, 10,000 evaluations: 1.7249, with 0.01
        1.7289).
    popsize : int, optional
        As in scipy, whose own is 15: the population has popsize × dimension members.
        A population of more than a million numbers in all, which scipy takes seconds to
        minutes (and gigabytes) to draw, is cut to as many members as stay below that,
        drawn from the box. Where the problem has a start, all are drawn around it.
        By default the members are as many as `default_members` says.
    restarts : bool
        Whether to begin anew with another population when it has converged, until the
        budget is spent; scipy itself is one run.
    """
    import scipy.optimize

    space = oracle.space
    box = space if isinstance(space, Box) else space.latent
    real = isinstance(space, Box) and not box.integral.any()

    def value(z: NDArray[np.float64]) -> float:
        return oracle.value(space.decode(z))

    def value_in_box(z: NDArray[np.float64]) -> float:
        # What `decode` does to reals, at a tenth of its time.
        return oracle.value(np.minimum(np.maximum(z, box.low), box.high))

    draw = oracle.start
    while True:
        scipy.optimize.differential_evolution(
            value_in_box if real else value,
            list(zip(box.low, box.high, strict=True)),
            strategy=strategy,
            maxiter=evaluations_left(oracle),
            popsize=popsize or 1,
            recombination=recombination,
            tol=tol,
            integrality=box.integral if box.integral.any() else None,
            x0=space.encode(draw(1)[0]),
            init=_population(oracle, box, draw, popsize, rng),
            rng=rng,
        )
        if not restarts or (box.low == box.high).all():
            return
        oracle.restart()
        draw = partial(oracle.draw, rng)


def default_members(work: float, dimension: int) -> int:
    """Return how many members a population begins with, by the work that is left.

    1.5 times its cube root: 12 at 500, 19 at 2,000 and 32 at 10,000 evaluations, at least 10
    and at most scipy's 15 a variable. A choice of this suite: of 10, 20, 30, 50 and 100 members,
    10 or 20 were best at 500, 20 at 2,000 and 20 or 30 at 10,000, on most of eight problems of
    4 to 108 variables. scipy's 1,620 members of 108 variables would never be done with their
    first generation there.
    """
    return max(10, min(15 * dimension, round(1.5 * work ** (1 / 3))))


def _population(
    oracle: Oracle,
    box: Box,
    draw: Callable[[int], NDArray],
    popsize: int | None,
    rng: np.random.Generator,
) -> str | NDArray[np.float64]:
    """Return the first members, or scipy's name of how it draws them."""
    if popsize:
        members = popsize * box.dimension
    else:
        members = default_members(oracle.remaining, box.dimension)
    affordable = max(MOST_NUMBERS // box.dimension, FEWEST_MEMBERS)
    if oracle.scale is not None or popsize is None:
        points = draw(min(max(members, FEWEST_MEMBERS), affordable))
        return oracle.space.encode(points).astype(float)
    return box.sample(rng, affordable).astype(float) if members > affordable else "latinhypercube"
