"""Choosing by a proxy of what one wants: what the choice is worth by both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from problems.next_token.best_of_n_kl import (
    best_of_n_distribution,
    best_of_n_kl_bound,
    divergence,
)
from studies.framework.rows import groups, measured, medians
from studies.framework.study import Row

#: Upper quartile of the standard normal distribution.
QUARTILE = 0.6744897501960817


def noise(
    rng: np.random.Generator, size: int, scale: float, freedom: float | None
) -> NDArray[np.float64]:
    """Return independent errors, normal or of Student's t, whose tails are heavy.

    Both have the same quartiles: they differ in the tails only. Under normal errors what is
    best by the proxy goes on being good; under heavy tails the largest proxies are those with
    the largest errors, and in the limit worth no more than any other (Kwa, Thomas and
    Garriga-Alonso 2024, "Catastrophic Goodhart").

    Parameters
    ----------
    rng : numpy.random.Generator
    size : int
    scale : float
        Standard deviation of the normal errors.
    freedom : float or None
        Degrees of freedom of Student's t; normal if None.
    """
    if freedom is None:
        return scale * rng.standard_normal(size)
    from scipy.stats import t

    return scale * QUARTILE / float(t.ppf(0.75, freedom)) * rng.standard_t(freedom, size)


def chosen_by(
    proxy: ArrayLike,
    p: ArrayLike,
    sizes: Sequence[int],
    worth: ArrayLike | None = None,
    **columns: Any,
) -> list[Row]:
    """Return what the best of n draws by a proxy is worth, exactly.

    Parameters
    ----------
    proxy, p : array-like of shape (outcomes,)
        What is chosen by, the more the better, and the probabilities.
    sizes : sequence of int
        n.
    worth : array-like of shape (outcomes,), optional
        What is wanted; the proxy itself by default.
    **columns
        Columns that all rows have.

    Returns
    -------
    list of dict
        ``n``, expected ``proxy`` and ``held-out`` worth, ``kl`` from p in nats, and its
        ``bound``, log n − (n − 1) / n.

    Examples
    --------
    >>> rows = chosen_by([0, 1], [0.5, 0.5], [1, 2], [1, 0])
    >>> [(row["n"], row["proxy"], row["held-out"]) for row in rows]
    [(1, 0.5, 0.5), (2, 0.75, 0.25)]
    """
    proxy = np.asarray(proxy, dtype=float)
    wanted = proxy if worth is None else np.asarray(worth, dtype=float)
    return [
        {
            **columns,
            "n": n,
            "proxy": float(chosen @ proxy),
            "held-out": float(chosen @ wanted),
            "kl": round(divergence(chosen, p), 12),  # of one draw there is none but by rounding
            "bound": best_of_n_kl_bound(n),
        }
        for n, chosen in zip(sizes, best_of_n_distribution(p, proxy, sizes), strict=True)
    ]


def chosen_by_noisy(
    reward: NDArray[np.float64],
    p: ArrayLike,
    sizes: Sequence[int],
    worth: ArrayLike,
    *,
    scale: float,
    freedoms: Mapping[str, float | None],
    seeds: int,
) -> list[Row]:
    """Return what is chosen by a reward with a fixed error in each outcome; see `chosen_by`.

    Parameters
    ----------
    reward : ndarray of shape (outcomes,)
        Without errors.
    scale, freedoms
        See `noise`; of each kind of noise by its name.
    seeds : int
        How many noises of each kind.

    Returns
    -------
    list of dict
        ``noise`` (its name), ``seed``, and the columns of `chosen_by`.
    """
    table: list[Row] = []
    for seed in range(seeds):
        for name, freedom in freedoms.items():
            errors = noise(np.random.default_rng(seed), len(reward), scale, freedom)
            table += chosen_by(reward + errors, p, sizes, worth, noise=name, seed=seed)
    return table


def rises_and_falls(rows: Sequence[Row]) -> list[Row]:
    """Return by noise when held-out worth is greatest, and what it loses after that.

    Parameters
    ----------
    rows : sequence of dict
        Those of `chosen_by_noisy`, n from 1 on.

    Returns
    -------
    list of dict
        ``noise``; of the medians over noises ``best n`` (of the greatest worth), ``rise lost``
        (how much less it is at the last n, as a share of its rise until then) and ``turns``,
        whether that is over half while the proxy rises from each n to the next; ``turn``,
        how many of the ``noises`` lose over half by themselves.
    """

    def turning(members: Sequence[Row]) -> Row:
        middle = medians(members, ("proxy", "held-out"), ("n",))
        best, lost = _lost(middle)
        rising = (np.diff([row["proxy"] for row in middle]) > 0).all()
        each = [_lost(own)[1] > 0.5 for _, own in groups(members, "seed")]
        measures = {"best n": best, "rise lost": lost, "turns": bool(rising and lost > 0.5)}
        return {**measures, "turn": sum(each), "noises": len(each)}

    return measured(rows, ["noise"], turning)


def _lost(rows: Sequence[Row]) -> tuple[int, float]:
    """Return the n of the greatest worth, and the share of its rise that is lost after it."""
    worth = [row["held-out"] for row in rows]
    best = int(np.argmax(worth))
    rise = worth[best] - worth[0]
    return rows[best]["n"], (worth[best] - worth[-1]) / rise if rise else 0.0


def both_scores(rows: Sequence[Row]) -> list[Row]:
    """Return median proxies and held-out worths below each other, for a figure.

    Parameters
    ----------
    rows : sequence of dict
        Those of `chosen_by_noisy`.

    Returns
    -------
    list of dict
        ``score`` ("proxy" or "held-out", and the noise's name), ``n`` and ``nats``.
    """
    middle = medians(rows, ("proxy", "held-out"), ("noise", "n"))
    return [
        {"score": f"{score}, {row['noise']}", "n": row["n"], "nats": row[score]}
        for score in ("proxy", "held-out")
        for row in middle
    ]
