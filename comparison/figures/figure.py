"""A figure: its words, the choices that it changes with, its rows, and its drawing.

A file of this folder that declares a `FIGURE` and is named in `catalogue` is written to a file
by ``report --figures`` and has its place on the page; no other code knows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from comparison.analysis.curves import Evidence
from comparison.figures.contenders import ISOLATED, Legend, Rows, present
from comparison.figures.places import Place
from comparison.figures.theme import Style

if TYPE_CHECKING:
    import altair as alt

#: The chart that a figure draws.
Chart: TypeAlias = "alt.LayerChart"

#: A choice of the reader of the page that changes the rows of a figure.
Choice = Literal["problem", "axis"]

#: The quantity on a vertical axis of values: the value, or its distance to the reference.
Height = Literal["value", "gap"]


@dataclass(frozen=True)
class Sources:
    """The source of the rows of all figures.

    Attributes
    ----------
    evidence : Evidence
    places : list of Place
        All instances of problems; a choice of ``problem`` is the name of one.
    axes : dict of str to str
        The titles, with units, of the axes on which anything was spent, at least one, by
        name; a choice of ``axis`` is such a name.
    notes : list of str
        Each figure adds a sentence on the points or runs that it leaves out to keep the page
        small.
    """

    evidence: Evidence
    places: list[Place]
    axes: dict[str, str]
    notes: list[str] = field(default_factory=list)

    @property
    def names(self) -> dict[tuple[str, int], str]:
        """The instances' names, by problem and instance."""
        return {(place.problem, place.instance): place.name for place in self.places}


@dataclass(frozen=True)
class Panel:
    """A figure for one choice of the reader.

    Attributes
    ----------
    rows : dict of str to rows
        By the names that the drawing gives to its data. While the first has no rows, nothing
        is drawn.
    choice : dict of {"problem", "axis"} to str
        The reader's choice, in the order of the figure's `by`.
    parameters : dict of str to Any
        Numbers beside the rows; on a page, the values of the parameters that the chart declares.
    note : str
        Shown below the chart. Where nothing is drawn it says why, in place of the figure's
        `absent`.
    caption : str
        In place of the figure's own.
    """

    rows: Mapping[str, Rows]
    choice: Mapping[Choice, str] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    caption: str = ""

    @property
    def main(self) -> Rows:
        """The rows without which nothing is drawn."""
        return next(iter(self.rows.values()), ())


@dataclass(frozen=True)
class Frame:
    """The titles, the styles and the width of a drawing.

    Attributes
    ----------
    styles : sequence of Style
        Of the contenders, in the legend's order.
    cost, value : str
        Titles of the axes of cost and of values, with their units.
    height : {"value", "gap"}
        The quantity on a vertical axis of values.
    title : str
    width : int or "container"
        In pixels, or as wide as the page lets it be.
    legend : bool
        Whether the drawing has a legend of its own.
    """

    styles: Sequence[Style] = ()
    cost: str = "work"
    value: str = "value"
    height: Height = "value"
    title: str = ""
    width: int | str = 380
    legend: bool = True

    def chart(
        self,
        layers: Sequence[alt.Chart],
        rows: Mapping[str, Rows],
        height: int | alt.Step,
        description: str,
    ) -> Chart:
        """Return a chart of layers, with the parameter that holds the isolated contenders.

        Parameters
        ----------
        layers : sequence of altair chart
        rows : dict of str to rows
            By the names that the layers give to their data.
        height : int or altair step
            In pixels.
        description : str
            For who does not see the chart.
        """
        import altair as alt

        chart = alt.LayerChart(layer=list(layers)).add_params(alt.param(name=ISOLATED, value=[]))
        # A channel without a legend would take away that of another on the same column.
        return chart.resolve_legend(fill="independent", shape="independent").properties(
            title=self.title,
            width=self.width,
            height=height,
            description=description,
            datasets={name: list(part) for name, part in rows.items()},
        )


@dataclass(frozen=True)
class Figure:
    """A figure of a report.

    Attributes
    ----------
    name : str
        Of its file, where the choices follow, and of its element on the page.
    title : str
        The heading of its section on the page; neighbours with the same title share one.
    caption : str
    rows : callable
        Returns the panels of `Sources`. A choice without a panel is one without rows.
    draw : callable
        Returns the chart of a panel in a frame, made by `Frame.chart`. Where there are
        choices the page gives the chart the rows of each, so that it draws them as they are.
    absent : str
        Why nothing is drawn; ``{axis}`` stands for the chosen axis' title.
    by : tuple of {"problem", "axis"}
        The choices that its rows change with, in the order in which the file's name has them.
    heights : tuple of {"value", "gap"}
        The quantities that its vertical axis can show.
    legend : callable
        Returns, of all styles and a panel's main rows, those of its own legend.
    page_height : int, optional
        Pixels on the page, where it is not as high there as in a file.
    optional : bool
        Whether the page says nothing of it where no choice has rows.
    """

    name: str
    title: str
    caption: str
    rows: Callable[[Sources], Iterable[Panel]]
    draw: Callable[[Panel, Frame], Chart]
    absent: str
    by: tuple[Choice, ...] = ()
    heights: tuple[Height, ...] = ("value",)
    legend: Legend = present
    page_height: int | None = None
    optional: bool = False
