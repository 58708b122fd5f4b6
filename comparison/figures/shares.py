"""A share that rises with a cost, one step curve a contender: what an ECDF and profiles are."""

from __future__ import annotations

from comparison.figures.axes import across
from comparison.figures.contenders import (
    band_opacity,
    colour,
    dash,
    data,
    fill,
    layered,
    opacity,
)
from comparison.figures.figure import Chart, Frame, Panel

#: The title of the vertical axis.
REACHED = "targets reached"


def shares(panel: Panel, frame: Frame, field: str, cost: str, *, bands: bool = False) -> Chart:
    """Draw one rising step curve a contender on a logarithmic axis, with its band.

    Parameters
    ----------
    panel : Panel
        ``shares``: ``contender``, `field` (> 0), ``share``; optionally ``low`` and ``high``.
    frame : Frame
    field : str
        The column that runs across.
    cost : str
        The title of its axis.
    bands : bool
        Whether the rows have ``low`` and ``high``.
    """
    import altair as alt

    base = alt.Chart(data("shares"))
    x = across(field, cost)
    scale = alt.Scale(domain=[0, 1])
    y = alt.Y("share:Q", title=REACHED, scale=scale, axis=alt.Axis(format=".0%", tickCount=5))
    band = (
        base.transform_filter("isValid(datum.low) && isValid(datum.high)")
        .mark_area(interpolate="step-after", clip=True)
        .encode(
            x=x,
            y=alt.Y("low:Q", title=REACHED, scale=scale),
            y2="high:Q",
            fill=fill(frame.styles),
            opacity=band_opacity(),
        )
    )
    line = base.mark_line(interpolate="step-after", strokeWidth=2, clip=True).encode(
        x=x,
        y=y,
        color=colour(frame.styles, legend=frame.legend),
        strokeDash=dash(frame.styles, legend=frame.legend),
        opacity=opacity(),
    )
    steps = base.mark_point(size=90, filled=True, opacity=0, clip=True).encode(
        x=x,
        y=y,
        tooltip=[
            alt.Tooltip("contender:N"),
            alt.Tooltip(f"{field}:Q", title=cost, format=",.4~g"),
            alt.Tooltip("share:Q", title=REACHED, format=".1%"),
        ],
    )
    return (
        layered([*([band] if bands else []), line, steps])
        .resolve_legend(fill="independent")
        .properties(
            title=frame.title,
            width=frame.width,
            height=240,
            description=f"{REACHED} against {cost}, one line a method. {frame.title}",
            datasets={"shares": list(panel.rows["shares"])},
        )
    )
