"""The appearance of all figures: colours, dashes and shapes of contenders, light and dark.

Eight colours are as many as a reader can tell apart, and those with a colour-vision
deficiency fewer. So a contender has a colour *and* its family's dash and symbol; where two
contenders of a family would still be drawn alike, the dash changes too.

The colours have a contrast of at least 3 to 1 with the background (WCAG 2.2, 1.4.11) and
stay apart under simulated protanopia, deuteranopia and tritanopia (Machado, Oliveira and
Fernandes 2009); the tests measure both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Scheme = Literal["light", "dark"]

#: The colours of contenders, by scheme; the same place is about the same hue.
COLOURS: dict[Scheme, tuple[str, ...]] = {
    "light": (
        "#0097ff", "#cf7f00", "#067126", "#ff4a64", "#5638c4", "#3c0c0b", "#995a9d", "#3e0c68",
    ),
    "dark": (
        "#4fbaec", "#e99109", "#106f7f", "#ff494b", "#9a7aff", "#fef43c", "#c39594", "#d1ffff",
    ),
}  # fmt: skip
BACKGROUND: dict[Scheme, str] = {"light": "#ffffff", "dark": "#14171a"}
INK: dict[Scheme, str] = {"light": "#1b1f23", "dark": "#e8eaed"}
FAINT: dict[Scheme, str] = {"light": "#e3e6e9", "dark": "#2d3339"}
MUTED: dict[Scheme, str] = {"light": "#59636e", "dark": "#9aa4af"}

FONT = "Liberation Sans, Arial, Helvetica, sans-serif"

Dash = Sequence[float]
SOLID, LONG, SHORT, DOTS = (1, 0), (9, 3), (4, 2), (1.5, 2.5)
DASH_DOT, DASH_DOTS, LONG_GAP = (9, 3, 1.5, 3), (9, 3, 1.5, 2, 1.5, 3), (12, 6)
WIDE_DOTS = (1.5, 6)
DASHES: tuple[Dash, ...] = (SOLID, LONG, SHORT, DOTS, DASH_DOT, DASH_DOTS, LONG_GAP, WIDE_DOTS)

STAR = "M0,-1L0.23,-0.31L0.95,-0.31L0.36,0.12L0.59,0.81L0,0.38L-0.59,0.81L-0.36,0.12L-0.95,-0.31L-0.23,-0.31Z"  # noqa: E501 - one path

#: The dash and the symbol of each family.
FAMILIES: dict[str, tuple[Dash, str]] = {
    "gradient descent": (SOLID, "circle"),
    "scipy.optimize": (LONG, "square"),
    "evolutionary": (SHORT, "triangle-up"),
    "sampling": (DOTS, "triangle-down"),
    "local search": (DASH_DOT, "diamond"),
    "reinforce": (DASH_DOTS, "cross"),
    "integer programming": (LONG_GAP, STAR),
    "zeroth order": (SHORT, "triangle-right"),
    "peers": (WIDE_DOTS, "wedge"),
    "closed form": (DOTS, "triangle-left"),
    "chain": (LONG, "circle"),
    "user": (SOLID, "square"),
}


@dataclass(frozen=True)
class Style:
    """How a contender is drawn in all figures.

    Attributes
    ----------
    contender, family : str
    colour : int
        A place in `COLOURS`.
    dash : sequence of float
        Lengths of strokes and gaps in pixels.
    shape : str
        A name or a path that Vega draws.
    """

    contender: str
    family: str
    colour: int
    dash: Dash
    shape: str


def styles(contenders: Iterable[tuple[str, str]]) -> list[Style]:
    """Give every contender a style of its own.

    Parameters
    ----------
    contenders : iterable of (contender, family)

    Returns
    -------
    list of Style
        In the same order; the pairs of colour and dash differ as long as there are
        enough of them (64).

    Examples
    --------
    >>> [(style.colour, style.shape) for style in styles([("adam", "gradient descent")])]
    [(0, 'circle')]
    """
    chosen: list[Style] = []
    used: set[tuple[int, int]] = set()
    for i, (contender, family) in enumerate(contenders):
        own, shape = FAMILIES.get(family, FAMILIES["user"])
        first, colour = DASHES.index(own), i % len(COLOURS["light"])
        places = [(first + step) % len(DASHES) for step in range(len(DASHES))]
        place = next((p for p in places if (colour, p) not in used), first)
        used.add((colour, place))
        chosen.append(Style(contender, family, colour, DASHES[place], shape))
    return chosen


def configuration(styles: Sequence[Style], scheme: Scheme = "light") -> dict[str, Any]:
    """Return the Vega-Lite configuration of a scheme, with the contenders' colours.

    Parameters
    ----------
    styles : sequence of Style
        In the order of the charts' domains.
    scheme : {"light", "dark"}
    """
    ink, muted, faint = INK[scheme], MUTED[scheme], FAINT[scheme]
    colours = [COLOURS[scheme][style.colour] for style in styles]
    text = {
        "labelColor": ink,
        "titleColor": ink,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
    }
    return {
        "background": BACKGROUND[scheme],
        "font": FONT,
        "padding": 6,
        "view": {"stroke": None},
        # Vega-Lite would describe every mark to a screen reader by expressions that it makes
        # of the axes' titles, which anybody may have written; each chart has a description.
        "mark": {"aria": False},
        "range": {"category": colours or list(COLOURS[scheme])},
        "axis": {
            **text,
            "titlePadding": 8,
            "domainColor": muted,
            "tickColor": muted,
            "gridColor": faint,
        },
        "legend": {
            **text,
            "symbolStrokeWidth": 2,
            "symbolSize": 625,
            "rowPadding": 1,
            "symbolOpacity": 1,
            "labelLimit": 260,
        },
        "title": {
            "color": ink,
            "subtitleColor": muted,
            "fontSize": 13,
            "subtitleFontSize": 12,
            "anchor": "start",
            "fontWeight": "bold",
            "offset": 10,
        },
        "header": {"labelColor": ink, "titleColor": ink, "labelFontSize": 12},
        "text": {"color": ink, "fontSize": 11},
        "rule": {"color": ink},
        "tick": {"color": ink},
        "style": {"muted": {"color": muted}},
    }
