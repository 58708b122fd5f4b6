"""Gradient descent on a problem's relaxation: plain, with a heavy ball, and Nesterov's."""

from __future__ import annotations

import numpy as np

from methods.shared.descent_loop import Array, Training, default_step, descend
from methods.shared.schedules import Schedule
from problems.core.interval import Count, Decay, Positive, Share
from problems.core.oracle import Oracle


def gradient_descent(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    learning_rate: Positive | None = None,
    batch: Count | None = None,
    epochs: Count | None = None,
    steps: Count | None = None,
    schedule: Schedule = "constant",
    warmup: Share | None = None,
    clip: Positive | None = None,
) -> None:
    """Plain gradient descent, θ ← θ − η ∇loss(θ).

    Parameters
    ----------
    learning_rate : float, optional
        η. By default 1 / L where the relaxation knows a Lipschitz constant L of its
        gradient, the textbook's step (Nesterov 2004, "Introductory lectures on convex
        optimization", section 1.2.3), else 0.1.
    batch, epochs, steps, schedule, warmup, clip
        See `Training`.
    """

    def update(theta: Array, gradient: Array, rate: float) -> Array:
        return theta - rate * gradient

    training = Training(batch, epochs, steps, schedule, warmup, clip)
    rate = default_step(oracle) if learning_rate is None else learning_rate
    descend(oracle, rng, update, rate, training)


def momentum(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    learning_rate: Positive | None = None,
    momentum: Decay = 0.9,
    batch: Count | None = None,
    epochs: Count | None = None,
    steps: Count | None = None,
    schedule: Schedule = "constant",
    warmup: Share | None = None,
    clip: Positive | None = None,
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
    batch, epochs, steps, schedule, warmup, clip
        See `Training`.
    """
    _accelerate(
        oracle,
        rng,
        learning_rate,
        momentum,
        False,
        Training(batch, epochs, steps, schedule, warmup, clip),
    )


def nesterov(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    learning_rate: Positive | None = None,
    momentum: Decay = 0.9,
    batch: Count | None = None,
    epochs: Count | None = None,
    steps: Count | None = None,
    schedule: Schedule = "constant",
    warmup: Share | None = None,
    clip: Positive | None = None,
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
    batch, epochs, steps, schedule, warmup, clip
        See `Training`.
    """
    _accelerate(
        oracle,
        rng,
        learning_rate,
        momentum,
        True,
        Training(batch, epochs, steps, schedule, warmup, clip),
    )


def _accelerate(
    oracle: Oracle,
    rng: np.random.Generator,
    learning_rate: float | None,
    momentum: float,
    ahead: bool,
    training: Training,
) -> None:
    """Descend along a velocity; `ahead` adds the next roll's share of it, as Nesterov does."""
    rate = default_step(oracle) if learning_rate is None else learning_rate
    velocity: Array | float = 0.0

    def update(theta: Array, gradient: Array, rate: float) -> Array:
        nonlocal velocity
        velocity = momentum * velocity + gradient
        return theta - rate * (gradient + momentum * velocity if ahead else velocity)

    descend(oracle, rng, update, rate, training)
