"""Gradients estimated from two values: SPSA with its gains, and MeZO's replayed noise."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from methods.shared.strides import NEAR, latent_kinds, latent_zoom
from methods.shared.widening import WIDEST, mostly_zero, wider
from problems.core.interval import Count, Interval, NonNegative, Positive
from problems.core.oracle import Oracle
from problems.core.permutation import Permutation
from problems.core.views import Minibatch

Array = NDArray[np.float64]

#: Pairs of values that the first step is measured with, and the most of all steps.
PAIRS, SHARE_OF_PAIRS = 10, 0.05
#: First perturbations of a real variable, as shares of its range.
C, EPSILON = 0.01, 1e-3
#: First perturbation of a permutation's random keys, as a share of their range.
OF_KEYS = 0.25


def spsa(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    a: Positive | None = None,
    c: Positive | None = None,
    stability: NonNegative = 0.1,
    alpha: Annotated[float, Interval(gt=0, le=1)] = 0.602,
    gamma: NonNegative = 0.101,
    first_step: Positive | None = None,
    batch: Count | None = None,
) -> None:
    """Simultaneous perturbation stochastic approximation (Spall 1992).

    A step k = 0, 1, … draws signs Δ, evaluates θ ± c_k Δ and moves against the estimate
    (y₊ − y₋) / (2 c_k Δ_i), by the gains a_k = a / (k + 1 + A)^α, c_k = c / (k + 1)^γ,
    with the exponents and the rules for A and a of Spall (1998, "Implementation of the
    simultaneous perturbation algorithm for stochastic optimization"). A step whose
    values are not finite is not taken. The last evaluation is at θ itself.

    It searches the problem's own objective. θ is measured in ranges of the variables
    and clipped into the box. Where the problem has a start, four times its scale stands for
    the range, and the first perturbation is as long as the scale at the default. Spaces that
    are not boxes, and whole-number variables, are searched through their latent box; rounding
    hides small perturbations there, so the first one is a whole unit (from one number to the
    next, from a category's score 0 to 1) and a quarter of the range for the keys of a
    permutation, whatever c is. With `batch` it searches the relaxation's loss instead, over
    the same data for both values of a step, with θ as the relaxation has it, unscaled and
    unclipped.

    Parameters
    ----------
    a : float, optional
        By default chosen by Spall's rule: the first step changes a variable by
        `first_step` in the mean. The estimates that this takes, 10 pairs of values or
        5 % of the steps, are paid for.
    c : float, optional
        First perturbation of a real variable, as a share of its range (with `batch`
        absolute). Spall's is the noise's standard deviation, or something small where
        there is none: 0.01 by default. A small one sees no step of a step function from between
        two steps, and stays there. So wherever more than half of the last 10 differences are
        zero, the default is multiplied by 4, up to a quarter of the range, and the first
        step chosen anew, which is paid for (`methods.shared.widening`). On the staircase
        Σ ⌊|x_i − 3.3|⌋² in [-10, 10]^10, 2,000 evaluations end at 0 (median of 11 seeds), with
        `c=0.01`, which is kept as it is given, at 173, and random search at 57.
    stability : float
        A as a share of all steps; Spall's is 10 %.
    alpha, gamma : float
        The lowest that the theory admits, which Spall finds best in practice; 1 and 1/6
        are the asymptotically optimal ones.
    first_step : float, optional
        As a share of the range, by default 0.1 / √dimension: on an isotropic quadratic
        a step multiplies the squared distance to the minimum by 1 − 2η + η² d in the
        mean (η is a times the curvature), so steps must shrink as d grows.
    batch : int, optional
        Observations a step, drawn with replacement.
    """
    if not gamma < alpha / 2:
        raise ValueError(f"gamma={gamma:g}: expected a number in [0, alpha / 2)")
    search = _Search(oracle, rng, c, C, batch)
    dimension = len(search.start)

    def signs() -> Array:
        return np.where(rng.random(dimension) < 0.5, -1.0, 1.0)

    theta = search.start
    offset = stability * search.steps
    gain, k = a, 0
    while True:
        if gain is None or (search.widened() and a is None):
            step = _first_step(first_step, dimension) * (1 + offset) ** alpha
            gain = step / search.typical_slope(theta, signs)
        delta, sizes = signs(), search.sizes / (k + 1) ** gamma
        difference = search.difference(theta, sizes * delta)
        rate = gain / (k + 1 + offset) ** alpha
        theta = search.inside(theta - rate * difference / (2 * sizes) * delta)
        k += 1


def mezo(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    learning_rate: Positive | None = None,
    epsilon: Positive | None = None,
    first_step: Positive | None = None,
    batch: Count | None = None,
) -> None:
    """MeZO, zeroth-order SGD whose noise is replayed (Malladi et al. 2023, algorithm 1).

    A step evaluates θ ± ε z for Gaussian z and moves by −η z (y₊ − y₋) / (2 ε). z is
    not kept: it is drawn from a seed for the evaluations and from the same seed again for the
    move ("Fine-tuning language models with just forward passes"). A step whose values
    are not finite is not taken. The last evaluation is at θ itself.

    What it searches, in which units, and what `batch` changes is as in `spsa`.

    Parameters
    ----------
    learning_rate : float, optional
        η, constant as in the paper, whose values were tuned for large language models.
        By default chosen as `spsa` chooses its first step.
    epsilon : float, optional
        1e-3 in the paper; a share of a real variable's range (with `batch` absolute). By
        default that, widened on a step function as `c` is in `spsa`, where the same staircase
        ends at 0, and with the paper's own, `epsilon=0.001`, at 349.
    first_step, batch
        As in `spsa`. On an isotropic quadratic a step multiplies the squared distance to
        the minimum by 1 − 2η + η² (d + 2) in the mean (η is the rate times the curvature).
    """
    search = _Search(oracle, rng, epsilon, EPSILON, batch)
    dimension = len(search.start)

    def noise(seed: int) -> Array:
        return np.random.default_rng(seed).standard_normal(dimension)

    def any_noise() -> Array:
        return noise(int(rng.integers(2**63)))

    theta, rate = search.start, learning_rate
    while True:
        if rate is None or (search.widened() and learning_rate is None):
            rate = _first_step(first_step, dimension) / search.typical_slope(theta, any_noise)
        seed = int(rng.integers(2**63))
        difference = search.difference(theta, search.sizes * noise(seed))
        step = rate * difference / (2 * search.sizes)
        theta = search.inside(theta - step * noise(seed))


def _first_step(given: float | None, dimension: int) -> float:
    return 0.1 / dimension**0.5 if given is None else given


class _Search:
    """What both methods evaluate: the objective over its box, or a minibatch loss.

    Attributes
    ----------
    start : ndarray of shape (d,)
        Where to begin, in the units of θ.
    sizes : ndarray of shape (d,)
        How far a perturbation of 1 moves each variable at first, in the same units.
    steps : float
        How many steps the budget buys.
    """

    def __init__(
        self,
        oracle: Oracle,
        rng: np.random.Generator,
        size: float | None,
        usual: float,
        batch: int | None,
    ) -> None:
        self._oracle = oracle
        self._most: Array | float = 1.0
        chosen, size = size is None, usual if size is None else size
        self._draw: Callable[[], Minibatch] | None = None
        self._widest: Array | None = None
        self._recent: deque[float] = deque(maxlen=PAIRS)
        if batch is None:
            space = oracle.space
            box = space.latent
            nearness = latent_zoom(oracle, NEAR)
            width = nearness * (box.high - box.low)
            # A variable that cannot move has no unit; any will do.
            self._width = width
            unit = np.where(width > 0, width, 1.0)
            self._most = (box.high - box.low) / unit if oracle.scale is not None else 1.0
            self.start = self.inside((space.encode(oracle.start(1)[0]) - box.low) / unit)
            if isinstance(space, Permutation):
                self.sizes = np.full(len(width), OF_KEYS)
            else:
                real, _ = latent_kinds(space)
                near = size if oracle.scale is None else size / usual * NEAR
                self.sizes = np.where(real, near, 1 / unit)
                if chosen and real.any():
                    widest = WIDEST * np.broadcast_to(self._most, len(width))
                    self._widest = np.where(real, np.maximum(self.sizes, widest), self.sizes)
            oracle.evaluate_start()  # which no step is at
            self.steps = oracle.remaining / 2
            self._low, self._decode = box.low, space.decode
        else:
            relaxation, observations = oracle.relaxation, batch
            self._draw = lambda: relaxation.minibatch(rng, observations)
            share = self._draw().share
            self.start = np.array(oracle.start_parameters(), dtype=float)
            self.sizes = np.full(len(self.start), size)
            self.steps = oracle.remaining / (2 * share)

    def inside(self, theta: Array) -> Array:
        """Return the nearest θ that may be searched."""
        return np.clip(theta, 0.0, self._most) if self._draw is None else theta

    def difference(self, theta: Array, perturbation: Array) -> float:
        """Return y(θ + perturbation) − y(θ − perturbation); 0 where that is no number.

        Where the budget does not buy another step after these two evaluations, one of them is
        spent on θ itself first.
        """
        rows = None if self._draw is None else self._draw()
        if self._oracle.remaining < 3 * (1.0 if rows is None else rows.share):
            self._loss(theta, rows)
        difference = self._loss(theta + perturbation, rows) - self._loss(theta - perturbation, rows)
        if not np.isfinite(difference):
            return 0.0
        self._recent.append(difference)
        return difference

    def widened(self) -> bool:
        """Widen the perturbation where it may be and most of the last differences are zero."""
        if self._widest is None or not mostly_zero(self._recent, PAIRS):
            return False
        self.sizes = wider(self.sizes, self._widest)
        self._recent.clear()
        if (self.sizes == self._widest).all():
            self._widest = None
        return True

    def _loss(self, theta: Array, rows: Minibatch | None) -> float:
        if rows is not None:
            return self._oracle.loss(theta, rows)
        z = self._low + self._width * theta
        return self._oracle.value(self._decode(z))

    def typical_slope(self, theta: Array, draw: Callable[[], Array]) -> float:
        """Return the mean |element| of gradient estimates at θ.

        It begins anew when the perturbation is widened, and on a plateau goes on looking until
        one of them is not zero.
        """
        pairs = max(1, min(PAIRS, int(SHARE_OF_PAIRS * self.steps)))
        total, n = 0.0, 0
        while n < pairs or total == 0:
            delta = draw()
            estimate = self.difference(theta, self.sizes * delta) * delta / (2 * self.sizes)
            total += float(np.abs(estimate).mean())
            n += 1
            if self.widened():
                total, n = 0.0, 0
        return total / n
