"""The numbers of a contender on one instance that come from its curves."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from comparison.analysis.any_time import fixed_budget_rows, fixed_target_rows
from comparison.analysis.curves import Evidence
from comparison.results import Group
from comparison.statistics.runtimes import par10

#: The regret of a target that most problems are hard enough for, and few too hard.
TARGET = 0.01
NUMBERS = ("quality", "aocc", "at_1", "at_10", "ert_10", "ert_1", "par10")


def instance_numbers(evidence: Evidence) -> dict[Group, dict[str, float | None]]:
    """Return the numbers of each contender on each instance.

    Returns
    -------
    dict of Group to dict
        - ``quality`` of the median run at the end, and ``aocc`` in work;
        - ``at_1`` and ``at_10``, the median value at 1 and 10 % of the common work;
        - ``ert_10`` and ``ert_1``, the expected work to a regret of 10 and 1 %;
        - ``par10``, the mean work to a regret of 1 %, ten times the problem's horizon for a
          run that did not get there: all are given the same, however early they end.

        None where there is none: work of who does not look, targets that nobody reached.
    """
    work, cpu = evidence.curves["work"], evidence.curves["cpu"]
    found: dict[Group, dict[str, float | None]] = {}
    for group, members in cpu.rows.items():
        scale = evidence.scale(cpu.runs[members[0]])
        values = [np.inf if cpu.runs[i].value is None else cpu.runs[i].value for i in members]
        quality = -math.inf if scale is None else float(scale.quality(np.median(values)))
        areas = work.areas[work.rows[group]] if group in work.rows else np.array([np.nan])
        found[group] = {
            **dict.fromkeys(NUMBERS),
            "quality": _finite(quality),
            "aocc": _finite(float(np.mean(areas))),
            "par10": _finite(_par10(evidence, group)),
        }
    for row in fixed_budget_rows(evidence, "work"):
        if row["share"] < 1:
            found[_group(row)][f"at_{100 * row['share']:.0f}"] = row["value"]
    for row in fixed_target_rows(evidence, "work"):
        if row["regret"] >= TARGET:
            found[_group(row)][f"ert_{100 * row['regret']:.0f}"] = row["cost"]
    return found


def _par10(evidence: Evidence, group: Group) -> float:
    """Return the penalised work to the target, nan without a scale or without work."""
    work = evidence.curves["work"]
    if group not in work.rows:
        return math.nan
    hits = work.hits[work.rows[group], evidence.place(TARGET)]
    return math.nan if np.isnan(hits).any() else float(par10(hits, work.horizon[group[0]]))


def _group(row: dict[str, Any]) -> Group:
    return row["problem"], row["instance"], row["contender"]


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
