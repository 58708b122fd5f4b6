"""The tables of a results file, and how those of an older version become today's."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, replace
from typing import Any

from comparison.results.run_json import digest, limits, parsed, run_from_json
from comparison.results.trace import as_array, pack
from problems.core.ledger import Ledger, TracePoint

SCHEMA = 2

#: The one version of this suite that wrote schema 1; its broken runs did not say so.
FIRST = "0.1.0"

# `runs` has a row a finished run: its key, the key of its problem's instance, and the
# run as JSON. The traces are apart, as tables do without them.
TABLES = (
    "CREATE TABLE IF NOT EXISTS runs "
    "(key TEXT PRIMARY KEY, problem_key TEXT, run TEXT) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS by_problem ON runs (problem_key)",
    "CREATE TABLE IF NOT EXISTS traces (key TEXT PRIMARY KEY, points BLOB)",
)

#: Those of schema 1.
FORMER_TABLES = (
    "CREATE TABLE runs "
    "(key TEXT PRIMARY KEY, problem_key TEXT, run TEXT, trace TEXT) WITHOUT ROWID",
    "CREATE INDEX by_problem ON runs (problem_key)",
)


def migrate(database: sqlite3.Connection) -> None:
    """Make the tables where there are none, and bring an older version's up to date.

    It is one transaction of the caller's: a process that is killed in its midst leaves
    the file as it was.
    """
    version = int(database.execute("PRAGMA user_version").fetchone()[0])
    if version == 1:
        database.execute("ALTER TABLE runs RENAME TO runs_1")
        database.execute("DROP INDEX IF EXISTS by_problem")
    for statement in TABLES:
        database.execute(statement)
    if version == 1:
        _from_1(database)
    database.execute(f"PRAGMA user_version={SCHEMA}")


def _from_1(database: sqlite3.Connection) -> None:
    """Take over the runs of schema 1, whose traces were JSON beside the run's."""
    rows = database.execute("SELECT key, problem_key, run, trace FROM runs_1")
    for key, problem_key, run, trace in rows:
        try:
            data = parsed(run)
            former = {**data, "trace": json.loads(trace or "[]"), "key": key}
            points = run_from_json(former).trace
            ledger = {**asdict(Ledger()), **data["ledger"]}
            packed = pack(as_array([_completed(point, ledger) for point in points]))
            ledger["gradient_work"] = _gradient_work(ledger, ledger["work"], ledger["values"])
            data["ledger"] = ledger
            data.setdefault("versions", {}).setdefault("beyond-gradient", FIRST)
            key = _key(key, problem_key, data)
        except (TypeError, KeyError, ValueError, RecursionError) as error:
            raise sqlite3.DataError(f"run {key}: a damaged record: {error}") from None
        # The same run under two spellings of its budget is there once: whole, if one is.
        cut = data["ended"] == "killed" or (data["ended"] == "timeout" and data["message"])
        insert = f"INSERT OR {'IGNORE' if cut else 'REPLACE'} INTO"
        row = (key, problem_key, json.dumps(data))
        database.execute(f"{insert} runs VALUES (?, ?, ?)", row)
        database.execute(f"{insert} traces VALUES (?, ?)", (key, packed))
    database.execute("DROP TABLE runs_1")


def _key(key: str, problem_key: str, data: dict[str, Any]) -> str:
    """Return today's key of a run: a limit of 20.0 made another key than one of 20.

    One of a method from a user's file stays as it is, as the file's hash was not kept.
    """
    parts = [data["method"], data["method_options"], "", problem_key, data["seed"]]
    version = data["versions"]["beyond-gradient"]
    if digest(*parts, data["budget"], version) != key:
        return key
    return digest(*parts, limits(data["budget"]), version)


def _completed(point: TracePoint, ledger: dict[str, Any]) -> TracePoint:
    """Return a point with what schema 1 did not keep: its tokens, and its gradients' work.

    A look, exact or at a minibatch, is taken to have gone through as many tokens as any
    other of the run, which is so for runs that mix neither.
    """
    looks = ledger["values"] + ledger["gradients"]
    share = (point.values + point.gradients) / looks if looks else 0.0
    paid = _gradient_work(ledger, point.work, point.values) if point.gradients else 0.0
    return replace(point, tokens=round(share * ledger["tokens"]), gradient_work=paid)


def _gradient_work(ledger: dict[str, Any], work: float, values: int) -> float:
    """Return what is left of the work without looks: the gradients', where nothing else was."""
    other = any(ledger[name] for name in ("losses", "passes", "steps"))
    return 0.0 if other or not ledger["gradients"] else round(work - values, 9)
