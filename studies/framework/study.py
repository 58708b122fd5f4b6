"""What a study declares: what is varied, what is measured, and what would count."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from comparison.results import Results
from comparison.running.sweep import Sweep

#: A row of numbers and texts.
Row = dict[str, Any]
#: A chart of altair's, which is imported where one is drawn.
Chart = Any
#: What a study measured: named tables of rows.
Tables = Mapping[str, Sequence[Row]]


@dataclass(frozen=True)
class Verdict:
    """What came out.

    Parameters
    ----------
    met : bool
        Whether the study's criterion was met.
    sentence : str
        The finding in one sentence, with its numbers.
    numbers : mapping of str to float
        What the criterion was decided by, each under a name that says what it is; what is
        not finite is shown as —.
    """

    met: bool
    sentence: str
    numbers: Mapping[str, float | int | str | None]


class Study(ABC):
    """An experiment with a criterion that is judged by code.

    The first line of a study's docstring is what the list of studies says of it; the rest
    says what one needs to know to believe its figure.

    Parameters
    ----------
    quick : bool
        The same code on less: a minute at most, and too little to conclude from.

    Attributes
    ----------
    criterion : str
        What would count, as a sentence.
    claim, source : str
        An earlier result, measured or derived, and where it was published.
    can_fail : tuple of str
        How runs may end that failed and still belong to the experiment, such as ``nan``.
    """

    criterion: str
    claim: str
    source: str
    can_fail: tuple[str, ...] = ()

    def __init__(self, *, quick: bool = False) -> None:
        self.quick = quick

    @abstractmethod
    def plan(self) -> Sweep:
        """Return the runs: what is varied."""

    @abstractmethod
    def measure(self, results: Results) -> Tables:
        """Return what the runs show, and what is computed beside them.

        Parameters
        ----------
        results : Results
            The runs of `plan` that could be made, and no others.

        Returns
        -------
        dict of str to list of dict
            Tables of numbers, texts and None; what is not finite is written as None. The
            first is what pages list, under its name: short, and easy to read.
        """

    @abstractmethod
    def judge(self, tables: Tables) -> Verdict:
        """Return whether the criterion is met, and the finding."""

    @abstractmethod
    def draw(self, tables: Tables) -> Chart:
        """Return the figure, about 640 pixels wide: see `figures`."""
