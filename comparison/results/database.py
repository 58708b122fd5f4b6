"""An SQLite file as data: nothing in it is executed, and nothing in it can hang the process."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Generator, Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from problems.core.usage_error import UsageError

#: How long a runner waits for others that write.
LOCK_SECONDS = 30.0
#: How long SQLite may take to find a row, or to end a statement.
ROW_SECONDS = 6.0
#: Steps of SQLite's virtual machine, some milliseconds, between calls of its progress handler.
STEPS = 20_000
#: The most bytes of a text, a blob or a row.
MOST_BYTES = 2**26
#: The files that SQLite keeps beside a file: a rollback journal, a write-ahead log, its index.
BESIDE = ("-journal", "-wal", "-shm")
#: Ends a journal that names a file beyond the database, which SQLite opens and then removes.
NAMES_ANOTHER = bytes.fromhex("d9d505f920a163d7")


class StoreError(UsageError):
    """A results file that cannot be used; the message says why."""


class UnstorableRun(StoreError):  # noqa: N818 - the run is wrong
    """A run that could not be read again; the file is as it was."""


def require_place(path: str | Path, *, exists: bool) -> None:
    """Raise `StoreError` if no results file can be at a path, or if it has to exist and does not.

    SQLite would wait for ever at a pipe, and take some names for something else than a file.
    What it keeps beside the file may be as bad.
    """
    name = os.fspath(path)
    if not name:
        raise StoreError("results file: expected a file name, not an empty one")
    if name == "-":
        raise StoreError("results file -: a database is no stream; expected a file name")
    try:
        mode = os.stat(name).st_mode
    except ValueError:
        raise StoreError(f"results file {name!r}: no file has such a name") from None
    except OSError as error:
        if exists:
            why = "there is none" if isinstance(error, FileNotFoundError) else error.strerror
            raise StoreError(f"results file {name}: {why}") from None
        folder = os.path.dirname(name) or "."
        if not os.path.isdir(folder):
            what = f"unable to open database file: there is no folder {folder}"
            raise StoreError(f"results file {name}: {what}") from None
        return
    if not stat.S_ISREG(mode):
        raise StoreError(f"results file {name}: unable to open: it is {_kind(mode)}, not a file")
    if why := wrong_beside(name):
        raise StoreError(f"results file {name}: unable to open: {why}")


def wrong_beside(path: str) -> str:
    """Say which file beside a results file SQLite must not open, and why; empty if none.

    It would wait for ever at a pipe, where it hears no signal; and a journal may name any
    file of the user's, which SQLite removes once the journal has been undone.
    """
    for ending in BESIDE:
        beside = Path(f"{os.path.realpath(path)}{ending}")
        try:
            mode = beside.lstat().st_mode
        except OSError:  # there is none
            continue
        if not stat.S_ISREG(mode):
            return f"{beside.name} beside it is {_kind(mode)}, not a file"
        if ending == "-journal" and _end(beside) == NAMES_ANOTHER:
            return f"{beside.name} beside it names another file, as no journal of this suite does"
    return ""


def _kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "a folder"
    return "a link" if stat.S_ISLNK(mode) else "a device or a pipe"


def _end(path: Path) -> bytes:
    """Return a file's last bytes; none if it cannot be read, as SQLite then cannot either."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - len(NAMES_ANOTHER)))
            return file.read(len(NAMES_ANOTHER))
    except OSError:
        return b""


class Database(sqlite3.Connection):
    """A connection that runs no code of its file, hears signals, and ends what takes too long.

    Parameters
    ----------
    name : str
        The absolute path of a file or, as `uri`, an address.
    uri : bool

    Attributes
    ----------
    seconds : float
        How long a statement may take to end, or to find its next row.
    """

    def __init__(self, name: str, *, uri: bool = False) -> None:
        # While others lock the file, `execute` waits: SQLite would not handle signals.
        super().__init__(name, timeout=0.1, isolation_level=None, uri=uri)
        self.seconds = ROW_SECONDS
        self._deadline = 0.0
        self._raised: BaseException | None = None
        # A signal's handler raises where Python code begins or goes on, and SQLite's binding
        # drops what its callbacks raise. A generator goes on within its own `try`.
        steps = self._steps()
        next(steps)
        self.set_progress_handler(steps.__next__, STEPS)
        self.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_BYTES)
        self.execute("PRAGMA trusted_schema=OFF")
        self.execute("PRAGMA cell_size_check=ON")

    def _steps(self) -> Generator[bool, None, None]:
        while True:
            try:
                yield monotonic() > self._deadline
            except GeneratorExit:
                return
            except BaseException as error:
                self._raised = error
                yield True

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """Execute a statement; wait while others lock the file, and handle signals meanwhile."""
        patience = monotonic() + LOCK_SECONDS
        while True:
            self._deadline = monotonic() + self.seconds
            try:
                return super().execute(sql, parameters)
            except sqlite3.Error as error:
                self._raise_what_interrupted()
                if "locked" not in str(error) or monotonic() > patience:
                    raise
            sleep(0.01)

    def rows(self, sql: str, parameters: Any = ()) -> Iterator[tuple[Any, ...]]:
        """Yield a statement's rows, with a time limit for each; see `execute`."""
        cursor = self.execute(sql, parameters)
        while True:
            self._deadline = monotonic() + self.seconds
            try:
                row = cursor.fetchone()
            except sqlite3.Error:
                self._raise_what_interrupted()
                raise
            if row is None:
                return
            yield row

    def _raise_what_interrupted(self) -> None:
        """Raise what a signal's handler raised while SQLite worked, if it raised anything."""
        raised, self._raised = self._raised, None
        if raised is not None:
            raise raised from None

    def count_tables(self) -> int:
        """Return how many tables, indexes and views the file has."""
        return int(self.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])

    def pragma(self, name: str) -> int:
        """Return a number that SQLite keeps in the file's header."""
        return int(self.execute(f"PRAGMA {name}").fetchone()[0])


def open_to_read(path: str) -> Database:
    """Open a file for reading only."""
    return Database(f"{Path(path).resolve().as_uri()}?mode=ro", uri=True)


def with_log(database: Database, path: str) -> Database:
    """Return the database, opened again if its folder is read-only."""
    try:
        database.count_tables()
    except sqlite3.OperationalError:  # no room for the write-ahead log's index
        database.close()
        file = Path(path).resolve()
        log = Path(f"{file}-wal")
        if log.is_file() and log.stat().st_size:
            # Read as it is, the file would lack the runs that the log has.
            raise StoreError(
                f"results file {path}: {log.name} has runs that can be read only where the "
                "folder may be written to: copy both files to one"
            ) from None
        return Database(f"{file.as_uri()}?immutable=1", uri=True)
    return database
