"""The pool: requests are served side by side, and none that hangs or dies holds up the rest."""

from __future__ import annotations

import os
import re
import signal
import time

import pytest

from comparison.running import child, launcher
from comparison.running.cell import PlannedRun
from comparison.running.grid import GridError
from comparison.running.guard import children
from comparison.running.pool import Pool
from problems import Budget
from tests.comparison.examples import alive, noted, planned, task, user, wait_for


@pytest.fixture
def short_grace(monkeypatch):
    """Kill a run soon after its time is up; the child is as it always is."""
    monkeypatch.setattr(child, "GRACE_SECONDS", 0.5)


def runs_of(pool, *runs):
    """Make the runs and return them in their order."""
    made = {id(each): run for each, run in pool.run(runs)}
    assert len(made) == len(runs)
    return [made[id(each)] for each in runs]


def hasty(method, **changes):
    """Return a run of a tenth of a second."""
    return planned(user(method), budget=Budget(20, 0.1), **changes)


# ------------------------------------------------------- descriptions and attempts


def tried(pool, *tasks):
    """Describe the tasks and try them; return each method's name and why it is unsupported."""
    return [(cell.method.name, why) for cell, why in pool.attempt(pool.describe(tasks))]


def test_every_cell_is_described_and_tried():
    with Pool() as pool:
        assert tried(pool, task("ga"), task("counting")) == [
            ("genetic", ""),
            ("counting", "there is nothing to count"),
        ]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (task("genetik"), "unknown method 'genetik'; did you mean 'genetic'?"),
        (task("ga", "spere"), "unknown problem 'spere'; did you mean 'sphere'?"),
        (task("ga", method_options={"population": "-5"}), "genetic.population=-5: expected"),
    ],
    ids=["method", "problem", "option"],
)
def test_a_task_that_is_wrong_is_refused(wrong, why):
    with Pool() as pool, pytest.raises(GridError, match=re.escape(why)):
        tried(pool, task("ga"), wrong)


def test_a_method_and_a_problem_are_described_once_however_many_cells_they_are_in(monkeypatch):
    asked = []
    serve = Pool.serve

    def noting(pool, requests):
        requests = [*requests]
        asked.extend(request["action"] for _, request in requests)
        return serve(pool, requests)

    monkeypatch.setattr(Pool, "serve", noting)
    tasks = [task(m, p) for m in ("ga", "hc", "rs") for p in ("sphere", "knapsack")]
    tasks += [task("ga", method_options={"population": "7"})]  # another one
    with Pool() as pool:
        cells = pool.describe(tasks)
    assert sorted(asked) == ["describe method"] * 4 + ["describe problem"] * 2
    assert [str(cell) for cell in cells[:3]] == [
        "genetic on sphere",
        "genetic on knapsack",
        "hill-climb on sphere",
    ]
    assert [cells[i].method.options["population"] for i in (0, -1)] == [None, 7]


@pytest.mark.parametrize("method", ["hangs_before_the_first_evaluation", "swallows_stop", "dies"])
def test_a_try_leaves_a_method_that_hangs_or_dies_to_its_runs(short_grace, method):
    with Pool() as pool:
        assert tried(pool, task(user(method), budget=Budget(20, 0.1))) == [
            (f"misbehaving.py:{method}", "")
        ]


def test_a_description_blames_the_problem_that_is_never_built(monkeypatch):
    monkeypatch.setattr(child, "BUILD_SECONDS", 2.0)
    why = "HangsInConstructor could not be built: gave no answer"
    with Pool() as pool, pytest.raises(GridError, match=why):
        pool.describe([task(problem=user("HangsInConstructor"))])


@pytest.mark.parametrize("typed", [{}, {"limit": "inf"}, {"limit": "5"}], ids=str)
def test_an_option_that_json_cannot_spell_is_passed_on(typed):
    with Pool() as pool:
        (cell,) = pool.describe([task(user("unlimited"), method_options=typed)])
        (run,) = runs_of(pool, PlannedRun(cell))
    assert run.method_options["limit"] == (5.0 if typed.get("limit") == "5" else "inf")
    assert (run.ended, run.message) == ("converged", "")


# ------------------------------------------------------------------------- runs


def test_nothing_to_do_starts_no_process(monkeypatch):
    monkeypatch.setattr(launcher, "Base", None)
    with Pool(2) as pool:
        assert list(pool.run([])) == []
        assert list(pool.describe([])) == []
        assert list(pool.attempt([])) == []


def test_every_run_has_a_process_of_its_own_and_a_problem_is_built_once(tmp_path):
    built = tmp_path / "built"
    where = {"problem": user("Noted"), "problem_options": {"note_at": str(built)}}
    method = user("notes_its_process")
    with Pool(2) as pool:
        runs = runs_of(pool, *(planned(method, seed=seed, **where) for seed in range(4)))
    assert [run.ended for run in runs] == ["budget"] * 4
    processes = {run.description for run in runs}
    assert len(processes) == 4
    assert len(built.read_text().split()) == 1


def test_two_jobs_run_side_by_side(tmp_path):
    """Each waits for the other to have begun, so that one after the other neither ends."""
    folder = str(tmp_path)
    names = [("a", "b"), ("b", "a")]
    tasks = [
        planned(user("meets"), method_options={"folder": folder, "me": me, "other": other})
        for me, other in names
    ]
    with Pool(2) as pool:
        assert [run.ended for run in runs_of(pool, *tasks)] == ["converged"] * 2
    assert (tmp_path / "a").read_text() != (tmp_path / "b").read_text()


