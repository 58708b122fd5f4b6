"""Results files that nobody should have written: every field of a run of a wrong type, and worse.

``python -m tests.survival.mutated_files FOLDER`` writes them all.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from comparison.results.store import Store
from comparison.results.tables import APPLICATION_ID, SCHEMA
from comparison.results.trace import TRACE, pack
from methods.result import Facts, Run
from methods.shared.best_of_n_curve import BestOfN
from problems.core.ledger import Budget, Ledger
from problems.core.reference import Reference
from tests.comparison.analysis.small import step

#: What a field may hold instead, by the name of the kind.
WRONG: dict[str, Any] = {
    "null": None,
    "true": True,
    "negative": -1,
    "huge": 10**40,
    "real": 1.5e308,
    "text": "a text",
    "nan as text": "nan",
    "list": [],
    "list of lists": [[1], [2, "x"]],
    "object": {},
    "object of objects": {"a": {"b": [None]}},
    "script": "</script><script>alert(1)</script>\x1b[2J\u202e\n=1+1",
}
#: Text of JSON in place of a field's, which `json.dumps` would not write.
RAW = {
    "NaN": "NaN",
    "Infinity": "1e999",
    "deep": "[" * 100_000 + "]" * 100_000,
    "long": json.dumps("x" * 3_000_000),
    "long number": "9" * 5000,
    "wide": "[" + "[]," * 300_000 + "[]]",
}


def runs() -> dict[str, Run]:
    """Return runs that have every field, by key."""
    common: dict[str, Any] = {
        "problem": "bbob",
        "problem_options": {"function": 1, "dimension": 3, "corpus": "markov"},
        "budget": Budget(20, 5.0, -1.0),
        "x": np.array([0.5, 1.0, 2.0]),
        "score": 2.0,
        "measures": {"drift": 0.5, "off-task score": None},
        "title": "a title",
        "description": "a description",
        "anchors": {"start": 3.0},
        "reference": Reference(0.5, "bound", "a relaxation"),
        "dimension": 3,
        "random_value": 9.0,
        "fingerprint": "abc",
        "versions": {"beyond-gradient": "0.1.0"},
        "provenance": {"cpu": "a processor", "cores": "2", "jobs": "1", "timeout": "3.0"},
        "memory": 10**8,
    }
    facts = Facts("evolutionary", objective="metres", method_changes=("population",))
    return {
        f"key{i}": Run(
            **common,
            method=method,
            seed=seed,
            value=value,
            last=value + 1,
            bound=0.25,
            surrogate=0.75,
            method_options={"population": 7},
            ended="budget",
            ledger=Ledger(work=20, values=20, cpu_seconds=0.5, wall_seconds=1.0),
            trace=[step(1, 8.0), step(20, value)],
            facts=facts,
            best_of_n=[BestOfN(1, 2.0, 1.0, 3.0)],
        )
        for i, (method, seed, value) in enumerate(
            (method, seed, 1.0 + k + seed)
            for k, method in enumerate(("genetic", "hill-climb", "mine.py:search"))
            for seed in (0, 1)
        )
    }


def write(path: Path) -> None:
    """Write a results file that nothing is wrong with."""
    with Store(path) as store:
        for key, run in runs().items():
            store.add(key, "problem", run)


def record(path: Path, key: str = "key0") -> dict[str, Any]:
    """Return a run of a file as it stands in it."""
    with closing(sqlite3.connect(path)) as database:
        (text,) = database.execute("SELECT run FROM runs WHERE key = ?", (key,)).fetchone()
    found: dict[str, Any] = json.loads(text)
    return found


def places(data: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield where the fields of a record are, its members' fields among them."""
    members = data.items() if isinstance(data, dict) else enumerate(data)
    for name, value in members:
        yield (*at, name)
        if isinstance(value, (dict, list)) and value:
            yield from places(value, (*at, name))


