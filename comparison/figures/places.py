"""The instances of problems, under the names that a report calls them by."""

from __future__ import annotations

from dataclasses import dataclass

from comparison.analysis.sections import reference_name
from comparison.figures.contenders import Row
from comparison.results import Results
from comparison.results.facts import facts_of
from methods.result import Facts, Run
from problems.core.reference import Reference


@dataclass(frozen=True)
class Place:
    """One instance of a problem.

    Attributes
    ----------
    name : str
        The problem's label; with the instance where the file has several of it.
    problem : str
    instance : int
    runs : list of Run
        All on it, of which some may be unsupported.
    reference : Reference or None
    """

    name: str
    problem: str
    instance: int
    runs: list[Run]
    reference: Reference | None

    @property
    def title(self) -> str:
        """The instance in a few words; empty where no run has any."""
        return next((run.title for run in self.runs if run.title), "")

    @property
    def objective(self) -> str:
        """The name of its value; ``value`` where no run has another."""
        names = (facts_of(run).objective for run in self.runs)
        return next((name for name in names if name != Facts.objective), Facts.objective)

    @property
    def row(self) -> Row | None:
        """The reference as a figure draws it: ``value``, ``kind``, ``source``, ``proven``."""
        if self.reference is None:
            return None
        return {
            "value": self.reference.value,
            "kind": reference_name(self.reference),
            "source": self.reference.source,
            "proven": self.reference.optimum,
        }


def places(results: Results) -> list[Place]:
    """Return the instances of a results file, in its order."""
    by_instance: dict[tuple[str, int], list[Run]] = {}
    for run in results:
        by_instance.setdefault((results.problem(run), run.instance), []).append(run)
    problems = [problem for problem, _ in by_instance]
    return [
        Place(
            problem if problems.count(problem) == 1 else f"{problem}, instance {instance}",
            problem,
            instance,
            runs,
            results.reference(runs[0]),
        )
        for (problem, instance), runs in by_instance.items()
    ]
