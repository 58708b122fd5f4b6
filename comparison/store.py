"""Finished runs in an SQLite file: each committed at once, none lost, none doubled."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from comparison.task import run_from_json, run_to_json
from methods.run import Run

#: Marks an SQLite file as ours ("BGrd").
APPLICATION_ID = 0x42477264
SCHEMA = 1


class StoreError(ValueError):
    """A results file that cannot be used; the message says why."""


class Store:
    """The runs of all comparisons that share one file; use it in a ``with`` statement.

    Parameters
    ----------
    path : str or Path
        Created where it does not exist.

    Raises
    ------
    StoreError
        When the file is not ours, of a newer version, or not writable.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = str(path)
        if not self.path:
            raise StoreError("results file: expected a file name, not an empty one")
        with self._errors():
            # A second runner on the same file waits for the first one's commit.
            self._database = sqlite3.connect(self.path, timeout=30, isolation_level=None)
        try:
            with self._errors():
                self._open()
        except StoreError:
            self._database.close()
            raise

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        """Turn SQLite's errors into ours, which name the file."""
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(f"results file {self.path}: {error}") from None

    def _open(self) -> None:
        def pragma(name: str) -> int:
            return int(self._database.execute(f"PRAGMA {name}").fetchone()[0])

        tables = self._database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if tables and pragma("application_id") != APPLICATION_ID:
            raise StoreError(f"results file {self.path}: an SQLite file, but not one of ours")
        if tables and pragma("user_version") > SCHEMA:
            raise StoreError(f"results file {self.path}: written by a newer version of this suite")
        # Write-ahead logging: a commit is one append, and a killed process loses none.
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=NORMAL")
        self._database.execute("BEGIN IMMEDIATE")  # fails here where we may not write
        self._database.execute(f"PRAGMA application_id={APPLICATION_ID}")
        self._database.execute(f"PRAGMA user_version={SCHEMA}")
        # A row is a finished run: its key, the key of its problem's instance, and
        # the run as JSON, the trace apart because tables do without it.
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS runs "
            "(key TEXT PRIMARY KEY, problem_key TEXT, run TEXT, trace TEXT) WITHOUT ROWID"
        )
        self._database.execute("CREATE INDEX IF NOT EXISTS by_problem ON runs (problem_key)")
        self._database.execute("COMMIT")

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *exception: object) -> None:
        self._database.close()

    def add(self, key: str, problem_key: str, run: Run) -> None:
        """Commit a finished run."""
        data = run_to_json(run)
        trace = json.dumps(data.pop("trace"), allow_nan=False)
        record = json.dumps(data, allow_nan=False, default=str)
        with self._errors():
            self._database.execute(
                "INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?)", (key, problem_key, record, trace)
            )

    def keys(self) -> set[str]:
        """Return the keys of all runs."""
        with self._errors():
            return {key for (key,) in self._database.execute("SELECT key FROM runs")}

    def runs(self, problem_keys: Iterable[str], *, trace: bool = False) -> dict[str, Run]:
        """Return the runs on some problems' instances, by key; traces are left out by default."""
        found = {}
        columns = f"key, run, {'trace' if trace else 'NULL'}"
        query = f"SELECT {columns} FROM runs WHERE problem_key = ?"
        for problem_key in problem_keys:
            with self._errors():
                rows = self._database.execute(query, (problem_key,)).fetchall()
            for key, record, points in rows:
                data = json.loads(record)
                data["trace"] = json.loads(points) if points else []
                found[key] = run_from_json(data)
        return found
