"""All the ways in which a run of integer programming ends."""

from __future__ import annotations

import highspy
import numpy as np
import pulp
import pytest

from methods import minimize
from methods.integer_programming import integer_programming
from methods.shared import highs
from problems import Budget, LinearModel, Oracle, Reference, Stop, Unsupported
from problems.core.ledger import BrokenReference
from tests.methods.examples import SECONDS, OneMax
from tests.methods.linear_programs import (
    BOTH,
    Modelled,
    decode,
    from_a_point,
    hard,
    infeasible,
    packing,
    softer,
)


@pytest.fixture
def run_of_highs(monkeypatch):
    """Wrap HiGHS's own `run`: ``run_of_highs(before=…, after=…)`` get the solver."""
    run = highspy.Highs.run

    def wrap(before=lambda highs: None, after=lambda highs: None):
        def wrapped(self):
            before(self)
            status = run(self)
            after(self)
            return status

        monkeypatch.setattr(highspy.Highs, "run", wrapped)

    return wrap


# ----------------------------------------------------------------------- budget and time


@BOTH
def test_it_spends_no_work_and_needs_none(solver):
    run = minimize(packing(), "integer-programming", 0, solver=solver)
    assert (run.ended, run.ledger.work, run.ledger.values) == ("optimal", 0, 0)


def test_what_the_solver_did_is_in_the_ledger():
    ledger = minimize(decode(), "integer-programming", 0).ledger
    assert ledger.iterations > 0
    assert ledger.nodes > 0


@pytest.mark.parametrize(
    ("build", "limits", "ended"),
    [(softer, {"target": 0.97}, "target"), (hard, {"seconds": 0.5}, "timeout")],
    ids=["target", "timeout"],
)
def test_what_an_interrupted_solver_did_is_in_the_ledger_too(build, limits, ended, run_of_highs):
    done = []
    run_of_highs(after=lambda highs: done.append(highs.getInfo().simplex_iteration_count))
    run = minimize(build(), "integer-programming", 0, **limits)
    assert run.ended == ended
    assert run.ledger.iterations == max(0, done[0])


@BOTH
@pytest.mark.parametrize("seconds", [0.02, 0.3])
def test_a_time_limit_ends_in_timeout_with_a_bound_below_the_value(seconds, solver):
    run = minimize(hard(), "integer-programming", 0, seconds=seconds, solver=solver)
    assert (run.ended, run.message) == ("timeout", "")
    assert not run.failed
    assert not run.certified
    if run.value is not None and run.bound is not None:
        assert run.bound < run.value


def test_a_time_limit_that_highs_notices_before_we_do_is_a_timeout_too(run_of_highs):
    run_of_highs(before=lambda highs: highs.setOptionValue("time_limit", 0.0))
    assert minimize(hard(), "integer-programming", 0).ended == "timeout"


@BOTH
def test_no_seconds_end_at_once(solver):
    run = minimize(packing(), "integer-programming", 0, seconds=0, solver=solver)
    assert (run.ended, run.value, run.bound) == ("timeout", None, None)


@BOTH
def test_the_target_ends_the_solve(solver):
    run = minimize(softer(), "integer-programming", 0, target=0.97, solver=solver)
    assert run.ended == "target" or run.certified  # by a better one than asked for
    assert run.value <= 0.97


def test_the_time_to_build_the_model_counts(monkeypatch, run_of_highs):
    """HiGHS gets what is left when it starts, not what was left before the model was built."""
    oracle = Oracle(packing(), Budget(0, SECONDS))
    build, limits = highs.highs_model, []

    def slow(arrays):
        oracle.record.deadline -= 10
        return build(arrays)

    monkeypatch.setattr(highs, "highs_model", slow)
    run_of_highs(before=lambda highs: limits.append(highs.getOptionValue("time_limit")[1]))
    with pytest.raises(Stop, match="optimal"):
        integer_programming(oracle, np.random.default_rng(0))
    assert 0 < limits[0] <= SECONDS - 10


def test_what_the_solver_says_last_is_heard_whole_however_late(monkeypatch, run_of_highs):
    """Solution and bound that it returns a moment after the deadline are one statement."""
    monkeypatch.setattr(highspy.Highs, "startCallback", lambda self, kind: None)
    oracle = Oracle(packing(), Budget(0, SECONDS))
    run_of_highs(after=lambda highs: setattr(oracle.record, "deadline", 0.0))
    with pytest.raises(Stop):
        integer_programming(oracle, np.random.default_rng(0))
    assert oracle.record.best == -11.0
    assert oracle.record.bound == -11.0


# ---------------------------------------------------------------------------- exceptions


@pytest.mark.parametrize("kind", ["value", "bound"])
@pytest.mark.parametrize("interruption", [KeyboardInterrupt, Stop, SystemExit, MemoryError])
def test_what_is_raised_inside_a_callback_comes_through(interruption, kind):
    heard = []

    def listener(point):
        heard.append(point.kind)
        if point.kind == kind:
            raise interruption

    oracle = Oracle(decode(), Budget(0, SECONDS), listener=listener)
    with pytest.raises(interruption):
        integer_programming(oracle, np.random.default_rng(0))
    assert heard.count(kind) == 1  # the solver was interrupted, and nothing more was said


