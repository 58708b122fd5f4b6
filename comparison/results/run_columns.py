"""The columns of tidy data: one row a run, and one row a point of its trace."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from comparison.results.trace import KINDS, TRACE
from methods.result import Run
from problems.core.ledger import Ledger

if TYPE_CHECKING:
    from comparison.results.results import Results

Kind = Literal["text", "integer", "number", "flag"]

_KINDS = np.array(KINDS, dtype=object)

_COUNTS: dict[str, Kind] = {
    f.name: "integer" if f.type in (int, "int") else "number" for f in fields(Ledger)
}

#: What a row says of a run; None is what does not exist.
RUN_COLUMNS: dict[str, Kind] = {
    "key": "text",
    "problem": "text",
    "contender": "text",
    "problem_name": "text",
    "method": "text",
    "family": "text",
    "white_box": "flag",
    "instance": "integer",
    "seed": "integer",
    "method_options": "text",
    "problem_options": "text",
    "title": "text",
    "dimension": "integer",
    "budget_work": "number",
    "budget_seconds": "number",
    "budget_target": "number",
    "value": "number",
    "last": "number",
    "score": "number",
    "bound": "number",
    "reference": "number",
    "reference_kind": "text",
    "reference_source": "text",
    "gap": "number",
    "random_value": "number",
    "surrogate": "number",
    **_COUNTS,
    "ended": "text",
    "message": "text",
    "description": "text",
    "memory": "integer",
    "fingerprint": "text",
    "versions": "text",
    "cpu": "text",
    "cores": "integer",
    "system": "text",
    "commit": "text",
    "jobs": "integer",
    "method_file": "text",
    "problem_file": "text",
}

#: What a row says of a trace point: whose it is, its kind, its value and its costs so far.
POINT_COLUMNS: dict[str, Kind] = {
    "key": "text",
    "problem": "text",
    "contender": "text",
    "instance": "integer",
    "seed": "integer",
    "kind": "text",
    **{
        name: "integer" if TRACE[name].kind == "i" else "number" for name in (TRACE.names or ())[1:]
    },
}


def run_row(results: Results, run: Run) -> dict[str, Any]:
    """Return a run's row, by the names of `RUN_COLUMNS`."""
    reference, standing = results.reference(run), results.standing(run)
    machine = run.provenance
    row = {
        "key": run.key,
        "problem": results.problem(run),
        "contender": results.contender(run),
        "problem_name": run.problem,
        "method": run.method,
        "family": results.family(run),
        "white_box": results.white_box(run),
        "instance": run.instance,
        "seed": run.seed,
        "method_options": _json(run.method_options),
        "problem_options": _json(run.problem_options),
        "title": run.title,
        "dimension": run.dimension or None,
        "budget_work": run.budget.work,
        "budget_seconds": run.budget.seconds,
        "budget_target": run.budget.target,
        "value": run.value,
        "last": run.last,
        "score": run.score,
        "bound": standing.bound,
        "reference": None if reference is None else reference.value,
        "reference_kind": None if reference is None else reference.kind,
        "reference_source": None if reference is None else reference.source,
        "gap": None if reference is None or run.value is None else run.value - reference.value,
        "random_value": results.random_value(run),
        "surrogate": run.surrogate,
        **asdict(run.ledger),
        "ended": standing.ended,
        "message": run.message,
        "description": run.description,
        "memory": run.memory,
        "fingerprint": run.fingerprint,
        "versions": _json(run.versions),
        **{name: machine.get(name) for name in ("cpu", "system", "commit")},
        **{name: _whole(machine.get(name)) for name in ("cores", "jobs")},
        **{name: machine.get(name) for name in ("method_file", "problem_file")},
    }
    if row["white_box"]:  # given the model, it does not look: it has no work, not none of it
        row["work"] = row["gradient_work"] = None
    return {name: _cell(row[name], kind) for name, kind in RUN_COLUMNS.items()}


def point_labels(results: Results, run: Run) -> dict[str, Any]:
    """Return whose a trace is: the first `POINT_COLUMNS`, the same for all its points."""
    labels = {
        "key": run.key,
        "problem": results.problem(run),
        "contender": results.contender(run),
        "instance": run.instance,
        "seed": run.seed,
    }
    return {name: _cell(label, POINT_COLUMNS[name]) for name, label in labels.items()}


def point_columns(results: Results, run: Run, trace: NDArray) -> dict[str, np.ma.MaskedArray]:
    """Return a trace's own columns, the rest of `POINT_COLUMNS`; what does not exist is masked."""
    columns: dict[str, np.ma.MaskedArray] = {"kind": np.ma.array(_KINDS[trace["kind"]])}
    for name in (TRACE.names or ())[1:]:
        columns[name] = np.ma.masked_invalid(trace[name])
    if results.white_box(run):
        columns["work"][:] = columns["gradient_work"][:] = np.ma.masked
    return columns


def rows_of(results: Results) -> Iterator[dict[str, Any]]:
    """Yield every run's row."""
    for run in results:
        yield run_row(results, run)


def _cell(value: Any, kind: Kind) -> Any:
    """Return what a file can hold: finite numbers, text that is valid Unicode, or None."""
    if value is None or value == "":
        return None
    if kind == "text":  # a message may have halves of surrogate pairs, from a file's name
        return str(value).encode("utf-8", "backslashreplace").decode()
    if kind == "number":
        return float(value) if math.isfinite(value) else None
    return bool(value) if kind == "flag" else int(value)


def _json(data: Mapping[str, Any]) -> str:
    return json.dumps(data, default=str, ensure_ascii=False)


def _whole(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdecimal() else None