def test_a_worker_that_died_is_replaced_and_its_curve_kept():
    with Pool() as pool:
        dead, after, dead_again, last = runs_of(
            pool, planned(user("dies")), planned(), planned(user("dies"), seed=1), planned(seed=1)
        )
    for run in (dead, dead_again):
        assert (run.ended, run.message) == ("killed", "its process died")
        assert [point.values for point in run.trace] == [1]
        assert run.value == run.trace[0].value
    assert (after.ended, last.ended) == ("budget", "budget")


def test_a_template_that_died_while_idle_costs_no_answer():
    with Pool() as pool:
        runs_of(pool, planned())
        base = pool.launcher._base.process.pid
        (guard,) = [pid for pid in children(base) if alive(pid)]
        (template,) = children(guard)
        os.kill(template, signal.SIGKILL)
        wait_for(lambda: not alive(template))
        first, second = runs_of(pool, planned(seed=1), planned(seed=2))
        os.kill(base, signal.SIGKILL)
        wait_for(lambda: not alive(base))
        third, fourth = runs_of(pool, planned(seed=3), planned(problem="rosenbrock"))
    assert [run.ended for run in (first, second, third, fourth)] == ["budget"] * 4


def test_a_run_that_hangs_is_killed_with_its_children_and_its_curve_kept(short_grace, tmp_path):
    pids = tmp_path / "pid"
    with Pool() as pool:
        hung, after = runs_of(
            pool, hasty("hangs_with_a_child", method_options={"pids": str(pids)}), planned()
        )
        wait_for(lambda: not alive(noted(pids)))
    assert (hung.ended, hung.failed) == ("timeout", True)
    assert "killed" in hung.message
    assert hung.value == hung.trace[0].value
    assert after.ended == "budget"


def test_a_loop_that_never_lets_go_is_killed(short_grace):
    with Pool() as pool:
        (hung,) = runs_of(pool, hasty("hangs"))
    assert (hung.ended, len(hung.trace)) == ("timeout", 1)


def test_a_method_that_notices_that_time_is_up_is_not_killed():
    with Pool() as pool:
        (run,) = runs_of(pool, planned("random-search", budget=Budget(1e9, 0.2)))
    assert (run.ended, run.message, run.failed) == ("timeout", "", False)


def test_what_a_run_leaves_behind_ends_with_it(tmp_path):
    with Pool() as pool:
        pids = tmp_path / "pid"
        (run,) = runs_of(pool, planned(user("leaves_a_child"), method_options={"pids": str(pids)}))
        assert run.ended == "converged"
        assert not alive(noted(pids))


def test_leaving_the_pool_in_the_middle_kills_every_worker(tmp_path):
    waiting = [
        planned(user("sleeps"), method_options={"pids": str(tmp_path / str(i))}) for i in range(2)
    ]
    pids = []

    def interrupted():
        with Pool(3) as pool:
            for _ in pool.run([*waiting, planned()]):
                pids.extend(noted(tmp_path / str(i)) for i in range(2))
                assert all(alive(pid) for pid in pids)
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert len(pids) == 2
    assert not any(alive(pid) for pid in pids)


# A reader may be slow: a store that waits for another runner's lock, for example.


def test_a_slow_reader_does_not_make_a_dead_worker_die_twice(short_grace, tmp_path):
    with Pool() as pool:
        dead = hasty("dies_once", method_options={"mark": str(tmp_path / "mark")})
        ended = []
        for _, run in pool.run([dead, planned()]):
            ended.append(run.ended)
            time.sleep(0.8)  # longer than the run had
    assert ended == ["killed", "budget"]


def test_a_slow_reader_does_not_turn_an_answer_that_waits_into_a_timeout(monkeypatch, tmp_path):
    monkeypatch.setattr(child, "GRACE_SECONDS", 1.0)
    folder = str(tmp_path)
    # The first ends when the second has begun, and the second when we say so.
    first, second = (
        hasty("meets", method_options={"folder": folder, "me": me, "other": other})
        for me, other in (("first", "second"), ("second", "go"))
    )
    ended = []
    with Pool(2) as pool:
        runs_of(
            pool, planned(), planned()
        )  # both workers have started: neither waits for the other's
        for _, run in pool.run([first, second]):
            ended.append(run.ended)
            if len(ended) == 1:
                (tmp_path / "go").touch()
                time.sleep(1.5)  # longer than the second had, which answers meanwhile
    assert ended == ["converged"] * 2


def test_numerical_libraries_get_one_thread():
    with Pool() as pool:
        (run,) = runs_of(pool, planned(user("needs_one_thread")))
    assert (run.ended, run.message) == ("converged", "")


def test_a_module_of_the_user_cannot_shadow_ours(tmp_path, monkeypatch):
    for name in ("problems", "methods", "comparison", "numpy"):
        (tmp_path / f"{name}.py").write_text("raise RuntimeError('shadowed')\n")
    monkeypatch.chdir(tmp_path)
    with Pool() as pool:
        (run,) = runs_of(pool, planned())
    assert run.ended == "budget"
