"""The run-time ECDF: the share of (problem, target, run) triples solved, by what it cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from comparison.figures.contenders import Row
from comparison.figures.shares import shares
from comparison.figures.theme import Style

if TYPE_CHECKING:
    import altair as alt


def ecdf(
    rows: Sequence[Row],
    styles: Sequence[Style],
    *,
    cost: str = "work",
    title: str = "",
    width: int | str = 380,
    legend: bool = True,
) -> alt.LayerChart:
    """Draw the share of targets that each contender's runs had reached.

    Parameters
    ----------
    rows : sequence of dict
        ``contender``, ``cost`` (> 0), ``share`` from 0 to 1, and its interval ``low`` to
        ``high``, which may be None.
    styles : sequence of Style
    cost : str
        The axis' title, with its unit.
    title : str
    width : int or "container"
    legend : bool
    """
    return shares(
        rows,
        styles,
        "cost",
        cost,
        "targets reached",
        title=title,
        width=width,
        legend=legend,
        bands=True,
    )
