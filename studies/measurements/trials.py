"""What comes of tuning: the best of k trials, over all ways to draw them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import comb

import numpy as np
from numpy.typing import NDArray

from studies.framework.rows import groups, median, where
from studies.framework.study import Row

#: In place of its settings, for a run at the defaults that has more than one budget.
LONGER = "longer"


def tuned(values: NDArray[np.float64], k: int) -> tuple[float, float]:
    """Return what the best of k settings is worth, chosen by one run of each.

    As in the external tuning ruleset of AlgoPerf (Dahl et al. 2023, "Benchmarking neural
    network training algorithms") a trial is one run of a setting, the best run decides, and
    the median is over repetitions of all that. Here it is over every set of k of the settings
    and every seed, which are all counted and none drawn: the chance that the best of k out of
    n has rank r is C(n − r, k − 1) / C(n, k).

    Parameters
    ----------
    values : ndarray of shape (settings, seeds)
        What the runs came to, the lower the better; two seeds at least.
    k : int
        1 … the number of settings.

    Returns
    -------
    new_run, best_trial : float
        Medians: of runs with the setting that was chosen, on seeds that it was not chosen by,
        and of the best value that the trials themselves came to.
    """
    n, seeds = values.shape
    chances = np.array([comb(n - rank, k - 1) / comb(n, k) for rank in range(1, n + 1)])
    order = np.argsort(values, axis=0, kind="stable")  # column s ranks by seed s
    ranked = np.take_along_axis(values, order, axis=0)
    others = [
        np.delete(values[order[:, seed]], seed, axis=1) for seed in range(seeds)
    ]  # rows by rank
    new = np.concatenate(others, axis=1)
    new_run = weighted_median(new.ravel(), np.repeat(chances, new.shape[1]))
    return new_run, weighted_median(ranked.ravel(), np.repeat(chances, seeds))


def weighted_median(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    """Return the middle of weighted values: between two, where half the weight ends, their mean.

    Examples
    --------
    >>> weighted_median(np.array([3.0, 1.0, 2.0]), np.array([0.5, 0.25, 0.25]))
    2.5
    """
    order = np.argsort(values, kind="stable")
    ordered, share = values[order], np.cumsum(weights[order]) / weights.sum()
    # What rounding adds to a half must not move the middle.
    low = int(np.searchsorted(share, 0.5 - 1e-9))
    high = int(np.searchsorted(share, 0.5 + 1e-9))
    return float((ordered[low] + ordered[high]) / 2)


def contests(rows: Sequence[Row]) -> list[Row]:
    """Return for each number of trials what they came to, beside the other methods' defaults.

    Parameters
    ----------
    rows : sequence of dict
        ``problem``, ``way``, ``settings``, ``seed``, ``k`` and ``gap``, the lower the better:
        what a run had come to when it had spent k budgets. Settings are an empty text for
        the defaults, and `LONGER` for a run at the defaults that went on; other runs have one
        budget. All ways have the same seeds.

    Returns
    -------
    list of dict
        For each ``problem``, ``way`` and ``k`` trials medians: of the method's own
        ``default``, of its ``tuned`` runs and its ``best trial`` (see `tuned`), and of
        others' defaults: of the best of the ``others`` after one budget, of the best that is
        ``given as much`` as k trials, in hindsight, and of the ``leader`` after one budget
        when given as much. ``best default`` is the best of all that is given as much.
    """
    runs = [row for row in rows if row["settings"] != LONGER]
    longer, table = where(rows, settings=LONGER), []
    ways = {row["way"] for row in rows}
    for (problem, way), tried in groups(runs, "problem", "way"):
        rivals = ways - {way}
        default, *_ = of = [
            np.array([row["gap"] for row in sorted(members, key=lambda row: row["seed"])])
            for _, members in sorted(groups(tried, "settings"))
        ]
        values = np.array(of[1:])
        bar, leader = _best(where(runs, problem=problem, settings=""), rivals)
        for k in range(1, len(values) + 1):
            (new_run, best_trial), given = tuned(values, k), where(longer, problem=problem, k=k)
            row = {"problem": problem, "way": way, "k": k, "default": float(np.median(default))}
            row |= {"tuned": new_run, "best trial": best_trial, "others": bar}
            row |= {"given as much": _best(given, rivals)[0], "leader": _best(given, [leader])[0]}
            table.append({**row, "best default": _best(given, ways)[0]})
    return table


def _best(rows: Sequence[Row], ways: Iterable[str]) -> tuple[float, str]:
    return min((median(rows, "gap", way=way), way) for way in ways)


def trials_to_win(rows: Iterable[Row], mine: str, theirs: str) -> dict[tuple[str, str], int]:
    """Return for each (problem, way) that wins the fewest trials after which it does.

    Parameters
    ----------
    rows : iterable of dict
        Of `contests`, where trials rise.
    mine, theirs : str
        Columns: it wins where its own is the lower one.
    """
    won = [row for row in rows if row[mine] < row[theirs]]
    return {(row["problem"], row["way"]): row["k"] for row in reversed(won)}


def trials_needed(rows: Sequence[Row]) -> list[Row]:
    """Return what it takes a family until its median run beats the others' best default.

    Parameters
    ----------
    rows : sequence of dict
        Of `contests`, where trials rise.

    Returns
    -------
    list of dict
        ``problem``, ``way`` and ``trials``: 0 where its own default does, None where no
        number of trials was enough.
    """
    won, table = trials_to_win(rows, "tuned", "others"), []
    for (problem, way), (first, *_) in groups(rows, "problem", "way"):
        trials = 0 if first["default"] < first["others"] else won.get((problem, way))
        table.append({"problem": problem, "way": way, "trials": trials})
    return table
