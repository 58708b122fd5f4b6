"""Finished runs in an SQLite file: each committed at once, none lost, none doubled."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from time import monotonic, sleep

from numpy.typing import NDArray

from comparison.results.migration import SCHEMA, migrate
from comparison.results.run_json import run_from_json, run_to_json
from comparison.results.trace import as_array, as_points, pack, unpack
from methods.result import Run
from problems.usage_error import UsageError

#: Marks an SQLite file as ours ("BGrd").
APPLICATION_ID = 0x42477264
#: How long others who write are waited for.
LOCK_SECONDS = 30.0


class StoreError(UsageError):
    """A results file that cannot be used; the message says why."""


class Store:
    """The runs of all comparisons that share one file; use it in a ``with`` statement.

    Parameters
    ----------
    path : str or Path
        Created where it does not exist.
    readonly : bool
        Whether the file is only read; then it has to exist, and is not changed.

    Raises
    ------
    StoreError
        When the file is not ours, of a newer version, or not writable.
    """

    def __init__(self, path: str | Path, *, readonly: bool = False) -> None:
        self.path = str(path)
        if not self.path:
            raise StoreError("results file: expected a file name, not an empty one")
        if readonly and not Path(path).is_file():
            raise StoreError(f"results file {self.path}: there is none")
        with self._errors():
            self._database = _read(path) if readonly else _write(self.path)
        try:
            with self._errors():
                self._check()
                if readonly:
                    self._database = _current(self._database)
                else:
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

    def _check(self) -> None:
        """Refuse a file of somebody else's, and one that this version cannot read."""
        if not _tables(self._database):
            return
        if _pragma(self._database, "application_id") != APPLICATION_ID:
            raise StoreError(f"results file {self.path}: an SQLite file, but not one of ours")
        if _pragma(self._database, "user_version") > SCHEMA:
            raise StoreError(f"results file {self.path}: written by a newer version of this suite")

    def _open(self) -> None:
        # Write-ahead logging: a commit is one append, and a killed process loses none.
        self._log_ahead()
        self._database.execute("PRAGMA synchronous=NORMAL")
        with self._transaction():  # fails here where we may not write
            if _pragma(self._database, "user_version") != SCHEMA:
                self._database.execute(f"PRAGMA application_id={APPLICATION_ID}")
                migrate(self._database)

    def _log_ahead(self) -> None:
        """Switch to write-ahead logging; SQLite does not wait for others who do so as well."""
        deadline = monotonic() + LOCK_SECONDS
        while True:
            try:
                self._database.execute("PRAGMA journal_mode=WAL")
                return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or monotonic() > deadline:
                    raise
            sleep(0.01)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        """Commit all that is done within, or nothing of it."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._database.execute("COMMIT")
        except BaseException:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            raise

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *exception: object) -> None:
        self._database.close()

    def add(self, key: str, problem_key: str, run: Run) -> None:
        """Commit a finished run, unless the file has it already, from another runner perhaps.

        One that was cut short gives way to any other, but for one that was killed.
        """
        data = run_to_json(run)
        del data["trace"], data["key"]
        record = json.dumps(data, allow_nan=False, default=str)
        points = pack(as_array(run.trace))
        with self._errors(), self._transaction():
            before = self.find(key)
            if before is not None and not before.cut:
                return
            if before is not None and run.ended == "killed" != before.ended:
                return
            row = (key, problem_key, record)
            self._database.execute("INSERT OR REPLACE INTO runs VALUES (?, ?, ?)", row)
            self._database.execute("INSERT OR REPLACE INTO traces VALUES (?, ?)", (key, points))

    def keys(self) -> set[str]:
        """Return the keys of all runs."""
        with self._errors():
            return {key for (key,) in self._database.execute("SELECT key FROM runs")}

    def find(self, key: str) -> Run | None:
        """Return the run of a key, without its trace; None where there is none."""
        with self._errors():
            query = "SELECT run FROM runs WHERE key = ?"
            row = self._database.execute(query, (key,)).fetchone()
        return None if row is None else self._run(key, row[0])

    def runs(
        self, problem_keys: Iterable[str] | None = None, *, trace: bool = False
    ) -> dict[str, Run]:
        """Return runs by key: those on some problems' instances, or all; without their traces.

        Parameters
        ----------
        problem_keys : iterable of str, optional
            See `Preflight.problem_key`.
        trace : bool
            Whether the runs have their traces.
        """
        found = {key: self._run(key, record) for key, record in self._records(problem_keys)}
        if trace:
            for key, array in self.traces(found):
                found[key].trace = as_points(array)
        return found

    def _run(self, key: str, record: str) -> Run:
        try:
            return run_from_json({**json.loads(record), "trace": [], "key": key})
        except (TypeError, KeyError, ValueError) as error:
            what = f"results file {self.path}: run {key}: a damaged record"
            raise StoreError(f"{what}: {type(error).__name__}: {error}") from None

    def _records(self, problem_keys: Iterable[str] | None) -> Iterator[tuple[str, str]]:
        query, some = "SELECT key, run FROM runs", " WHERE problem_key = ?"
        chosen = [()] if problem_keys is None else [(key,) for key in problem_keys]
        for values in chosen:
            with self._errors():
                rows = self._database.execute(query + some * len(values), values).fetchall()
            yield from rows

    def traces(self, keys: Iterable[str]) -> Iterator[tuple[str, NDArray]]:
        """Yield runs' keys and traces, as arrays of `results.trace.TRACE`, one at a time."""
        query = "SELECT points FROM traces WHERE key = ?"
        for key in keys:
            with self._errors():
                row = self._database.execute(query, (key,)).fetchone()
            try:
                yield key, unpack(row[0])
            except (TypeError, ValueError) as error:  # a missing row is None
                raise StoreError(f"results file {self.path}: run {key}: {error}") from None


def _write(path: str) -> sqlite3.Connection:
    """Open a file; a second runner on the same file waits for the first one's commit."""
    return sqlite3.connect(path, timeout=LOCK_SECONDS, isolation_level=None)


def _read(path: str | Path) -> sqlite3.Connection:
    """Open a file that is only read, even where its folder may not be written to."""
    address = Path(path).resolve().as_uri()
    database = sqlite3.connect(
        f"{address}?mode=ro", uri=True, timeout=LOCK_SECONDS, isolation_level=None
    )
    try:
        _tables(database)
    except sqlite3.OperationalError:  # no room for the write-ahead log's index
        database.close()
        log = Path(f"{path}-wal")
        if log.is_file() and log.stat().st_size:
            # Read as it is, the file would lack the runs that the log has.
            raise StoreError(
                f"results file {path}: {log.name} has runs that can be read only where the "
                "folder may be written to: copy both files to one"
            ) from None
        database = sqlite3.connect(f"{address}?immutable=1", uri=True, isolation_level=None)
    return database


def _current(database: sqlite3.Connection) -> sqlite3.Connection:
    """Return the database, or its copy in memory where it is of an older version."""
    if _tables(database) and _pragma(database, "user_version") == SCHEMA:
        return database
    copy = sqlite3.connect(":memory:", isolation_level=None)
    with contextlib.closing(database):
        database.backup(copy)
    migrate(copy)
    return copy


def _tables(database: sqlite3.Connection) -> int:
    return int(database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])


def _pragma(database: sqlite3.Connection, name: str) -> int:
    return int(database.execute(f"PRAGMA {name}").fetchone()[0])
