"""The tables of a results file."""

from __future__ import annotations

import sqlite3

#: The version of the tables, in a file's `user_version`.
SCHEMA = 2

# `runs` has a row for each finished run: its key, the key of its problem's instance, and the
# run as JSON. The traces are apart, as tables do not need them.
TABLES = (
    "CREATE TABLE IF NOT EXISTS runs "
    "(key TEXT PRIMARY KEY, problem_key TEXT, run TEXT) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS by_problem ON runs (problem_key)",
    "CREATE TABLE IF NOT EXISTS traces (key TEXT PRIMARY KEY, points BLOB)",
)


def make_tables(database: sqlite3.Connection) -> None:
    """Make the tables that do not exist yet."""
    for statement in TABLES:
        database.execute(statement)
    database.execute(f"PRAGMA user_version={SCHEMA}")
