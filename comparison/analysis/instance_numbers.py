"""The numbers of a contender on one instance that come from its curves and the tests on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from comparison.analysis.curves import SHARES, Evidence
from comparison.analysis.differences import instance_rows
from comparison.analysis.row import CurveNumbers, Row
from comparison.results import Group
from comparison.statistics.missing import filled, finite
from comparison.statistics.runtimes import expected_running_time, par10
from methods.result import Run

#: The regret of a target that most problems are hard enough for, and few too hard.
TARGET = 0.01
#: The regrets whose expected running time is shown.
REGRETS = (0.1, 0.01)


def with_numbers(rows: Sequence[Row], evidence: Evidence) -> list[Row]:
    """Return rows with the numbers that come from their traces, and their tests."""
    numbers = instance_numbers(evidence)
    for test in instance_rows(evidence):
        group = test.problem, test.instance, test.worse
        numbers[group] = replace(numbers[group], p_better=test.improvement, p_holm=test.p_holm)
    return [
        replace(row, numbers=numbers.get((row.problem, row.instance, row.method), CurveNumbers()))
        for row in rows
    ]


def instance_numbers(evidence: Evidence) -> dict[Group, CurveNumbers]:
    """Return the numbers of each contender on each instance, without tests.

    They are None where they do not exist: the work of a white-box solver, targets that no
    run reached.
    """
    cpu = evidence.curves["cpu"]
    return {
        group: CurveNumbers(
            quality=_quality([cpu.runs[i] for i in members], evidence),
            **_work_numbers(evidence, group),
        )
        for group, members in cpu.rows.items()
    }


def _quality(runs: Sequence[Run], evidence: Evidence) -> float | None:
    """Return the quality of the median run at its end."""
    scale = evidence.scale(runs[0])
    if scale is None:
        return None
    return finite(scale.quality(np.median(filled(run.value for run in runs))))


def _work_numbers(evidence: Evidence, group: Group) -> dict[str, float | None]:
    """Return the numbers that are counted in work; none of them exist for a white-box solver."""
    curves = evidence.curves["work"]
    members = curves.rows.get(group)
    if members is None:
        return {}
    numbers = {
        f"at_{100 * share:.0f}": finite(np.median(curves.settled[members, i]))
        for i, share in enumerate(SHARES)
        if share < 1
    }
    if evidence.scale(curves.runs[members[0]]) is None:
        return numbers
    for regret in REGRETS:
        hits = curves.hits[members, evidence.place(regret)]
        cost = expected_running_time(hits, curves.spent[members])
        numbers[f"ert_{100 * regret:.0f}"] = finite(cost)
    hits = curves.hits[members, evidence.place(TARGET)]
    numbers["par10"] = finite(par10(hits, curves.horizon[group[0]]))
    numbers["aocc"] = finite(np.mean(curves.areas[members]))
    return numbers
