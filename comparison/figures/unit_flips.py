"""Unit flips: the winner of each problem in each unit of cost, and where it changes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from comparison.analysis.unit_flips import unit_rows
from comparison.figures.contenders import Row, by_contender, data, opacity
from comparison.figures.figure import Chart, Figure, Frame, Panel, Sources

#: Pixels of a unit, of the symbol of its winner, and of a letter of the winner's name.
UNIT, TAKEN, LETTER = 100, 22, 6


def panels(sources: Sources) -> Iterator[Panel]:
    """Yield the ranks of all contenders on each instance in each unit."""
    names = sources.names
    ranks = [
        {**vars(row), "problem": names[row.problem, row.instance]}
        for row in unit_rows(sources.evidence)
    ]
    # Where no method found a value, none wins.
    yield Panel({"ranks": ranks if any(map(_wins, ranks)) else []})


def unit_flips(panel: Panel, frame: Frame) -> Chart:
    """Draw one strip a problem across the units: it is cut where the winner changes.

    Parameters
    ----------
    panel : Panel
        ``ranks``: ``problem``, ``unit``, ``contender``, ``rank`` (1 wins) and ``value``, in
        the order in which problems and units are to stand.
    frame : Frame
    """
    import altair as alt

    rows, styles = panel.rows["ranks"], frame.styles
    units = list(dict.fromkeys(row["unit"] for row in rows))
    lines = [unit.replace(" = ", ", = ").split(", ") for unit in units]
    problems = list(dict.fromkeys(row["problem"] for row in rows))
    strips = segments(rows, (UNIT - TAKEN) // LETTER)
    x = alt.X(
        "start:Q",
        scale=alt.Scale(domain=[0, len(units)], nice=False),
        title=None,
        axis=alt.Axis(
            orient="top",
            values=[i + 0.5 for i in range(len(units))],
            labelExpr=f"{json.dumps(lines)}[floor(datum.value)]",
            labelOverlap=False,
            labelPadding=14 * max(len(line) for line in lines) - 8,
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
    base = alt.Chart(data("strips")).encode(x=x, y=y, opacity=opacity())
    bar = base.mark_bar(
        xOffset=2, x2Offset=-2, cornerRadius=3, fillOpacity=0.22, strokeWidth=1.5
    ).encode(
        x2="end:Q",
        tooltip=[
            alt.Tooltip("problem:N"),
            alt.Tooltip("units:N"),
            alt.Tooltip("winners:N", title="best"),
            alt.Tooltip("runners:N", title="then"),
        ],
        **by_contender(styles, "color", "stroke"),
    )
    point = base.mark_point(filled=True, size=55, opacity=1, xOffset=12)
    # A name takes one line, or two around the middle.
    names = [
        base.transform_filter(test)
        .mark_text(align="left", dx=21, dy=dy, fontSize=11)
        .encode(text=f"{line}:N")
        for test, line, dy in (
            ("!datum.more", "label", 0),
            ("datum.more", "label", -6),
            ("datum.more", "more", 6),
        )
    ]
    layers = [bar, point.encode(**by_contender(styles, "color", "shape")), *names]
    description = "; ".join(f"{s['problem']}, {s['units']}: {s['contender']}" for s in strips)
    chart = frame.chart(layers, {"strips": strips}, alt.Step(42), description)
    return chart.properties(width=UNIT * max(len(units), 1))


def segments(rows: Sequence[Row], letters: int = 13) -> list[dict[str, Any]]:
    """Join neighbouring units that have a winner in common.

    Parameters
    ----------
    rows : sequence of dict
        See `unit_flips`.
    letters : int
        How many fit into a unit's width.

    Returns
    -------
    list of dict
        ``problem``, ``start`` and ``end`` (unit numbers), ``contender`` (of the ``winners`` the
        first), ``units`` and ``runners``, names of those, and ``label`` and ``more``, the
        winner's name in one or two lines that fit.

    Examples
    --------
    >>> rows = [
    ...     {"problem": "p", "unit": unit, "contender": name, "rank": 1, "value": 0.0}
    ...     for unit, name in (("work", "adam"), ("values", "adam"), ("cpu", "genetic"))
    ... ]
    >>> [(each["contender"], each["start"], each["end"]) for each in segments(rows)]
    [('adam', 0, 2), ('genetic', 2, 3)]
    """
    units = list(dict.fromkeys(row["unit"] for row in rows))
    by_problem: dict[str, dict[str, list[Row]]] = {}
    for row in rows:
        by_problem.setdefault(row["problem"], {}).setdefault(row["unit"], []).append(row)
    strips = []
    for problem, ranked in by_problem.items():
        # A unit in which a problem has no rank leaves a hole.
        winners = [_winners(ranked.get(unit, [])) for unit in units]
        start = 0
        while start < len(units):
            end, shared = start + 1, winners[start]
            while end < len(units) and any(name in winners[end] for name in shared):
                shared = [name for name in shared if name in winners[end]]
                end += 1
            if shared:
                rest = sorted(ranked[units[start]], key=lambda row: row["rank"])
                others = [row["contender"] for row in rest if row["contender"] not in shared]
                tied = f" = {len(shared) - 1} more" if len(shared) > 1 else ""
                strips.append(
                    {
                        "problem": problem,
                        "start": start,
                        "end": end,
                        "contender": shared[0],
                        "winners": ", ".join(shared),
                        "units": "; ".join(units[start:end]),
                        "runners": ", ".join(others[:3]),
                        **_lines(shared[0] + tied, letters * (end - start)),
                    }
                )
            start = end
    return strips


def _winners(rows: Sequence[Row]) -> list[str]:
    return [row["contender"] for row in rows if _wins(row)]


def _wins(row: Row) -> bool:
    return row["rank"] == 1 and row["value"] is not None


def _lines(name: str, width: int) -> dict[str, str]:
    """Break a name after a hyphen or blank so that two lines hold it, or cut it."""
    if len(name) <= width:
        return {"label": name, "more": ""}
    cut = max((i for i, c in enumerate(name[:width]) if c in "- "), default=width - 1) + 1
    rest = name[cut:].lstrip()
    return {"label": name[:cut], "more": rest if len(rest) <= width else rest[: width - 1] + "…"}


FIGURE = Figure(
    name="unit-flips",
    title="Does the winner depend on the unit?",
    caption="The method with the best median value when all are read off at the same cost in that "
    "unit: the most that each of them was given. A strip that is cut is a conclusion that depends "
    "on the unit. Solvers that are given the model pay for no evaluations, and take no part.",
    rows=panels,
    draw=unit_flips,
    absent="No method that pays for evaluations found a value that could be compared.",
)
