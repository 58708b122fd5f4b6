"""Adam, and AdamW, which decays the weights apart from the gradient."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from methods.shared.descent_loop import Array, Training, Update, descend
from methods.shared.option_sharing import shares_options
from problems.core.interval import Decay, NonNegative, Positive
from problems.core.oracle import Oracle


@shares_options(Training)
def adam(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    learning_rate: Positive = 0.1,
    beta1: Decay = 0.9,
    beta2: Decay = 0.999,
    epsilon: Positive = 1e-8,
    **training: Any,
) -> None:
    """Adam (Kingma and Ba 2015, "Adam: a method for stochastic optimization", algorithm 1).

    Parameters
    ----------
    learning_rate : float
        The paper's α. Not its 0.001, at which a parameter moves by 0.001 a step and a
        few thousand evaluations end before they have crossed the box.
    beta1, beta2 : float
        Decay of the running means of the gradient and of its square.
    epsilon : float
        Keeps the step finite where the gradient is tiny.
    **training
        batch, epochs, steps, schedule, warmup, clip: see `Training`.
    """
    descend(oracle, rng, _adam(beta1, beta2, epsilon, 0.0), learning_rate, **training)


@shares_options(Training)
def adamw(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    learning_rate: Positive = 0.1,
    beta1: Decay = 0.9,
    beta2: Decay = 0.999,
    epsilon: Positive = 1e-8,
    weight_decay: NonNegative = 0.01,
    **training: Any,
) -> None:
    """AdamW (Loshchilov and Hutter 2019, "Decoupled weight decay regularization").

    Before Adam's step θ ← (1 − ηλ) θ, as `torch.optim.AdamW` has it.

    Parameters
    ----------
    learning_rate, beta1, beta2, epsilon : float
        As in `adam`, so that the two differ by the decay alone.
    weight_decay : float
        λ; torch's default.
    **training
        batch, epochs, steps, schedule, warmup, clip: see `Training`.
    """
    descend(oracle, rng, _adam(beta1, beta2, epsilon, weight_decay), learning_rate, **training)


def _adam(beta1: float, beta2: float, epsilon: float, weight_decay: float) -> Update:
    """Return the step of both, which remembers past gradients."""
    mean: Array | float = 0.0
    square: Array | float = 0.0
    t = 0

    def update(theta: Array, gradient: Array, rate: float) -> Array:
        nonlocal mean, square, t
        t += 1
        mean = beta1 * mean + (1 - beta1) * gradient
        square = beta2 * square + (1 - beta2) * gradient**2
        # The unbiased means, m / (1 − β₁ᵗ) and v / (1 − β₂ᵗ), as factors of the step.
        scale = np.sqrt(square) / math.sqrt(1 - beta2**t) + epsilon
        stepped = theta * (1 - rate * weight_decay) if weight_decay else theta
        return stepped - rate / (1 - beta1**t) * mean / scale

    return update
