"""The critical-difference diagram: mean ranks, and which of them do not differ for sure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from comparison.analysis.differences import ranking
from comparison.figures.contenders import by_contender, data, opacity
from comparison.figures.figure import Chart, Figure, Frame, Panel, Sources


def panels(sources: Sources) -> Iterator[Panel]:
    """Yield the mean ranks, or why there are none."""
    result = ranking(sources.evidence)
    if result is None or result.critical_difference is None:
        few = result and (
            "Ranks over instances need at least two of them; this file has "
            f"{result.blocks}: add problems, or --instances."
        )
        yield Panel({}, note=few or "")
        return
    tested = f"Friedman's test: p = {result.p:.2g}" if result.p is not None else result.reason
    caption = (
        f"Mean ranks of the median values over {result.blocks} instances. Methods that a bar "
        "joins are not told apart: their ranks differ by less than Nemenyi's critical "
        f"difference at 0.05. {tested}{'.' if tested else ''}"
    )
    if result.left_out:
        names = ", ".join(result.left_out)
        caption += f" Not ranked, as they did not run on every instance: {names}."
    yield Panel(
        {"ranks": [{"contender": name, "rank": rank} for name, rank in result.ranks.items()]},
        parameters={"cd": result.critical_difference, "cliques": result.cliques},
        caption=caption,
    )


def critical_difference(panel: Panel, frame: Frame) -> Chart:
    """Draw mean ranks (Demšar 2006, JMLR 7, section 3.2.5); names on one side, best on top.

    Parameters
    ----------
    panel : Panel
        ``ranks``: ``contender`` and ``rank``, its mean over the problems; 1 is the best.
        Its parameters are ``cd``, the critical difference: mean ranks closer than that cannot
        be told apart; and ``cliques``, sequences of contenders among which no two can be told
        apart: joined by a thick bar.
    frame : Frame
    """
    import altair as alt

    cd, cliques = panel.parameters["cd"], panel.parameters["cliques"]
    ordered = sorted(panel.rows["ranks"], key=lambda row: (row["rank"], row["contender"]))
    ranks = {row["contender"]: float(row["rank"]) for row in ordered}
    joined = [[ranks[name] for name in clique] for clique in cliques if len(clique) > 1]
    # Lanes above the names for the bars, and one below them for the critical difference.
    *lanes, foot = [f"lane {i}" for i in range(len(joined) + 1)]
    bars = [
        {"lane": lane, "low": min(clique), "high": max(clique)}
        for lane, clique in zip(lanes, joined, strict=True)
    ]
    last = max(len(ranks), 2)
    scale = {"lane": foot, "low": 1, "high": min(1 + cd, last), "label": f"CD = {cd:.2f}"}
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
    scale_of_rows = alt.Scale(domain=[*lanes, *ranks, foot], padding=0.35)
    vertical: dict[str, Any] = {"scale": scale_of_rows, "axis": names}
    base = alt.Chart(data("ranks")).encode(
        x=x, y=alt.Y("contender:N", **vertical), opacity=opacity()
    )
    to_axis = base.mark_rule(strokeWidth=1, style="muted")
    points = base.mark_point(filled=True, size=75, opacity=1).encode(
        tooltip=[alt.Tooltip("contender:N"), alt.Tooltip("rank:Q", format=".2f")],
        **by_contender(frame.styles, "color", "shape"),
    )
    lane = alt.Y("lane:N", **vertical)
    alike = alt.Chart(data("cliques")).mark_rule(strokeWidth=5, strokeCap="round")
    difference = alt.Chart(data("scale")).encode(y=lane)
    ends = difference.mark_tick(thickness=2, height=8)
    label = difference.mark_text(align="left", dx=6)
    layers = [
        to_axis.encode(x2="best:Q"),
        to_axis.encode(y2=alt.value(0)),
        points,
        alike.encode(x="low:Q", x2="high:Q", y=lane),
        difference.mark_rule(strokeWidth=2).encode(x="low:Q", x2="high:Q"),
        ends.encode(x="low:Q"),
        ends.encode(x="high:Q"),
        label.encode(x="high:Q", text="label:N"),
    ]
    best_first = [{**row, "best": 1} for row in ordered]
    drawn = {"ranks": best_first, "cliques": bars, "scale": [scale]}
    description = f"Mean ranks, best first: {', '.join(ranks)}. CD {cd:.2f}. {frame.title}"
    return frame.chart(layers, drawn, 21 * (len(lanes) + len(ranks) + 1), description)


FIGURE = Figure(
    name="critical-difference",
    title="Mean ranks",
    caption="Mean ranks of the median values; a bar joins methods that are not told apart.",
    rows=panels,
    draw=critical_difference,
    absent="Fewer than two methods ran on every instance, so none can be ranked.",
)
