"""Bound and incumbent over time: how a proof closes in from both sides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from comparison.analysis.bounds import bound_rows
from comparison.figures.axes import across
from comparison.figures.contenders import Row, by_contender, data, opacity
from comparison.figures.figure import Chart, Figure, Frame, Panel, Sources
from comparison.figures.step_curves import step_curves

#: Where the logarithmic axis of seconds begins.
INSTANT = 1e-3


def panels(sources: Sources) -> Iterator[Panel]:
    """Yield the bounds and incumbents on each instance on which a run proved a bound."""
    steps: dict[tuple[str, int], list[Row]] = {}
    for row in bound_rows(sources.evidence):
        step = {
            name: getattr(row, name) for name in ("contender", "seed", "seconds", "value", "what")
        }
        step["seconds"] = max(step["seconds"], INSTANT)
        steps.setdefault((row.problem, row.instance), []).append(step)
    for place in sources.places:
        if rows := steps.get((place.problem, place.instance)):
            yield Panel({"progress": rows, "open": open_gap(rows)}, {"problem": place.name})


def bound_and_incumbent(panel: Panel, frame: Frame) -> Chart:
    """Draw the best value of a solver and the bound that it proved, and shade what is between.

    Parameters
    ----------
    panel : Panel
        ``progress``: ``seconds`` (> 0), ``value``, ``what`` ("bound" or "incumbent"),
        ``contender``, ``seed``; each holds until the next of its kind. ``open``: see
        `open_gap`.
    frame : Frame
    """
    import altair as alt

    x, scale = across("seconds", "seconds"), alt.Scale(zero=False, padding=8)
    kind = alt.StrokeDash(
        "what:N",
        scale=alt.Scale(domain=["incumbent", "bound"], range=[[1, 0], [4, 3]]),
        legend=alt.Legend(orient="bottom", title=None, symbolType="stroke"),
    )
    tooltip = [
        alt.Tooltip("contender:N"),
        alt.Tooltip("seed:Q"),
        alt.Tooltip("what:N"),
        alt.Tooltip("value:Q", format=".6~g"),
        alt.Tooltip("seconds:Q", format=".3~g"),
    ]
    base = alt.Chart(data("progress")).encode(x=x)
    y = alt.Y("value:Q", title=frame.value, scale=scale)
    lines, points = step_curves(base, frame, y, tooltip)
    still_open = alt.Chart(data("open")).mark_area(interpolate="step-after")
    still_open = still_open.encode(
        x=x,
        y=alt.Y("bound:Q", title=frame.value, scale=scale),
        y2="incumbent:Q",
        detail=["seed:N"],
        opacity=opacity(0.14),
        **by_contender(frame.styles, "fill"),
    )
    layers = [still_open, lines.encode(strokeDash=kind, detail=["seed:N"]), points]
    description = f"Best value found and best bound proved, by seconds. {frame.title}"
    return frame.chart(layers, panel.rows, 240, description)


def open_gap(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return the bound and the incumbent of a run at each moment at which it has both.

    Examples
    --------
    >>> run = {"contender": "ip", "seed": 0}
    >>> open_gap([
    ...     {**run, "seconds": 1.0, "what": "bound", "value": 3.0},
    ...     {**run, "seconds": 2.0, "what": "incumbent", "value": 5.0},
    ... ])
    [{'contender': 'ip', 'seed': 0, 'seconds': 2.0, 'bound': 3.0, 'incumbent': 5.0}]
    """
    runs: dict[tuple[str, int], list[Row]] = {}
    for row in rows:
        runs.setdefault((row["contender"], row["seed"]), []).append(row)
    gaps = []
    for (contender, seed), steps in runs.items():
        now: dict[str, float] = {}
        for step in sorted(steps, key=lambda row: row["seconds"]):
            now[step["what"]] = step["value"]
            if len(now) == 2:
                at = {"contender": contender, "seed": seed, "seconds": step["seconds"]}
                gaps.append({**at, "bound": now["bound"], "incumbent": now["incumbent"]})
    return gaps


FIGURE = Figure(
    name="bounds",
    title="Bound and incumbent over time",
    caption="Solid: the best solution that a solver had. Dashed: the bound that it had proved, "
    "which no solution can be below. The proof is finished where they meet.",
    rows=panels,
    draw=bound_and_incumbent,
    absent="No method proved a bound on this problem.",
    by=("problem",),
    optional=True,
)
