"""The heat map of contenders × problems: who is good at what, and who cannot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from comparison.figures.contenders import Row, data, layered, opacity

if TYPE_CHECKING:
    import altair as alt


def heat_map(
    rows: Sequence[Row],
    *,
    contenders: Sequence[str] = (),
    problems: Sequence[str] = (),
    title: str = "",
) -> alt.LayerChart:
    """Draw the normalised quality of each contender on each problem, the best contender on top.

    Parameters
    ----------
    rows : sequence of dict
        ``contender``, ``problem`` and ``quality``: 1 is the reference, 0 a median random
        point, below 0 is worse than that, None where there is none. ``why`` says why not;
        a cell that is unsupported is drawn as an empty frame, not as a bad result.
    contenders, problems : sequence of str, optional
        Their order; by default by mean quality, and as the rows come.
    title : str
    """
    import altair as alt

    cells = [{"why": "", **row, "shown": shown(row["quality"])} for row in rows]
    order = list(contenders) or _by_quality(rows)
    columns = list(problems) or list(dict.fromkeys(row["problem"] for row in rows))
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
    base = alt.Chart(data("cells")).encode(x=x, y=y)
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
    cell = (
        base.transform_filter(ran)
        .mark_rect(cornerRadius=2)
        .encode(color=colour, opacity=opacity(), tooltip=tooltip)
    )
    frame = (
        base.transform_filter(not_run)
        .mark_rect(filled=False, strokeDash=[2, 2], strokeWidth=1, cornerRadius=2, style="muted")
        .encode(opacity=opacity(), tooltip=tooltip)
    )
    number = (
        base.transform_filter(ran)
        .mark_text(fontSize=11)
        .encode(
            text="shown:N",
            color=alt.condition("datum.quality > 0.47", alt.value("#101214"), alt.value("#ffffff")),
            opacity=opacity(),
        )
    )
    absent = (
        base.transform_filter(not_run)
        .mark_text(fontSize=11)
        .encode(text="shown:N", opacity=opacity())
    )
    return layered([cell, frame, number, absent]).properties(
        title=title,
        width=alt.Step(46),
        height=alt.Step(22),
        description=f"Normalised quality of {len(order)} methods on {len(columns)} problems.",
        datasets={"cells": cells},
    )


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
    found: dict[str, list[float]] = {}
    for row in rows:
        qualities = found.setdefault(row["contender"], [])
        if row["quality"] is not None:
            qualities.append(max(row["quality"], 0.0))
    return sorted(found, key=lambda name: -_mean(found[name]))


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers) if numbers else -1.0
