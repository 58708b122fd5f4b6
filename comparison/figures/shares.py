"""Cumulative shares: what the ECDF and the two kinds of profile have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from comparison.figures.axes import across
from comparison.figures.contenders import (
    Row,
    band_opacity,
    colour,
    dash,
    data,
    fill,
    layered,
    opacity,
)
from comparison.figures.theme import Style

if TYPE_CHECKING:
    import altair as alt


def shares(
    rows: Sequence[Row],
    styles: Sequence[Style],
    field: str,
    cost: str,
    share: str,
    *,
    title: str,
    width: int | str,
    legend: bool,
    bands: bool = False,
) -> alt.LayerChart:
    """Draw one rising step curve a contender on a logarithmic axis, with its band.

    Parameters
    ----------
    rows : sequence of dict
        ``contender``, `field` (> 0), ``share``; optionally ``low`` and ``high``.
    styles : sequence of Style
    field : str
        The column that runs across.
    cost, share : str
        The axes' titles.
    title : str
    width : int or "container"
    legend : bool
    bands : bool
        Whether the rows have ``low`` and ``high``.
    """
    import altair as alt

    base = alt.Chart(data("shares"))
    x = across(field, cost)
    scale = alt.Scale(domain=[0, 1])
    y = alt.Y("share:Q", title=share, scale=scale, axis=alt.Axis(format=".0%", tickCount=5))
    band = (
        base.transform_filter("isValid(datum.low) && isValid(datum.high)")
        .mark_area(interpolate="step-after", clip=True)
        .encode(
            x=x,
            y=alt.Y("low:Q", title=share, scale=scale),
            y2="high:Q",
            fill=fill(styles),
            opacity=band_opacity(),
        )
    )
    line = base.mark_line(interpolate="step-after", strokeWidth=2, clip=True).encode(
        x=x,
        y=y,
        color=colour(styles, legend=legend),
        strokeDash=dash(styles, legend=legend),
        opacity=opacity(),
    )
    steps = base.mark_point(size=90, filled=True, opacity=0, clip=True).encode(
        x=x,
        y=y,
        tooltip=[
            alt.Tooltip("contender:N"),
            alt.Tooltip(f"{field}:Q", title=cost, format=",.4~g"),
            alt.Tooltip("share:Q", title=share, format=".1%"),
        ],
    )
    return (
        layered([*([band] if bands else []), line, steps])
        .resolve_legend(fill="independent")
        .properties(
            title=title,
            width=width,
            height=240,
            description=f"{share} against {cost}, one line a method. {title}",
            datasets={"shares": list(rows)},
        )
    )
