"""What repeated data are worth, in data that are not: the form of Muennighoff et al. (2023)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from methods.result import Run
from problems.next_token.corpus import read_corpus
from studies.framework.rows import medians
from studies.framework.study import Row

#: The loss by the number of fresh tokens, of one size or of several at once.
Curve = Callable[[ArrayLike], NDArray[np.float64]]


def loss_above_source(run: Run) -> float:
    """Return a run's held-out cross-entropy above its source's entropy rate, in nats a token.

    Each instance of a synthetic text is another source, and no model goes below its entropy.
    """
    source = read_corpus(run.problem_options["corpus"], instance=run.instance).source
    if source is None:
        raise ValueError(f"{run.problem_options['corpus']}: expected a text of a known source")
    return run.score - source.entropy_rate


def effective_data(
    unique: ArrayLike, epochs: ArrayLike, constant: float
) -> NDArray[np.float64] | np.float64:
    """Return D' = U + U R* (1 − exp(−R / R*)), R = epochs − 1.

    Muennighoff et al. (2023), equation 5.

    Parameters
    ----------
    unique : float or array-like
        U, tokens that differ.
    epochs : float or array-like
        How often they are seen, at least once.
    constant : float
        R*, the number of repetitions after which another one is worth 1/e of a fresh one;
        15.39 for their language models of up to 9 billion parameters.

    Examples
    --------
    >>> [float(effective_data(100, epochs, 15.39)) for epochs in (1, 1e9)]
    [100.0, 1639.0]
    """
    repetitions = np.asarray(epochs) - 1
    return np.asarray(unique) * (1 - constant * np.expm1(-repetitions / constant))


def fresh_curve(rows: Sequence[Row], x: str, y: str) -> Curve:
    """Return the loss by the number of fresh tokens, monotone between the rows.

    No form of the curve is assumed: between the sizes it is a monotone cubic in the logarithm
    of the size (Fritsch and Carlson 1980); beyond them it stays at the last.

    Parameters
    ----------
    rows : sequence of dict
        One a size, or several, of which the median counts.
    x, y : str
        The columns of the size and of the loss.
    """
    from scipy.interpolate import PchipInterpolator

    sizes = sorted({float(row[x]) for row in rows})
    losses = [float(np.median([row[y] for row in rows if row[x] == size])) for size in sizes]
    curve = PchipInterpolator(np.log(sizes), losses)
    return lambda size: curve(np.log(np.clip(size, sizes[0], sizes[-1])))


def fitted_constant(rows: Sequence[Row], fresh: Curve) -> float:
    """Return the R* under which effective data explain the losses best, in squares.

    Parameters
    ----------
    rows : sequence of dict
        ``unique`` (tokens), ``epochs`` and ``loss``.
    fresh : callable
        The loss by the number of fresh tokens.

    Returns
    -------
    float
        Between 0.1 and 10,000.
    """
    from scipy.optimize import minimize_scalar

    unique, epochs, losses = (
        np.array([row[name] for row in rows], dtype=float) for name in ("unique", "epochs", "loss")
    )

    def misfit(log_constant: float) -> float:
        worth = effective_data(unique, epochs, float(np.exp(log_constant)))
        return float(np.square(fresh(worth) - losses).sum())

    # The misfit may have several valleys: the best of a grid, then the valley around it.
    grid = np.linspace(np.log(0.1), np.log(10_000), 80)
    best = int(np.argmin([misfit(at) for at in grid]))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    return float(np.exp(minimize_scalar(misfit, bounds=(low, high), method="bounded").x))


def constant_with_interval(
    repeated: Sequence[Row], fresh: Sequence[Row], by: str, samples: int
) -> dict[str, float]:
    """Return the fitted R* and its 95 % percentile interval.

    Parameters
    ----------
    repeated, fresh : sequence of dict
        ``unique``, ``epochs`` and ``loss``; the fresh ones have one epoch.
    by : str
        The column of what is drawn again in the bootstrap, such as the seed.
    samples : int
        How often.

    Returns
    -------
    dict
        ``R*`` and its interval's ends, ``R*, from`` and ``R*, to``.
    """
    from comparison.statistics.bootstrap import draw, percentile_interval

    def fitted(chosen: Sequence[Any]) -> float:
        rows, once = (
            [row for key in chosen for row in table if row[by] == key]
            for table in (repeated, fresh)
        )
        middle = medians(rows, "loss", ("unique", "epochs"))
        return fitted_constant(middle, fresh_curve(once, "unique", "loss"))

    keys = sorted({row[by] for row in repeated})
    again = [fitted([keys[i] for i in drawn]) for drawn in draw(len(keys), samples)]
    low, high = percentile_interval(np.array(again))
    return {"R*": fitted(keys), "R*, from": float(low), "R*, to": float(high)}


def explained(rows: Sequence[Row], constant: float, fresh: Curve) -> list[Row]:
    """Return the rows with the loss that effective data give them.

    Parameters
    ----------
    rows : sequence of dict
        ``unique`` and ``epochs``.
    constant : float
        R*.
    fresh : callable
        The loss by the number of fresh tokens.
    """
    return [
        {**row, "loss": float(fresh(effective_data(row["unique"], row["epochs"], constant)))}
        for row in rows
    ]
