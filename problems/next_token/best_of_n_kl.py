"""What best-of-N does to a distribution, exactly: its reward and its divergence."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray


def best_of_n_distribution(p: ArrayLike, rewards: ArrayLike, n: ArrayLike) -> NDArray[np.float64]:
    """Return the distribution of the best of `n` independent draws, for one n or several.

    The draw with the highest reward wins, the first of those that tie. With
    F(r) = P(reward <= r), a group of outcomes that share the reward r is hit with
    probability F(r)ⁿ − F(r⁻)ⁿ, and inside it outcomes keep their proportions.

    Parameters
    ----------
    p : array-like of shape (outcomes,)
        Probabilities, which sum to one.
    rewards : array-like of shape (outcomes,)
    n : int or array-like of int
        Draws, >= 1.

    Returns
    -------
    ndarray of shape (*shape of n, outcomes)

    Raises
    ------
    ValueError
        When `p` is no distribution, shapes differ or n < 1.
    """
    p, rewards = np.asarray(p, dtype=float), np.asarray(rewards, dtype=float)
    if p.ndim != 1 or p.shape != rewards.shape:
        raise ValueError(f"p and rewards have shapes {p.shape} and {rewards.shape}: expected equal")
    if not (p >= 0).all() or not math.isclose(p.sum(), 1.0, rel_tol=1e-9):
        raise ValueError(f"p: expected probabilities that sum to 1, not to {p.sum():g}")
    sizes = np.asarray(n)
    if not (sizes >= 1).all():
        raise ValueError(f"n={sizes.min()}: expected a whole number >= 1")
    _, group = np.unique(rewards, return_inverse=True)
    mass = np.bincount(group, p)
    upto = np.minimum(np.cumsum(mass), 1.0)
    upto[-1] = 1.0
    below = np.concatenate([[0.0], upto[:-1]])
    won = upto ** sizes[..., None] - below ** sizes[..., None]
    scale = np.divide(won, mass, out=np.zeros_like(won), where=mass > 0)
    best: NDArray[np.float64] = p * scale[..., group]
    return best


def best_of_n_kl(p: ArrayLike, rewards: ArrayLike, n: int) -> float:
    """Return KL(best-of-n ‖ p) in nats, exactly, ties included.

    The familiar log n − (n − 1)/n is only an upper bound (`best_of_n_kl_bound`),
    which ties leave far behind: with two rewards and success probability 0.01, n = 4
    gives 0.025 against 0.636.

    Parameters and errors are those of `best_of_n_distribution`.

    Examples
    --------
    >>> round(best_of_n_kl([0.99, 0.01], [0, 1], 4), 3)
    0.025
    """
    return divergence(best_of_n_distribution(p, rewards, n), p)


def divergence(q: ArrayLike, p: ArrayLike) -> float:
    """Return KL(q ‖ p) in nats of two distributions over the same outcomes."""
    q, p = np.asarray(q, dtype=float), np.asarray(p, dtype=float)
    hit = q > 0
    # Of two that are the same, rounding may leave less than 0.
    return max(0.0, float((q[hit] * np.log(q[hit] / p[hit])).sum()))


def best_of_n_kl_bound(n: int) -> float:
    """Return log n − (n − 1)/n, the upper bound on KL(best-of-n ‖ p).

    It is attained only without ties, in the limit of a continuous reward (Beirami
    et al. 2024, "Theoretical guarantees on the best-of-n alignment policy").
    """
    if n < 1:
        raise ValueError(f"n={n}: expected a whole number >= 1")
    return math.log(n) - (n - 1) / n