@BOTH
def test_keyboard_interrupt_leaves_minimize(solver):
    def listener(point):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        minimize(packing(), "integer-programming", 0, listener=listener, solver=solver)


@BOTH
@pytest.mark.parametrize("error", [RuntimeError, ValueError, KeyError])
def test_a_model_that_cannot_be_read_back_is_a_failed_run(error, solver):
    def unreadable(problem):
        def read(values):
            raise error("unreadable")

        return LinearModel(problem.program(), read)

    run = minimize(Modelled(unreadable), "integer-programming", 0, solver=solver)
    assert run.ended == "error"
    assert run.message.startswith(f"{error.__name__}: ")
    assert "unreadable" in run.message


@BOTH
@pytest.mark.parametrize("offset", [5.0, 100.0])
def test_a_model_whose_bound_exceeds_a_value_found_is_called_wrong(offset, solver):
    wrong = Modelled(lambda p: LinearModel(p.program(), p.read, offset=offset))
    with pytest.raises(BrokenReference, match="its model is not this problem's"):
        minimize(wrong, "integer-programming", 0, solver=solver)


def test_a_bound_above_a_proven_optimum_is_called_wrong():
    wrong = Modelled(lambda p: LinearModel(p.program(), lambda v: np.ones(4, int), offset=5.0))
    wrong.reference = Reference(-11.0, "closed form", "by hand")
    with pytest.raises(BrokenReference, match="contradicts the proven reference -11"):
        minimize(wrong, "integer-programming", 0)


def test_a_solution_below_a_proven_bound_is_called_wrong():
    problem = packing()
    problem.reference = Reference(-10.0, "bound", "a mistake")
    with pytest.raises(BrokenReference, match="better than the proven reference -10"):
        minimize(problem, "integer-programming", 0)


def unbounded(problem):
    program = problem.program()
    free = pulp.LpVariable("free", cat=pulp.LpInteger)
    program.setObjective(program.objective + free)
    return LinearModel(program, problem.read)


def half(problem):
    """No whole number is a half: the relaxation has a solution."""
    program = problem.program()
    program += 2 * pulp.lpSum(program.variables()) == 3
    return LinearModel(program, problem.read)


def unbounded_half(problem):
    """Unbounded in its relaxation, and still without any solution."""
    model = half(problem)
    free = pulp.LpVariable("free", cat=pulp.LpInteger)
    model.program.setObjective(model.program.objective + free)
    model.program += free <= pulp.lpSum(model.program.variables())
    return model


def nothing_at_all(problem):
    """Infeasible as a plain linear program."""
    x = pulp.LpVariable("x", 0, 1)
    program = pulp.LpProblem("nothing", pulp.LpMinimize)
    program += x
    program += x >= 2
    return LinearModel(program, problem.read)


@BOTH
@pytest.mark.parametrize(
    ("write", "status"),
    [
        (infeasible, "Infeasible"),
        (half, "Infeasible"),
        (unbounded_half, "Infeasible"),
        (nothing_at_all, "Infeasible"),
        (unbounded, "Unbounded"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_a_model_without_an_optimum_is_a_failed_run_that_says_why(write, status, solver):
    run = minimize(Modelled(write), "integer-programming", 0, solver=solver)
    assert run.ended == "error"
    assert run.failed
    assert run.message == f"RuntimeError: {'HiGHS' if solver == 'highs' else 'CBC'}: {status}"
    assert run.bound is None or status == "Infeasible"  # where any bound is true


@BOTH
def test_optimal_feasible_and_nothing_in_time_are_told_apart(solver):
    optimal = minimize(packing(), "integer-programming", 0, solver=solver)
    assert (optimal.ended, optimal.certified) == ("optimal", True)
    # A start that is known is a solution however soon the time is up.
    problem = hard()
    known = from_a_point(np.zeros(problem.space.dimension, int))
    feasible = minimize(problem, known, 1, seconds=0.3, solver=solver)
    assert (feasible.ended, feasible.message, feasible.certified) == ("timeout", "", False)
    assert feasible.bound is None or feasible.bound < feasible.value
    nothing = minimize(hard(), "integer-programming", 0, seconds=0.02, solver=solver)
    assert (nothing.ended, nothing.message, nothing.x, nothing.value) == ("timeout", "", None, None)


def test_without_a_model_it_is_unsupported():
    with pytest.raises(Unsupported, match=r"^it has no linear model$"):
        minimize(OneMax(3), "integer-programming", 0)


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"threads": 2}, "has no option 'threads'; it has solver, mode, solver_seed"),
        ({"solver": "cbb"}, "solver=cbb: expected one of highs, cbc, .*; did you mean 'cbc'?"),
        ({"mode": "bound"}, "mode=bound: expected one of solve, bound-only"),
        ({"solver_seed": -1}, r"solver_seed=-1: expected a whole number in \[0, 2147483648\)"),
        (
            {"solver_seed": 2**31},
            r"solver_seed=2147483648: expected a whole number in \[0, 2147483648\)",
        ),
    ],
    ids=str,
)
def test_it_refuses_options_that_mean_nothing(options, why):
    with pytest.raises(ValueError, match=why.replace("?", r"\?")):
        minimize(packing(), "integer-programming", 0, **options)
