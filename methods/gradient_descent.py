"""Gradient descent on a problem's relaxation: plain, with a heavy ball, and Nesterov's."""

from __future__ import annotations

from typing import Any

import numpy as np

from methods.shared.descent_loop import Array, Training, Update, descend
from methods.shared.option_sharing import shares_options
from problems.core.interval import Decay, Positive
from problems.core.oracle import Oracle


@shares_options(Training)
def gradient_descent(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    learning_rate: Positive | None = None,
    **training: Any,
) -> None:
    """Plain gradient descent, θ ← θ − η ∇loss(θ).

    Parameters
    ----------
    learning_rate : float, optional
        η. By default 1 / L where the relaxation knows a Lipschitz constant L of its
        gradient, the textbook's step (Nesterov 2004, "Introductory lectures on convex
        optimization", section 1.2.3), else 0.1.
    **training
        batch, epochs, steps, schedule, warmup, clip: see `Training`.
    """

    def update(theta: Array, gradient: Array, rate: float) -> Array:
        return theta - rate * gradient

    descend(oracle, rng, update, learning_rate, **training)


@shares_options(Training)
def momentum(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    learning_rate: Positive | None = None,
    momentum: Decay = 0.9,
    **training: Any,
) -> None:
    """Descend with a heavy ball, v ← μ v + ∇loss(θ), θ ← θ − η v.

    Polyak (1964, "Some methods of speeding up the convergence of iteration methods");
    at a constant rate θ ← θ − η ∇loss(θ) + μ (θ − θ_before). As `torch.optim.SGD` has
    it, the velocity is free of the rate, which a schedule changes.

    Parameters
    ----------
    learning_rate : float, optional
        η, by default that of `gradient_descent`, so that the two differ by the
        momentum alone. Where L is known it is safe: on a quadratic the ball comes to
        rest at any step below 2 (1 + μ) / L.
    momentum : float
        μ, 0.9 since Krizhevsky, Sutskever and Hinton (2012, "ImageNet classification
        with deep convolutional neural networks"); torch's default is to have none.
    **training
        batch, epochs, steps, schedule, warmup, clip: see `Training`.
    """
    descend(oracle, rng, _rolling(momentum, ahead=False), learning_rate, **training)


@shares_options(Training)
def nesterov(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    learning_rate: Positive | None = None,
    momentum: Decay = 0.9,
    **training: Any,
) -> None:
    """Descend with Nesterov's accelerated gradient at a constant momentum.

    v ← μ v + g, θ ← θ − η (g + μ v) with g = ∇loss(θ): `torch.optim.SGD` with
    ``nesterov=True``, which takes the gradient where θ would be after the ball's
    next roll (Sutskever, Martens, Dahl and Hinton 2013, "On the importance of
    initialization and momentum in deep learning").

    Parameters
    ----------
    learning_rate, momentum : float
        η and μ, by default as in `momentum`; 1 / L is the step of Nesterov's theorem.
    **training
        batch, epochs, steps, schedule, warmup, clip: see `Training`.
    """
    descend(oracle, rng, _rolling(momentum, ahead=True), learning_rate, **training)


def _rolling(momentum: float, *, ahead: bool) -> Update:
    """Return the step along a velocity; `ahead` adds the next roll's share, as Nesterov does."""
    velocity: Array | float = 0.0

    def update(theta: Array, gradient: Array, rate: float) -> Array:
        nonlocal velocity
        velocity = momentum * velocity + gradient
        return theta - rate * (gradient + momentum * velocity if ahead else velocity)

    return update
