"""Descent on a problem's relaxation, written like PyTorch's loop."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from problems.oracle import Oracle

Array = NDArray[np.float64]


def gradient_descent(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    learning_rate: float | None = None,
    batch: int | None = None,
) -> None:
    """Plain gradient descent, θ ← θ − η ∇loss(θ).

    Parameters
    ----------
    learning_rate : float, optional
        η. By default 1 / L where the relaxation knows a Lipschitz constant L of its
        gradient, the textbook's step (Nesterov 2004, "Introductory lectures on convex
        optimization", section 1.2.3), else 0.1.
    batch : int, optional
        Observations a step, drawn with replacement; all data by default.
    """
    if learning_rate is None:
        smoothness = oracle.relaxation.smoothness
        learning_rate = 0.1 if smoothness is None else 1 / smoothness
    rate = learning_rate

    def update(theta: Array, gradient: Array) -> Array:
        return theta - rate * gradient

    _descend(oracle, rng, rate, batch, update)


def adam(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    learning_rate: float = 0.1,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
    batch: int | None = None,
) -> None:
    """Adam (Kingma and Ba 2015, "Adam: a method for stochastic optimization", algorithm 1).

    Parameters
    ----------
    learning_rate : float
        The paper's α.
    beta1, beta2 : float
        Decay of the running means of the gradient and of its square.
    epsilon : float
        Keeps the step finite where the gradient is tiny.
    batch : int, optional
        Observations a step, drawn with replacement; all data by default.
    """
    for name, beta in (("beta1", beta1), ("beta2", beta2)):
        if not 0 <= beta < 1:
            raise ValueError(f"{name}={beta:g}: expected a number in [0, 1)")
    if not 0 < epsilon < np.inf:
        raise ValueError(f"epsilon={epsilon:g}: expected a number > 0")
    mean: Array | float = 0.0
    square: Array | float = 0.0
    t = 0

    def update(theta: Array, gradient: Array) -> Array:
        nonlocal mean, square, t
        t += 1
        mean = beta1 * mean + (1 - beta1) * gradient
        square = beta2 * square + (1 - beta2) * gradient**2
        unbiased_mean = mean / (1 - beta1**t)
        unbiased_square = square / (1 - beta2**t)
        return theta - learning_rate * unbiased_mean / (np.sqrt(unbiased_square) + epsilon)

    _descend(oracle, rng, learning_rate, batch, update)


def _descend(
    oracle: Oracle,
    rng: np.random.Generator,
    learning_rate: float,
    batch: int | None,
    update: Callable[[Array, Array], Array],
) -> None:
    """Run forward, backward and `update` until the budget is spent."""
    if not 0 < learning_rate < np.inf:
        raise ValueError(f"learning_rate={learning_rate:g}: expected a number > 0")
    if batch is not None and batch < 1:
        raise ValueError(f"batch={batch}: expected a whole number >= 1, or none for all data")
    relaxation = oracle.relaxation
    theta = oracle.start_parameters()
    while True:
        rows = None if batch is None else relaxation.minibatch(rng, batch)
        loss, gradient = oracle.gradient(theta, rows)
        if not (np.isfinite(loss) and np.isfinite(gradient).all()):
            return  # diverged: no later step can be a number again
        theta = update(theta, gradient)
