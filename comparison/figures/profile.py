"""Profiles: how often a contender is within a factor of the best, or solves within a budget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from comparison.figures.contenders import Row
from comparison.figures.shares import shares
from comparison.figures.theme import Style

if TYPE_CHECKING:
    import altair as alt


def performance_profile(
    rows: Sequence[Row],
    styles: Sequence[Style],
    *,
    cost: str = "work",
    title: str = "",
    width: int | str = 380,
    legend: bool = True,
) -> alt.LayerChart:
    """Draw performance profiles (Dolan and Moré 2002, Mathematical Programming 91, 201–213).

    Parameters
    ----------
    rows : sequence of dict
        ``contender``, ``ratio`` (>= 1, to the cheapest contender for the same target), and
        ``share``, of targets reached within that ratio.
    styles : sequence of Style
    cost : str
        What the ratio is of.
    title : str
    width : int or "container"
    legend : bool
    """
    across = f"{cost} ÷ the cheapest"
    return shares(
        rows, styles, "ratio", across, "targets reached", title=title, width=width, legend=legend
    )


def data_profile(
    rows: Sequence[Row],
    styles: Sequence[Style],
    *,
    title: str = "",
    width: int | str = 380,
    legend: bool = True,
) -> alt.LayerChart:
    """Draw data profiles (Moré and Wild 2009, SIAM Journal on Optimization 20(1), 172–191).

    Parameters
    ----------
    rows : sequence of dict
        ``contender``, ``budget`` (> 0, in groups of dimension + 1 evaluations), and
        ``share``, of targets reached within it.
    styles : sequence of Style
    title : str
    width : int or "container"
    legend : bool
    """
    across = "work / (dimension + 1)"
    return shares(
        rows, styles, "budget", across, "targets reached", title=title, width=width, legend=legend
    )
