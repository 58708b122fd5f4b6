"""Bound and incumbent over time: how a proof closes in from both sides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from comparison.figures.axes import across
from comparison.figures.contenders import Row, colour, data, fill, layered, opacity
from comparison.figures.theme import Style

if TYPE_CHECKING:
    import altair as alt


def bound_and_incumbent(
    rows: Sequence[Row],
    styles: Sequence[Style],
    *,
    value: str = "value",
    title: str = "",
    width: int | str = 380,
    legend: bool = True,
) -> alt.LayerChart:
    """Draw what a solver had found and what it had proved, and shade what was still open.

    Parameters
    ----------
    rows : sequence of dict
        ``seconds`` (> 0), ``value``, ``what`` ("bound" or "incumbent"), ``contender``,
        ``seed``; each holds until the next of its kind.
    styles : sequence of Style
    value : str
        The axis' title.
    title : str
    width : int or "container"
    legend : bool
    """
    import altair as alt

    x = across("seconds", "seconds")
    scale = alt.Scale(zero=False, padding=8)
    y = alt.Y("value:Q", title=value, scale=scale)
    kinds = ["incumbent", "bound"]
    shown = alt.Legend(orient="bottom", title=None, symbolType="stroke")
    what = alt.StrokeDash(
        "what:N",
        scale=alt.Scale(domain=kinds, range=[[1, 0], [4, 3]]),
        legend=shown,
    )
    base = alt.Chart(data("progress"))
    detail = ["seed:N"]
    lines = base.mark_line(interpolate="step-after", strokeWidth=2).encode(
        x=x,
        y=y,
        color=colour(styles, legend=legend),
        strokeDash=what,
        detail=detail,
        opacity=opacity(),
    )
    points = base.mark_point(size=70, filled=True, opacity=0).encode(
        x=x,
        y=y,
        tooltip=[
            alt.Tooltip("contender:N"),
            alt.Tooltip("seed:Q"),
            alt.Tooltip("what:N"),
            alt.Tooltip("value:Q", format=".6~g"),
            alt.Tooltip("seconds:Q", format=".3~g"),
        ],
    )
    still_open = (
        alt.Chart(data("open"))
        .mark_area(interpolate="step-after")
        .encode(
            x=x,
            y=alt.Y("bound:Q", title=value, scale=scale),
            y2="incumbent:Q",
            fill=fill(styles),
            detail=detail,
            opacity=opacity(0.14),
        )
    )
    return (
        layered([still_open, lines, points])
        .resolve_legend(fill="independent")
        .properties(
            title=title,
            width=width,
            height=240,
            description=f"Best value found and best bound proved, by seconds. {title}",
            datasets={"progress": list(rows), "open": open_gap(rows)},
        )
    )


def open_gap(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return, for each moment at which both are known, the bound and the incumbent of a run.

    Examples
    --------
    >>> found = {"contender": "ip", "seed": 0}
    >>> open_gap([
    ...     {**found, "seconds": 1.0, "what": "bound", "value": 3.0},
    ...     {**found, "seconds": 2.0, "what": "incumbent", "value": 5.0},
    ... ])
    [{'contender': 'ip', 'seed': 0, 'seconds': 2.0, 'bound': 3.0, 'incumbent': 5.0}]
    """
    runs: dict[tuple[str, int], list[Row]] = {}
    for row in rows:
        runs.setdefault((row["contender"], row["seed"]), []).append(row)
    found = []
    for (contender, seed), steps in runs.items():
        now: dict[str, float] = {}
        for step in sorted(steps, key=lambda row: row["seconds"]):
            now[step["what"]] = step["value"]
            if len(now) == 2:
                at = {"contender": contender, "seed": seed, "seconds": step["seconds"]}
                found.append({**at, "bound": now["bound"], "incumbent": now["incumbent"]})
    return found
