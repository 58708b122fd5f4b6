"""The results file: what is put in comes out, once, and no other file is touched."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from comparison.results import load
from comparison.results.store import Store, StoreError
from comparison.results.tables import APPLICATION_ID, SCHEMA
from problems.core.ledger import TracePoint
from problems.core.reference import Reference
from tests.comparison.examples import run, with_traces

TRACE = [TracePoint("value", 2.0, 1.0, 1, 0, 0.1, 0.2), TracePoint("bound", 0.0, 2.0, 2, 1, 0.3, 1)]


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "results.sqlite") as opened:
        yield opened


@pytest.mark.parametrize(
    "made",
    [
        run(x=np.array([1, 0, -1]), trace=TRACE),
        run(x=np.array([0.1, 2.0]), reference=Reference(0.5, "bound", "why", 0.0)),
        run(value=None, ended="error", message="it’s broken:\n\0 ✗"),
        run(seed=4, instance=2, last=0.5, bound=-1.0, method_options={"a": None, "b": True}),
    ],
    ids=["whole numbers and a trace", "reals and a reference", "nothing found", "the rest"],
)
def test_a_run_comes_out_as_it_went_in(store, made):
    store.add("key", "problem", made)
    again = with_traces(store, ["problem"])["key"]
    assert asdict(replace(again, x=None)) == asdict(replace(made, x=None, key="key"))
    assert again.x is made.x or (again.x == made.x).all()
    assert made.x is None or again.x.dtype == made.x.dtype


def test_a_file_of_a_version_without_measures_opens(tmp_path):
    path = tmp_path / "results.sqlite"
    with Store(path) as store:
        store.add("old", "problem", run())
        store.add("new", "problem", run(seed=1, measures={"drift": 0.5}))
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE runs SET run = json_remove(run, '$.measures') WHERE key = 'old'")
    results = load(path)
    assert {one.key: one.measures for one in results} == {"old": {}, "new": {"drift": 0.5}}
    (column,) = (each for each in results.columns() if each.declared == "measures")
    held = {one.key: column.stored(results.row(one)) for one in results}
    assert held == {"old": None, "new": 0.5}


def test_traces_are_left_out_unless_asked_for(store):
    store.add("key", "problem", run(trace=TRACE))
    assert store.runs(["problem"])["key"].trace == []


def test_a_run_that_is_there_stays_as_it_is(store):
    """Two runners on one file make the same run: it is there once, and neither's is lost."""
    store.add("key", "problem", run(cpu=0.5, trace=TRACE))
    before = store.find("key")
    for again in (run(cpu=0.7), run(ended="killed", value=None)):
        store.add("key", "problem", again)
        assert store.keys() == {"key"}
        assert asdict(store.find("key")) == asdict(before)
    assert with_traces(store)["key"].trace == TRACE


def test_a_run_that_was_killed_gives_way_to_any_other(store):
    store.add("key", "problem", run(ended="killed", trace=TRACE))
    store.add("key", "problem", run(ended="killed", message="again"))
    store.add("key", "problem", run(ended="error"))
    store.add("key", "problem", run(ended="budget"))
    assert store.keys() == {"key"}
    (found,) = with_traces(store, ["problem"]).values()
    assert (found.ended, found.trace) == ("error", [])


def test_a_run_that_was_killed_at_its_time_limit_gives_way_but_not_to_a_kill(store):
    limited = {"timeout": "3.0"}
    store.add("key", "problem", run(ended="timeout", provenance=limited, message="late"))
    store.add("key", "problem", run(ended="killed"))
    assert store.find("key").ended == "timeout"
    store.add("key", "problem", run(ended="timeout", provenance={"timeout": "9.0"}, message="late"))
    assert store.find("key").provenance == {"timeout": "9.0"}
    store.add("key", "problem", run(ended="budget", trace=TRACE))
    store.add("key", "problem", run(ended="timeout", provenance=limited, message="late"))
    assert with_traces(store)["key"].trace == TRACE


def test_a_run_is_found_by_its_key(store):
    store.add("key", "problem", run(trace=TRACE))
    assert store.find("key").key == "key"
    assert store.find("key").trace == []
    assert store.find("another") is None


def test_runs_are_found_by_their_problem(store):
    store.add("a", "one", run())
    store.add("b", "two", run())
    store.add("c", "two", run())
    assert store.keys() == {"a", "b", "c"}
    assert set(store.runs(["one"])) == {"a"}
    assert set(store.runs(["two", "one"])) == {"a", "b", "c"}
    assert store.runs(["three"]) == store.runs([]) == {}


def test_runs_are_kept_when_the_file_is_closed(tmp_path):
    with Store(tmp_path / "results.sqlite") as first:
        first.add("key", "problem", run())
    with Store(str(tmp_path / "results.sqlite")) as second:
        assert second.keys() == {"key"}


