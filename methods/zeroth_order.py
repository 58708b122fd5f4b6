"""Gradients estimated from two values: SPSA with its gains, and MeZO's replayed noise."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from methods.shared.strides import NEAR, latent_kinds, latent_zoom
from methods.shared.widening import WIDEST, Width
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
    alpha: Annotated[float, Interval(gt=0, le=1)] | None = None,
    gamma: NonNegative | None = None,
    first_step: Positive | None = None,
    batch: Count | None = None,
) -> None:
    """Simultaneous perturbation stochastic approximation (Spall 1992).

    A step k = 0, 1, … draws signs Δ, evaluates θ ± c_k Δ and moves against the estimate
    (y₊ − y₋) / (2 c_k Δ_i), by the gains a_k = a / (k + 1 + A)^α, c_k = c / (k + 1)^γ,
    with the exponents and the rules for A and a of Spall (1998, "Implementation of the
    simultaneous perturbation algorithm for stochastic optimization"). A step whose
    values are not finite is not taken. The last evaluation is at θ itself.

    Begun at a random point, and by default, c and the gain shrink geometrically instead, both by
    the same factor, c from a quarter of the range to a hundredth (`methods.shared.widening`).

    It searches the problem's own objective. θ is measured in ranges of the variables and clipped
    into the box, as far from the bounds as c where that shrinks. Where the problem has a start,
    four times its scale stands for the range, and the first perturbation is as long as the scale
    at the default. Spaces that are not boxes, and whole-number variables, are searched through
    their latent box; rounding hides small perturbations there, so the first one is a whole unit
    (from one number to the next, from a category's score 0 to 1) and a quarter of the range for
    the keys of a permutation, whatever c is. A step moves each of them with probability ½, else a
    bit's two values would be one at random and its opposite wherever θ is: two complements, which
    a cut cannot tell apart. With `batch` it searches the relaxation's loss instead, over the same
    data for both values of a step, with θ as the relaxation has it, unscaled and unclipped.

    Parameters
    ----------
    a : float, optional
        By default chosen by Spall's rule: the first step changes a variable by
        `first_step` in the mean. The estimates that this takes, 10 pairs of values or
        5 % of the steps, are paid for.
    c : float, optional
        First perturbation of a real variable, as a share of its range (with `batch`
        absolute). Spall's is the noise's standard deviation, or something small where
        there is none: 0.01 where it does not shrink, as with a gain that is given. A small one
        sees no step of a step function from between two, and stays. So wherever more than half
        of the last 10 differences are zero, the default is multiplied by 4, up to a quarter of the
        range, and the first step chosen anew, which is paid for. On the staircase
        Σ ⌊|x_i − 3.3|⌋² in [-10, 10]^10, 2,000 evaluations end at 0 (median of 11 seeds), with
        `c=0.01`, which is kept as it is given, at 152, and random search at 57.
    stability : float
        A as a share of all steps; Spall's is 10 %.
    alpha, gamma : float
        0.602 and 0.101 where c does not shrink: the lowest that the theory admits, which
        Spall finds best in practice; 1 and 1/6 are the asymptotically optimal ones.
    first_step : float, optional
        As a share of the range, by default 0.25 / √dimension: on an isotropic quadratic
        a step multiplies the squared distance to the minimum by 1 − 2η + η² d in the
        mean (η is a times the curvature), which is least at η = 1 / d, where a first step is
        the typical distance of a variable, taken for a quarter of the range, over √d.
    batch : int, optional
        Observations a step, drawn with replacement.
    """
    chosen = a is None and c is None and alpha is None and gamma is None
    alpha, gamma = 0.602 if alpha is None else alpha, 0.101 if gamma is None else gamma
    if not gamma < alpha / 2:
        raise ValueError(f"gamma={gamma:g}: expected a number in [0, alpha / 2)")
    search = _Search(oracle, rng, c, C, batch, chosen)
    if search.shrinks:  # the perturbation, and with it the gain
        alpha = gamma = 0.0
    dimension = len(search.start)

    def signs() -> Array:
        drawn = np.where(rng.random(dimension) < 0.5, -1.0, 1.0)
        if search.rounded.any():
            drawn[search.rounded & (rng.random(dimension) < 0.5)] = 0.0
        return drawn

    theta = search.start
    offset = stability * search.steps
    gain, k = a, 0
    while True:
        if gain is None or (search.widened() and a is None):
            step = _first_step(first_step, dimension) * (1 + offset) ** alpha
            gain = step / search.typical_slope(theta, signs)
        delta, power = signs(), (k + 1) ** gamma
        difference = search.difference(theta, search.sizes / power * delta)
        rate = gain / (k + 1 + offset) ** alpha
        theta = search.inside(theta - rate * search.slope(difference) * power * delta)
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
        By default chosen as `spsa` chooses its first step; it shrinks as ε does.
    epsilon : float, optional
        1e-3 in the paper; a share of a real variable's range (with `batch` absolute). By
        default it shrinks, or else is that, widened on a step function, as `c` in `spsa`. The
        same staircase ends at 0, and with the paper's own, `epsilon=0.001`, at 406.
    first_step, batch
        As in `spsa`. On an isotropic quadratic a step multiplies the squared distance to
        the minimum by 1 − 2η + η² (d + 2) in the mean (η is the rate times the curvature).
    """
    chosen = epsilon is None and learning_rate is None
    search = _Search(oracle, rng, epsilon, EPSILON, batch, chosen)
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
        step = rate * search.slope(difference)
        theta = search.inside(theta - step * noise(seed))


def _first_step(given: float | None, dimension: int) -> float:
    return NEAR / dimension**0.5 if given is None else given


class _Search:
    """What both methods evaluate: the objective over its box, or a minibatch loss.

    Attributes
    ----------
    start : ndarray of shape (d,)
        Where to begin, in the units of θ.
    rounded : ndarray of shape (d,)
        Which are whole numbers or scores of categories, that decoding rounds.
    steps : float
        How many steps the budget buys.
    shrinks : bool
        Whether the perturbation shrinks, and the steps in proportion.
    """

    def __init__(
        self,
        oracle: Oracle,
        rng: np.random.Generator,
        size: float | None,
        usual: float,
        batch: int | None,
        shrinks: bool,
    ) -> None:
        self._oracle = oracle
        self._most: Array | float = 1.0
        chosen, size = size is None, usual if size is None else size
        self._draw: Callable[[], Minibatch] | None = None
        self._recent: deque[float] = deque(maxlen=PAIRS)
        if batch is None:
            space = oracle.space
            box = space.latent
            width = latent_zoom(oracle, NEAR) * (box.high - box.low)
            # A variable that cannot move has no unit; any will do.
            self._unit = width
            unit = np.where(width > 0, width, 1.0)
            self._most = (box.high - box.low) / unit if oracle.scale is not None else 1.0
            self.start = (space.encode(oracle.start(1)[0]) - box.low) / unit
            real, _ = latent_kinds(space)
            near = size if oracle.scale is None else size / usual * NEAR
            keys = isinstance(space, Permutation)
            least = np.where(real, near, OF_KEYS if keys else 1 / unit)
            widest = np.where(real & chosen, np.maximum(least, WIDEST * self._most), least)
            self.rounded = ~real & (not keys)
            oracle.evaluate_start()  # which no step is at
            self.steps = oracle.remaining / 2
            self._low, self._decode = box.low, space.decode
        else:
            relaxation, observations = oracle.relaxation, batch
            self._draw = lambda: relaxation.minibatch(rng, observations)
            share = self._draw().share
            self.start = np.array(oracle.start_parameters(), dtype=float)
            least = widest = np.full(len(self.start), size)
            self.rounded = np.zeros(len(self.start), dtype=bool)
            self.steps = oracle.remaining / (2 * share)
        self._width = Width(oracle, least, widest, self.steps if shrinks else 0)
        self.shrinks, self._measured = self._width.shrinks, self.sizes

    def inside(self, theta: Array) -> Array:
        """Return the nearest θ that may be searched."""
        margin = self._width.margin
        return theta if self._draw else np.clip(theta, margin, self._most - margin)

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

    @property
    def sizes(self) -> Array:
        """How far a perturbation of 1 moves each variable, in the units of θ."""
        return self._width.sizes

    def slope(self, difference: float) -> Array:
        """Return what a difference says of each variable, for a perturbation of 1.

        That is by the sizes at which the rate was chosen where they shrink since: the rate then
        shrinks as they do, or the jumps of a step function, divided by ever less, throw θ about.
        """
        return difference / (2 * (self._measured if self.shrinks else self.sizes))

    def widened(self) -> bool:
        """Adapt the perturbation to the last differences; return whether to choose a rate anew.

        One that shrinks is kept: at a minimum differences are zero too, and a rate too large.
        """
        if not self._width.widened(self._recent, PAIRS):
            return False
        self._recent.clear()
        return not self.shrinks

    def _loss(self, theta: Array, rows: Minibatch | None) -> float:
        if rows is not None:
            return self._oracle.loss(theta, rows)
        z = self._low + self._unit * theta
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
        self._measured = self.sizes
        return total / n
