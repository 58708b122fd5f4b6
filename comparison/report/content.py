"""What a report says, as plain numbers and text: the page and the figures are made from it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from comparison.figures.theme import Style

Rows = Sequence[Mapping[str, Any]]

_NUMBERS = re.compile(r"[-+−\d.,/… e]*|—")


@dataclass(frozen=True)
class Axis:
    """A unit of cost: its name and its title, with its unit."""

    name: str
    title: str


@dataclass(frozen=True)
class Ranks:
    """Mean ranks for a critical-difference diagram, see `charts.critical_difference`."""

    ranks: Rows
    cd: float
    cliques: Sequence[Sequence[str]]
    note: str = ""


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
    total : int
        All its runs; `runs` and `summary` may be cut.
    facts : list of (str, str)
        What the runs were made with: versions, processors, data.
    headline : list of str
    findings : Listing
        The answer at a glance: in sentences, and a row a problem.
    styles : list of Style
        Of all contenders.
    axes : list of Axis
        The first is shown first.
    problems : list of dict
        ``problem``, ``title``, ``objective``, and ``reference`` (``value``, ``kind``,
        ``source``, ``proven``) or None.
    curves : dict of problem to dict of axis to rows
        See `charts.quality`.
    runs : dict of problem to rows
        Where single runs ended, ``cost`` by axis; see `charts.quality`.
    ecdf, profiles : dict of axis to rows
        See `charts.ecdf` and `charts.profile`.
    data_profiles, cells, flips : rows
        See `charts.profile`, `charts.heat_map` and `charts.unit_flips`.
    ranks : Ranks or None
    progress : dict of problem to rows
        See `charts.bounds`.
    contenders : Listing or None
        What each did on all problems together.
    tests : list of Listing
    regret : Listing or None
    summary : rows
        A row a contender, problem and instance, for the table; see `table`.
    notes : list of str
        The conventions that a reader could dispute, and what was left out.
    absent : dict of str to str
        Why a figure that is not there is not: by its name.
    """

    source: str
    styles: list[Style]
    axes: list[Axis]
    problems: list[dict[str, Any]]
    findings: Listing
    headline: list[str] = field(default_factory=list)
    total: int = 0
    facts: list[tuple[str, str]] = field(default_factory=list)
    curves: dict[str, dict[str, Rows]] = field(default_factory=dict)
    runs: dict[str, Rows] = field(default_factory=dict)
    ecdf: dict[str, Rows] = field(default_factory=dict)
    profiles: dict[str, Rows] = field(default_factory=dict)
    data_profiles: Rows = ()
    ranks: Ranks | None = None
    cells: Rows = ()
    progress: dict[str, Rows] = field(default_factory=dict)
    flips: Rows = ()
    contenders: Listing | None = None
    tests: Sequence[Listing] = ()
    regret: Listing | None = None
    summary: Rows = ()
    notes: list[str] = field(default_factory=list)
    absent: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The results file, without the folders of whoever made it."""
        return Path(self.source).name