def test_a_run_is_committed_at_once_for_another_reader_to_see(tmp_path):
    path = tmp_path / "results.sqlite"
    with Store(path) as first, Store(path) as second:
        first.add("a", "problem", run())
        assert second.keys() == {"a"}
        second.add("b", "problem", run())
        second.add("c", "problem", run(value=9.0))
        assert first.keys() == {"a", "b", "c"}
        assert first.runs(["problem"])["c"].value == 9.0


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_what_is_no_number_is_never_written(store, bad):
    with pytest.raises(ValueError, match="JSON"):
        store.add("key", "problem", run(value=bad))
    assert store.keys() == set()


def test_writing_to_a_closed_store_says_which_file(tmp_path):
    with Store(tmp_path / "results.sqlite") as closed:
        pass
    with pytest.raises(StoreError, match=r"results\.sqlite"):
        closed.add("key", "problem", run())


# --------------------------------------------------------- files that are not ours


def sqlite_file(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()


def text_file(path):
    path.write_text("a shopping list\n" * 100)


def short_text_file(path):
    path.write_text("shopping\n")


def foreign_database(path):
    sqlite_file(path, "CREATE TABLE runs (key TEXT, problem_key TEXT, run TEXT, trace TEXT)")


def newer_schema(path):
    sqlite_file(
        path,
        f"PRAGMA application_id={APPLICATION_ID}",
        f"PRAGMA user_version={SCHEMA + 1}",
        "CREATE TABLE runs (key TEXT)",
    )


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (text_file, "not a database"),
        (short_text_file, "not a database"),
        (foreign_database, "not one of ours"),
        (newer_schema, "newer version"),
    ],
)
def test_a_file_that_is_not_ours_is_refused_and_left_as_it_was(tmp_path, make, why):
    path = tmp_path / "results.sqlite"
    make(path)
    before = path.read_bytes()
    with pytest.raises(StoreError, match=why) as error:
        Store(path)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(StoreError, match="unable to open"):
        Store(tmp_path)


def test_a_missing_folder_is_refused_and_not_created(tmp_path):
    with pytest.raises(StoreError, match="unable to open"):
        Store(tmp_path / "missing" / "results.sqlite")
    assert list(tmp_path.iterdir()) == []


def test_an_empty_name_under_which_sqlite_keeps_nothing_is_refused(tmp_path, monkeypatch):
    """As in ``--results "$UNSET"``."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StoreError, match="results file"):
        Store("")


def test_an_empty_file_becomes_ours(tmp_path):
    path = tmp_path / "results.sqlite"
    path.touch()
    with Store(path) as store:
        store.add("key", "problem", run())
    with Store(path) as store:
        assert store.keys() == {"key"}


@pytest.fixture
def public_folder():
    """A folder that others may enter; pytest's own is closed to them."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)
        Path(folder).chmod(0o755)


@contextmanager
def as_nobody():
    """Give up root's rights for a while."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.mark.parametrize("exists", [True, False], ids=["a read-only file", "a read-only folder"])
def test_what_may_not_be_written_is_refused(public_folder, exists):
    path = public_folder / "results.sqlite"
    if exists:
        with Store(path) as store:
            store.add("key", "problem", run())
        path.chmod(0o444)
    public_folder.chmod(0o555)
    with as_nobody(), pytest.raises(StoreError, match=r"results\.sqlite"):
        Store(path)


def test_a_folder_that_may_not_be_written_to_is_read(public_folder):
    path = public_folder / "results.sqlite"
    with Store(path) as store:
        store.add("key", "problem", run())
    public_folder.chmod(0o555)
    with as_nobody(), Store(path, readonly=True) as store:
        assert store.keys() == {"key"}


def test_runs_in_a_log_that_cannot_be_read_are_told_and_not_missed(public_folder, tmp_path):
    """A runner that was killed leaves its log; here it is copied while one is open."""
    with Store(tmp_path / "results.sqlite") as store:
        store.add("key", "problem", run())
        for name in ("results.sqlite", "results.sqlite-wal"):
            copy = public_folder / name
            copy.write_bytes((tmp_path / name).read_bytes())
            copy.chmod(0o444)
    public_folder.chmod(0o555)
    why = r"results\.sqlite-wal has runs that can be read only where the folder may be written"
    with as_nobody(), pytest.raises(StoreError, match=why):
        Store(public_folder / "results.sqlite", readonly=True)
    public_folder.chmod(0o755)
    with Store(public_folder / "results.sqlite", readonly=True) as store:
        assert store.keys() == {"key"}


def test_a_damaged_file_is_reported_as_such(tmp_path):
    path = tmp_path / "results.sqlite"
    with Store(path) as store:
        for i in range(50):
            store.add(f"key {i}", "problem", run(message="x" * 500))
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    with pytest.raises(StoreError, match=r"results\.sqlite"), Store(path) as store:
        store.runs(["problem"])
