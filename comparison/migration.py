"""The tables of a results file, and how those of an older version become today's."""

from __future__ import annotations

import json
import sqlite3

from comparison.trace import as_array, pack
from problems.ledger import TracePoint

SCHEMA = 2

# `runs` has a row a finished run: its key, the key of its problem's instance, and the
# run as JSON. The traces are apart, as tables do without them.
TABLES = (
    "CREATE TABLE IF NOT EXISTS runs "
    "(key TEXT PRIMARY KEY, problem_key TEXT, run TEXT) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS by_problem ON runs (problem_key)",
    "CREATE TABLE IF NOT EXISTS traces (key TEXT PRIMARY KEY, points BLOB)",
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
    database.execute("INSERT INTO runs SELECT key, problem_key, run FROM runs_1")
    for key, trace in database.execute("SELECT key, trace FROM runs_1"):
        points = [TracePoint(*point) for point in json.loads(trace or "[]")]
        database.execute("INSERT INTO traces VALUES (?, ?)", (key, pack(as_array(points))))
    database.execute("DROP TABLE runs_1")
