"""How a run ends: time, the stop, the target, a broken reference, a failure."""

import contextlib

import numpy as np
import pytest

import problems
from methods import minimize
from problems import Budget, Oracle, Reference, Stop
from problems.core.ledger import BrokenReference
from tests.problems.core.evaluations import (
    CALLS,
    EVALUATIONS,
    INF,
    ZERO,
    minibatches_only,
    oracle_of,
    repeat_until_stop,
    trace_of,
)
from tests.problems.toys import Batch, Constrained, Toy, batch_of

# ---------------------------------------------------------------------------------- time


@pytest.mark.parametrize("evaluate", CALLS.values(), ids=CALLS)
def test_time_that_is_up_ends_the_run(evaluate, clock) -> None:
    oracle = oracle_of(seconds=10)
    clock.now += 9
    assert oracle.remaining_seconds == pytest.approx(1)
    evaluate(oracle)
    clock.now += 2
    assert oracle.remaining_seconds == 0
    with pytest.raises(Stop, match="timeout"):
        evaluate(oracle)
    assert oracle.record.stopped == "timeout"


@pytest.mark.parametrize("evaluate", EVALUATIONS.values(), ids=EVALUATIONS)
def test_no_seconds_buy_nothing(evaluate) -> None:
    toy = Toy()
    oracle = oracle_of(toy, seconds=0)
    with pytest.raises(Stop, match="timeout"):
        evaluate(oracle)
    assert not toy.calls
    assert oracle.record.work == 0


def test_constraints_and_a_value_that_is_due_obey_the_clock(clock) -> None:
    oracle = oracle_of(Constrained(), seconds=10)
    oracle.constraints(ZERO)
    clock.now += 11
    for evaluate in (oracle.constraints, oracle.value):
        with pytest.raises(Stop, match="timeout"):
            evaluate(ZERO)


@pytest.mark.parametrize("problem", [Toy, Constrained])
def test_a_batch_that_is_evaluated_one_by_one_obeys_the_clock(problem, clock) -> None:
    toy = problem()

    def slow(x):
        clock.now += 4
        return 0.0

    toy.answer = slow
    oracle = oracle_of(toy, seconds=10)
    with pytest.raises(Stop, match="timeout"):
        oracle.values(np.zeros((10, 2)))
    assert len(toy.calls) == 3


def test_views_obey_the_clock(clock) -> None:
    knapsack = oracle_of(problems.make("knapsack", items=3), seconds=10)
    table = oracle_of(problems.make("next-token-table", corpus="markov:length=500"), seconds=10)
    environment = knapsack.environment()
    environment.reset(seed=0)
    clock.now += 11
    for evaluate in (
        knapsack.linear_model,
        lambda: environment.step(0),
        lambda: table.count(0.0),
    ):
        with pytest.raises(Stop, match="timeout"):
            evaluate()


# ------------------------------------------------------------------------------ the stop


@pytest.mark.parametrize("evaluate", CALLS.values(), ids=CALLS)
def test_a_stopped_run_stays_stopped_whoever_swallows_it(evaluate) -> None:
    oracle = oracle_of(work=1)
    repeat_until_stop(lambda: oracle.value([1, 1]))
    before = oracle.record.ledger()
    for _ in range(3):
        with pytest.raises(Stop, match="budget"):
            evaluate(oracle)
    after = oracle.record.ledger()
    assert (after.work, after.values, after.gradients) == (before.work, 1, 0)
    assert oracle.record.best == 2


def test_stop_passes_through_a_library_that_catches_exceptions() -> None:
    def library(evaluate):
        while True:
            with contextlib.suppress(Exception):
                evaluate([0, 0])

    with pytest.raises(Stop):
        library(oracle_of(work=3).value)


@pytest.mark.parametrize("evaluate", list(EVALUATIONS.values())[:3], ids=list(EVALUATIONS)[:3])
@pytest.mark.parametrize("target", [0.0, 0.5])
def test_the_target_ends_the_run(evaluate, target) -> None:
    oracle = Oracle(Toy(), Budget(100, target=target))
    assert oracle.value([1, 0]) == 1
    with pytest.raises(Stop, match="target"):
        evaluate(oracle)
    assert (oracle.record.stopped, oracle.record.best) == ("target", 0)


@pytest.mark.parametrize(
    ("kind", "ends"),
    [
        ("closed form", True),
        ("dynamic programme", True),
        ("certified", True),
        ("bound", True),
        ("best published", False),
    ],
)
@pytest.mark.parametrize("evaluate", list(EVALUATIONS.values())[:3], ids=list(EVALUATIONS)[:3])
def test_only_a_proven_reference_ends_the_run(kind, ends, evaluate) -> None:
    oracle = oracle_of(Toy(reference=Reference(0.0, kind, "a test")))
    if ends:
        with pytest.raises(Stop, match="optimal"):
            evaluate(oracle)
        assert oracle.record.stopped == "optimal"
    else:
        evaluate(oracle)
        assert oracle.value([-1, -1]) == -2  # beaten, and why not
        assert oracle.record.stopped is None
    assert oracle.record.best in (0, -2)


@pytest.mark.parametrize(("value", "ends"), [(1000.9, True), (1001.1, False)])
def test_a_reference_is_reached_within_its_relative_tolerance(value, ends) -> None:
    toy = Toy(lambda x: value, Reference(1000.0, "closed form", "a test", tolerance=1e-3))
    oracle = oracle_of(toy)
    with pytest.raises(Stop) if ends else contextlib.nullcontext():
        oracle.value(ZERO)
    assert oracle.record.stopped == ("optimal" if ends else None)


