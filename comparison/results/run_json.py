"""A run as plain data: what a process sends and what a results file holds."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict, fields
from typing import Any

import numpy as np

from comparison.results.checked import checked
from methods.result import Run


def limits(budget: dict[str, Any]) -> dict[str, Any]:
    """Return a budget's limits in one spelling: 20 seconds and 20.0 make the same run."""
    return {
        name: int(limit) if isinstance(limit, float) and limit.is_integer() else limit
        for name, limit in budget.items()
    }


def digest(*parts: Any) -> str:
    """Return a hash of plain data, the same in every process."""
    text = json.dumps(parts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def spelled(data: Any) -> Any:
    """Return plain data with infinities and nan as text: JSON has no numbers for them."""
    if isinstance(data, dict):
        return {key: spelled(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [spelled(value) for value in data]
    if isinstance(data, float) and not math.isfinite(data):
        return str(data)
    return data


def run_to_json(run: Run) -> dict[str, Any]:
    """Return a run as plain data; no nan or inf is ever written."""
    data = {f.name: getattr(run, f.name) for f in fields(run)}
    data["x"] = None if run.x is None else np.asarray(run.x).tolist()
    for name in ("reference", "facts"):
        part = getattr(run, name)
        data[name] = None if part is None else asdict(part)
    data["budget"], data["ledger"] = asdict(run.budget), asdict(run.ledger)
    del data["draws"]
    data["best_of_n"] = [list(asdict(point).values()) for point in run.best_of_n]
    data["trace"] = [list(asdict(point).values()) for point in run.trace]
    for name in ("method_options", "problem_options", "anchors"):
        data[name] = spelled(data[name])
    return data


def run_from_json(data: Any) -> Run:
    """Invert `run_to_json`, whoever wrote the data.

    Raises
    ------
    KeyError, TypeError, ValueError
        When they are no run's; see `comparison.results.checked`.
    """
    return Run(**checked(data))
