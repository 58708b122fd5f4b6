"""Methods and objectives that misbehave: how their runs end, and what is kept of them."""

from __future__ import annotations

import contextlib
import errno
import math
import sys
import threading

import numpy as np
import pytest

import problems
from methods import minimize
from methods.run import contender, make_run
from problems import Box, Budget, Reference, Stop, Unsupported
from problems.core.ledger import BrokenReference
from tests.methods.examples import Quadratic, Recorded, bowl, one_look


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
    run = make_run(bowl(), contender(interrupted, {}), Budget(10))
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


@pytest.mark.parametrize("evaluations", [0, 2])
def test_an_error_without_a_readable_message_keeps_its_run(evaluations):
    def fails(oracle, rng):
        for _ in range(evaluations):
            oracle.value([1, 1])
        raise Unreadable

    run = minimize(bowl(), fails, 10)
    assert run.ended == "error"
    assert run.message == ("Unreadable: its message cannot be read: __str__ raises ValueError")
    assert run.ledger.work == evaluations


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


def test_a_value_error_before_the_first_evaluation_is_a_refusal():
    def refuses(oracle, rng, *, width: int = 1):
        raise ValueError(f"width={width}: expected a whole number >= 2")

    with pytest.raises(ValueError, match="width=1: expected"):
        minimize(bowl(), refuses, 10)


def test_a_value_error_after_the_first_evaluation_is_a_failed_run():
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
    """It evaluates on for ever, and would have improved the run after its end."""
    late, evaluating = threading.Event(), threading.Event()

    class Slow(Quadratic):
        def value(self, x):
            if x.any():
                return 5.0
            evaluating.set()
            assert late.wait(30)
            return 0.0

    ends = []

    def evaluate(oracle):
        try:
            oracle.value(np.zeros(2))
        except Stop as stop:
            ends.append(stop)

    threads = []

    def method(oracle, rng):
        oracle.value(np.ones(2))
        threads.append(threading.Thread(target=evaluate, args=(oracle,)))
        threads[0].start()
        assert evaluating.wait(30)

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
    """It is not taken for an evaluation that gave no number."""

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
