"""A results file that is taken away while a comparison runs: no run is lost, and it is told."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import suppress

import pytest

import runner
from comparison.results import rescue
from comparison.results.database import Database
from comparison.results.store import Store, StoreError
from comparison.running.comparison import compare
from comparison.running.grid import Grid
from methods import METHODS
from problems import PROBLEMS, Budget
from tests.comparison.examples import run, with_traces
from tests.comparison.results.test_store import TRACE
from tests.survival.comparisons import RESULTS, kept

SEEDS = 9


def removed(path):
    path.unlink()


def moved(path):
    path.rename(path.with_name("elsewhere"))


def replaced(path):
    other = path.with_name("other")
    with Store(other) as store:
        store.add("theirs", "problem", run())
    os.replace(other, path)


def overwritten_by_another(path):
    path.unlink()
    path.write_text("a shopping list\n")


def emptied(path):
    os.truncate(path, 0)


def halved(path):
    os.truncate(path, path.stat().st_size // 2)


def scribbled(path):
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))


def text_in_its_place(path):
    path.write_text("a shopping list\n" * 100)


def without_its_log(path):
    path.with_name(f"{path.name}-wal").unlink()


ACCIDENTS = [
    *(removed, moved, replaced, overwritten_by_another, emptied, halved, scribbled),
    *(text_in_its_place, without_its_log),
]


def rescued(folder):
    """Return the runs of all files beside the one that was given."""
    found = {}
    for path in folder.glob("*.rescued-*.sqlite"):
        found.update(kept(path))
    return found


def large(path):
    """Make a file of many pages, none of which are in its log only."""
    with Store(path) as store:
        for i in range(60):
            store.add(f"old {i}", "old", run(message="x" * 500))


@pytest.mark.parametrize("accident", ACCIDENTS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("at", [1, 5, SEEDS])
def test_every_run_that_was_made_is_beside_it(tmp_path, accident, at):
    path = tmp_path / RESULTS
    large(path)
    grid = Grid(
        [METHODS.entry("random-search")],
        [PROBLEMS.entry("sphere")],
        seeds=SEEDS,
        budget=Budget(20, 20.0),
    )

    def progress(done, total, made):
        if made is not None and done == at:
            accident(path)

    with Store(path) as store:
        done = compare(grid, store, progress=progress)
        told = store.rescued
    assert (done.made, len(done.runs), done.unkept) == (SEEDS, SEEDS, "")
    assert told.startswith(f"results file {path}: ")
    assert f"; {SEEDS} runs are in {tmp_path / 'results.rescued-1.sqlite'}" in told
    assert "\n" not in told
    assert {made.key for made in done.runs} == set(rescued(tmp_path))
    with Store(tmp_path / "results.rescued-1.sqlite", readonly=True) as store:
        assert all(made.trace for made in with_traces(store).values())


@pytest.mark.parametrize("accident", [removed, replaced, halved], ids=lambda f: f.__name__)
def test_the_runner_says_so_and_exits_with_1(tmp_path, monkeypatch, capsys, accident):
    monkeypatch.chdir(tmp_path)
    large(tmp_path / RESULTS)
    add, times = Store.add, []

    def adding(store, *arguments, **more):
        add(store, *arguments, **more)
        times.append(store)
        if len(times) == 2:
            accident(tmp_path / RESULTS)

    monkeypatch.setattr(Store, "add", adding)
    command = ["hc", "--problem", "sphere", "--budget", "20", "--seeds", "4"]
    assert runner.main([*command, "--results", RESULTS]) == 1
    out, err = capsys.readouterr()
    assert "hill-climb" in out
    what = {"halved": "cut"}.get(accident.__name__, accident.__name__)
    place = tmp_path / "results.rescued-1.sqlite"
    assert err == (
        f"runner.py: results file {RESULTS}: {what} while it was in use; 4 runs are in {place}\n"
    )


def test_what_is_no_longer_held_is_read_from_what_was_open(tmp_path, monkeypatch):
    monkeypatch.setattr(rescue, "MOST_BYTES", 1)
    path = tmp_path / RESULTS
    with Store(path) as store:
        for i in range(5):
            store.add(f"key {i}", "problem", run(seed=i, trace=TRACE))
        path.unlink()
        store.add("last", "problem", run(seed=9))
        assert "removed" in store.rescued
    assert set(rescued(tmp_path)) == {*(f"key {i}" for i in range(5)), "last"}


def test_a_run_is_rescued_where_the_damage_is_found_as_its_key_is_looked_up(tmp_path, monkeypatch):
    """Within the transaction that would add it, which ends before anything is rescued."""
    rows, malformed = Database.rows, [sqlite3.DatabaseError("database disk image is malformed")]
    malformed[0].sqlite_errorcode = sqlite3.SQLITE_CORRUPT

    def rows_of_a_damaged_file(database, sql, parameters=()):
        if malformed and sql.startswith("SELECT run FROM runs WHERE key"):
            raise malformed.pop()
        return rows(database, sql, parameters)

    with Store(tmp_path / RESULTS) as store:
        store.add("key", "problem", run())
        monkeypatch.setattr(Database, "rows", rows_of_a_damaged_file)
        store.add("another", "problem", run(seed=1))
        assert "damaged (database disk image is malformed)" in store.rescued
        assert store.keys() == {"key", "another"}


def test_a_file_that_is_rescued_can_be_lost_again(tmp_path):
    path = tmp_path / RESULTS
    with Store(path) as store:
        for i in range(3):
            store.add(f"key {i}", "problem", run(seed=i))
            os.unlink(store.path)
        store.verify()
        assert store.path == str(tmp_path / "results.rescued-1.sqlite")
    assert set(rescued(tmp_path)) == {"key 0", "key 1", "key 2"}


def test_where_its_folder_is_gone_it_is_where_the_process_works(tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    (tmp_path / "there").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with Store(tmp_path / "there" / RESULTS) as store:
        store.add("key", "problem", run())
        shutil.rmtree(tmp_path / "there")
        store.add("another", "problem", run(seed=1))
    assert set(rescued(tmp_path / "here")) == {"key", "another"}


def test_where_nothing_can_be_written_it_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr("comparison.results.store.places_beside", lambda path: iter(()))
    with Store(tmp_path / RESULTS) as store:
        store.add("key", "problem", run())
        (tmp_path / RESULTS).unlink()
        with pytest.raises(StoreError, match="removed while it was in use, and its runs can be"):
            store.add("another", "problem", run(seed=1))


def test_a_file_that_another_makes_smaller_is_none_that_was_lost(tmp_path):
    """As ``VACUUM`` does, or a checkpoint that empties the log."""
    path = tmp_path / RESULTS
    large(path)
    with Store(path) as store:
        store.add("key", "problem", run())
        with suppress(sqlite3.OperationalError), sqlite3.connect(path) as other:
            other.execute("DELETE FROM runs WHERE problem_key = 'old'")
            other.commit()
            other.execute("VACUUM")
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        store.add("another", "problem", run(seed=1))
        assert store.rescued == ""
        assert store.keys() == {"key", "another"}


def test_damage_is_noticed_by_a_look_as_well(tmp_path):
    """Before a run is made, another runner may have made it: that check may find the damage."""
    path = tmp_path / RESULTS
    large(path)
    with Store(path) as store:
        store.add("key", "problem", run())
        text_in_its_place(path)
        store._database.execute("PRAGMA shrink_memory")
        assert store.find("key") is not None
        assert store.find("old 30") is None or not store.rescued
        store.add("another", "problem", run(seed=1))
        assert "while it was in use; 2 runs are in" in store.rescued
    assert set(rescued(tmp_path)) == {"key", "another"}


@pytest.mark.parametrize(
    "changes",
    [{"message": "x" * 1_000_001}, {"problem": "x" * 3000}, {"provenance": {"jobs": "many"}}],
    ids=lambda changes: next(iter(changes)),
)
def test_what_could_not_be_read_again_is_not_stored(tmp_path, changes):
    with Store(tmp_path / RESULTS) as store:
        with pytest.raises(StoreError, match="run key: not stored"):
            store.add("key", "problem", run(**changes))
        assert store.keys() == set()


def test_a_trace_that_is_too_long_is_thinned(tmp_path, monkeypatch):
    from comparison.results import trace

    monkeypatch.setattr(trace, "MOST_POINTS", 20)
    points = [TRACE[0], *(TRACE[1] for _ in range(100)), TRACE[0]]
    with Store(tmp_path / RESULTS) as store:
        store.add("key", "problem", run(trace=points))
        (found,) = with_traces(store).values()
    assert 10 < len(found.trace) <= 20
    assert found.trace[-1].kind == "value"
