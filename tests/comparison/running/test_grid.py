"""The grid: what is run, what is taken from the store, and what is refused."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import replace

import pytest

from comparison.analysis.rows import rows
from comparison.results.store import Store
from comparison.running.cell import Cell
from comparison.running.comparison import compare
from comparison.running.describe import describe_method
from comparison.running.grid import Grid, GridError
from comparison.running.pool import Pool
from comparison.running.settings import parse_options
from comparison.running.sweep import planned_runs
from comparison.terminal.formats import as_csv
from methods import METHODS
from problems import PROBLEMS, Budget
from problems.naming.options import UnknownName
from tests.comparison.examples import CORPUS, USER, all_but_times, cell, user, with_traces

BUDGET = Budget(20, 20.0)


def grid(methods, problems=("sphere",), *, options=(), corpus=None, **more):
    chosen = PROBLEMS.expand(problems)
    parsed = parse_options(options, chosen, corpus)
    return Grid(METHODS.expand(methods), chosen, **{"budget": BUDGET, "options": parsed, **more})


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "results.sqlite") as opened:
        yield opened


def what(runs):
    """Return what is the same whenever a run is made."""
    return [(r.method, r.problem, r.instance, r.seed, r.value, r.ended) for r in runs]


# --------------------------------------------------------------------- the plan


@pytest.mark.parametrize("name", ["seeds", "instances"])
@pytest.mark.parametrize("number", [0, -1])
def test_a_grid_of_nothing_is_refused(name, number):
    with pytest.raises(GridError, match=f"{name}={number}: expected a whole number >= 1"):
        grid(["genetic"], **{name: number})


@pytest.mark.parametrize(("seeds", "instances"), [(10**30, 1), (1001, 1000), (10**400, 1)])
def test_more_runs_than_a_plan_can_hold_are_refused_at_once(seeds, instances):
    with pytest.raises(GridError, match="expected at most 1,000,000") as error:
        grid(["genetic"], seeds=seeds, instances=instances)
    assert f"up to {seeds * instances:,} runs" in str(error.value)
    assert grid(["genetic"], seeds=1000, instances=1000).seeds == 1000


@pytest.mark.parametrize("budget", [Budget(0, 20.0), Budget(20, 0)], ids=["work", "seconds"])
def test_a_budget_that_buys_nothing_is_refused(budget):
    with pytest.raises(GridError, match="=0: nothing can be run"):
        grid(["genetic"], budget=budget)


def test_cells_are_every_method_on_every_problem_with_their_options():
    plan = grid(["ga", "adam"], ["sphere", "knapsack"], options=["ga.population=7"])
    assert [(cell.method, cell.problem) for cell in plan.cells()] == [
        ("genetic", "sphere"),
        ("adam", "sphere"),
        ("genetic", "knapsack"),
        ("adam", "knapsack"),
    ]
    assert [cell.method_options for cell in plan.cells()] == [{"population": "7"}, {}] * 2
    assert {cell.budget for cell in plan.cells()} == {BUDGET}


def test_a_method_named_twice_is_compared_once():
    assert len(grid(["ga", "genetic", "genetic-algorithm"]).cells()) == 1


def test_tasks_are_every_seed_of_every_instance():
    plan = grid(["genetic"], seeds=2, instances=3)
    made = [(run.instance, run.seed) for run in planned_runs(plan, cell())]
    assert made == [(i, s) for i in range(3) for s in range(2)]


def test_a_problem_in_which_nothing_is_random_has_one_instance(store):
    plan = Grid([METHODS.entry("genetic")], [PROBLEMS.entry("g06")], seeds=2, instances=3)
    made = [(run.instance, run.seed) for run in planned_runs(plan, cell(one_instance=True))]
    assert made == [(0, 0), (0, 1)]
    done = compare(replace(plan, budget=Budget(20, 5)), store)
    assert (done.made, done.one_instance) == (2, ["g06"])


@pytest.mark.parametrize("method", [n for n in METHODS.names() if not METHODS.entry(n).seeded])
def test_a_method_that_draws_no_random_numbers_has_one_seed(method):
    plan = grid([method], seeds=5, instances=2)
    described = Cell(plan.cells()[0], describe_method(plan.cells()[0]), cell().problem)
    assert [(r.instance, r.seed) for r in planned_runs(plan, described)] == [(0, 0), (1, 0)]


# ---------------------------------------------------------------------- options


def test_an_option_of_something_else_is_refused():
    with pytest.raises(UnknownName, match="adam, which is not part of this comparison"):
        grid(["genetic"], options=["adam.rate=1"])


def test_an_option_is_parsed_once_for_its_key_and_all_its_runs(store, tmp_path):
    """Once for three seeds: described, and then handed to the try and to the runs."""
    (tmp_path / "mine.py").write_text(
        "from pathlib import Path\n"
        "from typing import Annotated\n"
        "from problems.core.interval import Interval\n"
        "class Noted(Interval):\n"
        "    def __contains__(self, number):\n"
        "        with Path(__file__).with_name('parsed').open('a') as file:\n"
        "            file.write(f'{number!r} ')\n"
        "        return super().__contains__(number)\n"
        "def walks(oracle, rng, *, step: Annotated[float, Noted(ge=0, le=1)] = 0.5):\n"
        "    if step != 0.25:\n"
        "        raise RuntimeError(repr(step))\n"
        "    oracle.value(oracle.start(1)[0])\n"
    )
    mine = f"{tmp_path / 'mine.py'}:walks"
    done = compare(grid([mine], options=[f"{mine}.step=25e-2"], seeds=3), store)
    assert [(run.ended, run.method_options) for run in done.runs] == [
        ("converged", {"step": 0.25})
    ] * 3
    assert (tmp_path / "parsed").read_text() == "0.25 "


# ------------------------------------------------------------------- comparisons


def test_a_comparison_makes_every_run_and_stores_it(store):
    done = compare(grid(["random-search", "hill-climb"], seeds=2, instances=2), store)
    assert (done.made, done.stored) == (8, 0)
    assert Counter((r.method, r.instance) for r in done.runs) == Counter(
        {(m, i): 2 for m in ("random-search", "hill-climb") for i in (0, 1)}
    )
    assert len(store.keys()) == 8
    assert {run.ended for run in done.runs} == {"budget"}
    assert done.results.contenders == ["random-search", "hill-climb"]
    assert done.results.problems == ["sphere"]


def test_a_second_call_makes_no_run_and_finds_the_same(store):
    first = compare(grid(["ga", "hc"], seeds=2), store)
    second = compare(grid(["hill-climb", "genetic"], seeds=2), store)
    assert (second.made, second.stored) == (0, 4)
    assert sorted(what(second.runs)) == sorted(what(first.runs))
    assert as_csv(rows(second.results)) == as_csv(rows(first.results))


@pytest.mark.parametrize(
    ("changes", "made"),
    [
        ({"seeds": 3}, 1),
        ({"instances": 2}, 2),
        ({"methods": ["random-search", "hill-climb"]}, 2),
        ({"problems": ["sphere", "knapsack"]}, 2),
        ({"budget": Budget(21, 20.0)}, 2),
        ({"budget": Budget(20.0, 20)}, 0),
        ({"budget": Budget(20.5, 20)}, 2),
        ({"budget": Budget(20, 21.0)}, 2),
        ({"budget": Budget(20, 20.0, 0.1)}, 2),
        ({"options": ["random-search.batch=7"]}, 2),
        ({"options": ["sphere.dimension=3"]}, 2),
        ({"options": ["sphere.dimension=10", "random-search.batch=100"]}, 0),
        ({"seeds": 1}, 0),
    ],
    ids=str,
)
def test_only_what_is_missing_is_run(store, changes, made):
    plan = {"methods": ["random-search"], "seeds": 2}
    compare(grid(**plan), store)
    assert compare(grid(**{**plan, **changes}), store).made == made


def test_runs_come_in_the_order_of_the_grid_however_they_ended(store):
    plan = grid(["hill-climb", "random-search"], ["knapsack", "sphere"], seeds=2)
    done = compare(plan, store, jobs=2)
    order = [(each.method, each.problem, seed) for each in plan.cells() for seed in range(2)]
    assert [(run.method, run.problem, run.seed) for run in done.runs] == order


def test_runs_are_the_same_whatever_the_number_of_jobs(tmp_path):
    plan = grid(["genetic", "hill-climb", "adam"], ["sphere", "knapsack"], seeds=3)
    found = []
    for jobs in (1, 2, 3):
        with Store(tmp_path / f"{jobs}.sqlite") as store:
            compare(plan, store, jobs=jobs)
            found.append({key: all_but_times(run) for key, run in with_traces(store).items()})
    assert len(found[0]) == 18
    assert found[0] == found[1] == found[2]


def test_progress_counts_to_the_end(store):
    told = []
    plan = grid(["random-search"], seeds=2)
    compare(plan, store, progress=lambda *what: told.append(what))
    assert [(done, total, run and run.method) for done, total, run in told] == [
        (0, 2, None),
        (1, 2, "random-search"),
        (2, 2, "random-search"),
    ]
    told.clear()
    compare(grid(["random-search"], seeds=3), store, progress=lambda *what: told.append(what))
    assert [(done, total) for done, total, _ in told] == [(2, 3), (3, 3)]


@pytest.mark.parametrize("jobs", [0, -2])
def test_no_workers_is_refused(store, jobs):
    with pytest.raises(GridError, match=f"jobs={jobs}: expected a whole number >= 1"):
        compare(grid(["random-search"]), store, jobs=jobs)


def test_unsupported_cells_are_told_and_not_stored(store):
    done = compare(grid(["counting", "random-search"], seeds=2), store)
    assert (done.made, len(store.keys())) == (2, 2)
    assert [(run.method, run.ended) for run in done.runs] == [
        ("counting", "unsupported"),
        ("random-search", "budget"),
        ("random-search", "budget"),
    ]
    assert done.runs[0].message == "there is nothing to count"


def test_a_comparison_in_which_nothing_can_run_is_refused_with_the_reasons(store):
    with pytest.raises(GridError) as error:
        compare(grid(["counting", "ip"]), store)
    assert "counting on sphere: there is nothing to count" in str(error.value)
    assert "integer-programming on sphere: it has no linear model" in str(error.value)
    assert store.keys() == set()


@pytest.mark.parametrize(
    "options", [["genetic.population=-5"], ["genetic.populaton=5"], ["knapsack.items=many"]]
)
def test_one_bad_cell_and_nothing_is_run(store, options):
    plan = grid(["random-search", "genetic"], ["sphere", "knapsack"], options=options)
    with pytest.raises(GridError):
        compare(plan, store)
    assert store.keys() == set()


# ---------------------------------------------------------------- user files, data


def test_traces_are_kept_in_the_store_and_not_in_memory(store):
    (made,) = compare(grid(["random-search"], seeds=1), store).runs
    (stored,) = with_traces(store).values()
    assert (made.value, made.trace) == (stored.value, [])
    assert len(stored.trace) > 0


def test_a_run_that_was_killed_is_tried_again(store, tmp_path):
    plan = grid([user("dies_once")], options=[f"{user('dies_once')}.mark={tmp_path / 'mark'}"])
    assert [run.ended for run in compare(plan, store).runs[:1]] == ["killed"]
    again = compare(plan, store)
    assert again.made == 1
    assert {run.ended for run in again.runs} == {"converged"}
    assert compare(plan, store).made == 0


def test_a_run_that_was_killed_at_its_time_limit_is_made_again_when_it_may_take_longer(store):
    plan = grid([user("hoards")], seeds=1)  # takes half a second
    (cut,) = compare(plan, store, timeout=0.2000004).runs
    assert (cut.ended, cut.failed) == ("timeout", True)
    assert cut.message == "gave no answer within 0.2 s, and was killed"
    assert cut.provenance["timeout"] == "0.2000004"
    for timeout, made in ((0.2000004, 0), (0.1, 0), (10.0, 1), (0.1, 0), (None, 0)):
        done = compare(plan, store, timeout=timeout)
        assert done.made == made
    assert [run.ended for run in done.runs] == ["converged"]


@pytest.mark.parametrize(
    ("redo", "again"),
    [
        (None, []),
        ("failed", ["raises"]),
        ("timeout", ["hill-climb"]),
        ("all", ["random-search", "hill-climb", "raises"]),
    ],
)
def test_stored_runs_are_made_again_on_purpose(store, redo, again):
    methods = ["random-search", "hill-climb", user("raises")]
    plan = replace(grid(methods, seeds=1), budget=Budget(20, 20.0))
    # A method that finds the time up at once, as on a machine that was loaded.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Pool, "run", lambda pool, tasks: map(late, real_run(pool, tasks)))
        before = compare(plan, store)
    ended = {run.method.rpartition(":")[2]: run.ended for run in before.runs}
    assert ended == {"random-search": "budget", "hill-climb": "timeout", "raises": "error"}
    told = []
    done = compare(plan, store, redo=redo, progress=lambda n, of, run: told.append(run))
    assert sorted(run.method.rpartition(":")[2] for run in told if run) == sorted(again)
    assert done.made == len(again)
    kept = {run.method: run.ended for run in store.runs().values()}
    assert kept["hill-climb"] == ("budget" if redo in ("timeout", "all") else "timeout")


real_run = Pool.run


def late(made):
    """Return a run as it would have ended where it had no time."""
    task, run = made
    return task, replace(run, ended="timeout") if run.method == "hill-climb" else run


def test_a_run_that_is_killed_when_it_is_made_again_takes_nothing_from_the_file(store, tmp_path):
    option = f"{user('dies_when_marked')}.mark={tmp_path / 'mark'}"
    plan = grid([user("dies_when_marked")], seeds=1, options=[option])
    (first,) = compare(plan, store).runs
    assert first.ended == "converged"
    (tmp_path / "mark").touch()
    (again,) = compare(plan, store, redo="all").runs
    assert again.ended == "killed"
    (kept,) = store.runs().values()
    assert kept.ended == "converged"


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf")])
def test_a_time_limit_of_nothing_is_refused(store, timeout):
    with pytest.raises(GridError, match=f"timeout={timeout:g}: expected seconds > 0"):
        compare(grid(["random-search"]), store, timeout=timeout)


def test_a_memory_limit_that_could_not_be_kept_is_refused(store, monkeypatch):
    monkeypatch.setattr("comparison.running.comparison.proportional", lambda: 0)
    with pytest.raises(GridError, match="memory=1: what a run holds is told on Linux only"):
        compare(grid(["random-search"]), store, memory=1.0)


def test_only_cells_of_which_a_run_is_to_be_made_are_tried(store, monkeypatch):
    asked = []
    serve = Pool.serve

    def noting(pool, requests):
        for of, request in requests:
            methods = [tried["task"]["method"] for tried in request.get("cells", ())]
            asked.append((request["action"], methods))
            yield from serve(pool, [(of, request)])

    monkeypatch.setattr(Pool, "serve", noting)
    compare(grid(["random-search"], seeds=1), store)
    asked.clear()
    compare(grid(["random-search", "hill-climb", "counting"], seeds=1), store)
    tried = [methods for action, methods in asked if action == "try"]
    assert tried == [["hill-climb", "counting"]]  # that one is unsupported, so it has no run


def test_how_many_runs_were_made_at_a_time_is_kept_with_them(store):
    assert compare(grid(["random-search"], seeds=1), store).jobs == 1
    assert compare(grid(["random-search"], seeds=2), store, jobs=2).jobs == 2
    done = compare(grid(["random-search"], seeds=2), store)  # finds both
    assert (done.made, done.jobs) == (0, 2)


def test_a_run_that_raised_is_not_tried_again(store):
    compare(grid([user("raises")], seeds=1), store)
    again = compare(grid([user("raises")], seeds=1), store)
    assert (again.made, again.runs[0].ended) == (0, "error")


def test_a_changed_file_of_the_user_is_run_again(store, tmp_path):
    copy = tmp_path / "mine.py"
    shutil.copy(USER, copy)
    plan = [f"{copy}:honest"], ["sphere", f"{copy}:Fair"]
    assert compare(grid(*plan, seeds=1), store).made == 2
    assert compare(grid(*plan, seeds=1), store).made == 0
    with copy.open("a") as file:
        file.write("# changed\n")
    assert compare(grid(*plan, seeds=1), store).made == 2


def test_a_changed_corpus_is_run_again(store, tmp_path):
    text = tmp_path / "corpus.txt"
    text.write_text("the quick brown fox jumps over the lazy dog " * 100)
    plan = grid(["counting"], ["next-token-table"], corpus=str(text))
    assert compare(plan, store).made == 1
    assert compare(plan, store).made == 0
    text.write_text("the quick brown fox jumps over the lazy cat " * 100)
    assert compare(plan, store).made == 1


def test_two_files_that_give_the_same_name_are_refused(tmp_path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "mine.py").write_text("def mine(oracle, rng): ...\n")
    with pytest.raises(ValueError, match=r"two files give the method mine\.py:mine"):
        grid([f"{tmp_path / folder / 'mine.py'}:mine" for folder in ("one", "two")])


def test_a_certificate_made_before_serves_a_comparison_without_the_solver(store):
    problem = {
        "problems": ["next-token-ternary"],
        "options": ["next-token-ternary.bits=3"],
        "corpus": CORPUS,
    }
    (before,) = rows(compare(grid(["random-search"], seeds=1, **problem), store).results)
    assert before.reference_kind != "certified"
    (solver,) = rows(compare(grid(["ip"], **problem), store).results)
    assert (solver.ended, solver.gap, solver.bound) == ("optimal", 0.0, solver.value)
    done = compare(grid(["random-search"], seeds=1, **problem), store)
    (after,) = rows(done.results)
    assert done.made == 0
    assert (after.reference.value, after.reference_kind) == (solver.value, "certified")
    assert after.gap == after.value - solver.value


def test_a_certificate_does_not_serve_another_instance_of_the_problem(store):
    problem = {"problems": ["next-token-ternary"], "corpus": CORPUS}
    compare(grid(["ip"], options=["next-token-ternary.bits=3"], **problem), store)
    done = compare(grid(["rs"], options=["next-token-ternary.bits=4"], **problem), store)
    (row,) = rows(done.results)
    assert row.reference_kind != "certified"


def test_a_problem_that_is_built_anew_for_each_run_is_told(store, tmp_path):
    option = f"{user('Threaded')}.note_at={tmp_path / 'built'}"
    done = compare(grid(["random-search"], [user("Threaded")], seeds=2, options=[option]), store)
    assert [run.ended for run in done.runs] == ["budget"] * 2
    assert done.built_anew == {"misbehaving.py:Threaded": "it has 2 threads when it is built"}


def test_what_a_problem_says_of_itself_that_no_run_could_be_stored_with_is_refused(store):
    with pytest.raises(
        GridError, match="what they say of themselves cannot be stored: problem_options"
    ):
        compare(grid(["random-search"], [user("HugeOption")]), store)
    assert store.keys() == set()


def test_a_run_that_could_not_be_read_again_is_an_error_and_the_others_go_on(store, monkeypatch):
    def odd(made):
        task, run = made
        return task, replace(run, dimension=-1) if run.seed == 1 else run

    monkeypatch.setattr(Pool, "run", lambda pool, tasks: map(odd, real_run(pool, tasks)))
    done = compare(grid(["random-search"], seeds=3), store)
    assert [run.ended for run in done.runs] == ["budget", "error", "budget"]
    assert done.runs[1].message.startswith("what it gave cannot be stored: dimension=-1")
    assert (done.unkept, len(store.keys())) == ("", 3)


def test_an_unknown_way_to_redo_is_refused(store):
    with pytest.raises(GridError, match="redo='bogus': expected one of failed, timeout, all"):
        compare(grid(["random-search"]), store, redo="bogus")
