"""The critical-difference diagram: mean ranks, and which of them cannot be told apart."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from comparison.figures.contenders import Row, colour, data, layered, opacity, shape
from comparison.figures.theme import Style

if TYPE_CHECKING:
    import altair as alt


def critical_difference(
    ranks: Sequence[Row],
    cd: float,
    cliques: Sequence[Sequence[str]],
    styles: Sequence[Style],
    *,
    title: str = "",
    width: int | str = 380,
) -> alt.LayerChart:
    """Draw mean ranks (Demšar 2006, JMLR 7, section 3.2.5); names on one side, best on top.

    Parameters
    ----------
    ranks : sequence of dict
        ``contender`` and ``rank``, its mean over the problems; 1 is the best.
    cd : float
        The critical difference: mean ranks closer than that cannot be told apart.
    cliques : sequence of sequences of str
        Contenders among which no two can be told apart: joined by a thick bar.
    styles : sequence of Style
    title : str
    width : int or "container"
    """
    import altair as alt

    ordered = sorted(ranks, key=lambda row: (row["rank"], row["contender"]))
    found = {row["contender"]: float(row["rank"]) for row in ordered}
    bars: list[dict[str, Any]] = [
        {"low": min(found[name] for name in clique), "high": max(found[name] for name in clique)}
        for clique in cliques
        if len(clique) > 1
    ]
    # Lanes above the names for the bars, and one below them for the critical difference.
    *lanes, foot = [f"lane {i}" for i in range(len(bars) + 1)]
    for lane, bar in zip(lanes, bars, strict=True):
        bar["lane"] = lane
    last = max(len(found), 2)
    length = min(1 + cd, last)
    scale = {"lane": foot, "low": 1, "high": length, "label": f"CD = {cd:.2f}"}
    x = alt.X(
        "rank:Q",
        title="mean rank (1 is best)",
        scale=alt.Scale(domain=[1, last], nice=False),
        axis=alt.Axis(orient="top", grid=False, tickMinStep=1, format="d"),
    )
    names = alt.Axis(
        title=None,
        ticks=False,
        domain=False,
        grid=False,
        labelExpr=f"indexof({json.dumps([*lanes, foot])}, datum.value) < 0 ? datum.value : ''",
    )
    rows = alt.Scale(domain=[*lanes, *found, foot], padding=0.35)
    place = alt.Y("contender:N", scale=rows, axis=names)
    base = alt.Chart(data("ranks"))
    names_to_ranks = base.mark_rule(strokeWidth=1, style="muted").encode(
        x=x, x2="best:Q", y=place, opacity=opacity()
    )
    up = base.mark_rule(strokeWidth=1, style="muted").encode(
        x=x, y=place, y2=alt.value(0), opacity=opacity()
    )
    points = base.mark_point(filled=True, size=75, opacity=1).encode(
        x=x,
        y=place,
        color=colour(styles, legend=False),
        shape=shape(styles),
        opacity=opacity(),
        tooltip=[alt.Tooltip("contender:N"), alt.Tooltip("rank:Q", format=".2f")],
    )
    joined = (
        alt.Chart(data("cliques"))
        .mark_rule(strokeWidth=5, strokeCap="round")
        .encode(x="low:Q", x2="high:Q", y=alt.Y("lane:N", scale=rows, axis=names))
    )
    difference = alt.Chart(data("scale")).encode(
        x="low:Q", y=alt.Y("lane:N", scale=rows, axis=names)
    )
    bar = difference.mark_rule(strokeWidth=2).encode(x2="high:Q")
    ends = difference.mark_tick(thickness=2, height=8)
    far = ends.encode(x="high:Q")
    label = difference.mark_text(align="left", dx=6).encode(x="high:Q", text="label:N")
    layers = [names_to_ranks, up, points, joined, bar, ends, far, label]
    chart = layered(layers)
    return chart.properties(
        title=title,
        width=width,
        height=21 * (len(lanes) + len(found) + 1),
        description=f"Mean ranks, best first: {', '.join(found)}. CD {cd:.2f}. {title}",
        datasets={
            "ranks": [{**row, "best": 1} for row in ordered],
            "cliques": bars,
            "scale": [scale],
        },
    )
