"""From runs to the rows of a table: one a method, problem and instance."""

from __future__ import annotations

from comparison.analysis.axis import GradientPrice, work_at
from comparison.analysis.row import Row
from comparison.results import Results
from problems.core.ledger import GRADIENT_PRICE


def rows(
    results: Results,
    target: float | None = None,
    gradient_price: GradientPrice = GRADIENT_PRICE,
) -> list[Row]:
    """Tabulate runs, best value first within each instance of a problem.

    Parameters
    ----------
    results : Results
        `method` and `problem` of a row are its labels.
    target : float, optional
        What counts as solved; by default the optimum, where it is known.
    gradient_price : float or "dimension"
        What a gradient costs in the column `work`. The runs were made at 3.
    """
    places = {problem: i for i, problem in enumerate(results.problems)}
    work = work_at(gradient_price)
    table = [
        Row(
            contender,
            problem,
            [results.standing(run) for run in runs],
            results.reference(runs[0]),
            target,
            work,
        )
        for (problem, _, contender), runs in results.groups().items()
    ]
    return sorted(table, key=lambda row: (places[row.problem], row.instance, *_quality(row)))


def _quality(row: Row) -> tuple[bool, bool, float, float]:
    value = 0.0 if row.value is None else row.value
    return bool(row.unsupported), row.value is None, value, row.work or 0.0
