"""Step curves, one a contender, with bands: of values by cost, and of shares that it reached."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from comparison.figures.axes import across
from comparison.figures.contenders import ISOLATED, SHOWN, by_contender, data, opacity
from comparison.figures.figure import Chart, Frame, Panel
from comparison.figures.theme import Style

if TYPE_CHECKING:
    import altair as alt

#: The title of the vertical axis of shares.
REACHED = "targets reached"


def step_curves(
    base: alt.Chart, frame: Frame, y: alt.Y, tooltip: Sequence[alt.Tooltip]
) -> tuple[alt.Chart, alt.Chart]:
    """Return one step curve a contender, and its points, unseen, which the pointer finds.

    Parameters
    ----------
    base : altair chart
        With the rows and the horizontal axis.
    frame : Frame
    y : altair channel
    tooltip : sequence of altair tooltip
    """
    told_apart = by_contender(frame.styles, "color", "strokeDash", legend=frame.legend)
    line = base.mark_line(interpolate="step-after", strokeWidth=2, clip=True)
    points = base.mark_point(size=90, filled=True, opacity=0, clip=True)
    return line.encode(y=y, opacity=opacity(), **told_apart), points.encode(y=y, tooltip=tooltip)


def band(base: alt.Chart, styles: Sequence[Style], low: alt.Y, high: str) -> alt.Chart:
    """Return the band around each contender's step curve, the stronger while it is isolated.

    Parameters
    ----------
    base : altair chart
        With the rows and the horizontal axis.
    styles : sequence of Style
    low : altair channel
    high : str
        The column of the upper end, with its type.
    """
    import altair as alt

    strength = (
        alt.when(f"length({ISOLATED}) == 0")
        .then(alt.value(0.08))
        .when(SHOWN)
        .then(alt.value(0.25))
        .otherwise(alt.value(0.01))
    )
    area = base.mark_area(interpolate="step-after", clip=True)
    return area.encode(y=low, y2=high, opacity=strength, **by_contender(styles, "fill"))


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

    base = alt.Chart(data("shares")).encode(x=across(field, cost))
    axis = alt.Axis(format=".0%", tickCount=5)
    y: dict[str, Any] = {"title": REACHED, "scale": alt.Scale(domain=[0, 1]), "axis": axis}
    tooltip = [
        alt.Tooltip("contender:N"),
        alt.Tooltip(f"{field}:Q", title=cost, format=",.4~g"),
        alt.Tooltip("share:Q", title=REACHED, format=".1%"),
    ]
    layers = [*step_curves(base, frame, alt.Y("share:Q", **y), tooltip)]
    if bands:
        known = base.transform_filter("isValid(datum.low) && isValid(datum.high)")
        layers.insert(0, band(known, frame.styles, alt.Y("low:Q", **y), "high:Q"))
    description = f"{REACHED} against {cost}, one line a method. {frame.title}"
    return frame.chart(layers, panel.rows, 240, description)
