"""Finished runs in an SQLite file: each is committed at once, none is lost or doubled."""

from __future__ import annotations

import contextlib
import math
import os
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from comparison.results.checked import MOST_NAME
from comparison.results.database import (
    Database,
    StoreError,
    UnstorableRun,
    open_to_read,
    require_place,
    with_log,
)
from comparison.results.rescue import Made, Row, Watched, damaged, places_beside
from comparison.results.run_json import parsed, record_of, run_from_json
from comparison.results.tables import is_sound, make_tables, why_not_ours, with_tables
from comparison.results.trace import as_array, pack, unpack
from methods.result import Run

__all__ = ["Store", "StoreError", "UnstorableRun"]


class Store:
    """The runs of all comparisons that share one file; use it in a ``with`` statement.

    A file that is removed, replaced or damaged meanwhile is noticed when the next run is
    added. Then all that was added goes to a file beside it, and so does what comes after.

    Parameters
    ----------
    path : str or Path
        Created where it does not exist.
    readonly : bool
        Whether the file is only read; then it has to exist, and is not changed.

    Attributes
    ----------
    path : str
        Of the file that runs are added to.

    Raises
    ------
    StoreError
        When the file is not ours, of a newer version, or not writable.
    """

    def __init__(self, path: str | Path, *, readonly: bool = False) -> None:
        self.path = str(path)
        self._made, self._rescued = Made(), ""
        require_place(path, exists=readonly)
        with self._errors():
            # By its absolute path, as `:memory:` means a file here.
            self._database = (
                open_to_read(self.path) if readonly else Database(os.path.abspath(self.path))
            )
            try:
                if readonly:
                    self._database = with_log(self._database, self.path)
                if why := why_not_ours(self._database):
                    raise StoreError(f"results file {self.path}: {why}")
                if readonly:
                    self._database = with_tables(self._database)
                else:
                    self._open()
            except BaseException:
                self._database.close()
                raise
        self._file = Watched(self.path)

    @property
    def rescued(self) -> str:
        """What happened to the file, and where its runs are now; empty if nothing happened."""
        return self._rescued and f"{self._rescued}; {len(self._made)} runs are in {self.path}"

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        """Turn SQLite's errors into ours, which name the file."""
        try:
            yield
        except sqlite3.Error as error:
            why = str(error)[:MOST_NAME]
            if why == "interrupted":
                why = "it takes too long to read, as if it were damaged"
            raise StoreError(f"results file {self.path}: {why}") from error

    def _open(self) -> None:
        """Make the file ready for runs; a second runner waits for the first one's commit."""
        self._database.seconds = math.inf
        # Write-ahead logging: a commit is one append, and a killed process loses none.
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=NORMAL")
        with self._transaction():  # fails here if the file is read-only
            if not self._database.count_tables():
                make_tables(self._database)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        """Commit all statements of the block, or none of them."""
        with self._errors(), self._database:
            self._database.execute("BEGIN IMMEDIATE")
            yield

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *exception: object) -> None:
        self._database.close()

    def add(self, key: str, problem_key: str, run: Run, *, replace: bool = False) -> None:
        """Commit a finished run, unless the file has it already, perhaps from another runner.

        One that was cut short gives way to any other, but for one that was killed.

        Parameters
        ----------
        replace : bool
            Whether any run gives way, as where it was made again on purpose.
        """
        try:
            record = record_of(run)
        except (TypeError, KeyError, ValueError) as error:
            where = f"results file {self.path}: run {key}"
            raise UnstorableRun(f"{where}: not stored: {error}") from None
        row = (key, problem_key, record, pack(as_array(run.trace)))
        try:
            with self._transaction():
                before = self._find(key)
                if before is not None and not before.cut and not replace:
                    return
                if before is not None and run.ended == "killed" != before.ended:
                    return
                self._insert(row)
        except StoreError as error:
            self._made.add(row)
            if not self._rescued_from(error):
                self._made.drop(key)
                raise
            return
        self._made.add(row)
        self.verify()

    def verify(self, *, thorough: bool = False) -> None:
        """Make sure that the added runs are in the file, or else copy them to one beside it.

        Parameters
        ----------
        thorough : bool
            Whether the file is checked page by page as well, see `is_sound`.

        Raises
        ------
        StoreError
            When they can be put nowhere.
        """
        damage = self._file.changed()
        if (thorough and not damage) or damage == "cut":
            damage = "" if is_sound(self.path) else damage or "damaged"
        if damage and len(self._made):
            self._rescue(damage, None)

    def _rescued_from(self, error: StoreError) -> bool:
        """Whether an error says that the file is damaged, from which its runs are rescued."""
        why = error.__cause__
        if not isinstance(why, sqlite3.Error) or not damaged(why):
            return False
        self._rescue(f"damaged ({why})", error)
        return True

    def _rescue(self, damage: str, reason: StoreError | None) -> None:
        """Copy the added runs into another file, and add to that one from now on."""
        story = f"results file {self.path}: {damage} while it was in use"
        for place in places_beside(self.path):
            other = None
            try:
                other = Store(place)
                with other._transaction():
                    for row in self._made.rows(self._database):
                        other._insert(row)
            except StoreError as error:
                reason = reason or error
                if other is not None:
                    other._database.close()
                continue
            with contextlib.suppress(sqlite3.Error):
                self._database.close()
            self._database, self._file = other._database, other._file
            self.path, self._rescued = other.path, self._rescued or story
            return
        raise StoreError(f"{story}, and its runs can be put nowhere: {reason}")

    def _insert(self, row: Row) -> None:
        key, problem_key, record, points = row
        values = (key, problem_key, record)
        self._database.execute("INSERT OR REPLACE INTO runs VALUES (?, ?, ?)", values)
        self._database.execute("INSERT OR REPLACE INTO traces VALUES (?, ?)", (key, points))

    def keys(self) -> set[str]:
        """Return the keys of all runs."""
        return {key for (key,) in self._rows("SELECT key FROM runs")}

    def find(self, key: str) -> Run | None:
        """Return the run of a key, without its trace; None if there is none."""
        try:
            return self._find(key)
        except StoreError as error:
            if not len(self._made) or not self._rescued_from(error):
                raise
            return self._find(key)

    def _find(self, key: str) -> Run | None:
        rows = self._rows("SELECT run FROM runs WHERE key = ?", (key,))
        return next((self._run(key, record) for (record,) in rows), None)

    def runs(self, problem_keys: Iterable[str] | None = None) -> dict[str, Run]:
        """Return runs by key: those on some problems' instances, or all; without their traces.

        Parameters
        ----------
        problem_keys : iterable of str, optional
            See `comparison.running.cell.PlannedRun.problem_key`.
        """
        query, some = "SELECT key, run FROM runs", " WHERE problem_key = ?"
        keys = None if problem_keys is None else dict.fromkeys(problem_keys)
        chosen: list[Any] = [()] if keys is None else [(key,) for key in keys]
        runs: dict[str, Run] = {}
        for values in chosen:
            for key, record in self._rows(query + some * len(values), values):
                if key in runs:  # pages that lead back to themselves
                    raise StoreError(f"results file {self.path}: run {key}: it is there twice")
                runs[key] = self._run(key, record)
        return runs

    def _rows(self, query: str, values: tuple[str, ...] = ()) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query."""
        with self._errors():
            yield from self._database.rows(query, values)

    def _run(self, key: Any, record: Any) -> Run:
        try:
            return run_from_json({**parsed(record), "trace": [], "key": key})
        except (TypeError, KeyError, ValueError) as error:
            what = f"results file {self.path}: run {str(key)[:MOST_NAME]}: a damaged record"
            raise StoreError(f"{what}: {type(error).__name__}: {error}") from None

    def traces(self, keys: Iterable[str]) -> Iterator[tuple[str, NDArray]]:
        """Yield runs' keys and traces, as arrays of `results.trace.TRACE`, one at a time."""
        query = "SELECT points FROM traces WHERE key = ?"
        for key in keys:
            row = next(self._rows(query, (key,)), None)
            try:
                yield key, unpack(row[0])  # type: ignore[index] # None is caught
            except (TypeError, ValueError) as error:  # a missing row is None
                raise StoreError(f"results file {self.path}: run {key}: {error}") from None
