"""A run as plain data: what a process sends and what a results file holds."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict, fields, replace
from typing import Any, NoReturn

import numpy as np

from comparison.results.checked import checked, shown
from methods.result import Run

#: The most characters of a record: a best point of a million numbers has 20 million.
MOST_CHARACTERS = 2**25
#: The most quotation marks and brackets of a record: objects take much more memory than text.
MOST_PARTS = 200_000


def limits(budget: dict[str, Any]) -> dict[str, Any]:
    """Return a budget's limits, whole numbers as int: 20 seconds and 20.0 make the same run."""
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
    del data["draws"], data["batch"]
    for name in ("best_of_n", "trace"):  # by `vars`, as there may be ten thousand
        data[name] = [list(vars(point).values()) for point in getattr(run, name)]
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


def record_of(run: Run) -> str:
    """Return the JSON of a results file's row for a run: all but its key and its trace.

    Raises
    ------
    KeyError, TypeError, ValueError
        When it could not be read again, as it would take all others of the file along.
    """
    data = run_to_json(replace(run, trace=[]))
    del data["trace"], data["key"]
    record = json.dumps(data, allow_nan=False, default=str)
    checked({**parsed(record), "trace": []})
    return record


def parsed(record: Any) -> dict[str, Any]:
    """Return a record, the JSON of a results file's row, as plain data of a bearable size.

    Raises
    ------
    TypeError, ValueError
        When it is no text, too long, no JSON, or no object.
    """
    if not isinstance(record, str):
        raise TypeError(f"the record is {shown(record)}: expected text")
    parts = record.count('"') + record.count("[") + record.count("{")
    if len(record) > MOST_CHARACTERS or parts > MOST_PARTS:
        raise ValueError(f"a record of {len(record):,} characters and {parts:,} parts is too large")
    try:
        data = json.loads(record, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("the record is nested too deeply") from None
    if not isinstance(data, dict):
        raise TypeError(f"the record is {shown(data)}: expected an object")
    return data


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")
