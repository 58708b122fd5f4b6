"""Unit flips: who wins each problem in each unit of cost, and where the winner changes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from comparison.charts.contenders import Row, colour, data, isolated, opacity, shape
from comparison.charts.theme import Style

if TYPE_CHECKING:
    import altair as alt


def unit_flips(
    rows: Sequence[Row],
    styles: Sequence[Style],
    *,
    title: str = "",
    step: int = 100,
) -> alt.LayerChart:
    """Draw one strip a problem across the units: it is cut where the winner changes.

    Parameters
    ----------
    rows : sequence of dict
        ``problem``, ``unit``, ``contender``, ``rank`` (1 wins) and ``value``, in the order
        in which problems and units are to stand.
    styles : sequence of Style
    title : str
    step : int
        Pixels a unit.
    """
    import altair as alt

    units = list(dict.fromkeys(row["unit"] for row in rows))
    problems = list(dict.fromkeys(row["problem"] for row in rows))
    strips = segments(rows)
    x = alt.X(
        "start:Q",
        scale=alt.Scale(domain=[0, len(units)], nice=False),
        title=None,
        axis=alt.Axis(
            orient="top",
            values=[i + 0.5 for i in range(len(units))],
            labelExpr=f"split({json.dumps(units)}[floor(datum.value)], ', ')",
            labelPadding=20,
            labelLineHeight=14,
            ticks=False,
            domain=False,
            grid=False,
        ),
    )
    y = alt.Y(
        "problem:N",
        sort=problems,
        title=None,
        scale=alt.Scale(paddingInner=0.25),
        axis=alt.Axis(ticks=False, domain=False, labelLimit=220),
    )
    domain = alt.Scale(domain=[style.contender for style in styles])
    stroke = alt.Stroke("contender:N", scale=domain, legend=None)
    base = alt.Chart(data("strips"))
    bar = base.mark_bar(
        xOffset=2, x2Offset=-2, cornerRadius=3, fillOpacity=0.22, strokeWidth=1.5
    ).encode(
        x=x,
        x2="end:Q",
        y=y,
        color=colour(styles, legend=False),
        stroke=stroke,
        opacity=opacity(),
        tooltip=[
            alt.Tooltip("problem:N"),
            alt.Tooltip("units:N"),
            alt.Tooltip("contender:N", title="winner"),
            alt.Tooltip("runners:N", title="then"),
        ],
    )
    point = base.mark_point(filled=True, size=55, opacity=1, xOffset=12).encode(
        x=x, y=y, color=colour(styles, legend=False), shape=shape(styles), opacity=opacity()
    )
    # A name takes one line, or two around the middle.
    names = [
        base.transform_filter(test)
        .mark_text(align="left", dx=21, dy=dy, fontSize=11)
        .encode(x=x, y=y, text=f"{line}:N", opacity=opacity())
        for test, line, dy in (
            ("!datum.more", "label", 0),
            ("datum.more", "label", -6),
            ("datum.more", "more", 6),
        )
    ]
    return (
        alt.layer(bar, point, *names)
        .add_params(isolated())
        .properties(
            title=title,
            width=step * max(len(units), 1),
            height=alt.Step(42),
            description="; ".join(
                f"{s['problem']}, {s['units']}: {s['contender']}" for s in strips
            ),
            datasets={"strips": strips},
        )
    )


def segments(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Join neighbouring units that have the same winner.

    Returns
    -------
    list of dict
        ``problem``, ``start`` and ``end`` (unit numbers), ``contender``, ``units`` and
        ``runners``, the names of those, and ``label`` and ``more``, the winner's name in
        one or two lines that fit.

    Examples
    --------
    >>> rows = [
    ...     {"problem": "p", "unit": unit, "contender": who, "rank": 1, "value": 0.0}
    ...     for unit, who in (("work", "adam"), ("values", "adam"), ("cpu", "genetic"))
    ... ]
    >>> [(each["contender"], each["start"], each["end"]) for each in segments(rows)]
    [('adam', 0, 2), ('genetic', 2, 3)]
    """
    units = list(dict.fromkeys(row["unit"] for row in rows))
    found = []
    for problem in dict.fromkeys(row["problem"] for row in rows):
        ranked: dict[str, list[Row]] = {}
        for row in rows:
            if row["problem"] == problem:
                ranked.setdefault(row["unit"], []).append(row)
        best = {unit: sorted(each, key=lambda row: row["rank"]) for unit, each in ranked.items()}
        # A unit in which a problem has no rank leaves a hole.
        cells = [(i, unit, best.get(unit)) for i, unit in enumerate(units)]
        for winner, group in groupby(cells, key=lambda cell: cell[2] and cell[2][0]["contender"]):
            members = list(group)
            if not winner:
                continue
            start, end = members[0][0], members[-1][0] + 1
            runners = [row["contender"] for row in (members[0][2] or [])[1:4]]
            found.append(
                {
                    "problem": problem,
                    "start": start,
                    "end": end,
                    "contender": winner,
                    "units": ", ".join(unit for _, unit, _ in members),
                    "runners": ", ".join(runners),
                    **_lines(winner, 13 * (end - start)),
                }
            )
    return found


def _lines(name: str, width: int) -> dict[str, str]:
    """Break a name after a hyphen or blank so that two lines hold it, or cut it."""
    if len(name) <= width:
        return {"label": name, "more": ""}
    cut = max((i for i, c in enumerate(name[:width]) if c in "- "), default=width - 1) + 1
    rest = name[cut:].lstrip()
    return {"label": name[:cut], "more": rest if len(rest) <= width else rest[: width - 1] + "…"}
