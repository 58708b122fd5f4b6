"""The tables of a results file, and what is wrong with a file that has others."""

from __future__ import annotations

import math
import sqlite3
from contextlib import closing

from comparison.results.database import Database, open_to_read, wrong_beside

#: Marks an SQLite file as ours ("BGrd").
APPLICATION_ID = 0x42477264
#: The version of the tables, in a file's `user_version`.
SCHEMA = 2

# `runs` has a row for each finished run: its key, the key of its problem's instance, and the
# run as JSON. The traces are apart, as tables do not need them.
#: The statements, as SQLite stores them, by what they make.
TABLES = {
    ("table", "runs"): "CREATE TABLE runs "
    "(key TEXT PRIMARY KEY, problem_key TEXT, run TEXT) WITHOUT ROWID",
    ("index", "by_problem"): "CREATE INDEX by_problem ON runs (problem_key)",
    ("table", "traces"): "CREATE TABLE traces (key TEXT PRIMARY KEY, points BLOB)",
}

#: Pages of a file that is checked when runs are lost; more would take seconds.
MOST_PAGES = 100_000


def make_tables(database: Database) -> None:
    """Make the tables of a file that has none."""
    database.execute(f"PRAGMA application_id={APPLICATION_ID}")
    for statement in TABLES.values():
        database.execute(statement)
    database.execute(f"PRAGMA user_version={SCHEMA}")


def why_not_ours(database: Database) -> str:
    """Say why this version cannot use a file; empty if it can, or if the file has no tables.

    Its tables have to be made by exactly this suite's statements: a view of the same name may
    compute without end, and a trigger may write anything.
    """
    if not database.count_tables():
        return ""
    if database.pragma("application_id") != APPLICATION_ID:
        return "an SQLite file, but not one of ours"
    version = database.pragma("user_version")
    if version > SCHEMA:
        return "written by a newer version of this suite"
    if version < SCHEMA:
        return f"a damaged file: it has tables, but is of version {version}"
    tables = [name for kind, name in TABLES if kind == "table"]
    names = set()
    for kind, name, table, sql in database.rows(
        "SELECT type, name, tbl_name, sql FROM sqlite_master"
    ):
        names.add(name)
        if name in tables or (table in tables and sql is not None):
            if (kind, name) not in TABLES:
                article = "an" if kind == "index" else "a"
                return f"its {str(name)[:40]!r} is {article} {kind}, which no results file has"
            if sql != TABLES[kind, name]:
                return f"its {kind} {name} is none that this suite makes"
    missing = [name for name in tables if name not in names]
    return f"no such table: {missing[0]}" if missing else ""


def with_tables(database: Database) -> Database:
    """Return the database; for an empty file, one in memory that has the tables."""
    if database.count_tables():
        return database
    database.close()
    empty = Database(":memory:")
    make_tables(empty)
    return empty


def is_sound(path: str) -> bool:
    """Whether a file is whole to anybody who opens it; one of many pages is not checked."""
    if wrong_beside(path):
        return False
    try:
        with closing(open_to_read(path)) as database:
            database.seconds = math.inf
            if database.pragma("page_count") > MOST_PAGES:
                return True
            outcome = list(database.rows("PRAGMA quick_check(1)"))
            return outcome == [("ok",)] and not why_not_ours(database)
    except sqlite3.Error:
        return False
