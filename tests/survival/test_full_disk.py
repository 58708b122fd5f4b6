"""A full disk ends a comparison in order: what was found is kept and printed."""

from __future__ import annotations

import json
import os
import resource

import pytest

import comparison.results.store
import runner
from comparison.results.store import Store
from comparison.running.comparison import compare
from comparison.running.grid import Grid
from methods import METHODS
from problems import PROBLEMS, Budget
from tests.survival.comparisons import QUICK, QUICK_RUNS, RESULTS, finished, kept, start

SEEDS = 12


def grid():
    method, problem = METHODS.entry("random-search"), PROBLEMS.entry("sphere")
    return Grid([method], [problem], seeds=SEEDS, budget=Budget(20, 20.0))


def limit(store, pages):
    """Let the file have so many pages more than it has, as on a disk that is nearly full."""
    (used,) = store._database.execute("PRAGMA page_count").fetchone()
    store._database.execute(f"PRAGMA max_page_count={used + pages}")


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("pages", [0, 8])
def test_the_comparison_ends_and_the_same_one_goes_on_when_there_is_room(tmp_path, pages, jobs):
    path = tmp_path / RESULTS
    with Store(path) as store:
        limit(store, pages)
        done = compare(grid(), store, jobs=jobs)
        before = kept(path)
        assert done.unkept == f"results file {path}: database or disk is full"
        # What could not be stored is not lost to whoever waits for the table.
        assert done.made == len(done.runs) == len(before) + 1 <= SEEDS
        assert (len(before) > 0) == (pages > 0)
        limit(store, 1000)
        again = compare(grid(), store, jobs=jobs)
    assert (again.unkept, again.stored, again.made) == ("", len(before), SEEDS - len(before))
    assert before.items() <= kept(path).items()
    assert len(kept(path)) == SEEDS


@pytest.fixture
def call(capfd, tmp_path, monkeypatch):
    """Run the comparison in this process; its file may have so many pages."""
    monkeypatch.chdir(tmp_path)
    opened = comparison.results.store.Database

    def called(pages):
        def nearly_full(path):
            database = opened(path)
            database.execute(f"PRAGMA max_page_count={pages}")
            return database

        monkeypatch.setattr(comparison.results.store, "Database", nearly_full)
        try:
            code = runner.main([*QUICK])
        except SystemExit as end:
            code = end.code
        return code, *capfd.readouterr()

    return called


def test_the_runner_prints_what_there_is_and_one_line_that_says_why_it_ended(quick, tmp_path, call):
    code, out, err = call(24)
    assert code == 1
    assert err == (
        f"runner.py: results file {RESULTS}: database or disk is full; "
        "the runs made before are kept; the same command goes on from there\n"
    )
    before = kept(tmp_path / RESULTS)
    assert sum(row["seeds"] for row in json.loads(out)) == len(before) + 1
    assert 0 < len(before) < QUICK_RUNS
    assert finished(start(tmp_path, *QUICK)) == quick
    assert before.items() <= kept(tmp_path / RESULTS).items()


def test_without_room_for_the_file_itself_nothing_is_run(call):
    code, out, err = call(1)
    assert (code, out) == (2, "")
    assert err == f"runner.py: results file {RESULTS}: database or disk is full\n"


def test_a_finished_comparison_is_read_without_room_for_anything(tmp_path, call):
    assert call(1000)[0] == 0
    (tmp_path / "kept").write_bytes((tmp_path / RESULTS).read_bytes())
    assert call(1)[0] == 0


def test_a_limit_on_the_size_of_files_is_such_a_disk_as_well(quick, tmp_path):
    """As ``ulimit -f`` sets it: the system's own refusal, in a process of its own."""
    size = 80_000

    def limited():
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    # The limit would hold for the coverage that the process measures of itself as well.
    unmeasured = {name: value for name, value in os.environ.items() if "COVERAGE" not in name}
    process = start(tmp_path, *QUICK, preexec_fn=limited, env=unmeasured)
    out, err = process.communicate(timeout=300)
    assert process.returncode == 1
    assert err.startswith(f"runner.py: results file {RESULTS}: ")
    assert err.count("\n") == 1
    before = kept(tmp_path / RESULTS)
    assert sum(row["seeds"] for row in json.loads(out)) == len(before) + 1
    assert finished(start(tmp_path, *QUICK)) == quick
    assert before.items() <= kept(tmp_path / RESULTS).items()
