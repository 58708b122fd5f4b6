"""L-SHADE: differential evolution that remembers which parameters have succeeded."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from problems.core.interval import Count, Interval, NonNegative, Share
from problems.core.oracle import Oracle
from problems.core.space import Box

#: Members that are left when the budget is spent: what the mutation needs.
FEWEST_MEMBERS = 4
#: The spread of the population, as a share of the range, at which it has converged.
CONVERGED = 1e-12


def l_shade(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    population: Annotated[int, Interval(ge=0)] = 0,
    memory: Count = 6,
    archive_rate: NonNegative = 2.6,
    best_share: Share = 0.11,
) -> None:
    """Run success-history based differential evolution with a population that shrinks.

    Tanabe and Fukunaga (2014, "Improving the search performance of SHADE using linear
    population size reduction"), a whole generation at a time: current-to-pbest/1 mutation
    with an archive of replaced parents, binomial crossover, F and CR drawn around means that
    have succeeded, weighted by the improvement; the worst members leave, so that their number
    falls linearly with the work that is spent, to 4. A coordinate beyond a bound is put
    midway between it and the parent's.

    Whole numbers are rounded, and spaces that are not boxes are searched through their latent
    box. Where the population has shrunk to 10⁻¹² of every variable's range, it begins anew at
    random points, with what is left of the budget, as R-SHADE does (Tanabe and Fukunaga 2015,
    "Tuning differential evolution for cheap, medium, and expensive computational budgets").

    Parameters
    ----------
    population : int
        Members at the beginning. 0 stands for 2.2 times the cube root of the evaluations that
        are left, at least 10 and at most the paper's 18 a variable. The paper has 10,000
        evaluations a variable to spend; with 50 to 1,000 its population hardly moves. A choice
        of this suite: of 10 to 180 members, 15 to 20 at 500, 20 to 30 at 2,000 and 45 to 60 at
        10,000 evaluations were best on eight problems, seven of them of ten variables. As the
        paper's it grows with the variables, to 3 for each where that is at most a 33rd of the
        evaluations: of about 100 variables fewer members become alike long before the budget is
        spent (nk-landscape at 10,000: -0.751 with 47, -0.765 with 150, -0.772 with 300, medians).
    memory : int
        Pairs of means that are remembered, H; 6 in the paper.
    archive_rate : float
        Members of the archive a member of the population; 2.6 in the paper.
    best_share : float
        The share of the best of which the mutation moves towards one, at least two; 0.11 in the
        paper.
    """
    if 0 < population < FEWEST_MEMBERS:
        raise ValueError(f"{population=}: expected 0 for the default, or >= {FEWEST_MEMBERS}")
    space = oracle.space
    box = space.latent
    size = population or default_population(oracle.remaining, box.dimension)
    points = space.encode(oracle.start(size))
    while True:
        _evolve(oracle, rng, box, points, memory, archive_rate, best_share)
        oracle.restart()
        size = population or default_population(oracle.remaining, box.dimension)
        near = oracle.scale is not None
        points = space.encode(oracle.draw(rng, size)) if near else box.sample(rng, size)


def default_population(work: float, dimension: int) -> int:
    """Return how many members a population begins with, by the work that is left."""
    wanted = max(2.2 * work ** (1 / 3), min(3 * dimension, work / 33))
    return max(10, min(18 * dimension, round(wanted)))


def _evolve(
    oracle: Oracle,
    rng: np.random.Generator,
    box: Box,
    points: NDArray[np.float64],
    memory: int,
    archive_rate: float,
    best_share: float,
) -> None:
    """Evolve a population until it has converged."""
    decode = oracle.space.decode
    width = box.high - box.low
    work, members = oracle.remaining, len(points)
    history = History(memory)
    archive = np.empty((0, box.dimension))
    values = oracle.values(decode(points))
    while (points.max(axis=0) - points.min(axis=0) > CONVERGED * width).any():
        scale, rate = history.draw(len(points), rng)
        best = values.argsort(kind="stable")[: max(2, round(best_share * len(points)))]
        mutants = mutated(points, points[rng.choice(best, len(points))], archive, scale, rng)
        trials = bounded(crossed(points, mutants, rate, rng), points, box)
        trial_values = oracle.values(decode(trials))
        better, kept = trial_values < values, trial_values <= values
        archive = np.concatenate([archive, points[better]])
        history.learn(scale[better], rate[better], values[better] - trial_values[better])
        points = np.where(kept[:, None], trials, points)
        values = np.where(kept, trial_values, values)
        share = 1 - oracle.remaining / work
        size = max(FEWEST_MEMBERS, round(members + share * (FEWEST_MEMBERS - members)))
        if size < len(points):
            staying = np.sort(values.argsort(kind="stable")[:size])
            points, values = points[staying], values[staying]
        most = round(archive_rate * len(points))
        if len(archive) > most:
            archive = archive[rng.permutation(len(archive))[:most]]


class History:
    """Means of the scale factors F and crossover rates CR that have succeeded.

    Attributes
    ----------
    scale, rate : ndarray of shape (memory,)
        The means, 0.5 at first; a rate of nan stands for the terminal value: 0 from then on.
    """

    def __init__(self, memory: int) -> None:
        self.scale, self.rate = np.full(memory, 0.5), np.full(memory, 0.5)
        self._next = 0

    def draw(self, n: int, rng: np.random.Generator) -> tuple[NDArray, NDArray]:
        """Draw F from Cauchy and CR from normal distributions around a mean, for `n` members."""
        slot = rng.integers(len(self.scale), size=n)
        scale = np.zeros(n)
        while (again := (scale <= 0).nonzero()[0]).size:
            scale[again] = self.scale[slot[again]] + 0.1 * rng.standard_cauchy(again.size)
        rate = self.rate[slot] + 0.1 * rng.standard_normal(n)
        return np.minimum(scale, 1.0), np.clip(np.nan_to_num(rate, nan=0.0), 0.0, 1.0)

    def learn(self, scale: NDArray, rate: NDArray, improvement: NDArray) -> None:
        """Replace the oldest means by those of the successful, weighted by their improvement."""
        if not len(scale):
            return
        endless = np.isinf(improvement)  # the parent had no value
        weight = endless.astype(float) if endless.any() else improvement / improvement.max()
        self.scale[self._next] = lehmer_mean(scale, weight)
        terminal = np.isnan(self.rate[self._next]) or rate.max() == 0
        self.rate[self._next] = np.nan if terminal else lehmer_mean(rate, weight)
        self._next = (self._next + 1) % len(self.scale)


def lehmer_mean(numbers: NDArray, weight: NDArray) -> float:
    """Return Σ w x² / Σ w x, which leans towards the larger numbers; 0 where all are."""
    total = float(weight @ numbers)
    return float(weight @ numbers**2) / total if total > 0 else 0.0


def mutated(
    points: NDArray, towards: NDArray, archive: NDArray, scale: NDArray, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return x + F (towards - x) + F (x_a - x_b) for every row x: current-to-pbest/1.

    a is another member of the population, b a third one of the population or the archive.
    """
    n = len(points)
    pool = np.concatenate([points, archive])
    i = np.arange(n)
    a = rng.integers(n - 1, size=n)
    a += a >= i
    b = rng.integers(len(pool) - 2, size=n)
    b += b >= np.minimum(i, a)
    b += b >= np.maximum(i, a)
    return points + scale[:, None] * (towards - points + points[a] - pool[b])


def crossed(
    points: NDArray, mutants: NDArray, rate: NDArray, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Take each variable from the mutant with probability CR, and one of them surely."""
    taken = rng.random(points.shape) < rate[:, None]
    taken[np.arange(len(points)), rng.integers(points.shape[1], size=len(points))] = True
    return np.where(taken, mutants, points)


def bounded(trials: NDArray, parents: NDArray, box: Box) -> NDArray[np.float64]:
    """Put coordinates beyond a bound midway between the bound and the parent's."""
    trials = np.where(trials < box.low, (box.low + parents) / 2, trials)
    return np.where(trials > box.high, (box.high + parents) / 2, trials)
