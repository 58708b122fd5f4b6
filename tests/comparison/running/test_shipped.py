"""Objects of the caller's own reach a clean process, and are kept under the name it gives."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from comparison.results import load
from comparison.results.store import Store
from comparison.running.comparison import compare
from comparison.running.grid import Grid
from comparison.running.shipped import ship
from comparison.terminal.show import shown
from methods import METHODS, minimize
from problems import PROBLEMS, Box, Budget, Problem, from_function
from problems.core.usage_error import UsageError

BUDGET = Budget(30, 20.0)


def closure(step):
    """Return a method that knows what its maker knew."""

    def walks(oracle, rng, *, factor: float = 1.0):
        x = oracle.start(1)[0]
        while True:
            oracle.value(x)
            x = np.clip(x + factor * step * rng.standard_normal(len(x)), -5, 5)

    return walks


class Mine(Problem):
    """A problem of the caller's, with instances."""

    def __init__(self, *, instance: int = 0):
        self.space = Box(-5, 5, 3)
        self.centre = np.random.default_rng(instance).uniform(-1, 1, 3)

    def value(self, x):
        return float(((x - self.centre) ** 2).sum())


def made(tmp_path, methods, problems, **more):
    with Store(tmp_path / "results.sqlite") as store:
        plan = Grid(methods, problems, budget=BUDGET, **{"seeds": 2, **more})
        return compare(plan, store), store.keys()


def test_a_closure_and_a_problem_run_in_processes_of_their_own_as_here(tmp_path):
    walks = ship(closure(0.3), name="walks")
    problem = from_function(lambda x: float(abs(x).sum()), Box(-5, 5, 2), name="taxicab")
    methods = [METHODS.entry("random-search"), walks]
    done, _ = made(tmp_path, methods, [ship(problem)], instances=3)
    assert [(run.method, run.problem, run.seed) for run in done.runs] == [
        (method, "taxicab", seed) for method in ("random-search", "walks") for seed in (0, 1)
    ]
    assert done.one_instance == ["taxicab"]
    named = closure(0.3)
    named.__name__ = "walks"
    for run in done.runs:
        here = minimize(
            problem, named if run.method == "walks" else run.method, BUDGET, seed=run.seed
        )
        assert (run.value, run.ended) == (here.value, "budget")
        assert [point.value for point in run.trace][-1] == run.value


def test_a_class_has_options_and_instances(tmp_path):
    options = {"walks": {"factor": "0.5"}}
    walks = ship(closure(0.3), name="walks", version="1")
    done, keys = made(tmp_path, [walks], [ship(Mine, version="1")], instances=2, options=options)
    assert len({run.value for run in done.runs}) == 4
    assert {run.method_options["factor"] for run in done.runs} == {0.5}
    assert len(keys) == 4


def test_with_a_version_a_run_is_kept_and_found_again(tmp_path):
    def compared(method_version, problem_version):
        walks = ship(closure(0.3), name="walks", version=method_version)
        done, keys = made(tmp_path, [walks], [ship(Mine, name="mine", version=problem_version)])
        return done.made, done.stored, len(keys)

    assert compared("1", "1") == (2, 0, 2)
    assert compared("1", "1") == (0, 2, 2)
    assert compared("2", "1") == (2, 0, 4)
    assert compared("1", "2") == (2, 0, 6)


@pytest.mark.parametrize("versions", [("", "1"), ("1", ""), ("", "")])
def test_without_one_it_is_in_memory_only_and_made_anew(tmp_path, versions):
    walks = ship(closure(0.3), name="walks", version=versions[0])
    for _ in range(2):
        done, keys = made(tmp_path, [walks], [ship(Mine, version=versions[1])])
        assert (done.made, done.stored, keys) == (2, 0, set())
        assert all(run.trace for run in done.runs)


def test_what_the_caller_did_does_not_come_along(tmp_path):
    """A process that ran threads cannot be copied; here it is asked by one that does."""
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:

        def counts_threads(oracle, rng):
            import os

            oracle.value(np.full(2, float(len(os.listdir("/proc/self/task")))))

        problem = from_function(lambda x: float(x[0]), Box(0, 9, 2), name="first")
        done, _ = made(tmp_path, [ship(counts_threads)], [ship(problem)], seeds=1)
    finally:
        stop.set()
        thread.join()
    assert [run.value for run in done.runs] == [1.0]


def lazy(oracle, rng):
    yield oracle.value(oracle.start(1)[0])


@pytest.mark.parametrize(
    ("thing", "name", "why"),
    [
        (7, "", "7: expected a method"),
        (Box, "", "expected a method"),
        (lambda oracle: None, "half", "half is not a method"),
        (lazy, "", "lazy is a generator"),
        (closure(1), "genetic", "give it another, name='my-genetic'"),
        (Mine, "sphere", "give it another, name='my-sphere'"),
        (closure(1), "hc", "give it another, name='my-hc'"),
        (closure(1), "default", "give it another, name='my-default'"),
        (Mine, "combinatorial", "give it another, name='my-combinatorial'"),
        (closure(1), "a/b", "expected a word of up to 100 characters without any of"),
        (closure(1), "a@5", "expected a word"),
        (closure(1), " ", "expected a word"),
        (closure(1), "a" * 101, "expected a word"),
        (closure(threading.Lock()), "locked", "locked cannot be sent to a process of its own"),
    ],
)
def test_what_cannot_be_shipped_is_refused_in_words(thing, name, why):
    with pytest.raises(UsageError, match=why):
        ship(thing, name=name)


def test_modules_of_the_callers_own_come_along(tmp_path, monkeypatch):
    (tmp_path / "a_helper_of_mine.py").write_text(
        "import another_of_mine\ndef look(oracle):\n    another_of_mine.look(oracle)\n"
    )
    (tmp_path / "another_of_mine.py").write_text(
        "def look(oracle):\n    oracle.value(oracle.start(1)[0])\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    import a_helper_of_mine

    helped = ship(lambda oracle, rng: a_helper_of_mine.look(oracle), name="helped")
    done, _ = made(tmp_path, [helped], [PROBLEMS.entry("sphere")], seeds=1)
    assert [(run.ended, run.ledger.values) for run in done.runs] == [("converged", 1)]


def test_a_version_may_be_any_text_and_the_script_is_named_as_what_repeats_a_run(tmp_path):
    problem = ship(Mine, name="mine", version="2026 autumn/π")
    done, keys = made(tmp_path, [METHODS.entry("rs")], [problem], seeds=1)
    assert ([run.ended for run in done.runs], len(keys)) == (["budget"], 1)
    results = load(tmp_path / "results.sqlite")
    lines = list(shown(results, results.runs[0], 80))
    assert lines[-1] == "  (in the script that has its method or problem)"


def test_two_of_one_name_are_refused():
    twice = [ship(closure(step), name="walks") for step in (0.1, 0.2)]
    with pytest.raises(UsageError, match="two methods are called 'walks'"):
        Grid(twice, [ship(Mine)])


def test_a_built_problem_takes_no_options(tmp_path):
    problem = ship(Mine(), name="mine")
    with pytest.raises(ValueError, match="mine is built already: expected no options"):
        made(tmp_path, [METHODS.entry("rs")], [problem], options={"mine": {"size": "3"}})


def test_catalogues_of_this_process_stay_as_they_are(tmp_path):
    before = METHODS.names(), PROBLEMS.names()
    made(tmp_path, [ship(closure(0.3), name="walks")], [ship(Mine)])
    assert (METHODS.names(), PROBLEMS.names()) == before
