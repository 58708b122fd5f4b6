"""Two runners on one file: both finish, no run is there twice, none that is there is made again."""

from __future__ import annotations

import threading

import pytest

from comparison.results.store import Store
from comparison.running.comparison import compare
from comparison.running.grid import Grid
from methods import METHODS
from problems import PROBLEMS, Budget
from tests.comparison.examples import user
from tests.survival.comparisons import COMPARISON, RESULTS, RUNS, finished, kept, start


def test_two_that_begin_together_print_the_same_table(undisturbed, tmp_path):
    rows, _ = undisturbed
    both = [start(tmp_path, *COMPARISON) for _ in range(2)]
    assert [finished(process) for process in both] == [rows, rows]
    assert len(kept(tmp_path / RESULTS)) == RUNS
    before = kept(tmp_path / RESULTS)
    assert finished(start(tmp_path, *COMPARISON)) == rows
    assert kept(tmp_path / RESULTS) == before


def grid(method="random-search", seeds=6):
    chosen = METHODS.expand([method])
    return Grid(chosen, [PROBLEMS.entry("sphere")], seeds=seeds, budget=Budget(20, 20.0))


def test_a_run_that_another_runner_has_committed_meanwhile_is_not_made_again(tmp_path):
    path = tmp_path / RESULTS
    others = []

    def progress(done, total, run):
        if run is not None and not others:
            with Store(path) as second:
                others.append(compare(grid(), second))

    with Store(path) as first:
        mine = compare(grid(), first, progress=progress)
        assert (mine.made, mine.stored) == (1, 5)
        assert (others[0].made, others[0].stored) == (5, 1)
        assert [(r.seed, r.value) for r in mine.runs] == [(r.seed, r.value) for r in others[0].runs]
        assert len(first.keys()) == 6


def test_a_run_that_was_killed_elsewhere_meanwhile_is_made(tmp_path):
    """A kill says nothing about the run, whoever's it was."""
    path = tmp_path / RESULTS
    others = []

    def progress(done, total, run):
        if run is not None and not others:
            with Store(path) as second:
                others.append(compare(grid(user("dies"), 2), second))

    with Store(path) as first:
        mine = compare(grid(user("dies"), 2), first, progress=progress)
    assert (mine.made, others[0].made) == (2, 2)


@pytest.mark.parametrize("attempt", range(5))
def test_many_that_open_a_new_file_together_all_get_it(tmp_path, attempt):
    together = threading.Barrier(8)
    faults = []

    def opens():
        together.wait()
        try:
            with Store(tmp_path / RESULTS) as store:
                assert store.keys() == set()
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=opens) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
