from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import errno
import functools
import json
import math
import sys
import threading

import numpy as np
import pytest

import problems
from methods import METHODS, Run, minimize
from methods import run as run_module
from methods.run import make_run
from problems import Box, Budget, Problem, Reference, Stop, Unsupported
from problems.core.ledger import BrokenReference
from tests.installed import INSTALLED_METHODS
from tests.methods.examples import Flat, OneMax, Quadratic, Recorded, bowl, one_look, rastrigin


def walk(oracle, rng, *, step: float = 0.5, rounds: int = 3):
    for _ in range(rounds):
        oracle.value(np.clip(step * rng.standard_normal(2), -5, 5))


def trace_of(run):
    return [(p.kind, p.value, p.work, p.values) for p in run.trace]


# ---------------------------------------------------------------------- examples


def test_the_example_of_the_docstring():
    assert (
        minimize(problems.make("sphere"), "gradient-descent", budget=10).ended  # as it is printed
        == "optimal"
    )
    assert 'minimize(problems.make("sphere"), "gradient-descent", budget=10).ended' in (
        minimize.__doc__
    )


@pytest.mark.parametrize("name", INSTALLED_METHODS)
def test_every_name_and_alias_is_the_same_run(name):
    entry = METHODS.entry(name)
    problem = next(
        problems.make(p, **problems.PROBLEMS.entry(p).small)
        for p in ("next-token-ternary", "next-token-table", "knapsack")
        if supports(name, p)
    )
    runs = [minimize(problem, label, 60, seed=3) for label in (name, *entry.aliases)]
    for run in runs[1:]:
        assert run.method == name
        assert run.value == runs[0].value
        assert run.method_options == runs[0].method_options
        if not entry.white_box:
            assert trace_of(run) == trace_of(runs[0])


def supports(method, problem):
    from comparison.terminal.matrix import suitability

    entry = problems.PROBLEMS.entry(problem)
    return suitability(METHODS.entry(method), entry)[0] != "unsupported"


def test_the_seed_changes_the_run_and_repeats_it():
    first, again, other = (minimize(OneMax(), "genetic", 150, seed=s) for s in (1, 1, 2))
    assert trace_of(first) == trace_of(again)
    assert trace_of(first) != trace_of(other)


def test_methods_share_their_starting_points_but_not_their_randomness():
    def first_looks(method):
        problem = bowl()
        minimize(problem, method, 4)
        return np.array(problem.looked_at)

    climb, genetic = first_looks("hill-climb"), first_looks("genetic")
    np.testing.assert_array_equal(climb[0], genetic[0])
    assert (climb[1:4] != genetic[1:4]).all()


def test_instances_and_problems_have_starting_points_of_their_own():
    def start(**attributes):
        problem = bowl(**attributes)
        minimize(problem, one_look, 1)
        return problem.looked_at[0].tolist()

    assert start() == start(instance=0)
    assert len({tuple(start(instance=i, name=n)) for i in (0, 1) for n in ("a", "b")}) == 4


# ------------------------------------------------------------------ user callables


class Walker:
    def __call__(self, oracle, rng, *, rounds: int = 2):
        walk(oracle, rng, rounds=rounds)


@pytest.mark.parametrize(
    ("method", "name", "looks"),
    [
        (walk, "walk", 3),
        (functools.partial(walk, rounds=5), "partial", 5),
        (Walker(), "Walker", 2),
        (Walker().__call__, "__call__", 2),
        (lambda oracle, rng: oracle.value([0, 0]), "<lambda>", 1),
    ],
    ids=["function", "partial", "object", "bound method", "lambda"],
)
def test_a_method_is_any_callable(method, name, looks):
    run = minimize(bowl(), method, 10)
    assert run.ended == "converged", run.message
    assert run.ledger.values == looks
    assert run.method == name


