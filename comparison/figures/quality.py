"""Quality against compute: the median best value so far, quartiles, and the reference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from comparison.analysis.any_time import any_time_rows
from comparison.figures.axes import across, logarithmic
from comparison.figures.contenders import Row, Rows, best_first, by_contender, data, opacity
from comparison.figures.figure import Chart, Figure, Frame, Height, Panel, Sources
from comparison.figures.step_curves import band, step_curves
from comparison.figures.thinning import thin_curves, thin_runs

if TYPE_CHECKING:
    import altair as alt

#: Points of all curves on a page together, and the least that makes a curve.
CURVE_POINTS = 30_000
LEAST_POINTS = 6
#: Single runs that a page shows.
DOTS = 2_500

#: The columns of a point of a curve.
POINT = ("contender", "cost", "low", "median", "high")

#: Gaps below this are rounding.
NEAREST = 1e-12


def panels(sources: Sources) -> Iterator[Panel]:
    """Yield the curves of each instance on each axis, and where single runs ended on it."""
    curves, runs = _curves(sources), _runs(sources)
    for place in sources.places:
        reference = [place.row] if place.row else []
        at = reference[0]["value"] if reference else 0.0
        ends = runs[place.name]
        for axis, title in sources.axes.items():
            rows = curves.get((place.name, axis), [])
            drawn = {row["contender"] for row in rows}
            others = dict.fromkeys(run["contender"] for run in ends)
            names = ", ".join(name for name in others if name not in drawn)
            here = [{**run, "cost": run["cost"][axis]} for run in ends if axis in run["cost"]]
            yield Panel(
                {"curves": rows, "runs": here, "reference": reference},
                {"problem": place.name, "axis": axis},
                {"reference": at, "nearest": nearest(ends, at)},
                note=f"Not on the axis “{title}”: {names}." if rows and names else "",
            )


def _curves(sources: Sources) -> dict[tuple[str, str], Rows]:
    """Return the curves by instance and axis, as many as there is room for."""
    number = sum(len(sources.evidence.curves[axis].rows) for axis in sources.axes)
    most = max(LEAST_POINTS, CURVE_POINTS // max(number, 1))
    room = CURVE_POINTS
    names = sources.names
    curves: dict[tuple[str, str], Rows] = {}
    incomplete = set()
    for axis in sources.axes:
        points = any_time_rows(sources.evidence, axis)
        for place, group in groupby(points, key=lambda row: (row.problem, row.instance)):
            rows = [{name: getattr(row, name) for name in POINT} for row in group if row.cost > 0]
            thinned = thin_curves(rows, most)
            room -= len(thinned)
            if room < 0:
                incomplete.add(place)
            else:
                curves[names[place], axis] = thinned
    if most < 61:
        sources.notes.append(
            f"Curves are drawn with at most {most} points each, to keep this page small."
        )
    if incomplete:
        sources.notes.append(
            f"{len(incomplete):,} instances have more curves than this page can hold, and lack "
            "some."
        )
    return curves


def _runs(sources: Sources) -> dict[str, Rows]:
    """Return by instance where single runs ended, with the costs of each by axis."""
    results = sources.evidence.results
    costs: dict[str, dict[str, float]] = {run.key: {} for run in sources.evidence.runs}
    for axis in sources.axes:
        curves = sources.evidence.curves[axis]
        for run, cost in zip(curves.runs, curves.spent, strict=True):
            if cost > 0:
                costs[run.key][axis] = float(cost)
    most = max(1, DOTS // max(len(results.groups()), 1))
    ends: dict[str, Rows] = {}
    for place in sources.places:
        rows = [
            {
                "contender": results.contender(run),
                "seed": run.seed,
                "instance": run.instance,
                "value": run.value,
                "ended": results.standing(run).ended,
                "key": run.key[:10],
                "cost": costs[run.key],
            }
            for run in place.runs
            if run.key in costs
        ]
        ends[place.name] = thin_runs(rows, most)
    total = sum(run.value is not None for run in sources.evidence.runs)
    if (shown := sum(map(len, ends.values()))) < total:
        sources.notes.append(
            f"Symbols for {shown:,} of {total:,} runs are drawn, from best to worst."
        )
    return ends


def quality_against_compute(panel: Panel, frame: Frame) -> Chart:
    """Draw how good each contender's best value was, by what it had cost so far.

    A gap is drawn on a logarithmic axis, at whose foot are the values that reached the
    reference.

    Parameters
    ----------
    panel : Panel
        ``curves``: ``contender``, ``cost`` (> 0), ``low``, ``median``, ``high``; what a
        contender has at a cost holds until its next row. ``runs``, where single runs ended,
        shown under the pointer: ``contender``, ``seed``, ``instance``, ``cost``, ``value``,
        ``ended``, ``key``. ``reference``, one row or none: ``value``, ``kind``, ``source``
        and ``proven`` (an optimum's: a solid line). Its parameters are ``reference``, that value
        or 0, and ``nearest``, see there.
    frame : Frame
    """
    import altair as alt

    cost, height = frame.cost, frame.height
    levels = {"reference": 0.0, "nearest": NEAREST, **panel.parameters}
    x, y = across("cost", cost), _vertical(frame.value, height)
    columns = ("low", "median", "high")
    curves = _drawn(alt.Chart(data("curves")).encode(x=x), columns, height)
    bands = band(curves, frame.styles, alt.Y("drawn_low:Q", **y), "drawn_high:Q")
    tooltip = [
        alt.Tooltip("contender:N"),
        alt.Tooltip("cost:Q", title=cost, format=",.4~g"),
        alt.Tooltip("median:Q", format=".6~g"),
        alt.Tooltip("low:Q", title="lower quartile", format=".6~g"),
        alt.Tooltip("high:Q", title="upper quartile", format=".6~g"),
    ]
    lines, steps = step_curves(curves, frame, alt.Y("drawn_median:Q", **y), tooltip)
    ends = _drawn(alt.Chart(data("runs")), ("value",), height)
    ends = ends.mark_point(size=38, filled=True, strokeWidth=0.5, clip=True).encode(
        x=x,
        y=alt.Y("drawn_value:Q", **y),
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
        **by_contender(frame.styles, "fill", "shape"),
    )
    layers = [bands, lines, *_reference(y, height), steps, ends]
    description = f"{frame.value} against {cost}, one line a method. {frame.title}"
    chart = frame.chart(layers, panel.rows, 260, description)
    return chart.add_params(*(alt.param(name=name, value=at) for name, at in levels.items()))


def _drawn(chart: alt.Chart, names: Sequence[str], height: Height) -> alt.Chart:
    """Add to some columns their drawn numbers: the value, or its distance to the reference."""
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
    base = alt.Chart(data("reference")).encode(y=alt.Y("value:Q", **y))
    line = base.mark_rule(strokeWidth=1.4).encode(
        strokeDash=alt.condition("datum.proven", alt.value([1, 0]), alt.value([4, 3])),
        tooltip=[
            alt.Tooltip("value:Q", title="reference", format=".6~g"),
            alt.Tooltip("kind:N"),
            alt.Tooltip("source:N"),
        ],
    )
    name = base.transform_calculate(label="datum.kind + ' ' + format(datum.value, ',.4~r')")
    name = name.mark_text(align="left", baseline="bottom", dx=8, dy=-3)
    return [line, name.encode(x=alt.value(0), text="label:N")]


FIGURE = Figure(
    name="quality",
    title="Quality against compute",
    caption="The median over seeds of the best value found so far; the band holds the middle half "
    "of the runs, a symbol is where one run ended. The straight line is the reference: solid where "
    "it is a proven optimum, dashed where it is a bound or the best published value.",
    rows=panels,
    draw=quality_against_compute,
    absent="Nothing can be drawn on the axis “{axis}”.",
    by=("problem", "axis"),
    heights=("value", "gap"),
    legend=best_first("median", rising=False),
    page_height=340,
)
