"""Lion, which steps by the sign of an interpolated momentum."""

from __future__ import annotations

from typing import Any

import numpy as np

from methods.shared.descent_loop import Array, Training, descend
from methods.shared.option_sharing import shares_options
from problems.core.interval import Decay, NonNegative, Positive
from problems.core.oracle import Oracle


@shares_options(Training)
def lion(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    learning_rate: Positive = 0.03,
    beta1: Decay = 0.9,
    beta2: Decay = 0.99,
    weight_decay: NonNegative = 0.03,
    **training: Any,
) -> None:
    """Lion (Chen et al. 2023, "Symbolic discovery of optimization algorithms").

    θ ← θ − η (sign(β₁ m + (1 − β₁) g) + λ θ), then m ← β₂ m + (1 − β₂) g.

    Every parameter moves by η a step, so that at a constant rate the end is a walk of
    that width around a minimum: a schedule that falls to 0 suits it best.

    Parameters
    ----------
    learning_rate, weight_decay : float
        η and λ. The authors advise a rate 3 to 10 times smaller than AdamW's and a
        decay as many times larger (section 5): here about 3, beside `adamw`.
    beta1, beta2 : float
        β₁ and β₂, the paper's.
    **training
        batch, epochs, steps, schedule, warmup, clip: see `Training`.
    """
    mean: Array | float = 0.0

    def update(theta: Array, gradient: Array, rate: float) -> Array:
        nonlocal mean
        direction = np.sign(beta1 * mean + (1 - beta1) * gradient)
        mean = beta2 * mean + (1 - beta2) * gradient
        return theta - rate * (direction + weight_decay * theta)

    descend(oracle, rng, update, learning_rate, **training)
