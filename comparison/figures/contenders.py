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
#: Whether a row's contender is shown, as Vega computes it.
SHOWN = f"length({ISOLATED}) == 0 || indexof({ISOLATED}, datum.contender) >= 0"


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


def by_contender(
    styles: Sequence[Style], *channels: str, legend: bool = False
) -> dict[str, alt.SchemaBase]:
    """Return channels by which contenders are told apart, for a layer's ``encode``.

    Parameters
    ----------
    styles : sequence of Style
    *channels : {"color", "fill", "stroke", "strokeDash", "shape"}
        Colours are the configuration's, dashes and symbols the styles' own.
    legend : bool
        Whether they have a legend, which they share.
    """
    import altair as alt

    key = (
        alt.Legend(orient="bottom", columns=2, title=None, symbolType="stroke") if legend else None
    )
    domain = [style.contender for style in styles]
    ranges: dict[str, dict[str, Any]] = {
        "strokeDash": {"range": [list(style.dash) for style in styles]},
        "shape": {"range": [style.shape for style in styles]},
    }
    encodings = {}
    for channel in channels:
        scale = alt.Scale(domain=domain, **ranges.get(channel, {}))
        make = getattr(alt, f"{channel[0].upper()}{channel[1:]}")
        encodings[channel] = make("contender:N", scale=scale, legend=key)
    return encodings


def opacity(full: float = 1.0) -> Any:
    """Fade the contenders that are not isolated, while some are."""
    import altair as alt

    return alt.when(SHOWN).then(alt.value(full)).otherwise(alt.value(0.07))


def data(name: str) -> alt.NamedData:
    """Refer to rows by name, so that a page can give the same figure other rows."""
    import altair as alt

    return alt.NamedData(name=name)
