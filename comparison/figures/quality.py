"""Quality against compute: the median best value so far, quartiles, and the reference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from comparison.figures.axes import across, logarithmic
from comparison.figures.contenders import (
    Row,
    band_opacity,
    colour,
    dash,
    data,
    fill,
    layered,
    opacity,
    shape,
)
from comparison.figures.theme import Style

if TYPE_CHECKING:
    import altair as alt

#: What the vertical axis shows: the value itself, or its distance to the reference.
Height = Literal["value", "gap"]

#: Gaps below this are rounding.
NEAREST = 1e-12


def quality_against_compute(
    rows: Sequence[Row],
    styles: Sequence[Style],
    *,
    runs: Sequence[Row] = (),
    reference: Row | None = None,
    cost: str = "work",
    value: str = "value",
    height: Height = "value",
    title: str = "",
    width: int | str = 380,
    legend: bool = True,
) -> alt.LayerChart:
    """Draw how good each contender's best value was, by what it had cost so far.

    Parameters
    ----------
    rows : sequence of dict
        The curves' steps: ``contender``, ``cost`` (> 0), ``low``, ``median``, ``high``.
        What a contender has at a cost holds until its next row.
    styles : sequence of Style
    runs : sequence of dict, optional
        Where single runs ended, shown under the pointer: ``contender``, ``seed``,
        ``instance``, ``cost``, ``value``, ``ended``, ``key``.
    reference : dict, optional
        ``value``, ``kind``, ``source`` and ``proven`` (an optimum's: a solid line).
    cost, value : str
        The axes' titles, with their units.
    height : {"value", "gap"}
        The value, or its distance to the reference on a logarithmic axis, at whose foot
        is what has reached the reference.
    title : str
    width : int or "container"
    legend : bool
    """
    import altair as alt

    known = [] if reference is None else [reference]
    at = 0.0 if reference is None else float(reference["value"])
    levels = [
        alt.param(name="reference", value=at),
        alt.param(name="nearest", value=nearest(runs, at)),
    ]
    low, middle, high = (f"drawn_{name}" for name in ("low", "median", "high"))
    y = _vertical(value, height)
    x = across("cost", cost)
    curves = _drawn(alt.Chart(data("curves")), ("low", "median", "high"), height)
    bands = curves.mark_area(interpolate="step-after", clip=True).encode(
        x=x,
        y=alt.Y(f"{low}:Q", **y),
        y2=f"{high}:Q",
        fill=fill(styles),
        opacity=band_opacity(),
    )
    lines = curves.mark_line(interpolate="step-after", strokeWidth=2, clip=True).encode(
        x=x,
        y=alt.Y(f"{middle}:Q", **y),
        color=colour(styles, legend=legend),
        strokeDash=dash(styles, legend=legend),
        opacity=opacity(),
    )
    steps = curves.mark_point(size=90, filled=True, opacity=0, clip=True).encode(
        x=x,
        y=alt.Y(f"{middle}:Q", **y),
        tooltip=[
            alt.Tooltip("contender:N"),
            alt.Tooltip("cost:Q", title=cost, format=",.4~g"),
            alt.Tooltip("median:Q", format=".6~g"),
            alt.Tooltip("low:Q", title="lower quartile", format=".6~g"),
            alt.Tooltip("high:Q", title="upper quartile", format=".6~g"),
        ],
    )
    ends = (
        _drawn(alt.Chart(data("runs")), ("value",), height)
        .mark_point(size=38, filled=True, strokeWidth=0.5, clip=True)
        .encode(
            x=x,
            y=alt.Y("drawn_value:Q", **y),
            fill=fill(styles),
            shape=shape(styles),
            opacity=opacity(0.65),
            tooltip=[
                alt.Tooltip("contender:N"),
                alt.Tooltip("seed:Q"),
                alt.Tooltip("instance:Q"),
                alt.Tooltip("value:Q", format=".6~g"),
                alt.Tooltip("cost:Q", title=cost, format=",.4~g"),
                alt.Tooltip("ended:N"),
                alt.Tooltip("key:N", title="run"),
            ],
        )
    )
    layers = [bands, lines, *_reference(y, height), steps, ends]
    chart = layered(layers).add_params(*levels)
    # A channel without a legend would take away that of another on the same column.
    chart = chart.resolve_legend(fill="independent", shape="independent")
    return chart.properties(
        title=title,
        width=width,
        height=260,
        description=f"{value} against {cost}, one line a method. {title}",
        datasets={"curves": list(rows), "runs": list(runs), "reference": known},
    )


def _drawn(chart: alt.Chart, names: Sequence[str], height: Height) -> alt.Chart:
    """Add what is drawn of some columns: the value, or its distance to the reference."""
    for name in names:
        gap = f"max(datum.{name} - reference, nearest)"
        number = f"datum.{name}" if height == "value" else gap
        drawn = f"isValid(datum.{name}) ? {number} : null"
        chart = chart.transform_calculate(**{f"drawn_{name}": drawn})
    return chart


def _vertical(value: str, height: Height) -> dict[str, Any]:
    import altair as alt

    if height == "gap":
        scale = alt.Scale(type="log", nice=False, padding=8)
        return {"title": f"{value}: gap to the reference", "scale": scale, "axis": logarithmic("y")}
    scale = alt.Scale(zero=False, padding=8)
    return {"title": value, "scale": scale, "axis": alt.Axis(tickCount=6)}


def nearest(runs: Sequence[Row], reference: float) -> float:
    """Return where the gap's axis ends, on which 0 has no place: at a third of the least gap.

    Examples
    --------
    >>> nearest([{"value": 5.0}, {"value": 2.0}, {"value": 3.5}], reference=2.0)
    0.5
    """
    gaps = [row["value"] - reference for row in runs if row["value"] is not None]
    return min((gap for gap in gaps if gap > NEAREST), default=3 * NEAREST) / 3


def _reference(y: dict[str, Any], height: Height) -> list[alt.Chart]:
    """Draw the reference: solid where it is a proven optimum, else dashed; with its name."""
    import altair as alt

    if height == "gap":
        return []
    base = alt.Chart(data("reference"))
    line = base.mark_rule(strokeWidth=1.4).encode(
        y=alt.Y("value:Q", **y),
        strokeDash=alt.condition("datum.proven", alt.value([1, 0]), alt.value([4, 3])),
        tooltip=[
            alt.Tooltip("value:Q", title="reference", format=".6~g"),
            alt.Tooltip("kind:N"),
            alt.Tooltip("source:N"),
        ],
    )
    name = (
        base.transform_calculate(label="datum.kind + ' ' + format(datum.value, ',.4~r')")
        .mark_text(align="left", baseline="bottom", dx=8, dy=-3)
        .encode(x=alt.value(0), y=alt.Y("value:Q", **y), text="label:N")
    )
    return [line, name]
