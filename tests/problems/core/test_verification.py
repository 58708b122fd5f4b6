"""A run whose record is not true ends in an error and claims nothing."""

from __future__ import annotations

import contextlib
import math
from itertools import product

import numpy as np
import pytest

from methods import Run, minimize
from problems import Box, Budget, Problem, Reference, from_function
from problems.core.ledger import BrokenReference, TracePoint
from problems.core.oracle import Oracle
from problems.core.record import Record
from tests.problems.toys import Batch, Constrained, Toy


def evaluate(oracle, rng, n=20):
    for _ in range(n):
        oracle.value(oracle.space.sample(rng, 1)[0])


def forged(change, problem=None, **limits) -> Run:
    """Run a method that evaluates twenty points and then calls `change` with its oracle."""

    def method(oracle, rng):
        evaluate(oracle, rng)
        change(oracle)

    return minimize(problem or Toy(), method, budget=limits.pop("budget", 50), **limits)


def assert_claims_nothing(run: Run, message: str) -> None:
    assert (run.ended, run.failed) == ("error", True)
    assert message in run.message
    assert (run.x, run.value, run.last, run.bound, run.score, run.trace) == (
        *[None] * 5,
        [],
    )
    assert run.ledger.work == run.ledger.values


def a_better_value(oracle):
    oracle.record.best = -1e9


def a_better_point(oracle):
    oracle.record.best, oracle.record.best_x = -10.0, np.array([-5.0, -5.0])


def a_point_and_a_trace(oracle):
    record = oracle.record
    record.best, record.best_x = -1e9, np.array([-5.0, -5.0])
    record.trace.append(TracePoint("value", -1e9, 20, 20, 0, 1e6, 1e6))


def an_improvement(oracle):
    oracle.record.improve(np.zeros(2), -100.0)


def no_point(oracle):
    oracle.record.best_x = None


def a_worse_value(oracle):
    oracle.record.log("value", 100.0)


def an_earlier_moment(oracle):
    oracle.record.log("measured", 1.0, at=(1.0, 1))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (a_better_value, "the best value is said to be -1000000000, but the best that was evalua"),
        (a_better_point, "the best value is said to be -10, but the best that was evaluated is"),
        (a_point_and_a_trace, "is said to be -1000000000, but its point is worth -10"),
        (an_improvement, "the best value is said to be -100, but its point is worth 0"),
        (no_point, "of no point"),
        (a_worse_value, "the trace's best value rises"),
        (an_earlier_moment, "the trace's work falls from"),
    ],
)
def test_a_forged_best_or_trace_is_found(change, message) -> None:
    assert_claims_nothing(forged(change), message)


def test_a_forged_best_of_no_evaluation_is_found() -> None:
    def method(oracle, rng):
        oracle.record.best, oracle.record.best_x = -10.0, np.array([-5.0, -5.0])

    assert_claims_nothing(minimize(Toy(), method, 50), "but none was evaluated")


def test_a_forged_measured_iterate_is_found() -> None:
    def method(oracle, rng):
        oracle.record.measured, oracle.record.measured_x = -99.0, np.zeros(2)

    assert_claims_nothing(minimize(Toy(), method, 50), "said to be -99, but its point is worth 0")


@pytest.mark.parametrize("name", ["work", "values"])
def test_a_forged_ledger_is_found_and_the_true_one_told(name) -> None:
    def method(oracle, rng):
        setattr(oracle.record, name, -1000)
        evaluate(oracle, rng, 40)

    run = minimize(Toy(), method, 50)
    assert_claims_nothing(run, "but the oracle charged 40 values and work 40")
    assert (run.ledger.work, run.ledger.values) == (40, 40)


@pytest.mark.parametrize(
    "amounts", [(-1, -1), (math.nan, 0), (math.inf, 0), (0, 0, -1.0), (0, 0, 0, -1)]
)
def test_the_second_count_only_grows(amounts) -> None:
    def method(oracle, rng):
        for _ in range(500):
            with contextlib.suppress(RuntimeError):
                oracle.record.pay(*amounts)
            oracle.record.work -= 1
            oracle.record.values -= 1
            evaluate(oracle, rng, 1)

    run = minimize(Toy(), method, 50)
    assert_claims_nothing(run, "the oracle charged 500 values and work 500")

    def asks(oracle, rng):
        oracle.record.pay(*amounts)

    assert_claims_nothing(minimize(Toy(), asks, 50), ": expected finite numbers >= 0")


def test_a_second_count_that_is_replaced_is_found() -> None:
    def method(oracle, rng):
        oracle.record.pay = lambda *amounts, **more: None
        evaluate(oracle, rng, 50)
        oracle.record.work = oracle.record.values = 0

    assert_claims_nothing(minimize(Toy(), method, 50), "were not charged to the run")


