"""What the figures share: a contender's colour, dash and symbol, and how it is isolated."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from comparison.figures.theme import Style

if TYPE_CHECKING:
    import altair as alt

Row = Mapping[str, Any]
Rows = Sequence[Row]

#: Chooses and orders, of all styles, those of a legend of some rows.
Legend = Callable[[Sequence[Style], Rows], list[Style]]

#: The name of the parameter that holds the isolated contenders; none means all are shown.
ISOLATED = "isolated"
_SHOWN = f"length({ISOLATED}) == 0 || indexof({ISOLATED}, datum.contender) >= 0"


def layered(layers: Sequence[Any]) -> alt.LayerChart:
    """Return a chart of layers, with the parameter that holds the isolated contenders."""
    import altair as alt

    return alt.LayerChart(layer=list(layers)).add_params(alt.param(name=ISOLATED, value=[]))


def present(styles: Sequence[Style], rows: Rows) -> list[Style]:
    """Return the styles of the contenders that are in the rows."""
    names = {row.get("contender") for row in rows}
    return [style for style in styles if style.contender in names]


def best_first(field: str, *, rising: bool = True) -> Legend:
    """Return a function that orders a legend as the curves end, the best contender on top.

    Parameters
    ----------
    field : str
        The column of the curves' heights.
    rising : bool
        Whether more of it is better.
    """

    def ordered(styles: Sequence[Style], rows: Rows) -> list[Style]:
        last = {row["contender"]: row[field] for row in rows}
        sign = -1 if rising else 1
        return sorted(present(styles, rows), key=lambda style: sign * last[style.contender])

    return ordered


def colour(styles: Sequence[Style], *, legend: bool) -> alt.Color:
    """Give each contender a colour, which is the configuration's."""
    import altair as alt

    scale = alt.Scale(domain=_names(styles))
    return alt.Color("contender:N", scale=scale, legend=_legend() if legend else None)


def fill(styles: Sequence[Style]) -> alt.Fill:
    """Fill areas and points with the contenders' colours, without a legend."""
    import altair as alt

    return alt.Fill("contender:N", scale=alt.Scale(domain=_names(styles)), legend=None)


def dash(styles: Sequence[Style], *, legend: bool) -> alt.StrokeDash:
    """Give each contender's lines a dash, in the same legend as its colour."""
    import altair as alt

    scale = alt.Scale(domain=_names(styles), range=[list(style.dash) for style in styles])
    return alt.StrokeDash("contender:N", scale=scale, legend=_legend() if legend else None)


def shape(styles: Sequence[Style]) -> alt.Shape:
    """Give each contender's points a symbol, without a legend."""
    import altair as alt

    scale = alt.Scale(domain=_names(styles), range=[style.shape for style in styles])
    return alt.Shape("contender:N", scale=scale, legend=None)


def opacity(full: float = 1.0) -> Any:
    """Fade the contenders that are not isolated, while some are."""
    import altair as alt

    return alt.when(_SHOWN).then(alt.value(full)).otherwise(alt.value(0.07))


def band_opacity() -> Any:
    """Keep the bands of all contenders faint, and show those of isolated ones."""
    import altair as alt

    return (
        alt.when(f"length({ISOLATED}) == 0")
        .then(alt.value(0.08))
        .when(_SHOWN)
        .then(alt.value(0.25))
        .otherwise(alt.value(0.01))
    )


def data(name: str) -> alt.NamedData:
    """Refer to rows by name, so that a page can give the same figure other rows."""
    import altair as alt

    return alt.NamedData(name=name)


def _legend() -> alt.Legend:
    import altair as alt

    return alt.Legend(orient="bottom", columns=2, title=None, symbolType="stroke")


def _names(styles: Sequence[Style]) -> list[str]:
    return [style.contender for style in styles]
