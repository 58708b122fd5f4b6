"""Which runs of a file have the same contender, problem or instance."""

from __future__ import annotations

import json
from collections.abc import Hashable, Sequence
from dataclasses import asdict, replace
from typing import Any

from methods.result import Run


def contender_of(run: Run) -> dict[str, Any]:
    """Return what tells the contenders of one method apart."""
    return {
        **run.method_options,
        "file": run.provenance.get("method_file", ""),
        "version": run.versions.get("beyond-gradient", ""),
    }


def problem_of(run: Run) -> dict[str, Any]:
    """Return what tells the problems of one name apart."""
    limits = asdict(run.budget)
    return {**_data(run), "budget": limits.pop("work"), **limits}


def _data(run: Run) -> dict[str, Any]:
    return {
        **run.problem_options,
        "data": run.fingerprint,
        "file": run.provenance.get("problem_file", ""),
    }


def instance_of(run: Run) -> Hashable:
    """Return what all runs on the same instance of the same problem share."""
    return run.problem, run.instance, json.dumps(_data(run), sort_keys=True, default=str)


def with_dimensions(runs: Sequence[Run]) -> list[Run]:
    """Return the runs; those that were killed before they reported a dimension get another's.

    It is that of a run of the same method on the instance, which may use a relaxation of its
    own, or else of any method; it stays 0 if no run on the instance has one.
    """
    if all(run.dimension for run in runs):
        return list(runs)
    dimensions: dict[Hashable, int] = {}
    for run in runs:
        if run.dimension:
            dimensions.setdefault((instance_of(run), run.method), run.dimension)
            dimensions.setdefault(instance_of(run), run.dimension)

    def with_dimension(run: Run) -> Run:
        instance = instance_of(run)
        dimension = dimensions.get((instance, run.method), dimensions.get(instance, 0))
        return replace(run, dimension=dimension) if dimension else run

    return [run if run.dimension else with_dimension(run) for run in runs]
