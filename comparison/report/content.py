"""The content of a report as plain numbers and text, of which page and figures are made."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from comparison.figures.contenders import Rows
from comparison.figures.figure import Figure, Panel
from comparison.figures.places import Place
from comparison.figures.theme import Style
from comparison.results.columns import Column

_NUMBERS = re.compile(r"[-+−\d.,/… e]*|—")


@dataclass(frozen=True)
class Listing:
    """A small table: titles, and rows of text."""

    titles: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""

    @property
    def numeric(self) -> list[bool]:
        """Which columns hold numbers only, and so stand to the right."""
        columns = zip(*self.rows, strict=True)
        return [all(_NUMBERS.fullmatch(cell) for cell in column) for column in columns]


@dataclass(frozen=True)
class Content:
    """All that a report shows.

    Attributes
    ----------
    source : str
        The results file.
    styles : list of Style
        Of all contenders.
    axes : dict of str to str
        The titles, with units, of the axes of cost, by name; the first is shown first.
    places : list of Place
        The instances of problems.
    findings : Listing
        The answer at a glance: a row a problem.
    figures : dict of Figure to list of Panel
        In their order on the page.
    total : int
        All runs of the file; the figures and `summary` may leave some out.
    facts : list of (str, str)
        How the runs were made: versions, processors, data.
    headline : list of str
        The answer at a glance, in sentences.
    contenders : Listing or None
        The numbers of each on all problems together.
    tests : list of Listing
    regret : Listing or None
    columns : sequence of Column
        Of the table.
    summary : rows
        A row a contender, problem and instance, for the table, by the names of its columns.
    notes : list of str
        The conventions that a reader could dispute, and the parts that were left out.
    """

    source: str
    styles: list[Style]
    axes: dict[str, str]
    places: list[Place]
    findings: Listing
    figures: dict[Figure, list[Panel]]
    total: int = 0
    facts: list[tuple[str, str]] = field(default_factory=list)
    headline: list[str] = field(default_factory=list)
    contenders: Listing | None = None
    tests: Sequence[Listing] = ()
    regret: Listing | None = None
    columns: Sequence[Column] = ()
    summary: Rows = ()
    notes: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The results file, without the folders of whoever made it."""
        return Path(self.source).name