@pytest.mark.parametrize(
    ("name", "number"),
    [("gradients", 10**6), ("gradients", -1), ("steps", -5), ("nodes", math.nan), ("tokens", "7")],
)
def test_a_forged_count_is_found(name, number) -> None:
    def change(oracle):
        setattr(oracle.record.counts, name, number)

    assert_claims_nothing(forged(change), "Unverified: the ")


@pytest.mark.parametrize("seconds", [1e9, -1e9, math.nan, "late"])
def test_forged_clocks_are_found(seconds) -> None:
    def change(oracle):
        oracle.record._off_wall = seconds

    run = forged(change)
    assert run.ended == "error"
    assert 0 <= run.ledger.wall_seconds < 100
    assert run.value is None


@pytest.mark.parametrize("last", [-11.0, -7.0, math.nan, math.inf, "-7"])
def test_a_forged_last_value_is_found(last) -> None:
    def change(oracle):
        oracle.record.last = last

    problem = Toy(reference=Reference(-10.0, "closed form", "its corner"))
    assert_claims_nothing(forged(change, problem), "Unverified: ")


def test_a_forged_measured_value_lets_no_last_value_pass() -> None:
    def change(oracle):
        record = oracle.record
        record.measured = record.last = -7.5
        record.measured_x = np.zeros(2)
        record.log("measured", -7.5)

    assert_claims_nothing(forged(change), "but its point is worth 0")


def test_a_bound_that_nobody_reported_is_found() -> None:
    def change(oracle):
        oracle.record.bound = oracle.record.best

    assert_claims_nothing(forged(change), "but none was reported")


def test_a_bound_above_the_one_reported_is_found() -> None:
    def change(oracle):
        oracle.bound(-9.0)
        oracle.record.bound = oracle.record.best

    assert_claims_nothing(forged(change), "but -9 was reported")


def test_a_mistaken_bound_contradicts_a_proven_optimum() -> None:
    """Also where the method swallows what the oracle says of it."""

    def change(oracle):
        with contextlib.suppress(BrokenReference):
            oracle.bound(oracle.record.best)
        oracle.record.failure = oracle.record.stopped = None
        oracle.record.bound = oracle.record.best

    problem = Toy(reference=Reference(-10.0, "closed form", "its corner"))
    with pytest.raises(BrokenReference, match=r"the solver's bound -.* contradicts") as caught:
        forged(change, problem)
    assert caught.value.run.ended == "error"


def test_an_end_is_not_reached_by_moving_the_goal() -> None:
    def change(oracle):
        oracle.record._goal = 1e9
        oracle.value(np.ones(2) * -4.9)

    assert_claims_nothing(forged(change), "said to have ended 'optimal'")


def test_a_budget_that_a_method_changes_is_its_own() -> None:
    def method(oracle, rng):
        object.__setattr__(oracle.record.budget, "work", 1e6)
        oracle.record.limit = 1e6
        evaluate(oracle, rng, 60)

    run = minimize(Toy(), method, 50)
    assert_claims_nothing(run, "work 60 was spent on a budget of 50")
    assert run.budget.work == 50


@pytest.mark.parametrize(
    "draws",
    [5, [None], [np.zeros((2, 2))], [np.array([math.nan])], [np.array([-99.0])], [np.zeros(99)]],
)
def test_forged_draws_are_an_error(draws) -> None:
    def change(oracle):
        oracle.record.draws = draws

    assert_claims_nothing(forged(change), "Unverified: ")


def test_whatever_a_record_has_become_a_run_comes_back() -> None:
    parts = Record(Toy(), Budget()), Oracle(Toy(), Budget())
    names = [(i, name) for i, part in enumerate(parts) for name in vars(part)]
    for (i, name), value in product(names, ("text", lambda *a, **k: -7.0)):

        def change(oracle, i=i, name=name, value=value):
            setattr((oracle.record, oracle)[i], name, value)

        assert isinstance(forged(change), Run), name


def test_a_last_value_takes_an_iterate() -> None:
    def change(oracle):
        oracle.record.last = 9.0

    assert_claims_nothing(forged(change), "said to be 9, but no iterate was judged")


def test_a_forged_part_of_gradients_is_found() -> None:
    def method(oracle, rng):
        oracle.gradient(np.zeros(2))
        oracle.record.counts.gradient_work = 0.0

    assert minimize(Toy(), method, 50).ended == "error"


