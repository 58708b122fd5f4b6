"""The univariate marginal distribution algorithm: learn each variable's distribution, resample."""

from __future__ import annotations

from typing import Annotated, Protocol

import numpy as np
from numpy.typing import NDArray

from methods.shared.strides import NOTICEABLE
from problems.core.interval import Interval
from problems.core.mixed import Mixed
from problems.core.oracle import Oracle
from problems.core.permutation import Permutation
from problems.core.space import Box, Categorical, Space

#: Whole numbers that a variable may take and still have a frequency each; beyond them, too few
#: of the selected have any one, and the variable is Gaussian.
MOST_VALUES = 10
#: A standard deviation, as a share of the range, at which real variables have converged.
CONVERGED = 1e-12


class Model(Protocol):
    """A distribution over a space's points, learnt from some of them."""

    def fit(self, selected: NDArray) -> None:
        """Learn from rows of points."""

    def sample(self, rng: np.random.Generator, n: int) -> NDArray:
        """Draw `n` points, one a row."""

    def converged(self) -> bool:
        """Tell whether all its real variables have become constants."""


def umda(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    population: Annotated[int, Interval(ge=0)] = 0,
    selected_share: Annotated[float, Interval(gt=0, lt=1)] = 0.2,
) -> None:
    """Sample, keep the best, estimate every variable's distribution from them, sample again.

    Mühlenbein and Paaß (1996, "From recombination of genes to the estimation of
    distributions I. Binary parameters"). What is estimated depends on the variable:

    - bits, categories and whole numbers of at most ten values: a frequency a value, kept
      from 1 / ((r − 1) n) up for r values and n variables, so that no value is lost for good.
      On bits these are the margins 1/n and 1 − 1/n of Krejca and Witt (2020, "Theory of
      estimation-of-distribution algorithms"), on more values those of Ben Jedidia, Doerr and
      Krejca (2023, "Estimation-of-distribution algorithms for multi-valued decision
      variables");
    - real variables: a Gaussian, UMDA_c of Larrañaga et al. (2000, "Optimization in continuous
      domains by learning and simulation of Gaussian networks"); other whole numbers: the
      same, rounded, with a standard deviation of at least half a unit. Beyond a bound
      they take its value;
    - positions of a permutation: a frequency an item, with the margins above; a point is
      drawn position by position, in random order, from the items that are left, as the node
      histograms of Tsutsui, Pelikan and Goldberg (2006, "Node histogram vs. edge histogram").

    Where all are frequencies, the best are selected from the sample and those selected before,
    of equal values the new: no good point is forgotten, as elitist algorithms of this kind do
    (Larrañaga and Lozano 2002, "Estimation of distribution algorithms", keep the best one). To
    keep all is a choice of this suite: graph-colouring ended at 8.7 conflicts in place of 9.6 at
    10,000 evaluations, nk-landscape at -0.764 in place of -0.759 at 2,000 (means of 12 to 21
    seeds). Gaussians, without margins, shrank too early: rastrigin 45 in place of 22 at 2,000.

    The first generation are the shared starting points. Where all that is real has shrunk
    below 10⁻¹² of its range, the algorithm begins anew at random points.

    Parameters
    ----------
    population : int
        Points a generation, λ. 0 stands for 2 √w, w the evaluations that are left, and for √w
        on permutations; at least 10. The frequencies converge within about √n generations
        whatever λ is, and to the wrong value the more rarely the larger it is, so that the best
        λ grows with the budget (Witt 2019, "Upper bounds on the running time of the univariate
        marginal distribution algorithm on OneMax"). The factors are a choice of this suite: of
        20 to 300 points, 45 at 500, 90 at 2,000 and 200 at 10,000 evaluations were among the
        best on ten of its problems.
    selected_share : float
        The share of them that the distributions are estimated from, μ / λ, by truncation. A
        choice of this suite as well: 0.2 was better there than 0.3, which Mühlenbein and
        Mahnig used (1999, "FDA: a scalable evolutionary algorithm for the optimization of
        additively decomposed functions"), and than 0.5. At least two points are selected.
    """
    if population == 1:
        raise ValueError("population=1: expected a number >= 2, or 0 for the default")
    space = oracle.space
    size = population or default_population(space, oracle.remaining)
    selected = max(2, round(selected_share * size))
    points = oracle.start(size)
    while True:
        model, values = model_of(space), oracle.values(points)
        while True:
            best = values.argsort(kind="stable")[:selected]  # of equal values the new
            points, values = points[best], values[best]
            model.fit(points)
            if model.converged():
                break
            kept = selected if isinstance(model, Frequencies | Positions) else 0
            new = model.sample(rng, size)
            points = np.concatenate([new, points[:kept]])
            values = np.concatenate([oracle.values(new), values[:kept]])
        oracle.restart()
        points = oracle.draw(rng, size)