@pytest.mark.parametrize("method", [walk, Walker()], ids=["function", "object"])
def test_a_callables_options_are_resolved_like_a_names(method):
    run = minimize(bowl(), method, 10, rounds="4")
    assert run.ledger.values == run.method_options["rounds"] == 4
    with pytest.raises(ValueError, match="has no option 'round'; did you mean 'rounds'"):
        minimize(bowl(), method, 10, round=4)
    with pytest.raises(ValueError, match="rounds=many: expected a whole number"):
        minimize(bowl(), method, 10, rounds="many")


def annotated(oracle: "NotImported", rng, *, rounds: int = 2):  # noqa: F821, UP037
    walk(oracle, rng, rounds=rounds)


def test_a_method_may_be_annotated_with_names_imported_for_the_type_checker_only():
    run = minimize(bowl(), annotated, 10, rounds="4")
    assert run.ledger.values == 4


def test_a_method_from_a_file(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(
        "def still(oracle, rng, *, at: float = 2.0):\n"
        "    oracle.value([at, at])\n"
        "def wrong(x):\n    return x\n"
        "number = 3\n"
    )
    run = minimize(bowl(), f"{file}:still", 5, at=1)
    assert (run.value, run.method) == (2.0, "mine.py:still")
    for thing in ("wrong", "number"):
        with pytest.raises(ValueError, match="is not a method: expected a function"):
            minimize(bowl(), f"{file}:{thing}", 5)
    with pytest.raises(ValueError, match="has no 'stil'; did you mean 'still'"):
        minimize(bowl(), f"{file}:stil", 5)


# ------------------------------------------------------------------------ refusals


@pytest.mark.parametrize(
    ("name", "closest"),
    [("genetik", "genetic"), ("adm", "adam"), ("gradient-decent", "gradient-descent")],
)
def test_an_unknown_method_names_the_closest(name, closest):
    with pytest.raises(ValueError, match=f"unknown method '{name}'; did you mean '{closest}'"):
        minimize(bowl(), name)


def test_a_hopeless_name_lists_what_there_is():
    with pytest.raises(ValueError, match="known: counting, gradient-descent"):
        minimize(bowl(), "zzz")


def test_an_unknown_option_names_the_closest():
    with pytest.raises(ValueError, match="genetic has no option 'popuation'; did you mean 'popul"):
        minimize(bowl(), "ga", popuation=10)


@pytest.mark.parametrize("value", ["ten", 2.5, None, True])
def test_an_option_of_the_wrong_type_is_refused(value):
    with pytest.raises(ValueError, match=r"genetic\.population=.*: expected a whole number"):
        minimize(bowl(), "ga", population=value)


def test_a_negative_seed_is_refused():
    with pytest.raises(ValueError, match="seed=-1: expected a whole number >= 0"):
        minimize(bowl(), one_look, seed=-1)


@pytest.mark.parametrize(
    "limits",
    [{"budget": -1}, {"budget": float("nan")}, {"seconds": -1}, {"target": float("nan")}],
    ids=str,
)
def test_an_impossible_budget_is_refused(limits):
    with pytest.raises(ValueError, match=r"budget (work|seconds|target)=.*: expected"):
        minimize(bowl(), one_look, **limits)


@pytest.mark.parametrize("limit", [{"target": 1.0}, {"seconds": 1.0}], ids=str)
def test_a_limit_beside_a_budget_is_not_silently_dropped(limit):
    with pytest.raises(ValueError, match=next(iter(limit))):
        minimize(bowl(), one_look, Budget(10), **limit)


def test_all_limits_reach_the_run_either_way():
    one = minimize(bowl(), one_look, 7, seconds=3, target=-1.0)
    other = minimize(bowl(), one_look, Budget(7, 3, -1.0))
    assert one.budget == other.budget == Budget(work=7, seconds=3, target=-1.0)


def test_a_problem_without_an_objective_is_refused():
    class Empty(Problem):
        space = Box(0, 1, 1)

    with pytest.raises(TypeError, match=r"Empty defines neither value\(x\) nor values\(X\)"):
        minimize(Empty(), one_look, 5)


# --------------------------------------------------------------- how methods behave


def test_a_method_that_raises_is_a_failed_run_that_keeps_its_best():
    def fails(oracle, rng):
        oracle.value([1, 1])
        raise RuntimeError("out of ideas")

    run = minimize(bowl(), fails, 10)
    assert (run.ended, run.message, run.value) == ("error", "RuntimeError: out of ideas", 2.0)
    assert run.failed


@pytest.mark.parametrize("code", [None, 0, 3, "bye"])
def test_a_method_cannot_end_the_process(code):
    def leaves(oracle, rng):
        sys.exit(code)

    run = minimize(bowl(), leaves, 10)
    assert (run.ended, run.message) == ("error", f"SystemExit: {'' if code is None else code}")


def test_the_users_interruption_passes_through():
    def interrupted(oracle, rng):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        minimize(bowl(), interrupted, 10)


def test_an_interruption_in_a_process_of_its_own_keeps_the_whole_run():
    def interrupted(oracle, rng):
        oracle.value([1, 1])
        oracle.value([0, 1])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        minimize(bowl(), interrupted, 10)
    run = make_run(bowl(), interrupted, Budget(10))
    assert (run.ended, run.message, run.value, run.score) == ("error", "KeyboardInterrupt: ", 1, 1)
    assert (run.ledger.work, len(run.trace), list(run.x)) == (2, 2, [0, 1])
    assert run.description == "[0 1]"


@pytest.mark.parametrize("interrupted", ["value", "describe"])
def test_an_interruption_at_the_end_passes_through_as_well(interrupted):
    class Interrupts(Quadratic):
        ended = False

        def value(self, x):
            if self.ended and interrupted == "value":
                raise KeyboardInterrupt
            return super().value(x)

        def describe(self, x):
            raise KeyboardInterrupt

    problem = Interrupts([1.0, 1.0], [1.0, 1.0])

    def method(oracle, rng):
        oracle.value(np.zeros(2))
        problem.ended = True

    with pytest.raises(KeyboardInterrupt):
        minimize(problem, method, 10)


class Unreadable(Exception):  # noqa: N818 - reads as what it is
    """An error that has no message to give."""

    def __str__(self):
        raise ValueError("no message")


@pytest.mark.parametrize("looks", [0, 2])
def test_an_error_without_a_readable_message_keeps_its_run(looks):
    def fails(oracle, rng):
        for _ in range(looks):
            oracle.value([1, 1])
        raise Unreadable

    run = minimize(bowl(), fails, 10)
    assert run.ended == "error"
    assert run.message == ("Unreadable: its message cannot be read: __str__ raises ValueError")
    assert run.ledger.work == looks


def test_what_is_too_long_to_be_stored_is_cut():
    class Long(Quadratic):
        title = "t" * 10**6
        objective = "o" * 10**6

        def describe(self, x):
            return "d" * 10**7

    def fails(oracle, rng):
        oracle.value([1, 1])
        raise RuntimeError("m" * 10**7)

    run = minimize(Long([1.0, 1.0], [1.0, 1.0]), fails, 10)
    sizes = [len(text) for text in (run.message, run.description, run.title)]
    assert sizes == [len("RuntimeError: ") + 2_000, 100_000, 100_000]
    assert all(text.endswith("…") for text in (run.message, run.description, run.title))
    assert run.value is not None


def test_forged_draws_lose_no_run():
    def forges(oracle, rng):
        oracle.value([1, 1])
        oracle.record.draws = [np.array([-math.inf])]

    run = minimize(bowl(), forges, 10)
    assert (run.ended, run.draws, run.best_of_n, run.ledger.work) == ("error", None, [], 1)


def test_draws_within_the_uncertainty_of_a_bound_have_a_curve():
    """A value that far below what is called proven refutes nothing, also not here."""

    class Sampled(Quadratic):
        reference = Reference(1.2, "bound", "a solver's arithmetic", uncertainty=0.5)

    def samples(oracle, rng):
        oracle.expect_own_proof()
        with oracle.independent_draws():
            oracle.values(np.array([[1.0, 1.0], [1.3, 0.5]]))

    run = minimize(Sampled([1.0, 1.0], [0.0, 0.0]), samples, 10)
    assert (run.ended, run.message, len(run.best_of_n)) == ("converged", "", 2)


@pytest.mark.parametrize("rows", [0, -1, 2.5, None])
def test_a_number_of_rows_that_is_none_is_refused(rows):
    problem = problems.from_function(lambda X: X.sum(axis=1), Box(0, 1, 2), vectorised=True)
    problem.most_rows = rows
    with pytest.raises(ValueError, match=r"most_rows=.*: expected a whole number >= 1"):
        minimize(problem, "random-search", 10)


class OwnEnd(BaseException):
    """What a library may end with that is no Exception."""


@pytest.mark.parametrize("end", [GeneratorExit, OwnEnd, SystemExit])
def test_a_run_ended_by_any_other_exception_keeps_its_whole_ledger(end):
    def ends(oracle, rng):
        for x in ([1, 1], [0, 1], [2, 2]):
            oracle.value(x)
        raise end

    run = minimize(bowl(), ends, 10)
    assert (run.ended, run.value) == ("error", 1.0)
    assert run.message.startswith(f"{end.__name__}:")
    assert (run.ledger.work, run.ledger.values, len(run.trace)) == (3, 3, 2)


def generates(oracle, rng):
    yield oracle.value([1, 1])


async def awaits(oracle, rng):
    oracle.value([1, 1])


async def generates_later(oracle, rng):
    yield oracle.value([1, 1])


class Generates:
    def __call__(self, oracle, rng):
        yield oracle.value([1, 1])


@pytest.mark.parametrize(
    ("method", "kind"),
    [
        (generates, "generates is a generator"),
        (generates_later, "generates_later is a generator"),
        (awaits, "awaits is an async function"),
        (Generates(), "Generates is a generator"),
        (functools.partial(generates), "partial is a generator"),
        (lambda oracle, rng: generates(oracle, rng), "<lambda> is a generator"),
        (lambda oracle, rng: awaits(oracle, rng), "<lambda> is an async function"),
    ],
)
def test_a_method_that_would_run_none_of_its_code_is_refused(method, kind):
    with pytest.raises(ValueError, match=f"{kind}.*: calling it runs nothing"):
        minimize(bowl(), method, 10)


def a_future(oracle):
    loop = asyncio.new_event_loop()
    try:
        return loop.create_future()
    finally:
        loop.close()


@pytest.mark.parametrize(
    ("deferred", "kind"),
    [
        (lambda oracle: map(oracle.value, np.zeros((3, 2))), "map"),
        (lambda oracle: iter([1]), "list_iterator"),
        (a_future, "Future"),
        (lambda oracle: concurrent.futures.Future(), "Future"),
    ],
)
def test_a_method_that_returns_what_is_yet_to_be_done_is_refused(deferred, kind):
    def method(oracle, rng):
        return deferred(oracle)

    with pytest.raises(ValueError, match=f"method returned a {kind}, which nobody goes through"):
        minimize(bowl(), method, 10)

    def looks_before(oracle, rng):
        oracle.value([1, 1])
        return deferred(oracle)

    run = minimize(bowl(), looks_before, 10)
    assert (run.ended, run.value) == ("error", 2.0)
    assert "looks_before returned a" in run.message


def test_what_a_method_returns_is_else_its_own_affair():
    for returned in (1.0, [1, 1], np.zeros(2), {"x": 1}, "done"):
        assert minimize(bowl(), lambda o, r, returned=returned: returned, 10).ended == "converged"


def test_a_generator_in_a_file_is_refused(tmp_path):
    (tmp_path / "mine.py").write_text("def mine(oracle, rng):\n    yield oracle.value([1, 1])\n")
    with pytest.raises(ValueError, match="mine is a generator"):
        minimize(bowl(), f"{tmp_path / 'mine.py'}:mine", 10)


def test_a_value_error_before_the_first_look_is_a_refusal():
    def refuses(oracle, rng, *, width: int = 1):
        raise ValueError(f"width={width}: expected a whole number >= 2")

    with pytest.raises(ValueError, match="width=1: expected"):
        minimize(bowl(), refuses, 10)


def test_a_value_error_after_the_first_look_is_a_failed_run():
    def fails(oracle, rng):
        one_look(oracle, rng)
        raise ValueError("late")

    run = minimize(bowl(), fails, 10)
    assert (run.ended, run.message) == ("error", "ValueError: late")


@pytest.mark.parametrize(
    ("error", "ended"),
    [
        (OSError(errno.EMFILE, "Too many open files"), "killed"),
        (OSError(errno.ENOSPC, "No space left on device"), "killed"),
        (
            FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp']"),
            "killed",
        ),
        (FileNotFoundError(errno.ENOENT, "No such file or directory", "data.csv"), "error"),
        (MemoryError(), "error"),
    ],
)
@pytest.mark.parametrize("who", ["method", "objective"])
def test_what_the_machine_had_none_of_kills_a_run_so_that_it_is_made_again(error, ended, who):
    def method(oracle, rng):
        one_look(oracle, rng)
        raise RuntimeError("a library's own words") from error

    class Scarce(Quadratic):
        def value(self, x):
            raise error

    arguments = [1.0, 1.0], [1.0, 1.0]
    problem = (Scarce if who == "objective" else Quadratic)(*arguments)
    run = minimize(problem, method)
    assert run.ended == ended
    assert run.ledger.values == 1
    assert run.message.startswith(type(error).__name__ if who == "objective" else "RuntimeError")


def test_a_thread_that_a_method_leaves_takes_nothing_from_its_run():
    """It looks on for ever, and would have improved the run after its end."""
    late, looked = threading.Event(), threading.Event()

    class Slow(Quadratic):
        def value(self, x):
            if x.any():
                return 5.0
            looked.set()
            assert late.wait(30)
            return 0.0

    ends = []

    def look(oracle):
        try:
            oracle.value(np.zeros(2))
        except Stop as stop:
            ends.append(stop)

    threads = []

    def method(oracle, rng):
        oracle.value(np.ones(2))
        threads.append(threading.Thread(target=look, args=(oracle,)))
        threads[0].start()
        assert looked.wait(30)

    run = minimize(Slow([1.0, 1.0], [1.0, 1.0]), method, 10)
    late.set()
    threads[0].join()
    assert (run.ended, run.value, run.ledger.values, len(run.trace)) == ("converged", 5.0, 2, 1)
    assert len(ends) == 1


def test_an_objective_that_raises_is_a_failed_run_even_if_the_method_swallows_it():
    def swallows(oracle, rng):
        with contextlib.suppress(ValueError):
            oracle.value([1, 1])

    def broken(x):
        raise ValueError("no such point")

    run = minimize(Recorded(Box(-5, 5, 2), broken), swallows, 10)
    assert (run.ended, run.message) == ("error", "ValueError: no such point")


def test_a_method_that_returns_early_converged():
    run = minimize(bowl(), one_look, 10)
    assert (run.ended, run.ledger.work, run.failed) == ("converged", 1, False)


def test_a_method_that_touches_nothing_has_nothing():
    run = minimize(bowl(), lambda oracle, rng: None, 10)
    assert (run.ended, run.x, run.value, run.score, run.trace) == (
        "converged",
        None,
        None,
        None,
        [],
    )
    assert run.ledger.work == 0


@pytest.mark.parametrize("limits", [{"budget": 5}, {"target": 60.0}, {"seconds": 0}], ids=str)
def test_a_method_that_swallows_stop_gets_nothing_more(limits):
    answers = []

    def stubborn(oracle, rng):
        for x in oracle.space.sample(rng, 50):
            try:
                answers.append(oracle.value(x))
            except Stop:
                continue

    problem = bowl()
    run = minimize(problem, stubborn, **{"budget": 1000, **limits})
    assert (
        run.ended
        == {"budget": "budget", "target": "target", "seconds": "timeout"}[next(iter(limits))]
    )
    assert len(answers) <= len(problem.looked_at) < 50
    assert not run.failed


def test_a_library_that_turns_stop_into_its_own_error_has_not_failed():
    """What the oracle knows goes before what reached the harness."""

    def wrapping(oracle, rng):
        try:
            while True:
                one_look(oracle, rng)
        except BaseException as stop:
            raise RuntimeError("the objective failed") from stop

    run = minimize(bowl(), wrapping, 5)
    assert (run.ended, run.failed) == ("budget", False)


def test_a_point_outside_the_space_is_the_methods_fault():
    run = minimize(bowl(), lambda oracle, rng: oracle.value([9, 9]), 5)
    assert run.ended == "error"
    assert "outside the space" in run.message
    assert run.value is None


def test_unsupported_leaves_minimize_with_its_reason():
    with pytest.raises(Unsupported, match="no differentiable relaxation"):
        minimize(bowl(), "adam", 5)


def test_a_result_better_than_a_proof_is_an_error_even_if_the_method_swallows_it():
    def swallows(oracle, rng):
        try:
            one_look(oracle, rng)
        except BrokenReference:
            return

    problem = bowl(reference=Reference(1000.0, "closed form", "a mistake"))
    with pytest.raises(
        BrokenReference, match=r"the proven reference 1000 \(closed form: a mistake\)"
    ):
        minimize(problem, swallows, 5)


@pytest.mark.parametrize("method", [one_look, "random-search"], ids=["value", "values"])
@pytest.mark.parametrize("error", [ValueError, TypeError, KeyError])
def test_a_listener_that_fails_is_heard(method, error):
    """It is not taken for a look that gave no number."""

    def listener(point):
        raise error("disk full")

    try:
        run = minimize(bowl(), method, 5, listener=listener)
    except error:
        return
    assert run.ended == "error"
    assert "disk full" in run.message


def test_the_listener_hears_the_trace():
    heard = []
    run = minimize(bowl(), "hill-climb", 50, listener=heard.append)
    assert heard == run.trace
    assert len(heard) > 2


def test_numpys_error_state_is_restored():
    def careless(oracle, rng):
        np.seterr(all="raise")
        one_look(oracle, rng)

    with np.errstate(all="warn", divide="ignore"):
        before = np.geterr()
        minimize(bowl(), careless, 5)
        assert np.geterr() == before
        with pytest.raises(KeyboardInterrupt):
            minimize(bowl(), "rs", 5, listener=interrupt)
        assert np.geterr() == before


def interrupt(point):
    raise KeyboardInterrupt


def test_a_method_may_overflow_without_a_warning():
    run = minimize(bowl(), lambda oracle, rng: np.array([1e308]) * 10, 5)
    assert run.ended == "converged"


# ----------------------------------------------------------------- how a run ends


@pytest.mark.parametrize(
    ("build", "method", "limits", "ended"),
    [
        (bowl, "random-search", {"budget": 20}, "budget"),
        (bowl, "random-search", {"budget": 0}, "budget"),
        (bowl, "random-search", {"budget": 20, "seconds": 0}, "timeout"),
        (bowl, "random-search", {"budget": 2000, "target": 5.0}, "target"),
        (bowl, one_look, {"budget": 20}, "converged"),
        (lambda: problems.make("sphere"), "gd", {"budget": 20}, "optimal"),
        (lambda: problems.make("sphere"), "gd", {"budget": 20, "target": 5.0}, "target"),
        (lambda: Quadratic([1.0], [1.0]), "gd", {"budget": 20, "learning_rate": 1e200}, "nan"),
        (lambda: Flat(Box(0, 1, 1), float("nan")), "random-search", {"budget": 20}, "nan"),
    ],
    ids=[
        "budget",
        "no work",
        "no time",
        "target",
        "returns",
        "proof",
        "target first",
        "nan",
        "all nan",
    ],
)
def test_how_a_run_ends(build, method, limits, ended):
    run = minimize(build(), method, **limits)
    assert run.ended == ended
    assert run.failed == (ended == "nan")


def test_a_last_look_without_a_number_ends_nan_and_an_earlier_one_does_not():
    def at(*values):
        remaining, known = iter(values), {}

        def of_the_next_point(x):
            if x.tobytes() not in known:
                known[x.tobytes()] = next(remaining)
            return known[x.tobytes()]

        problem = Recorded(Box(0, 1, 1), of_the_next_point)
        problem.score = lambda x: 0.0
        return minimize(problem, "random-search", len(values), batch=1)

    good, bad = at(1.0, float("nan"), 2.0), at(1.0, 2.0, float("nan"))
    assert (good.ended, good.ledger.invalid, good.value) == ("budget", 1, 1.0)
    assert (bad.ended, bad.ledger.invalid, bad.value) == ("nan", 1, 1.0)
    assert bad.message == "1 evaluations gave no finite number"


def test_a_bound_that_meets_the_best_proves_it():
    def solver(oracle, rng):
        oracle.incumbent(np.zeros(2))
        oracle.bound(-1e-9)

    run = minimize(bowl(), solver, 5)
    assert (run.ended, run.value, run.bound, run.certified) == ("optimal", 0.0, 0.0, True)


def test_a_hang_that_was_cut_off_has_failed_and_a_timeout_has_not():
    assert not Run("m", "p", ended="timeout").failed
    assert Run("m", "p", ended="timeout", message="no answer").failed
    assert Run("m", "p", ended="killed").failed


# ---------------------------------------------------------------- what a run tells


def test_the_best_reevaluates_to_the_reported_value():
    run = minimize(Recorded(Box(-5, 5, 3), rastrigin), "genetic", 500)
    assert rastrigin(run.x) == run.value == run.trace[-1].value


def test_a_problem_without_a_name_is_called_by_its_class():
    run = minimize(OneMax(3), "hill-climb", 5)
    assert run.problem == "OneMax"
    assert dict(run.problem_options) == {}
    assert "problem: OneMax\n" in str(run)


def test_a_made_problem_brings_its_name_options_and_instance():
    run = minimize(problems.make("knapsack", items=5, instance=2), "hc", 5, seed=7)
    assert (run.problem, run.instance, run.seed) == ("knapsack", 2, 7)
    assert run.problem_options == {"items": 5, "correlation": "weak", "file": "", "number": 1}


def test_resolved_options_are_reported_defaults_included():
    options = minimize(OneMax(), "ga", 5, population="7").method_options
    assert options["population"] == 7
    assert options["crossover_rate"] == 0.5


@pytest.mark.parametrize("held_out", [float("nan"), float("inf"), -float("inf")])
def test_a_score_that_is_no_number_is_none(held_out):
    run = minimize(bowl(score=lambda x: held_out), one_look, 5)
    assert run.score is None
    assert "held-out" not in str(run)


def test_the_score_is_the_held_out_value_of_the_best_point():
    run = minimize(bowl(score=lambda x: float(x[0])), "random-search", 30)
    assert run.score == run.x[0]


def test_versions_of_all_that_a_result_depends_on_are_present():
    import platform

    import scipy

    found = minimize(bowl(), one_look, 5).versions
    assert found["python"] == platform.python_version()
    assert found["numpy"] == np.__version__
    assert found["scipy"] == scipy.__version__
    assert set(found) - {"torch", "ioh", "cma"} == {
        "python", "beyond-gradient", "numpy", "scipy", "deap", "gymnasium", "pulp", "highspy",
    }  # fmt: skip
    json.dumps(found)


def test_a_missing_package_is_left_out_of_the_versions(monkeypatch):
    from importlib.metadata import PackageNotFoundError, version

    def without_scipy(name):
        if name == "scipy":
            raise PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr("importlib.metadata.version", without_scipy)
    run_module.versions.cache_clear()
    try:
        assert "scipy" not in run_module.versions()
        assert "numpy" in run_module.versions()
    finally:
        run_module.versions.cache_clear()
