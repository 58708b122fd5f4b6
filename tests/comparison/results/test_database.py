"""SQLite as a reader of data: it hears signals, has an end, and takes every name for a file's."""

from __future__ import annotations

import os
import signal
import sqlite3
import struct
import threading
from contextlib import closing

import pytest

from comparison.results import database
from comparison.results.store import Store, StoreError
from comparison.results.tables import is_sound
from tests.comparison.examples import run

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


class Heard(BaseException):
    """What the handler of a signal raises here."""


@pytest.fixture
def signalled():
    """Send this process a signal in a moment, whose handler raises."""

    def heard(number, frame):
        raise Heard

    before = signal.signal(signal.SIGTERM, heard)
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGTERM))
    timer.start()
    yield
    timer.cancel()
    timer.join()
    signal.signal(signal.SIGTERM, before)


def test_a_signal_is_heard_while_sqlite_computes(tmp_path, signalled):
    with Store(tmp_path / "results.sqlite") as store, pytest.raises(Heard):
        list(store._rows(ENDLESS))


def test_a_signal_is_heard_while_somebody_else_holds_the_file(tmp_path, signalled):
    path = tmp_path / "results.sqlite"
    with Store(path) as store, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Heard):
            store.add("key", "problem", run())
        other.execute("ROLLBACK")
        store.add("key", "problem", run())
        assert store.keys() == {"key"}


def test_what_has_no_end_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "ROW_SECONDS", 0.01)
    path = tmp_path / "results.sqlite"
    with Store(path):
        pass
    with (
        Store(path, readonly=True) as store,
        pytest.raises(StoreError, match="it takes too long to read, as if it were damaged"),
    ):
        list(store._rows(ENDLESS))


@pytest.mark.parametrize(
    "name", [":memory:", "file:x.sqlite", "file::memory:?cache=shared", "a b?mode=ro#c%41", "-x"]
)
def test_a_name_that_sqlite_takes_for_something_else_is_a_files(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    with Store(name) as store:
        store.add("key", "problem", run())
    assert [path.name for path in tmp_path.iterdir()] == [name]
    with Store(name, readonly=True) as store:
        assert store.keys() == {"key"}


@pytest.mark.parametrize("readonly", [True, False])
@pytest.mark.parametrize(
    ("make", "why"),
    [
        (os.mkfifo, "a device or a pipe, not a file"),
        (lambda path: path.symlink_to("/dev/full"), "a device or a pipe, not a file"),
        (lambda path: path.mkdir(), "a folder, not a file"),
    ],
    ids=["a pipe", "a device", "a folder"],
)
def test_what_is_no_file_is_refused_at_once(tmp_path, make, why, readonly):
    path = tmp_path / "results.sqlite"
    make(path)
    with pytest.raises(StoreError, match=why):
        Store(path, readonly=readonly)


@pytest.mark.parametrize("readonly", [True, False])
@pytest.mark.parametrize("linked", [True, False])
@pytest.mark.parametrize("ending", ["-journal", "-wal", "-shm"])
@pytest.mark.parametrize(
    ("make", "what"),
    [
        (os.mkfifo, "a device or a pipe"),
        (lambda path: path.symlink_to("/dev/zero"), "a link"),
        (lambda path: path.mkdir(), "a folder"),
    ],
    ids=["a pipe", "a link", "a folder"],
)
def test_what_is_no_file_beside_it_is_refused_at_once(
    tmp_path, make, what, ending, linked, readonly
):
    """SQLite waits for ever at a pipe, and neither SIGTERM nor Ctrl-C ends that."""
    path = tmp_path / "results.sqlite"
    Store(path).__exit__()
    make(tmp_path / f"results.sqlite{ending}")
    opened = tmp_path / "link.sqlite" if linked else path
    if linked:
        opened.symlink_to(path)
    with pytest.raises(StoreError, match=f"results.sqlite{ending} beside it is {what}, not a file"):
        Store(opened, readonly=readonly)
    assert not is_sound(str(opened))


@pytest.mark.parametrize("readonly", [True, False])
def test_a_journal_removes_no_other_file(tmp_path, readonly):
    """As SQLite's format has it: a journal's end may name a file, which is removed after it."""
    path, precious = tmp_path / "results.sqlite", tmp_path / "thesis.txt"
    Store(path).__exit__()
    precious.write_text("years of work")
    name, magic = os.fsencode(precious), bytes.fromhex("d9d505f920a163d7")
    head = magic + struct.pack(">5I", 0, 1, path.stat().st_size // 4096, 512, 4096)
    last = struct.pack(">I", 2**30 // 4096 + 1) + name + struct.pack(">2I", len(name), sum(name))
    journal = tmp_path / "results.sqlite-journal"
    journal.write_bytes(head.ljust(512, b"\0") + last + magic)
    with pytest.raises(StoreError, match="sqlite-journal beside it names another file"):
        Store(path, readonly=readonly)
    assert precious.read_text() == "years of work"


@pytest.mark.parametrize("readonly", [True, False])
def test_a_name_that_no_file_can_have_is_refused(readonly):
    with pytest.raises(StoreError, match="no file has such a name"):
        Store("a\0b", readonly=readonly)


def test_through_a_link_the_runs_are_in_what_it_leads_to(tmp_path):
    path, link = tmp_path / "results.sqlite", tmp_path / "link.sqlite"
    link.symlink_to(path)
    with Store(link) as store:
        store.add("key", "problem", run())
    assert link.is_symlink()
    with Store(path, readonly=True) as store:
        assert store.keys() == {"key"}


def test_of_a_link_the_log_is_read_as_well(tmp_path):
    """Beside what it leads to, as a runner that was killed leaves it."""
    path, link = tmp_path / "results.sqlite", tmp_path / "link.sqlite"
    link.symlink_to(path)
    with Store(path) as store:
        store.add("key", "problem", run())
        with Store(link, readonly=True) as other:
            assert other.keys() == {"key"}