def default_population(space: Space, work: float) -> int:
    """Return how many points a generation has, by what is searched and what can be spent."""
    factor = 1 if isinstance(space, Permutation) else 2
    return max(10, round(factor * work**0.5))


def model_of(space: Space) -> Model:
    """Return the distribution that a space's points are drawn from, not yet learnt."""
    if isinstance(space, Permutation):
        return Positions(space)
    if isinstance(space, Categorical):
        return Frequencies(np.zeros(space.dimension), space.counts)
    if isinstance(space, Mixed):
        return _of_mixed(space)
    if not isinstance(space, Box):
        raise TypeError(f"no distribution for {type(space).__name__}")
    values = np.where(space.integral, space.high - space.low + 1, np.inf)
    few = space.few(MOST_VALUES)
    if few.all():
        return Frequencies(space.low, values.astype(np.int64))
    if not few.any():
        return Gaussians(space)
    rest = ~few
    gaussians = Gaussians(Box(space.low[rest], space.high[rest], integral=space.integral[rest]))
    return Mixture(space, few, gaussians)


def _of_mixed(space: Mixed) -> Model:
    """Return frequencies of choices and of few whole numbers, Gaussians of the others."""
    few = space.few(MOST_VALUES)
    if few.all():
        return Frequencies(space.low, (space.high - space.low + 1).astype(np.int64))
    names = zip(space.variables.items(), few, strict=True)
    rest = Scaled(Mixed(**{name: variable for (name, variable), is_few in names if not is_few}))
    return Mixture(space, few, rest) if few.any() else rest


class Frequencies(Model):
    """A frequency for every value of every variable, never below its margin.

    Parameters
    ----------
    low : ndarray of shape (n,)
        The smallest value of each variable.
    counts : ndarray of int, shape (n,)
        How many values it has, one after the other.
    variables : int, optional
        n of the margin, 1 / ((r − 1) n): all that a point has, where these are some of them.
    """

    def __init__(self, low: NDArray, counts: NDArray[np.int64], variables: int = 0) -> None:
        self._low = low.astype(np.int64)
        self._column = np.arange(counts.max())
        self._values = counts[:, None]
        # Of one variable as of two: the margins of all values must leave something to learn.
        others = np.maximum(self._values - 1, 1) * max(variables or len(counts), 2)
        self._margin = np.where(self._column < self._values, 1 / others, 0.0)
        self.frequency = np.where(self._column < self._values, 1 / self._values, 0.0)

    def fit(self, selected: NDArray) -> None:
        chosen = (selected.astype(np.int64) - self._low)[:, :, None] == self._column
        self.frequency = raised(chosen.mean(axis=0), self._margin)

    def sample(self, rng: np.random.Generator, n: int) -> NDArray[np.int64]:
        cumulative = self.frequency.cumsum(axis=1)
        drawn = (rng.random((n, len(cumulative), 1)) >= cumulative[:, :-1]).sum(axis=2)
        return self._low + np.minimum(drawn, self._values[:, 0] - 1)

    def converged(self) -> bool:
        return False


