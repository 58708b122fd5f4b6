"""The loop that all descent on a relaxation shares: forward, backward, step."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from methods.shared.schedules import Schedule, rate_factor, warmup_of
from problems.core.interval import Count, Positive, Share
from problems.core.oracle import Oracle
from problems.core.views import Minibatch

Array = NDArray[np.float64]
#: ``update(theta, gradient, rate)`` returns the next parameters.
Update = Callable[[Array, Array, float], Array]


@dataclass(frozen=True, kw_only=True)
class Training:
    """The options that the members of the family have in common.

    Parameters
    ----------
    batch : int, optional
        Observations a step, drawn with replacement; all data by default.
    epochs : int, optional
        Passes over as many observations as the data has: observations / batch steps
        each, or one step each without `batch`. Then the run ends with one evaluation
        of where it came to (a forward pass over all data). By default it goes on until
        the budget is spent.
    steps : int, optional
        Steps to make, in place of epochs; the run ends in the same way.
    schedule : {"constant", "linear-warmup", "triangular", "cosine"}
        Of the learning rate, see `rate_factor`. Its time is the share of the steps
        that `epochs` or `steps` make, else the share of the budget's work that has been spent;
        both count the step's own gradient, and the evaluation at the end is the end. So
        neither end of a schedule, where the rate is 0, is wasted on a step.
    warmup : float, optional
        Share of the run in which the rate rises, see `warmup_of`.
    clip : float, optional
        Longer gradients are cut to this Euclidean norm (Pascanu, Mikolov and Bengio
        2013, "On the difficulty of training recurrent neural networks").

    Raises
    ------
    ValueError
        When two of them do not go together.
    """

    batch: Count | None = None
    epochs: Count | None = None
    steps: Count | None = None
    schedule: Schedule = "constant"
    warmup: Share | None = None
    clip: Positive | None = None

    def __post_init__(self) -> None:
        if self.epochs is not None and self.steps is not None:
            raise ValueError(
                f"steps={self.steps}: expected none beside epochs={self.epochs}, which make "
                "steps of their own"
            )
        warmup_of(self.schedule, self.warmup)

    def draw(self, oracle: Oracle, rng: np.random.Generator) -> Minibatch | None:
        """Draw the rows of the next step; None stands for all data."""
        return None if self.batch is None else oracle.relaxation.minibatch(rng, self.batch)

    def length(self, oracle: Oracle, rows: Minibatch | None) -> int | None:
        """Return how many steps are made, None where the budget decides.

        Raises
        ------
        ValueError
            When the problem does not say how many observations its data has.
        """
        if self.epochs is None:
            return self.steps
        if rows is None:
            return self.epochs
        if not oracle.observations:
            raise ValueError(
                f"epochs={self.epochs}: expected none, as the problem does not say how many "
                "observations its data has (`tokens`)"
            )
        return math.ceil(self.epochs * oracle.observations / rows.tokens)


def descend(
    oracle: Oracle,
    rng: np.random.Generator,
    update: Update,
    learning_rate: float | None,
    **options: Any,
) -> None:
    """Run forward, backward and `update` until the budget is spent or the steps are made.

    Parameters
    ----------
    oracle : Oracle
    rng : Generator
        Draws the minibatches.
    update : callable
        Makes a step of the parameters from their gradient.
    learning_rate : float, optional
        The highest rate, which the schedule scales. By default 1 / L where the relaxation
        knows a Lipschitz constant L of its gradient, else 0.1.
    **options
        Of `Training`.
    """
    training = Training(**options)
    if learning_rate is None:
        smoothness = oracle.relaxation.smoothness
        learning_rate = 0.1 if smoothness is None else 1 / smoothness
    schedule, clip = training.schedule, training.clip
    warmup = warmup_of(schedule, training.warmup)
    theta = np.array(oracle.start_parameters())
    all_work = oracle.remaining
    rows = training.draw(oracle, rng)
    last = training.length(oracle, rows)
    rate, step = learning_rate, 0
    while step != last:
        loss, gradient = oracle.gradient(theta, rows)
        step += 1
        if not (math.isfinite(loss) and np.isfinite(gradient).all()):
            return  # diverged: no later step can be a number again
        if clip is not None:
            gradient = clipped(gradient, clip)
        if schedule != "constant":
            spent = 1 - oracle.remaining / all_work if last is None else step / (last + 1)
            rate = learning_rate * rate_factor(schedule, warmup, spent)
        theta = update(theta, gradient, rate)
        rows = training.draw(oracle, rng)
    oracle.loss(theta)


def clipped(gradient: Array, most: float) -> Array:
    """Return the gradient, cut to norm `most` where it is longer.

    As `torch.nn.utils.clip_grad_norm_` does, by most / (norm + 1e-6).
    """
    norm = math.sqrt(float(gradient @ gradient))
    return gradient if norm + 1e-6 <= most else gradient * (most / (norm + 1e-6))
