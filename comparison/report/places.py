"""Instances of problems under the names that a page calls them by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from comparison.analysis.sections import reference_name
from comparison.figures.contenders import Row
from comparison.results import Results
from comparison.results.facts import facts_of
from methods.result import Facts, Run
from problems.core.problem import VIEWS, missing_view
from problems.core.reference import Reference


@dataclass(frozen=True)
class Place:
    """One instance of a problem.

    Attributes
    ----------
    name : str
        The problem's label; with the instance where the file has several of it.
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
        """What the instance looks like to a person."""
        return next((run.title for run in self.runs if run.title), "")

    @property
    def objective(self) -> str:
        """What its value is called; ``value`` where no run tells."""
        told = (facts_of(run).objective for run in self.runs)
        return next((name for name in told if name != Facts.objective), Facts.objective)

    @property
    def row(self) -> Row | None:
        """The reference as a row of `charts.quality`."""
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
    found: dict[tuple[str, int], list[Run]] = {}
    for run in results:
        found.setdefault((results.problem(run), run.instance), []).append(run)
    problems = [problem for problem, _ in found]
    return [
        Place(
            problem if problems.count(problem) == 1 else f"{problem}, instance {instance}",
            problem,
            instance,
            runs,
            results.reference(runs[0]),
        )
        for (problem, instance), runs in found.items()
    ]


def absent_cells(results: Results) -> Iterator[dict[str, str | None]]:
    """Yield the cells of `charts.heat_map` for what a file has no run of, and why.

    Yields
    ------
    dict
        contender, problem, quality (None) and why: as `list` says, or “not run”.
    """
    ran = {
        (results.contender(run), results.problem(run))
        for run in results
        if run.ended != "unsupported"
    }
    needs = {results.contender(run): facts_of(run).needs for run in results}
    views = {results.problem(run): run.facts.views for run in results if run.facts is not None}
    for contender in results.contenders:
        for problem in results.problems:
            if (contender, problem) not in ran:
                why = _why(needs[contender], views.get(problem, VIEWS))
                yield {"contender": contender, "problem": problem, "quality": None, "why": why}


def _why(needs: Sequence[str], views: Sequence[str]) -> str:
    lacking = (view for view in needs if view in VIEWS and view not in views)
    return next((missing_view(view) for view in lacking), "not run")
