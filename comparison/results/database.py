"""An SQLite file as data: nothing in it is executed, and nothing in it can hang the process."""

from __future__ import annotations

import math
import os
import sqlite3
import stat
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from comparison.results.tables import SCHEMA, TABLES, make_tables
from problems.core.usage_error import UsageError

#: Marks an SQLite file as ours ("BGrd").
APPLICATION_ID = 0x42477264
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
#: Pages of a file that is checked when runs are lost; more would take seconds.
MOST_PAGES = 100_000


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


class Watch:
    """Lets Python handle signals while SQLite works, and ends a statement that takes too long.

    Attributes
    ----------
    raised : BaseException or None
        What a signal's handler raised meanwhile; it is raised again when SQLite is interrupted.
    seconds : float
        How long a statement may take.
    """

    def __init__(self, database: sqlite3.Connection) -> None:
        self.raised: BaseException | None = None
        self.seconds = ROW_SECONDS
        self._deadline = 0.0
        self.renew()
        # A signal's handler raises where Python code begins or goes on, and SQLite's binding
        # drops what its callbacks raise. A generator goes on within its own `try`.
        steps = self._steps()
        next(steps)
        database.set_progress_handler(steps.__next__, STEPS)

    def renew(self) -> None:
        """Restart the time limit."""
        self._deadline = monotonic() + self.seconds

    def _steps(self) -> Generator[bool, None, None]:
        while True:
            try:
                yield monotonic() > self._deadline
            except GeneratorExit:
                return
            except BaseException as error:
                self.raised = error
                yield True

    def rows(
        self, database: sqlite3.Connection, statement: str, values: Sequence[Any] = ()
    ) -> Iterator[tuple[Any, ...]]:
        """Yield a statement's rows, with a time limit for each; see `execute`."""
        cursor = execute(database, statement, values)
        while True:
            self.renew()
            row = cursor.fetchone()
            if row is None:
                return
            yield row


def guard(database: sqlite3.Connection) -> Watch:
    """Let a connection run no code of its file, hold no huge value, and handle signals."""
    watch = Watch(database)
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_BYTES)
    database.execute("PRAGMA trusted_schema=OFF")
    database.execute("PRAGMA cell_size_check=ON")
    return watch


def execute(
    database: sqlite3.Connection, statement: str, values: Sequence[Any] = ()
) -> sqlite3.Cursor:
    """Execute a statement; wait while others lock the file, and handle signals meanwhile."""
    deadline = monotonic() + LOCK_SECONDS
    while True:
        try:
            return database.execute(statement, values)
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or monotonic() > deadline:
                raise
        sleep(0.01)


def count_tables(database: sqlite3.Connection) -> int:
    """Return how many tables, indexes and views a file has."""
    return int(execute(database, "SELECT count(*) FROM sqlite_master").fetchone()[0])


def pragma(database: sqlite3.Connection, name: str) -> int:
    """Return a number that SQLite keeps in the file's header."""
    return int(execute(database, f"PRAGMA {name}").fetchone()[0])


def why_not_ours(database: sqlite3.Connection) -> str:
    """Say why this version cannot use a file; empty if it can, or if the file has no tables.

    Its tables have to be made by exactly this suite's statements: a view of the same name may
    compute without end, and a trigger may write anything.
    """
    if not count_tables(database):
        return ""
    if pragma(database, "application_id") != APPLICATION_ID:
        return "an SQLite file, but not one of ours"
    version = pragma(database, "user_version")
    if version > SCHEMA:
        return "written by a newer version of this suite"
    if version < SCHEMA:
        return f"a damaged file: it has tables, but is of version {version}"
    made_by = {_named(statement): _bare(statement) for statement in TABLES}
    tables = [name for (kind, name), _ in made_by.items() if kind == "TABLE"]
    kinds = {}
    rows = execute(database, "SELECT type, name, tbl_name, sql FROM sqlite_master")
    for kind, name, table, sql in rows:
        kinds[name] = kind
        if name in tables or (table in tables and sql is not None):
            what = str(kind).upper(), str(name)
            if what not in made_by:
                return f"its {str(name)[:40]!r} is {_a(str(kind)[:40])}, which no results file has"
            if _bare(str(sql)) != made_by[what]:
                return f"its {kind} {name} is none that this suite makes"
    missing = [name for name in tables if name not in kinds]
    return f"no such table: {missing[0]}" if missing else ""


def _a(kind: str) -> str:
    return f"an {kind}" if kind.startswith("i") else f"a {kind}"


def _named(statement: str) -> tuple[str, str]:
    """Return the kind and the name of the table or index that a statement makes."""
    _, kind, name, *_ = _bare(statement).split()
    return kind, name


def _bare(statement: str) -> str:
    """Return a statement as SQLite stores it."""
    return " ".join(statement.replace("IF NOT EXISTS ", "").split())


def connect(name: str, *, uri: bool = False) -> sqlite3.Connection:
    """Open a file by its absolute path or, as `uri`, by an address."""
    # While others lock the file, `execute` waits: SQLite would not handle signals.
    return sqlite3.connect(name, timeout=0.1, isolation_level=None, uri=uri)


def open_to_read(path: str) -> sqlite3.Connection:
    """Open a file for reading only."""
    return connect(f"{Path(path).resolve().as_uri()}?mode=ro", uri=True)


def with_log(database: sqlite3.Connection, path: str) -> sqlite3.Connection:
    """Return the database, opened again if its folder is read-only."""
    try:
        count_tables(database)
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
        return connect(f"{file.as_uri()}?immutable=1", uri=True)
    return database


def with_tables(database: sqlite3.Connection) -> sqlite3.Connection:
    """Return the database; for an empty file, one in memory that has the tables."""
    if count_tables(database):
        return database
    database.close()
    empty = connect(":memory:")
    make_tables(empty)
    return empty


def is_sound(path: str) -> bool:
    """Whether a file is whole to anybody who opens it; one of many pages is not checked."""
    watch = None
    if wrong_beside(path):
        return False
    try:
        with closing(open_to_read(path)) as database:
            watch = guard(database)
            watch.seconds = math.inf
            watch.renew()
            if pragma(database, "page_count") > MOST_PAGES:
                return True
            outcome = execute(database, "PRAGMA quick_check(1)").fetchall()
            return outcome == [("ok",)] and not why_not_ours(database)
    except sqlite3.Error:
        if watch is not None and watch.raised is not None:
            raise watch.raised from None
        return False
