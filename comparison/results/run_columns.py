"""The columns of tidy data: one row a run, and one row a point of its trace."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from comparison.results.trace import KINDS, TRACE
from methods.result import Run
from problems.core.ledger import Ledger
from problems.core.reference import Reference

if TYPE_CHECKING:
    from comparison.results.results import Results

Kind = Literal["text", "integer", "number", "flag"]

_KINDS = np.array(KINDS, dtype=object)


@dataclass(frozen=True)
class Held:
    """A run in its file, with its reference.

    Attributes
    ----------
    results : Results
        The run's file.
    run : Run
        As it was stored.
    standing : Run
        The run without what other runs on its instance refute.
    reference : Reference or None
    """

    results: Results
    run: Run
    standing: Run
    reference: Reference | None


@dataclass(frozen=True)
class RunColumn:
    """A column of runs: its kind, and how it is read; None stands for what does not exist."""

    kind: Kind
    of: Callable[[Held], Any]


def _of_reference(name: str) -> Callable[[Held], Any]:
    return lambda held: getattr(held.reference, name, None)


def _machine(name: str) -> Callable[[Held], str | None]:
    return lambda held: held.run.provenance.get(name)


def _whole(name: str) -> Callable[[Held], int | None]:
    def number(held: Held) -> int | None:
        text = held.run.provenance.get(name)
        return int(text) if text is not None and text.isdecimal() else None

    return number


def _gap(held: Held) -> float | None:
    if held.reference is None or held.run.value is None:
        return None
    return held.run.value - held.reference.value


def _spent(counter: str) -> Callable[[Held], float | None]:
    """Return how a counter is read; a white-box solver's work does not exist, and is not 0."""
    work = counter in ("work", "gradient_work")

    def number(held: Held) -> float | None:
        if work and held.results.white_box(held.run):
            return None
        count: float = getattr(held.run.ledger, counter)
        return count

    return number


#: The columns of runs by name.
RUN_COLUMNS: dict[str, RunColumn] = {
    "key": RunColumn("text", lambda held: held.run.key),
    "problem": RunColumn("text", lambda held: held.results.problem(held.run)),
    "contender": RunColumn("text", lambda held: held.results.contender(held.run)),
    "problem_name": RunColumn("text", lambda held: held.run.problem),
    "method": RunColumn("text", lambda held: held.run.method),
    "family": RunColumn("text", lambda held: held.results.family(held.run)),
    "white_box": RunColumn("flag", lambda held: held.results.white_box(held.run)),
    "instance": RunColumn("integer", lambda held: held.run.instance),
    "seed": RunColumn("integer", lambda held: held.run.seed),
    "method_options": RunColumn("text", lambda held: _json(held.run.method_options)),
    "problem_options": RunColumn("text", lambda held: _json(held.run.problem_options)),
    "title": RunColumn("text", lambda held: held.run.title),
    "dimension": RunColumn("integer", lambda held: held.run.dimension or None),
    "budget_work": RunColumn("number", lambda held: held.run.budget.work),
    "budget_seconds": RunColumn("number", lambda held: held.run.budget.seconds),
    "budget_target": RunColumn("number", lambda held: held.run.budget.target),
    "value": RunColumn("number", lambda held: held.run.value),
    "last": RunColumn("number", lambda held: held.run.last),
    "score": RunColumn("number", lambda held: held.run.score),
    "bound": RunColumn("number", lambda held: held.standing.bound),
    "reference": RunColumn("number", _of_reference("value")),
    "reference_kind": RunColumn("text", _of_reference("kind")),
    "reference_source": RunColumn("text", _of_reference("source")),
    "gap": RunColumn("number", _gap),
    "random_value": RunColumn("number", lambda held: held.results.random_value(held.run)),
    "surrogate": RunColumn("number", lambda held: held.run.surrogate),
    **{
        f.name: RunColumn("integer" if f.type in (int, "int") else "number", _spent(f.name))
        for f in fields(Ledger)
    },
    "ended": RunColumn("text", lambda held: held.standing.ended),
    "message": RunColumn("text", lambda held: held.run.message),
    "description": RunColumn("text", lambda held: held.run.description),
    "memory": RunColumn("integer", lambda held: held.run.memory),
    "fingerprint": RunColumn("text", lambda held: held.run.fingerprint),
    "versions": RunColumn("text", lambda held: _json(held.run.versions)),
    "cpu": RunColumn("text", _machine("cpu")),
    "cores": RunColumn("integer", _whole("cores")),
    "system": RunColumn("text", _machine("system")),
    "commit": RunColumn("text", _machine("commit")),
    "jobs": RunColumn("integer", _whole("jobs")),
    "method_file": RunColumn("text", _machine("method_file")),
    "problem_file": RunColumn("text", _machine("problem_file")),
}

#: The kinds of the columns of runs.
RUN_KINDS: dict[str, Kind] = {name: column.kind for name, column in RUN_COLUMNS.items()}

#: The columns that name a trace point's run; the same for all points of a trace.
_LABELS = ("key", "problem", "contender", "instance", "seed")

#: The kinds of the columns of trace points: the run's, and the point's kind, value and costs.
POINT_KINDS: dict[str, Kind] = {
    **{name: RUN_KINDS[name] for name in _LABELS},
    "kind": "text",
    **{
        name: "integer" if TRACE[name].kind == "i" else "number" for name in (TRACE.names or ())[1:]
    },
}


def run_row(results: Results, run: Run) -> dict[str, Any]:
    """Return a run's row, by the names of `RUN_COLUMNS`."""
    held = Held(results, run, results.standing(run), results.reference(run))
    return {name: clean(column.of(held), column.kind) for name, column in RUN_COLUMNS.items()}


def point_labels(results: Results, run: Run) -> dict[str, Any]:
    """Return the columns that name a trace's run, the first of `POINT_KINDS`."""
    held = Held(results, run, run, None)
    return {name: clean(RUN_COLUMNS[name].of(held), POINT_KINDS[name]) for name in _LABELS}


def point_columns(results: Results, run: Run, trace: NDArray) -> dict[str, np.ma.MaskedArray]:
    """Return a trace's own columns, the rest of `POINT_KINDS`; missing numbers are masked."""
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


def clean(value: Any, kind: Kind) -> Any:
    """Return a cell that a file can hold: a finite number, text of valid Unicode, or None."""
    if value is None or value == "":
        return None
    if kind == "text":  # a message may have halves of surrogate pairs, from a file's name
        return str(value).encode("utf-8", "backslashreplace").decode()
    if kind == "number":
        return float(value) if math.isfinite(value) else None
    return bool(value) if kind == "flag" else int(value)


def _json(data: Mapping[str, Any]) -> str:
    return json.dumps(data, default=str, ensure_ascii=False)
