"""From runs to the rows of a table: one a method, problem and instance."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace

from comparison.analysis.axis import GradientPrice, work_at
from comparison.results import Results
from comparison.results.facts import facts_of
from comparison.results.references import standing
from comparison.statistics.median import median, median_interval
from methods.result import Run
from problems.core.ledger import GRADIENT_PRICE
from problems.core.reference import Reference


@dataclass(frozen=True)
class Row:
    """What one method did on one instance of a problem, over its seeds.

    Numbers are medians over seeds; None stands for what does not exist. `gap` is
    `value` − `reference`. `work`, `values` and `gradients` are None for a
    white-box solver, which is given the model instead of looks. `solved` counts
    the seeds that met the target, or, without one, the optimum. `ended` says how
    the runs ended: ``refuted`` by a proof that another run's value is better than.
    """

    method: str
    family: str
    problem: str
    instance: int
    seeds: int
    value: float | None
    value_low: float | None
    value_high: float | None
    last: float | None
    score: float | None
    reference: float | None
    reference_kind: str
    gap: float | None
    bound: float | None
    work: float | None
    values: float | None
    gradients: float | None
    cpu_seconds: float | None
    wall_seconds: float | None
    solved: int | None
    ended: str


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
    table = []
    for (problem, _, contender), runs in results.groups().items():
        row = _row(runs, results.reference(runs[0]), results.best(runs[0]), target, gradient_price)
        table.append(replace(row, method=contender, problem=problem))
    return sorted(table, key=lambda row: (places[row.problem], row.instance, *_quality(row)))


def _row(
    runs: list[Run],
    reference: Reference | None,
    best: float,
    target: float | None,
    gradient_price: GradientPrice,
) -> Row:
    first = runs[0]
    facts = facts_of(first)
    work = work_at(gradient_price)
    runs = [standing(run, best) for run in runs]
    ran = [run for run in runs if run.ended != "unsupported"]
    value = median([run.value for run in ran])
    interval = median_interval([run.value for run in ran])
    bounds = [run.bound for run in ran if run.bound is not None]
    goal = target
    if goal is None and reference is not None and reference.optimum:
        goal = reference.value + reference.slack
    counted = bool(ran) and not facts.white_box
    return Row(
        method=first.method,
        family=facts.family,
        problem=first.problem,
        instance=first.instance,
        seeds=len(runs),
        value=value,
        value_low=None if interval is None else interval[0],
        value_high=None if interval is None else interval[1],
        last=median([run.last for run in ran]),
        score=median([run.score for run in ran]),
        reference=None if reference is None else reference.value,
        reference_kind="none" if reference is None else reference.kind,
        gap=_gap(value, reference),
        bound=max(bounds) if bounds else None,
        work=median([work.spent(run) for run in ran]) if counted else None,
        values=median([run.ledger.values for run in ran]) if counted else None,
        gradients=median([run.ledger.gradients for run in ran]) if counted else None,
        cpu_seconds=median([run.ledger.cpu_seconds for run in ran]),
        wall_seconds=median([run.ledger.wall_seconds for run in ran]),
        solved=None
        if goal is None or not ran
        else sum(run.value is not None and run.value <= goal for run in ran),
        ended=_endings(runs),
    )


def _gap(value: float | None, reference: Reference | None) -> float | None:
    """Return how far a value is from its reference, None where that is beyond all numbers."""
    if value is None or reference is None or not math.isfinite(value - reference.value):
        return None
    return value - reference.value


def _endings(runs: list[Run]) -> str:
    """Say how runs ended."""
    reasons = {run.message for run in runs if run.ended == "unsupported"}
    if reasons:
        return f"unsupported: {', '.join(sorted(reasons))}"
    counts = Counter(run.ended for run in runs)
    if len(counts) == 1:
        return next(iter(counts))
    return ", ".join(f"{number} {ended}" for ended, number in counts.most_common())


def _quality(row: Row) -> tuple[bool, bool, float, float]:
    unsupported = row.ended.startswith("unsupported")
    value = 0.0 if row.value is None else row.value
    return unsupported, row.value is None, value, row.work or 0.0
