"""The numbers of a contender on one instance that come from its curves and the tests on them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from comparison.analysis.any_time import fixed_budget_rows, fixed_target_rows
from comparison.analysis.curves import Evidence
from comparison.analysis.differences import instance_rows
from comparison.analysis.row import CurveNumbers, Row
from comparison.results import Group
from comparison.statistics.runtimes import par10

#: The regret of a target that most problems are hard enough for, and few too hard.
TARGET = 0.01


def with_numbers(rows: Sequence[Row], evidence: Evidence) -> list[Row]:
    """Return rows with the numbers that come from their traces, and their tests."""
    numbers = instance_numbers(evidence)
    for test in instance_rows(evidence):
        group = test["problem"], test["instance"], test["worse"]
        tested = {"p_better": test["improvement"], "p_holm": test["p_holm"]}
        numbers[group] = replace(numbers[group], **tested)
    return [
        replace(row, numbers=numbers.get((row.problem, row.instance, row.method), CurveNumbers()))
        for row in rows
    ]


def instance_numbers(evidence: Evidence) -> dict[Group, CurveNumbers]:
    """Return the numbers of each contender on each instance, without tests.

    They are None where they do not exist: the work of a white-box solver, targets that no
    run reached.
    """
    work, cpu = evidence.curves["work"], evidence.curves["cpu"]
    numbers: dict[Group, dict[str, float | None]] = {}
    for group, members in cpu.rows.items():
        scale = evidence.scale(cpu.runs[members[0]])
        values = [np.inf if cpu.runs[i].value is None else cpu.runs[i].value for i in members]
        quality = -math.inf if scale is None else float(scale.quality(np.median(values)))
        areas = work.areas[work.rows[group]] if group in work.rows else np.array([np.nan])
        numbers[group] = {
            "quality": _finite(quality),
            "aocc": _finite(float(np.mean(areas))),
            "par10": _finite(_par10(evidence, group)),
        }
    for row in fixed_budget_rows(evidence, "work"):
        if row["share"] < 1:
            name = f"at_{100 * row['share']:.0f}"
            numbers[row["problem"], row["instance"], row["contender"]][name] = row["value"]
    for target in fixed_target_rows(evidence, "work"):
        if target["regret"] >= TARGET:
            name = f"ert_{100 * target['regret']:.0f}"
            numbers[target["problem"], target["instance"], target["contender"]][name] = target[
                "cost"
            ]
    return {group: CurveNumbers(**values) for group, values in numbers.items()}


def _par10(evidence: Evidence, group: Group) -> float:
    """Return the penalised work to the target, nan without a scale or without work."""
    work = evidence.curves["work"]
    if group not in work.rows:
        return math.nan
    hits = work.hits[work.rows[group], evidence.place(TARGET)]
    return math.nan if np.isnan(hits).any() else float(par10(hits, work.horizon[group[0]]))


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
