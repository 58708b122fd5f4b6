"""What comes of tuning: the best of k trials, over all ways to draw them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import NDArray

from comparison.results import Results
from studies.laboratory.costs import best_by
from studies.laboratory.rows import groups, median, where
from studies.laboratory.study import Row


@dataclass(frozen=True)
class Tuned:
    """Medians after so many trials.

    Attributes
    ----------
    new_run : float
        Of runs with the setting that was chosen, on seeds that it was not chosen by.
    best_trial : float
        Of the best value that the trials themselves have found.
    """

    new_run: float
    best_trial: float


def tuned(values: NDArray[np.float64], k: int) -> Tuned:
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
    """
    n, seeds = values.shape
    chances = np.array([comb(n - rank, k - 1) / comb(n, k) for rank in range(1, n + 1)])
    order = np.argsort(values, axis=0, kind="stable")  # column s ranks by seed s
    found = np.take_along_axis(values, order, axis=0)
    others = [
        np.delete(values[order[:, seed]], seed, axis=1) for seed in range(seeds)
    ]  # rows by rank
    new = np.concatenate(others, axis=1)
    return Tuned(
        new_run=weighted_median(new.ravel(), np.repeat(chances, new.shape[1])),
        best_trial=weighted_median(found.ravel(), np.repeat(chances, seeds)),
    )


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


def contests(runs: Sequence[Row], given: Sequence[Row]) -> list[Row]:
    """Return for each number of trials what they came to, beside the other methods' defaults.

    Parameters
    ----------
    runs : sequence of dict
        One run each: ``problem``, ``way``, ``settings`` (an empty text for the defaults),
        ``seed`` and ``gap``, the lower the better; all with the same seeds.
    given : sequence of dict
        Of runs at the defaults that go on for as long as k trials would: ``problem``,
        ``way``, ``k``, and the best ``gap`` by then.

    Returns
    -------
    list of dict
        For each ``problem``, ``way`` and ``k`` medians: of the method's own ``default``, of
        its ``tuned`` runs and its ``best trial`` (see `Tuned`), of the best of the ``others``'
        defaults, and of the best of these ``given as much`` work as k trials.
    """
    found: list[Row] = []
    for (problem, way), tried in groups(runs, "problem", "way"):
        rivals = {row["way"] for row in runs} - {way}
        default, *_ = rows = [
            np.array([row["gap"] for row in sorted(of, key=lambda row: row["seed"])])
            for _, of in sorted(groups(tried, "settings"))
        ]
        values = np.array(rows[1:])
        bar = _best(where(runs, problem=problem, settings=""), rivals)
        for k in range(1, len(values) + 1):
            outcome = tuned(values, k)
            row = {"problem": problem, "way": way, "k": k, "default": float(np.median(default))}
            row |= {"tuned": outcome.new_run, "best trial": outcome.best_trial, "others": bar}
            as_much = _best(where(given, problem=problem, k=k), rivals)
            found.append({**row, "given as much": as_much})
    return found


def _best(rows: Sequence[Row], ways: Iterable[str]) -> float:
    return min(median(rows, "gap", way=way) for way in ways)


def first_below(rows: Iterable[Row], value: str, bar: str, count: str) -> int | None:
    """Return the count of the first row whose value is below its bar, None where none is.

    Examples
    --------
    >>> rows = [{"k": 1, "v": 3, "bar": 2}, {"k": 2, "v": 1, "bar": 2}]
    >>> first_below(rows, "v", "bar", "k")
    2
    """
    return next((row[count] for row in rows if row[value] < row[bar]), None)


def trials_of(results: Results) -> tuple[list[Row], list[Row]]:
    """Return single trials, and what defaults come to with the work of several.

    Parameters
    ----------
    results : Results
        Runs of one trial's work with all settings, and longer ones, by whole numbers of
        trials, of each method at its defaults.

    Returns
    -------
    trials : list of dict
        ``problem``, ``way``, ``seed``, ``settings`` (empty for the defaults) and ``gap``, the
        distance to the reference.
    given : list of dict
        ``problem``, ``way``, ``seed``, ``k`` (the work in trials) and ``gap``.
    """
    one = min(run.budget.work for run in results)
    defaults = [run.method_options for run in results if run.budget.work > one]
    trials: list[Row] = []
    given: list[Row] = []
    for run, trace in results.traces():
        reference = results.reference(run)
        bound = 0.0 if reference is None else reference.value
        row = {"problem": run.problem, "way": run.method, "seed": run.seed}
        if run.budget.work == one:
            how = "" if run.method_options in defaults else str(run.method_options)
            trials.append({**row, "settings": how, "gap": best_by(trace, one) - bound})
        else:
            several = range(1, round(run.budget.work / one) + 1)
            given += [{**row, "k": k, "gap": best_by(trace, k * one) - bound} for k in several]
    return trials, given
