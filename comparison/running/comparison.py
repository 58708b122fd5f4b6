"""What a comparison has made and found."""

from __future__ import annotations

from dataclasses import dataclass

from comparison.running.task import Preflight
from methods.result import Run


@dataclass
class Comparison:
    """The runs of a plan, and what else is known of its problems.

    Attributes
    ----------
    cells : dict of (method, problem) to Preflight
        In the order of the plan; of a sweep's, the last of each name.
    runs : list of Run
        The plan's runs, without their traces, which are in the store.
    known : dict of (problem, instance) to list of Run
        All stored runs on the same instance of the same problem, whoever made
        them: a certificate among them holds for every row.
    made, stored : int
        How many of the runs were made now, and how many found in the store.
    unkept : str
        Why the last run that was made could not be stored, which ended the comparison;
        empty where all were.
    """

    cells: dict[tuple[str, str], Preflight]
    runs: list[Run]
    known: dict[tuple[str, int], list[Run]]
    made: int = 0
    stored: int = 0
    unkept: str = ""

    @property
    def one_instance(self) -> list[str]:
        """The problems in which nothing is random."""
        found = {problem: cell.one_instance for (_, problem), cell in self.cells.items()}
        return [problem for problem, single in found.items() if single]

    @property
    def jobs(self) -> int:
        """The most runs that were made at a time, when any of these was."""
        return max((int(run.provenance.get("jobs", 1)) for run in self.runs), default=1)