def changed(data: dict[str, Any], at: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """Return a record with another value at a place."""
    data = json.loads(json.dumps(data))
    inner: Any = data
    for name in at[:-1]:
        inner = inner[name]
    inner[at[-1]] = value
    return data


def mutations(path: Path) -> dict[str, str]:
    """Return records of one run, each with one field that is wrong, by what is wrong."""
    data = record(path)
    found = {}
    marker = "a text that stands nowhere else"
    for at in places(data):
        name = ".".join(map(str, at))
        for kind, value in WRONG.items():
            found[f"{name} {kind}"] = json.dumps(changed(data, at, value))
        for kind, text in RAW.items():
            whole = json.dumps(changed(data, at, marker))
            found[f"{name} {kind}"] = whole.replace(json.dumps(marker), text)
    for name in data:
        found[f"{name} missing"] = json.dumps({k: v for k, v in data.items() if k != name})
    found["another field"] = json.dumps({**data, "another": 1})
    return found


def put(path: Path, text: Any, key: str = "key0") -> None:
    """Replace a run's record."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE runs SET run = ? WHERE key = ?", (text, key))
        database.commit()


# ------------------------------------------------------------------ hostile files


def sql(*statements: str) -> Callable[[Path], object]:
    """Return what does something to a file in SQL."""

    def does(path: Path) -> None:
        with closing(sqlite3.connect(path)) as database:
            for statement in statements:
                database.execute(statement)
            database.commit()

    return does


def in_the_schema(statement: str, *values: str) -> Callable[[Path], object]:
    """Return what changes what a file says of its own tables."""

    def does(path: Path) -> None:
        with closing(sqlite3.connect(path)) as database:
            database.execute("PRAGMA writable_schema=ON")
            database.execute(statement, values)
            database.commit()

    return does


def bomb(size: int) -> Callable[[Path], object]:
    """Return what puts so many bytes, packed to a thousandth, in place of a trace."""

    def does(path: Path) -> None:
        packing = zlib.compressobj(9)
        packed = b"".join(packing.compress(bytes(2**20)) for _ in range(size // 2**20))
        points(packed + packing.flush())(path)

    return does


def points(data: Any) -> Callable[[Path], object]:
    """Return what puts something in place of all traces."""

    def does(path: Path) -> None:
        with closing(sqlite3.connect(path)) as database:
            database.execute("UPDATE traces SET points = ?", (data,))
            database.commit()

    return does


def trace(**columns: Any) -> Callable[[Path], object]:
    """Return what puts a trace of some points in place of all."""
    array = np.zeros(5, TRACE)
    raw = b""
    for name, values in columns.items():
        array[name] = values
    try:
        raw = pack(array)
    except ValueError:  # what is not finite is never packed
        names = TRACE.names or ()
        raw = zlib.compress(b"".join(np.ascontiguousarray(array[name]).tobytes() for name in names))
    return points(raw)


def bytes_at(offset: int, data: bytes) -> Callable[[Path], object]:
    """Return what overwrites a part of a file; a negative offset counts from its end."""

    def does(path: Path) -> None:
        with path.open("r+b") as file:
            file.seek(offset, os.SEEK_END if offset < 0 else os.SEEK_SET)
            file.write(data)

    return does


def cut(share: float) -> Callable[[Path], object]:
    """Return what cuts a file."""
    return lambda path: os.truncate(path, int(share * path.stat().st_size))


def instead(make: Callable[[Path], object]) -> Callable[[Path], object]:
    """Return what puts something else than a file there."""

    def does(path: Path) -> None:
        path.unlink()
        make(path)

    return does


def beside(ending: str, data: bytes) -> Callable[[Path], object]:
    """Return what puts a file of SQLite's own beside."""
    return lambda path: Path(f"{path}{ending}").write_bytes(data) and None


def bad_keys(path: Path) -> None:
    """Give runs keys of other types and sizes."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE runs SET key = ? WHERE key = 'key0'", ("k" * 10_000,))
        database.execute("UPDATE runs SET key = x'00ff' WHERE key = 'key1'")
        database.commit()


def many_bombs(path: Path) -> None:
    """Give every run of many a trace of as many points as may be."""
    packed = pack(np.zeros(1_000_000, TRACE))
    with closing(sqlite3.connect(path)) as database:
        (text,) = database.execute("SELECT run FROM runs WHERE key = 'key0'").fetchone()
        for i in range(20):
            database.execute("INSERT INTO runs VALUES (?, 'problem', ?)", (f"more{i}", text))
            database.execute("INSERT INTO traces VALUES (?, ?)", (f"more{i}", packed))
        database.commit()


ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
AS_RUNS = "'key' || i AS key, 'problem' AS problem_key, '{}' AS run"
OURS = (f"PRAGMA application_id={APPLICATION_ID}", f"PRAGMA user_version={SCHEMA}")

HOSTILE: dict[str, Callable[[Path], object]] = {
    "runs are missing": sql("DROP TABLE runs"),
    "traces are missing": sql("DROP TABLE traces"),
    "all tables are missing": sql("DROP TABLE runs", "DROP TABLE traces"),
    "no traces": sql("DELETE FROM traces"),
    "no runs": sql("DELETE FROM runs"),
    "runs are an endless view": sql(
        "DROP TABLE runs", f"CREATE VIEW runs AS {ENDLESS} SELECT {AS_RUNS} FROM n"
    ),
    "runs are a view that gives nothing": sql(
        "DROP TABLE runs", f"CREATE VIEW runs AS {ENDLESS} SELECT {AS_RUNS} FROM n WHERE i < 0"
    ),
    "traces are an endless view": sql(
        "DROP TABLE traces", f"CREATE VIEW traces AS {ENDLESS} SELECT i AS key, i AS points FROM n"
    ),
    "runs are a view of a table": sql(
        "ALTER TABLE runs RENAME TO theirs", "CREATE VIEW runs AS SELECT * FROM theirs"
    ),
    "runs are a virtual table": sql(
        "DROP TABLE runs", "CREATE VIRTUAL TABLE runs USING fts5(key, problem_key, run)"
    ),
    "traces are a virtual table": sql(
        "DROP TABLE traces", "CREATE VIRTUAL TABLE traces USING rtree(key, low, high)"
    ),
    "a column that is computed": sql(
        "DROP TABLE runs",
        "CREATE TABLE runs (key TEXT PRIMARY KEY, problem_key TEXT, "
        "run TEXT GENERATED ALWAYS AS (hex(zeroblob(10000000))))",
        "INSERT INTO runs VALUES ('key0', 'problem')",
    ),
    "a column less": sql("DROP INDEX by_problem", "ALTER TABLE runs DROP COLUMN problem_key"),
    "a column more": sql("ALTER TABLE runs ADD COLUMN more TEXT"),
    "other columns": sql("DROP TABLE runs", "CREATE TABLE runs (a, b, c)"),
    "a trigger": sql(
        "CREATE TRIGGER theirs AFTER INSERT ON runs BEGIN DELETE FROM runs; END",
    ),
    "an index of an expression": sql("CREATE INDEX theirs ON runs (length(run))"),
    "an index of another name": sql("DROP INDEX by_problem", "CREATE INDEX theirs ON runs (run)"),
    "the index is missing": sql("DROP INDEX by_problem"),
    "a table more": sql("CREATE TABLE theirs (a)", "INSERT INTO theirs VALUES (1)"),
    "an endless view more": sql(f"CREATE VIEW theirs AS {ENDLESS} SELECT i FROM n"),
    "another's file": sql("PRAGMA application_id=1"),
    "no application": sql("PRAGMA application_id=0"),
    "a newer version": sql(f"PRAGMA user_version={SCHEMA + 1}"),
    "a version below zero": sql("PRAGMA user_version=-7"),
    "version 0 with tables": sql("PRAGMA user_version=0"),
    "version 1 with tables of version 2": sql("PRAGMA user_version=1"),
    "a record as bytes": sql("UPDATE runs SET run = CAST(run AS BLOB)"),
    "a record that is no UTF-8": sql("UPDATE runs SET run = CAST(x'7bff7d' AS TEXT)"),
    "a record as a number": sql("UPDATE runs SET run = 7"),
    "no record": sql("UPDATE runs SET run = NULL"),
    "a record of 60 MB": sql("UPDATE runs SET run = hex(zeroblob(30000000)) WHERE key = 'key0'"),
    "a record of 200 MB": sql("UPDATE runs SET run = hex(zeroblob(100000000)) WHERE key = 'key0'"),
    "keys of other types": bad_keys,
    "a trace as text": points("text"),
    "a trace as a number": points(1),
    "no bytes": points(b""),
    "a trace that is not packed": points(b"\0" * 650),
    "a packed trace of half a point": points(zlib.compress(b"\0" * 33)),
    "a trace of 256 MiB": bomb(2**28),
    "a bomb in a bomb": points(zlib.compress(zlib.compress(bytes(2**28)))),
    "two traces in one": points(2 * zlib.compress(b"\0" * 65)),
    "traces of a million points": many_bombs,
    "values that are no numbers": trace(value=[np.nan, np.inf, -np.inf, 1, 2]),
    "a kind that is none": trace(kind=200),
    "work that falls": trace(work=[5, 4, 3, 2, 1], value=[5, 4, 3, 2, 1]),
    "counts below zero": trace(values=-5, tokens=-(2**62), work=-1.0, value=[5, 4, 3, 2, 1]),
    "numbers near the largest": trace(value=[1.7e308, 1e308, -1e308, -1.7e308, 0], work=1.7e308),
    "schema: a page that is none": in_the_schema("UPDATE sqlite_master SET rootpage = 99999"),
    "schema: two tables in one page": in_the_schema("UPDATE sqlite_master SET rootpage = 2"),
    "schema: no table at all": in_the_schema("UPDATE sqlite_master SET sql = 'CREATE VIEW x'"),
    "schema: other columns": in_the_schema(
        "UPDATE sqlite_master SET sql = ? WHERE name = 'runs'",
        "CREATE TABLE runs (key TEXT PRIMARY KEY, problem_key TEXT, run TEXT, x) WITHOUT ROWID",
    ),
    "schema: a name that is long": in_the_schema(
        "UPDATE sqlite_master SET name = ? WHERE name = 'traces'", "x" * 100_000
    ),
    "schema: a kind that is none": in_the_schema(
        "UPDATE sqlite_master SET type = ? WHERE name = 'traces'", "\x1b[2J"
    ),
    "head: no size of a page": bytes_at(16, b"\0\0"),
    "head: pages of 64 KiB": bytes_at(16, b"\0\1"),
    "head: another format": bytes_at(18, b"\x07\x07"),
    "head: reserved bytes": bytes_at(20, b"\xff"),
    "head: text of UTF-16": bytes_at(56, b"\0\0\0\2"),
    "head: a free list that loops": bytes_at(32, b"\0\0\0\1\0\0\0\xff"),
    "head: another file's": bytes_at(0, b"not a database at all"),
    "pages of ones": bytes_at(4096, b"\xff" * 4096),
    "pages that lead to themselves": bytes_at(
        4096, b"\x02\0\0\0\1\x10\0\0\0\0\0\2" + b"\x0f\xf0" + b"\0" * 4000
    ),
    "its end is cut": cut(0.6),
    "its begin only": cut(0.01),
    "empty": cut(0),
    "a log that is none": beside("-wal", b"\xff" * 100_000),
    "a log that is empty": beside("-wal", b""),
    "a journal that is none": beside(
        "-journal", b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + b"\1" * 5000
    ),
    "an index of the log that is none": beside("-shm", b"\xff" * 32_768),
    "a pipe for its journal": lambda path: os.mkfifo(f"{path}-journal"),
    "a pipe for its log": lambda path: os.mkfifo(f"{path}-wal"),
    "a pipe for the index of its log": lambda path: os.mkfifo(f"{path}-shm"),
    "a folder": instead(lambda path: path.mkdir()),
    "a pipe": instead(os.mkfifo),
    "a device": instead(lambda path: path.symlink_to("/dev/zero")),
    "a link to nothing": instead(lambda path: path.symlink_to(path.with_name("nothing"))),
    "a link to itself": instead(lambda path: path.symlink_to(path)),
    "text": instead(lambda path: path.write_text("a shopping list\n" * 100)),
    "nothing": instead(lambda path: None),
}


def main() -> None:
    """Write every file into a folder."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    whole = folder / "whole.sqlite"
    write(whole)
    content = whole.read_bytes()
    for i, (name, text) in enumerate(mutations(whole).items()):
        path = folder / f"mutated-{i}.sqlite"
        path.write_bytes(content)
        put(path, text)
        print(path.name, name)
    for i, (name, does) in enumerate(HOSTILE.items()):
        path = folder / f"hostile-{i}.sqlite"
        path.write_bytes(content)
        does(path)
        print(path.name, name)


if __name__ == "__main__":
    main()