def test_target_is_named_where_target_and_reference_are_met_at_once() -> None:
    toy = Toy(reference=Reference(0.0, "closed form", "a test"))
    oracle = Oracle(toy, Budget(100, target=0.0))
    with pytest.raises(Stop, match="target"):
        oracle.value(ZERO)


def test_minibatches_do_not_end_a_run_at_the_target() -> None:
    oracle = Oracle(Toy(), Budget(1, target=0.0))
    assert repeat_until_stop(lambda: oracle.gradient(ZERO, batch_of(0.1))) == "budget"


@pytest.mark.parametrize(("problem", "paid"), [(Batch, 3), (Toy, 2)])
def test_a_batch_that_meets_the_target_is_paid_as_far_as_it_was_computed(problem, paid) -> None:
    toy = problem()
    oracle = Oracle(toy, Budget(100, target=0.0))
    with pytest.raises(Stop, match="target"):
        oracle.values(np.array([[1, 0], [0, 0], [-1, 0]]))
    assert oracle.record.work == len(toy.calls) == paid
    assert trace_of(oracle) == [("value", 1, 1), ("value", 0, 2)]


# --------------------------------------------------------------------- broken references


@pytest.mark.parametrize("evaluate", list(EVALUATIONS.values())[:3], ids=list(EVALUATIONS)[:3])
@pytest.mark.parametrize("kind", ["closed form", "bound"])
def test_a_beaten_proof_raises_and_is_remembered(evaluate, kind) -> None:
    oracle = oracle_of(Toy(reference=Reference(1.0, kind, "a wrong lemma")))
    with pytest.raises(BrokenReference, match=rf"0 is better than .* 1 \({kind}: a wrong lemma\)"):
        evaluate(oracle)
    assert isinstance(oracle.record.failure, BrokenReference)
    assert oracle.record.best == 0.0  # it withdraws what was called proven
    with pytest.raises(Stop):
        evaluate(oracle)


def test_minimize_raises_a_broken_reference_that_a_library_swallows() -> None:
    def library(oracle, rng):
        with contextlib.suppress(Exception):
            oracle.value(ZERO)

    with pytest.raises(BrokenReference):
        minimize(Toy(reference=Reference(1.0, "closed form", "a wrong lemma")), library)


# ------------------------------------------------------------------------------ failures


def fail(*arguments, **options):
    raise ZeroDivisionError("a bug in the user's code")


FAILING = {
    "value": EVALUATIONS["value"],
    "values": EVALUATIONS["values"],
    "value at a full gradient": EVALUATIONS["gradient"],
    "value at a measured iterate": EVALUATIONS["minibatch"],
    "incumbent": CALLS["incumbent"],
}


@pytest.mark.parametrize("evaluate", FAILING.values(), ids=FAILING)
@pytest.mark.parametrize("problem", [Toy, Batch, Constrained])
def test_what_the_objective_raises_is_passed_on_and_remembered(problem, evaluate) -> None:
    oracle = oracle_of(problem(answer=fail))
    with pytest.raises(ZeroDivisionError):
        evaluate(oracle)
    assert isinstance(oracle.record.failure, ZeroDivisionError)
    assert oracle.record.best_x is None


@pytest.mark.parametrize("ask", [Oracle.value, Oracle.constraints])
def test_what_the_constraints_raise_is_remembered(ask) -> None:
    oracle = oracle_of(Constrained(fail))
    with pytest.raises(ZeroDivisionError):
        ask(oracle, ZERO)
    assert isinstance(oracle.record.failure, ZeroDivisionError)


def test_what_a_gradient_raises_is_remembered() -> None:
    oracle = oracle_of()
    oracle.relaxation.loss_and_gradient = fail
    with pytest.raises(ZeroDivisionError):
        oracle.gradient(ZERO)
    assert isinstance(oracle.record.failure, ZeroDivisionError)


def test_an_objective_that_raises_has_been_paid_for() -> None:
    oracle = oracle_of(Toy(fail))
    with pytest.raises(ZeroDivisionError):
        oracle.value(ZERO)
    assert oracle.record.ledger().work == 1


@pytest.mark.parametrize("problem", [Toy, Constrained])
def test_an_objective_that_raises_what_a_bad_value_raises_is_still_a_failure(problem) -> None:
    def mistake(x):
        raise TypeError("a bug, not a value")

    oracle = oracle_of(problem(answer=mistake))
    with pytest.raises(TypeError, match="a bug"):
        oracle.value(ZERO)
    assert isinstance(oracle.record.failure, TypeError)
    assert oracle.record.counts.invalid == 0


def test_an_invalid_value_after_a_swallowed_failure_is_still_only_invalid() -> None:
    toy = Toy(fail)
    oracle = oracle_of(toy)
    with contextlib.suppress(ZeroDivisionError):
        oracle.value(ZERO)
    toy.answer = lambda x: None
    assert oracle.value(ZERO) == INF
    assert oracle.record.counts.invalid == 1


def test_a_run_whose_iterates_cannot_be_measured_ends_in_error() -> None:
    run = minimize(Toy(fail), minibatches_only)
    assert run.ended == "error"
    assert "a bug in the user's code" in run.message
