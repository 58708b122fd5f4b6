"""The rows that a process has stored, kept until it ends in case their file is lost."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

#: A row of each table: a run's key, its problem's key, its record and its packed trace.
Row = tuple[str, str, str, bytes]

#: The most bytes of rows that are held; older rows are read from the connection if possible.
MOST_BYTES = 64 * 2**20

#: SQLite's error codes of a file that is damaged, cut, or no longer there.
DAMAGE = {
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_IOERR_READ,
    sqlite3.SQLITE_IOERR_SHORT_READ,
    sqlite3.SQLITE_READONLY_DBMOVED,
}


def damaged(error: sqlite3.Error) -> bool:
    """Whether an error says that the file is damaged, rather than full, locked or read-only."""
    code = getattr(error, "sqlite_errorcode", 0)
    return code in DAMAGE or code & 0xFF in DAMAGE & {11, 14, 26}


class Watched:
    """A file and its log, as they were at the last check."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._states = _state(path), _state(f"{path}-wal")

    def changed(self) -> str:
        """Say what has happened to the file since the last check; empty where nothing has.

        ``cut`` may be wrong: SQLite itself shortens a file at times.
        """
        before, log_before = self._states
        file, log = self._states = _state(self.path), _state(f"{self.path}-wal")
        if file is None:
            return "removed"
        if before is not None and file[:2] != before[:2]:
            return "replaced"
        if log_before is not None and (log is None or log[:2] != log_before[:2]):
            return "parted from its log"
        if before is not None and file[2] == 0 < before[2]:
            return "emptied"
        pairs = (file, before), (log, log_before)
        return "cut" if any(new and old and new[2] < old[2] for new, old in pairs) else ""


def _state(path: str) -> tuple[int, int, int] | None:
    """Return a file's device, inode and size; None if it does not exist."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino, status.st_size


class Made:
    """The rows that a process has added to a results file."""

    def __init__(self) -> None:
        self._rows: dict[str, Row | None] = {}
        self._held = 0

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, row: Row) -> None:
        """Keep a row, and drop the oldest ones if they are too many to hold."""
        self.drop(row[0])
        self._rows[row[0]] = row
        self._held += _size(row)
        for key, old in self._rows.items():
            if self._held <= MOST_BYTES:
                break
            if old is not None:
                self._held -= _size(old)
                self._rows[key] = None

    def drop(self, key: str) -> None:
        """Forget a row, such as one that was not stored."""
        row = self._rows.pop(key, None)
        self._held -= 0 if row is None else _size(row)

    def rows(self, database: sqlite3.Connection) -> Iterator[Row]:
        """Yield the rows, and those that are not held if they can be read."""
        query = (
            "SELECT key, problem_key, run, points FROM runs JOIN traces USING (key) WHERE key = ?"
        )
        for key, row in self._rows.items():
            if row is not None:
                yield row
                continue
            try:
                stored = database.execute(query, (key,)).fetchone()
            except sqlite3.Error:
                continue
            if stored is not None:
                yield stored


def _size(row: Row) -> int:
    return sum(map(len, row))


def places_beside(path: str) -> Iterator[Path]:
    """Yield free paths for rescued rows: beside the file, or else in the working folder."""
    file = Path(path)
    stem = re.sub(r"\.rescued-\d+$", "", file.stem)
    for folder in dict.fromkeys((file.absolute().parent, Path.cwd())):
        for number in range(1, 1000):
            place = folder / f"{stem}.rescued-{number}{file.suffix}"
            if not os.path.lexists(place):
                yield place
                break
