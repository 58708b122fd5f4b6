"""What the studies' figures are made of: curves in panels, on axes with names and units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from math import log10
from operator import itemgetter
from typing import Any, Literal

from comparison.figures.axes import logarithmic
from comparison.figures.theme import DASHES
from studies.framework.rows import groups
from studies.framework.study import Chart, Row

#: What has no colour of its own; it can be seen on light and on dark.
THEORY = "#7a828c"
#: Width and height of a panel, two of which stand beside each other in a column.
WIDTH, HEIGHT = 250, 200


@dataclass(frozen=True)
class Axis:
    """A column and how it is drawn.

    Parameters
    ----------
    field : str
        The column's name.
    title : str
        With its unit.
    scale : {"linear", "log", "symlog"}
    domain : tuple of float, optional
        What is shown; all by default.
    """

    field: str
    title: str
    scale: Literal["linear", "log", "symlog"] = "linear"
    domain: tuple[float, float] | None = None

    def channel(
        self,
        which: Literal["x", "y"],
        field: str | None = None,
        rows: Sequence[Row] = (),
        *,
        ticks: bool = True,
    ) -> Any:
        """Return the axis as a horizontal or vertical channel of a chart of some rows.

        Parameters
        ----------
        which : {"x", "y"}
        field : str, optional
            The column that is drawn, where it is another than the axis's own.
        rows : sequence of dict
            Those that are drawn.
        ticks : bool
            Whether ticks and labels are drawn; another layer of the panel may do so.
        """
        import altair as alt

        options: dict[str, Any] = {"type": self.scale, "nice": False, "padding": 6}
        if self.scale != "log":
            options["zero"] = False
        if self.domain is not None:
            options["domain"] = list(self.domain)
        scale = alt.Scale(**options)
        values = self.domain or [row[self.field] for row in rows if row.get(self.field)]
        decades = log10(max(values) / min(values)) if values and self.scale == "log" else 2.0
        axis = logarithmic(which, decades) if self.scale == "log" else alt.Axis(tickCount=6)
        make = alt.X if which == "x" else alt.Y
        shown: dict[str, Any] = {"axis": axis} if ticks else {}
        return make(f"{field or self.field}:Q", title=self.title, scale=scale, **shown)


def curves(
    rows: Sequence[Row],
    x: Axis,
    y: Axis,
    by: str | None = None,
    *,
    band: tuple[str, str] | None = None,
    points: bool | None = None,
    lines: bool = True,
    solid: str | None = None,
    order: str | None = None,
    title: str = "",
    names: Sequence[str] | None = None,
    legend_columns: int = 3,
) -> Chart:
    """Draw a curve for each value of a column, in colours and dashes of their own.

    Parameters
    ----------
    rows : sequence of dict
    x, y : Axis
    by : str, optional
        The column that tells the curves apart.
    band : pair of str, optional
        Columns with the ends of a band around each curve.
    points, lines : bool
        Whether the rows are marked, by default where `order` is not given, and whether they
        are joined.
    solid : str, optional
        A column that is true where a mark is solid; others are hollow. All are by default.
    order : str, optional
        The column along which points are joined, for a path, whose start has a ring and
        whose end a dot; `x` by default.
    title : str
    names : sequence of str, optional
        Values of `by` in their order, the same for panels that share a legend; as they
        come by default.
    legend_columns : int
        Entries of the legend beside each other.
    """
    import altair as alt

    # A field of the same name in all panels, so that the legend is shared.
    drawn = [row if by is None else {**row, "curve": _text(row[by])} for row in rows]
    place = {"x": x.channel("x", rows=rows), "y": y.channel("y", rows=rows)}
    base = alt.Chart(alt.Data(values=drawn)).encode(**place)
    line, filled, outlined, pointer = {}, {}, {}, []
    if by is not None:
        domain = names if names is not None else dict.fromkeys(row["curve"] for row in drawn)
        domain = [_text(name) for name in domain]
        legend = alt.Legend(
            orient="bottom", columns=legend_columns, title=None, symbolType="stroke"
        )
        dashes = [list(dash) for dash, _ in zip(cycle(DASHES), domain, strict=False)]
        scale, dash_scale = alt.Scale(domain=domain), alt.Scale(domain=domain, range=dashes)
        line = {
            "color": alt.Color("curve:N", scale=scale, legend=legend),
            "strokeDash": alt.StrokeDash("curve:N", scale=dash_scale, legend=legend),
        }
        filled = {"fill": alt.Fill("curve:N", scale=scale, legend=None)}
        outlined = {"stroke": alt.Stroke("curve:N", scale=scale, legend=None)}
        pointer = [alt.Tooltip("curve:N", title=by)]
    layers = []
    if band is not None:
        low, high = y.channel("y", band[0], rows), alt.Y2(f"{band[1]}:Q")
        layers.append(base.mark_area(opacity=0.15, clip=True).encode(y=low, y2=high, **filled))
    if lines:
        along = {"order": alt.Order(f"{order}:Q")} if order else {}
        layers.append(base.mark_line(strokeWidth=2, clip=True).encode(**line, **along))
    if points or not lines or (points is None and order is None):
        pointer += [alt.Tooltip(f"{a.field}:Q", title=a.title, format=",.5~g") for a in (x, y)]
        marks = base.mark_point(size=32, filled=True, opacity=0.9, clip=True)
        if solid is not None:
            inside = alt.condition(f"datum['{solid}']", alt.value(1), alt.value(0))
            marks = marks.encode(**outlined, fillOpacity=inside)
        layers.append(marks.encode(**filled, tooltip=pointer))
    if order is not None:
        paths = [path for _, path in groups(drawn, *(["curve"] if by else []))]
        starts, ends = ([end(path, key=itemgetter(order)) for path in paths] for end in (min, max))
        ring = alt.Chart(alt.Data(values=starts)).mark_point(size=80, color=THEORY)
        dot = alt.Chart(alt.Data(values=ends)).mark_point(size=40, filled=True, opacity=1)
        layers += [ring.encode(**place), dot.encode(**place, **filled)]
    # A channel without a legend would take away that of another on the same column.
    chart = alt.layer(*layers).resolve_legend(fill="independent", stroke="independent")
    return chart.properties(title=title, width=WIDTH, height=HEIGHT)


def theory(rows: Sequence[Row], x: Axis, y: Axis, by: str | None = None) -> Chart:
    """Draw what theory says as thin dashed lines without a colour, over curves or under them.

    Parameters
    ----------
    rows : sequence of dict
    x, y : Axis
    by : str, optional
        The column that tells the lines apart, shown under the pointer.
    """
    import altair as alt

    lines = alt.Chart(alt.Data(values=list(rows))).mark_line(
        strokeDash=[4, 3], strokeWidth=1.4, color=THEORY, clip=True
    )
    apart = {"detail": f"{by}:N", "tooltip": f"{by}:N"} if by else {}
    return lines.encode(x=x.channel("x", ticks=False), y=y.channel("y", ticks=False), **apart)


def surface(rows: Sequence[Row], x: Axis, y: Axis, height: str, *, levels: int = 12) -> Chart:
    """Draw a function of two variables as shades, the higher the darker.

    Parameters
    ----------
    rows : sequence of dict
        The points of a regular grid.
    x, y : Axis
    height : str
        The column of the function's values. Each shade has as many points as any other.
    levels : int
        How many shades.
    """
    import altair as alt
    import numpy as np

    columns = itemgetter(x.field, y.field, height)
    across, up, heights = np.array([columns(row) for row in rows]).T
    cuts = np.quantile(heights, np.linspace(0, 1, levels + 1)[1:-1])
    dx, dy = (float(np.diff(np.unique(places))[0]) / 2 for places in (across, up))
    shades = np.searchsorted(cuts, heights).tolist()
    # No more digits than can be seen: values are thousands of cells and a page carries them all.
    digits = 3 - int(np.floor(np.log10(min(dx, dy))))
    edges = np.round([across - dx, across + dx, up - dy, up + dy], digits).T.tolist()
    cells = [
        dict(zip(("left", "right", "foot", "top", "shade"), (*cell, shade), strict=True))
        for cell, shade in zip(edges, shades, strict=True)
    ]
    shade = alt.Scale(domain=[0, levels - 1], range=[0.02, 0.55])
    return (
        alt.Chart(alt.Data(values=cells))
        .mark_rect(color=THEORY, clip=True)
        .encode(
            x=x.channel("x", "left"),
            x2="right:Q",
            y=y.channel("y", "foot"),
            y2="top:Q",
            opacity=alt.Opacity("shade:Q", scale=shade, legend=None),
        )
    )


def level(value: float, label: str, *, proven: bool = True, below: bool = False) -> Chart:
    """Draw a level line across a panel, with its name: an optimum, a bound, a theory.

    Parameters
    ----------
    value : float
    label : str
    proven : bool
        A solid line; else it is dashed.
    below : bool
        Whether the name stands below the line.
    """
    import altair as alt

    base = alt.Chart(alt.Data(values=[{"level": value, "label": label}])).encode(y="level:Q")
    rule = base.mark_rule(strokeWidth=1.4, strokeDash=[1, 0] if proven else [4, 3])
    side: Literal["top", "bottom"] = "top" if below else "bottom"
    name = base.mark_text(align="left", baseline=side, dx=6, dy=3 if below else -2)
    return alt.layer(rule, name.encode(x=alt.value(0), text="label:N"))


def panels(*charts: Any, shared_legend: bool = True) -> Chart:
    """Place charts beside and below each other, in two columns.

    Parameters
    ----------
    *charts : altair chart
    shared_legend : bool
        Whether colours mean the same in all panels.
    """
    import altair as alt

    how: Literal["shared", "independent"] = "shared" if shared_legend else "independent"
    placed = alt.concat(*charts, columns=2, spacing=22)
    placed = placed.resolve_scale(color=how, strokeDash=how, fill=how)
    return placed.resolve_legend(fill="independent", stroke="independent")


def _text(value: Any) -> str:
    return f"{value:,g}" if isinstance(value, float) else str(value)
