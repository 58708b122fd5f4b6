"""What the best of n draws is worth: exactly, estimated from draws, and by bootstrap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from methods.result import Run
from methods.run import minimize
from methods.shared.best_of_n_curve import BestOfN, best_of_n_curve
from problems.next_token.best_of_n_kl import best_of_n_distribution
from problems.next_token.decode import NextTokenDecode
from problems.next_token.reward import NextTokenReward
from studies.framework.rows import groups
from studies.framework.study import Row

#: What is drawn of a run, in this order.
CURVES = ("exact", "estimated", "bootstrapped")


def exact_best(p: ArrayLike, values: ArrayLike, sizes: ArrayLike) -> NDArray[np.float64]:
    """Return the expected lowest value of n draws from a known distribution.

    Parameters
    ----------
    p, values : array-like of shape (outcomes,)
    sizes : array-like of int
        n.

    Examples
    --------
    >>> exact_best([0.5, 0.5], [0, 1], [1, 2, 3])
    array([0.5  , 0.25 , 0.125])
    """
    values = np.asarray(values, dtype=float)
    return best_of_n_distribution(p, -values, sizes) @ values


def bootstrapped_best(draws: ArrayLike, sizes: ArrayLike) -> NDArray[np.float64]:
    """Return the mean lowest value of n resamples with replacement, of infinitely many.

    It is exact for the distribution of the draws themselves, whose best cannot be beaten:
    a resample of N misses it with probability (1 − 1/N)^N, near 1/e (Tang et al. 2020,
    "Showing your work doesn't always work").

    Parameters
    ----------
    draws : array-like of shape (N,)
        Values.
    sizes : array-like of int

    Examples
    --------
    >>> bootstrapped_best([0, 1], [1, 2])
    array([0.5 , 0.25])
    """
    draws = np.asarray(draws, dtype=float)
    return exact_best(np.full(len(draws), 1 / len(draws)), draws, sizes)


def curve_rows(
    curve: Sequence[BestOfN], draws: ArrayLike, p: ArrayLike, values: ArrayLike
) -> list[Row]:
    """Return an estimated curve beside the exact one and the bootstrap's.

    Parameters
    ----------
    curve : sequence of BestOfN
    draws : array-like of shape (N,)
        The values that it was estimated from.
    p, values : array-like of shape (outcomes,)
        The distribution that they were drawn from.

    Returns
    -------
    list of dict
        ``n``, ``exact``, ``estimated``, ``low`` and ``high`` (the band's ends),
        ``bootstrapped``, and ``inside``, whether the exact value is in the band.
    """
    sizes = [point.n for point in curve]
    columns = zip(curve, exact_best(p, values, sizes), bootstrapped_best(draws, sizes), strict=True)
    rows = []
    for point, exact, bootstrapped in columns:
        low = -np.inf if point.low is None else point.low
        high = np.inf if point.high is None else point.high
        row = {"n": point.n, "exact": float(exact), "estimated": point.expected}
        ends = {"low": point.low, "high": point.high, "bootstrapped": float(bootstrapped)}
        rows.append({**row, **ends, "inside": bool(low <= exact <= high)})
    return rows


def string_curves(runs: Iterable[Run], problem: NextTokenDecode, **columns: Any) -> list[Row]:
    """Return the curves of best-of-N runs on decoding beside those that are known.

    Parameters
    ----------
    runs : iterable of Run
    problem : NextTokenDecode
        Theirs.
    **columns
        Columns that all rows have.

    Returns
    -------
    list of dict
        ``seed``, and see `curve_rows`.

    Raises
    ------
    ValueError
        When the same draws, which are not stored, have another curve now.
    """
    strings, p = problem.proposal()
    values = problem.values(strings)
    table: list[Row] = []
    for run in runs:
        again = minimize(problem, run.method, run.budget, seed=run.seed, **run.method_options)
        if again.best_of_n != run.best_of_n or again.draws is None:
            raise ValueError(f"{run.method}, seed {run.seed}: other draws than in the results file")
        rows = curve_rows(run.best_of_n, again.draws, p, values)
        table += [{**columns, "seed": run.seed, **row} for row in rows]
    return table


def reward_curves(runs: Iterable[Run], problem: NextTokenReward, **columns: Any) -> list[Row]:
    """Return the curves of as many strings as runs drew, under a reward of 0 or 1.

    The text's own model writes them, and the value of a string is minus its reward.

    Parameters
    ----------
    runs : iterable of Run
        Of them only the seeds and the number of draws count.
    problem : NextTokenReward
    **columns
        Columns that all rows have.

    Returns
    -------
    list of dict
        ``seed``, and see `curve_rows`.
    """
    chain, policy = problem.chain, np.exp(problem.model)
    success = problem.base_success
    table: list[Row] = []
    for run in runs:
        uniforms = np.random.default_rng(run.seed).random((run.ledger.values, problem.length))
        strings = [s[s != chain.edge].tolist() for s in chain.draw(policy, uniforms)]
        values = [-float(chain.reward(string)) for string in strings]
        rows = curve_rows(best_of_n_curve(values, -1), values, [1 - success, success], [0, -1])
        table += [{**columns, "seed": run.seed, **row} for row in rows]
    return table


def bands_that_hold(rows: Sequence[Row]) -> tuple[int, int]:
    """Return how many curves lie in their bands at every n, and of how many.

    Parameters
    ----------
    rows : sequence of dict
        Those of `curve_rows`, of several runs: ``reward``, ``seed`` and ``inside``.
    """
    curves = groups(rows, "reward", "seed")
    return sum(all(row["inside"] for row in curve) for _, curve in curves), len(curves)


def estimation_errors(rows: Sequence[Row]) -> list[Row]:
    """Return by n how far estimates are from the exact curve, in the mean over runs.

    Parameters
    ----------
    rows : sequence of dict
        Those of `curve_rows`, of several runs with equally many draws.

    Returns
    -------
    list of dict
        ``curve`` ("estimated" or "bootstrapped"), ``n``, ``error`` (the mean), ``low`` and
        ``high``, two standard errors from it.
    """
    table = []
    for ((n,), members), curve in product(sorted(groups(rows, "n")), CURVES[1:]):
        errors = np.array([row[curve] - row["exact"] for row in members])
        mean = float(errors.mean())
        half = 2 * float(errors.std(ddof=1)) / len(errors) ** 0.5 if len(errors) > 1 else 0.0
        ends = {"low": mean - half, "high": mean + half}
        table.append({"curve": curve, "n": n, "error": mean, **ends})
    return table


def stacked(rows: Sequence[Row]) -> list[Row]:
    """Return the curves of one run below each other, for a figure.

    Parameters
    ----------
    rows : sequence of dict
        Those of `curve_rows`.

    Returns
    -------
    list of dict
        ``curve``, ``n``, ``best``, and the ends of its band, ``low`` and ``high``, which only
        the estimate has.
    """
    table = []
    for curve, row in product(CURVES, rows):
        low, high = (row["low"], row["high"]) if curve == "estimated" else (row[curve],) * 2
        table.append({"curve": curve, "n": row["n"], "best": row[curve], "low": low, "high": high})
    return table
