"""Logarithmic axes as a person reads them: 0.001, 1,000 and 1e+6, with a grid of decades."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import altair as alt

_PLAIN = (
    "(datum.value >= 0.999e-3 && datum.value < 1e5 "
    "? format(datum.value, ',~r') : format(datum.value, '~e'))"
)
#: The first digit of a tick: 1 for a decade.
_DIGIT = "round(datum.value / pow(10, floor(log(datum.value) / LN10 + 1e-9)))"


def logarithmic(channel: Literal["x", "y"], decades: float | None = None) -> alt.Axis:
    """Return the axis of a logarithmic scale: decades are named, and of few also 2 and 5.

    Parameters
    ----------
    channel : {"x", "y"}
    decades : float, optional
        How many the axis spans. By default the chart computes it from the axis' domain, which
        it can only where it is not part of another chart.
    """
    import altair as alt

    if decades is None:
        few = f"log(domain('{channel}')[1] / domain('{channel}')[0]) / LN10 < 2"
    else:
        few = "true" if decades < 2 else "false"
    named = f"({_DIGIT} == 1 || ({few} && ({_DIGIT} == 2 || {_DIGIT} == 5)))"
    return alt.Axis(
        tickCount=6,
        labelExpr=f"{named} ? {_PLAIN} : ''",
        labelOverlap="greedy",
        labelFlush=14 if channel == "x" else False,
        gridOpacity=alt.condition(f"{_DIGIT} == 1", alt.value(1), alt.value(0)),
    )


def across(field: str, title: str) -> alt.X:
    """Return a logarithmic horizontal axis for a positive column."""
    import altair as alt

    scale = alt.Scale(type="log", nice=False, padding=6)
    return alt.X(f"{field}:Q", title=title, scale=scale, axis=logarithmic("x"))
