"""The heat map of contenders × problems: how good each is on each, and where it cannot run."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import product
from statistics import fmean

from comparison.analysis.pooled import quality_rows
from comparison.figures.contenders import Row, data, opacity
from comparison.figures.figure import Chart, Figure, Frame, Panel, Sources
from comparison.results import Results
from comparison.results.facts import facts_of
from problems.core.problem import VIEWS

NO_VALUE = "half of its runs or more found no value"


def panels(sources: Sources) -> Iterator[Panel]:
    """Yield the cells of all contenders and problems."""
    cells: list[Row] = [
        {**vars(row), "why": NO_VALUE if row.quality is None else ""}
        for row in quality_rows(sources.evidence)
    ]
    yield Panel({"cells": [*cells, *absent_cells(sources.evidence.results)]})


def absent_cells(results: Results) -> Iterator[Row]:
    """Yield the cells of which a file has no run, and why.

    Yields
    ------
    dict
        contender, problem, quality (None) and why: as `list` says, or “not run”.
    """
    ran = {
        (results.contender(run), results.problem(run))
        for run in results
        if run.ended != "unsupported"
    }
    needs = {results.contender(run): facts_of(run).needs for run in results}
    views = {results.problem(run): run.facts.views for run in results if run.facts is not None}
    for contender, problem in product(results.contenders, results.problems):
        if (contender, problem) not in ran:
            offered = views.get(problem, VIEWS)
            lacking = [view for view in needs[contender] if view in VIEWS and view not in offered]
            why = VIEWS[lacking[0]] if lacking else "not run"
            yield {"contender": contender, "problem": problem, "quality": None, "why": why}


def heat_map(panel: Panel, frame: Frame) -> Chart:
    """Draw the normalised quality of each contender on each problem, the best contender on top.

    Parameters
    ----------
    panel : Panel
        ``cells``: ``contender``, ``problem`` and ``quality``: 1 is the reference, 0 a median
        random point, below 0 is worse than that, None where there is none. ``why`` says why
        there is none; such a cell is drawn as an empty frame, not as a bad result.
    frame : Frame
    """
    import altair as alt

    rows = panel.rows["cells"]
    cells = [{"why": "", **row, "shown": shown(row["quality"])} for row in rows]
    order = _by_quality(rows)
    columns = list(dict.fromkeys(row["problem"] for row in rows))
    x = alt.X(
        "problem:N",
        sort=columns,
        title=None,
        scale=alt.Scale(paddingInner=0.06, paddingOuter=0.03),
        axis=alt.Axis(orient="top", labelAngle=-38, labelAlign="left", ticks=False, domain=False),
    )
    y = alt.Y(
        "contender:N",
        sort=order,
        title=None,
        scale=alt.Scale(paddingInner=0.1, paddingOuter=0.05),
        axis=alt.Axis(ticks=False, domain=False),
    )
    base = alt.Chart(data("cells")).encode(x=x, y=y, opacity=opacity())
    tooltip = [
        alt.Tooltip("contender:N"),
        alt.Tooltip("problem:N"),
        alt.Tooltip("quality:Q", format=".4f"),
        alt.Tooltip("why:N", title="note"),
    ]
    ran, not_run = "isValid(datum.quality)", "!isValid(datum.quality)"
    colour = alt.Color(
        "quality:Q",
        scale=alt.Scale(domain=[0, 1], clamp=True, scheme="viridis"),
        legend=alt.Legend(
            title="0 = median random point, 1 = reference",
            orient="bottom",
            direction="horizontal",
            gradientLength=180,
            gradientThickness=10,
            titleLimit=400,
        ),
    )
    filled, empty = base.transform_filter(ran), base.transform_filter(not_run)
    hollow = empty.mark_rect(
        filled=False, strokeDash=[2, 2], strokeWidth=1, cornerRadius=2, style="muted"
    )
    number = alt.condition("datum.quality > 0.47", alt.value("#101214"), alt.value("#ffffff"))
    layers = [
        filled.mark_rect(cornerRadius=2).encode(color=colour, tooltip=tooltip),
        hollow.encode(tooltip=tooltip),
        filled.mark_text(fontSize=11).encode(text="shown:N", color=number),
        empty.mark_text(fontSize=11).encode(text="shown:N"),
    ]
    description = f"Normalised quality of {len(order)} methods on {len(columns)} problems."
    chart = frame.chart(layers, {"cells": cells}, alt.Step(22), description)
    return chart.properties(width=alt.Step(46))


def shown(quality: float | None) -> str:
    """Return a quality in two decimals, cut and not rounded: only what is 1 reads as 1.

    Examples
    --------
    >>> shown(0.9999), shown(1.0), shown(-3.2), shown(None)
    ('0.99', '1', '< 0', '—')
    """
    if quality is None:
        return "—"
    if quality < 0:
        return "< 0"
    if quality >= 1:
        return "1"
    return f"{math.floor(quality * 100) / 100:.2f}"


def _by_quality(rows: Sequence[Row]) -> list[str]:
    """Order contenders by their mean quality where they ran, the best first."""
    qualities: dict[str, list[float]] = {}
    for row in rows:
        own = qualities.setdefault(row["contender"], [])
        if row["quality"] is not None:
            own.append(max(row["quality"], 0.0))
    return sorted(qualities, key=lambda name: -fmean(qualities[name] or [-1.0]))


FIGURE = Figure(
    name="heat-map",
    title="Methods × problems",
    caption="1 is the reference, 0 a median random point; numbers are cut, not rounded, so only "
    "what attains the reference reads 1. An empty frame: the method cannot run on that problem, "
    "was not run, or found no value; the pointer says which.",
    rows=panels,
    draw=heat_map,
    absent="No instance has both a reference and a random point's value to measure quality by.",
)
