"""A file that was cut, or damaged in its midst: told in one line, never a wrong or a double run."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

import pytest

import comparison
import runner
from comparison.results.store import Store, StoreError
from tests.comparison.examples import run, with_traces
from tests.comparison.results.test_store import TRACE
from tests.survival.comparisons import QUICK, QUICK_RUNS, RESULTS, finished, kept, start

RUNS = 60


def add(store, numbers):
    for i in numbers:
        store.add(f"key {i}", "problem", run(seed=i, message="x" * 300, trace=20 * TRACE))


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A results file of many pages, and its runs."""
    path = tmp_path_factory.mktemp("whole") / RESULTS
    with Store(path) as store:
        add(store, range(RUNS))
    return path.read_bytes(), kept(path)


def read(path):
    """Return all runs of a file with their traces, in one transaction's worth of calls."""
    with Store(path) as store:
        return with_traces(store)


@pytest.mark.parametrize("share", [0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.9999])
@pytest.mark.parametrize("aligned", [False, True], ids=["anywhere", "between pages"])
def test_a_file_that_was_cut_is_refused_and_left_as_it_was(tmp_path, whole, share, aligned):
    content, runs = whole
    end = int(share * len(content))
    cut = content[: end // 4096 * 4096 if aligned else end]
    if not cut:
        return  # an empty file is a new one
    path = tmp_path / RESULTS
    path.write_bytes(cut)
    for opens in (read, comparison.load):
        message = f"results file {path}: "
        try:
            found = opens(path)
        except StoreError as error:
            message = str(error)
        else:  # what was cut off is empty, or not read
            assert share > 0.98
            assert len(found) == RUNS
            assert kept(path) == runs
        assert message.startswith(f"results file {path}: ")
        assert "\n" not in message
    assert path.read_bytes() == cut


@pytest.mark.parametrize("part", range(12))
def test_what_a_damaged_file_still_gives_is_what_was_in_it(tmp_path, whole, part):
    """A page of it is overwritten, as by a disk that fails."""
    content, runs = whole
    path = tmp_path / RESULTS
    pages = len(content) // 4096
    at = 4096 * (part * pages // 12)
    path.write_bytes(content[:at] + b"\xff" * 4096 + content[at + 4096 :])
    try:
        found = kept(path)
        read(path)
    except (StoreError, sqlite3.DatabaseError):
        return
    assert found.items() <= runs.items()


@pytest.mark.parametrize("share", [0.0, 0.0001, 0.3, 0.5, 0.8, 0.999, 1.0])
def test_of_a_log_that_was_cut_the_commits_before_the_cut_are_there(tmp_path, share):
    """As a machine that loses power leaves it: each commit is in the file whole or not at all."""
    path, copy = tmp_path / RESULTS, tmp_path / "copy.sqlite"
    with Store(path) as store:
        add(store, range(20))
        log = (tmp_path / f"{RESULTS}-wal").read_bytes()
        shutil.copy(path, copy)
    (tmp_path / "copy.sqlite-wal").write_bytes(log[: int(share * len(log))])
    try:
        found = read(copy)
    except StoreError:
        assert share < 0.1  # the tables themselves are not there yet
        return
    n = len(found)
    assert set(found) == {f"key {i}" for i in range(n)}  # the first n, in order
    assert n == 20 if share == 1.0 else n <= 20 * share + 1
    with Store(copy) as store:
        add(store, range(20))
        assert len(store.keys()) == 20


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        ("UPDATE runs SET run = substr(run, 1, 99)", "a damaged record: JSONDecodeError"),
        ("UPDATE runs SET run = '{}'", "a damaged record: KeyError"),
        ("UPDATE runs SET run = '[1]'", "a damaged record: TypeError"),
        ("UPDATE runs SET run = NULL", "a damaged record: TypeError"),
        (
            "UPDATE runs SET run = replace(run, '\"ended\"', '\"ended it\"')",
            "a damaged record: TypeError",
        ),
        ("UPDATE traces SET points = substr(points, 1, 20)", "a damaged trace"),
        ("UPDATE traces SET points = x'00'", "a damaged trace"),
        ("UPDATE traces SET points = NULL", "a bytes-like object is required"),
        ("DELETE FROM traces", "not subscriptable"),
        ("DROP TABLE traces", "no such table: traces"),
        ("DROP TABLE runs", "no such table: runs"),
    ],
)
def test_a_damaged_run_is_named(tmp_path, damage, why):
    path = tmp_path / RESULTS
    with Store(path) as store:
        store.add("key", "problem", run(trace=TRACE))
    with closing(sqlite3.connect(path)) as database:
        database.execute(damage)
        database.commit()
    with pytest.raises(StoreError, match=why) as error:
        read(path)
    assert str(error.value).startswith(f"results file {path}: ")
    assert "DROP" in damage or "run key: " in str(error.value)
    assert "\n" not in str(error.value)


def test_the_runner_refuses_a_damaged_file_in_one_line_and_leaves_it(tmp_path, capfd, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / RESULTS
    finished(start(tmp_path, *QUICK))
    assert len(kept(path)) == QUICK_RUNS
    content = path.read_bytes()
    path.write_bytes(cut := content[: len(content) // 2])
    with pytest.raises(SystemExit) as end:
        runner.main([*QUICK])
    assert end.value.code == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err == f"runner.py: results file {RESULTS}: database disk image is malformed\n"
    assert path.read_bytes() == cut