@pytest.mark.parametrize("end", ["optimal", "target", "best run ever"])
def test_a_forged_end_is_found(end) -> None:
    def stopped(oracle):
        oracle.record.stopped = end

    assert_claims_nothing(forged(stopped, target=-9.9), f"said to have ended '{end}'")


def test_a_raised_limit_is_found() -> None:
    def method(oracle, rng):
        oracle.record.limit = math.inf
        evaluate(oracle, rng, 60)

    assert_claims_nothing(minimize(Toy(), method, 50), "work 60 was spent on a budget of 50")


def test_all_that_is_paid_for_is_counted_twice() -> None:
    """An honest run of every kind of evaluation agrees with the second count."""

    def method(oracle, rng):
        evaluate(oracle, rng, 2)
        oracle.values(oracle.space.sample(rng, 3))
        oracle.gradient(np.zeros(2))
        oracle.loss(np.zeros(2))
        oracle.gradient(np.zeros(2), oracle.relaxation.minibatch(rng, 6))

    run = minimize(Toy(), method, 50)
    assert run.ended == "converged"
    # Five values, a gradient (3) and a loss (1) with a value each, a quarter of a gradient.
    assert run.ledger.work == 5 + 4 + 2 + 0.75
    assert (run.ledger.values, run.ledger.gradient_work) == (7, 3.75)


# --------------------------------------------------------------- evaluated once more


def noisy(tolerance: float = 0.0) -> Problem:
    rng = np.random.default_rng(0)
    return from_function(
        lambda x: float(rng.random()), Box(0, 1, 2), name="noise", value_tolerance=tolerance
    )


def test_a_noisy_objective_is_told_as_such() -> None:
    run = minimize(noisy(), "random-search", 10)
    assert run.ended == "error"
    assert "the objective is not deterministic" in run.message
    assert "Problem.value_tolerance" in run.message


def test_a_stated_tolerance_lets_noise_be() -> None:
    run = minimize(noisy(math.inf), "random-search", 10)
    assert (run.ended, run.value) == ("budget", run.trace[-1].value)


def test_a_drift_within_the_tolerance_is_none() -> None:
    class Drifting(Toy):
        value_tolerance = 0.1

        def value(self, x):
            self.calls.append(x)
            return 1 + 0.05 * (len(self.calls) > 5)

    assert minimize(Drifting(), "random-search", 5).ended == "budget"


class OfTheShape(Batch):
    """A value that depends on the batch's shape, as BLAS's rounding does."""

    def values(self, points):
        return points.sum(axis=1) + 0.001 * len(points)

    def value(self, x):
        return float(self.values(np.asarray(x)[None])[0])


@pytest.mark.parametrize("rows", [1, 7])
def test_the_best_is_evaluated_in_the_shape_that_bought_it(rows) -> None:
    def method(oracle, rng):
        for _ in range(3):
            oracle.values(oracle.space.sample(rng, rows))

    run = minimize(OfTheShape(), method, 50)
    assert run.ended == "converged"
    assert run.value == run.x.sum() + 0.001 * rows


def test_evaluating_again_is_on_nobodys_account() -> None:
    toy = Toy()
    run = minimize(toy, lambda oracle, rng: evaluate(oracle, rng, 3), 50)
    assert (len(toy.calls), run.ledger.work, run.ledger.values) == (5, 3, 3)  # and the score


def test_a_point_that_cannot_be_evaluated_again_is_an_error() -> None:
    class Once(Toy):
        def value(self, x):
            if self.calls:
                raise OSError("the licence is used up")
            return super().value(x)

        def score(self, x):
            return 0.0

    run = minimize(Once(), lambda oracle, rng: evaluate(oracle, rng, 1), 50)
    assert (run.ended, run.message) == ("error", "OSError: the licence is used up")


def test_a_best_that_is_not_feasible_again_is_an_error() -> None:
    limits = iter([-np.ones(2), np.ones(2)])
    problem = Constrained(lambda x: next(limits))
    run = minimize(problem, lambda oracle, rng: evaluate(oracle, rng, 1), 50)
    assert_claims_nothing(run, "not feasible when it is evaluated again")


def test_a_measured_iterate_is_held_against_the_reference() -> None:
    def method(oracle, rng):
        oracle.gradient(np.zeros(2), oracle.relaxation.minibatch(rng, 6))

    with pytest.raises(BrokenReference, match="the value 0 is better than"):
        minimize(Toy(reference=Reference(3.0, "closed form", "a wrong proof")), method, 50)


@pytest.mark.parametrize("v", [math.nan, math.inf])
def test_what_is_no_number_agrees_with_nothing(v) -> None:
    assert not Toy().agree(v, v)
    assert not Toy().agree(1.0, v)
