"""Numbers read off curves: where a minimum lies, and the exponent of a power law."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from studies.framework.rows import groups, measured
from studies.framework.study import Row

#: The columns of an exponent and of the ends of its interval.
_FIT = ("exponent", "95 % from", "to")


def minimum_between(rows: Iterable[Row], x: str, y: str) -> float:
    """Return where a curve over a logarithmic grid has its minimum, between the grid's points.

    That of the parabola in log x through the lowest point and its two neighbours; the lowest
    point itself at an end of the grid.

    Parameters
    ----------
    rows : iterable of dict
        Points of the curve, in any order.
    x, y : str
        Their columns. x is positive; a y that is None or not finite has no parabola.

    Examples
    --------
    >>> rows = [{"x": 10**i, "y": (i - 1.5) ** 2} for i in range(4)]
    >>> round(minimum_between(rows, "x", "y"), 3)  # 10 to the power of 1.5
    31.623
    """
    points = sorted((float(row[x]), np.inf if row[y] is None else float(row[y])) for row in rows)
    grid, heights = np.array(points).T
    logs, heights = np.log(grid), np.where(np.isfinite(heights), heights, np.inf)
    i = int(np.argmin(heights))
    if i in (0, len(logs) - 1) or not np.isfinite(heights[i - 1 : i + 2]).all():
        return float(grid[i])
    a, b, _ = np.polyfit(logs[i - 1 : i + 2] - logs[i], heights[i - 1 : i + 2], 2)
    return float(np.exp(logs[i] - b / (2 * a))) if a > 0 else float(grid[i])


def exponent(rows: Iterable[Row], x: str, y: str) -> tuple[float, float, float]:
    """Return the exponent of y = c x^p by least squares in logarithms, and its 95 % interval.

    Parameters
    ----------
    rows : iterable of dict
        Three points or more.
    x, y : str
        Their columns, of positive numbers.

    Returns
    -------
    p, low, high : float
        The interval is Student's, for a straight line with independent normal errors; it is
        not finite for two points, and nothing is for fewer.

    Examples
    --------
    >>> rows = [{"x": 2**i, "y": 3 * 4**i} for i in range(4)]
    >>> [round(number, 6) for number in exponent(rows, "x", "y")]
    [2.0, 2.0, 2.0]
    """
    from scipy.stats import linregress, t

    points = np.log([(row[x], row[y]) for row in rows])
    if len(points) < 2:
        return np.nan, np.nan, np.nan
    line = linregress(points[:, 0], points[:, 1])
    p = float(line.slope)
    if len(points) == 2:
        return p, -np.inf, np.inf
    half = float(t.ppf(0.975, len(points) - 2) * line.stderr)
    return p, p - half, p + half


def exponents(rows: Iterable[Row], x: str, y: str, by: Sequence[str]) -> list[Row]:
    """Return the exponent of each curve, see `exponent`.

    Parameters
    ----------
    rows : iterable of dict
        Those whose `y` is None or not finite are left out.
    x, y : str
    by : sequence of str
        The columns that tell the curves apart.

    Returns
    -------
    list of dict
        The columns of `by`, ``exponent``, and its interval, ``95 % from`` and ``to``.
    """
    finite = [row for row in rows if row[y] is not None and np.isfinite(row[y])]
    return measured(finite, by, lambda points: dict(zip(_FIT, exponent(points, x, y), strict=True)))


def rank_correlations(rows: Iterable[Row], x: str, y: str, by: str) -> list[float]:
    """Return the rank correlation of two columns (Spearman 1904) for each value of a third.

    Parameters
    ----------
    rows : iterable of dict
    x, y : str
        The two columns.
    by : str
        The third.

    Examples
    --------
    >>> rows = [{"x": 1, "y": 1, "z": 0}, {"x": 2, "y": 10, "z": 0}, {"x": 3, "y": 1e9, "z": 0}]
    >>> rank_correlations(rows, "x", "y", "z")
    [1.0]
    """
    from scipy.stats import spearmanr

    return [
        float(spearmanr([row[x] for row in members], [row[y] for row in members]).statistic)
        for _, members in groups(rows, by)
    ]


def power_laws(powers: Sequence[float], x: str, y: str, *, through: Row, until: float) -> list[Row]:
    """Return the ends of y = c x^p for several p, straight lines on logarithmic axes.

    Parameters
    ----------
    powers : sequence of float
        Of p.
    x, y : str
        Columns of positive numbers.
    through : dict
        The point where all begin.
    until : float
        The x where they end.

    Returns
    -------
    list of dict
        `x`, `y` and ``power``, two rows each.

    Examples
    --------
    >>> power_laws([0.5], "x", "y", through={"x": 1, "y": 3}, until=100)
    [{'x': 1, 'y': 3.0, 'power': 0.5}, {'x': 100, 'y': 30.0, 'power': 0.5}]
    """
    x0, y0 = through[x], through[y]
    return [{x: at, y: y0 * (at / x0) ** p, "power": p} for p in powers for at in (x0, until)]