class Gaussians(Model):
    """A Gaussian for every variable of a box, rounded where it is whole.

    Parameters
    ----------
    box : Box
    stride : ndarray of shape (dimension,), optional
        Distance between neighbouring values, 0 of real variables; 1 of whole ones by default.
    """

    def __init__(self, box: Box, stride: NDArray[np.float64] | None = None) -> None:
        self._box = box
        width = box.high - box.low
        stride = box.integral.astype(float) if stride is None else stride
        self._whole = stride > 0
        self._least = np.where(self._whole, NOTICEABLE * stride, CONVERGED * width)
        self.mean = (box.low + box.high) / 2
        self.deviation = width

    def fit(self, selected: NDArray) -> None:
        self.mean, self.deviation = selected.mean(axis=0), selected.std(axis=0)

    def sample(self, rng: np.random.Generator, n: int) -> NDArray:
        deviation = np.where(self._whole, np.maximum(self.deviation, self._least), self.deviation)
        noise = rng.standard_normal((n, self._box.dimension))
        return self._box.decode(self.mean + deviation * noise)

    def converged(self) -> bool:
        free = ~self._whole & (self._box.low < self._box.high)
        return bool(free.any() and (self.deviation <= self._least)[free].all())


class Scaled(Model):
    """A Gaussian for every variable of a mixed space without choices, on its scale."""

    def __init__(self, space: Mixed) -> None:
        self._space = space
        self._gaussians = Gaussians(space.scaled, space.stride)

    def fit(self, selected: NDArray) -> None:
        self._gaussians.fit(self._space.rescale(selected))

    def sample(self, rng: np.random.Generator, n: int) -> NDArray:
        return self._space.restore(self._gaussians.sample(rng, n))

    def converged(self) -> bool:
        return self._gaussians.converged()


class Mixture(Model):
    """Frequencies for the variables of few values, Gaussians for the others."""

    def __init__(self, space: Box | Mixed, few: NDArray[np.bool_], gaussians: Model) -> None:
        self._few, self._dtype, self._gaussians = few, space.dtype, gaussians
        counts = (space.high - space.low + 1)[few].astype(np.int64)
        self._frequencies = Frequencies(space.low[few], counts, space.dimension)

    def fit(self, selected: NDArray) -> None:
        self._frequencies.fit(selected[:, self._few])
        self._gaussians.fit(selected[:, ~self._few])

    def sample(self, rng: np.random.Generator, n: int) -> NDArray:
        points = np.empty((n, len(self._few)), dtype=self._dtype)
        points[:, self._few] = self._frequencies.sample(rng, n)
        points[:, ~self._few] = self._gaussians.sample(rng, n)
        return points

    def converged(self) -> bool:
        return self._gaussians.converged()


class Positions(Model):
    """A frequency for every item at every position of a permutation, never below its margin."""

    def __init__(self, space: Permutation) -> None:
        self._items, self._length = space.n, space.dimension
        self._margin = 1 / (max(self._items - 1, 1) * max(self._length, 2))
        self.frequency = np.full((self._length, self._items), 1 / self._items)

    def fit(self, selected: NDArray) -> None:
        chosen = selected[:, :, None] == np.arange(self._items)
        self.frequency = raised(chosen.mean(axis=0), np.full_like(self.frequency, self._margin))

    def sample(self, rng: np.random.Generator, n: int) -> NDArray[np.int64]:
        points = np.empty((n, self._length), dtype=np.int64)
        left = np.ones((n, self._items))
        rows = np.arange(n)
        # Another order for each point: early positions get what they want, late ones the rest.
        order = rng.permuted(np.tile(np.arange(self._length), (n, 1)), axis=1)
        for position, drawn in zip(order.T, rng.random((self._length, n)), strict=True):
            cumulative = (self.frequency[position] * left).cumsum(axis=1)
            item = (drawn[:, None] * cumulative[:, -1:] >= cumulative).sum(axis=1)
            points[rows, position] = item
            left[rows, item] = 0.0
        return points

    def converged(self) -> bool:
        return False


def raised(frequency: NDArray[np.float64], margin: NDArray[np.float64]) -> NDArray[np.float64]:
    """Raise frequencies to their margins, and take what that costs from those above theirs.

    Every row adds up to 1; on two values it is the clamping of [margin, 1 − margin].

    Parameters
    ----------
    frequency, margin : ndarray of shape (n, values)
    """
    above = np.maximum(frequency - margin, 0.0)
    spare = 1 - margin.sum(axis=1, keepdims=True)
    total = above.sum(axis=1, keepdims=True)
    return margin + above * np.divide(spare, total, out=np.zeros_like(total), where=total > 0)
