"""Stages of a run: a part of the budget whose end is not the run's."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest

from problems import Budget, Oracle, Reference, Stop
from tests.problems.toys import Batch, Clock, Exact, Toy, batch_of

ZERO = np.zeros(2)
AHEAD = np.array([-4.0, -4.0])


def oracle_of(problem=None, work=100.0, **limits) -> Oracle:
    return Oracle(Toy() if problem is None else problem, Budget(work, **limits))


def spend(oracle: Oracle, looks: int = 1000) -> int:
    """Look until the oracle says stop, and return how often it answered."""
    for done in range(looks):
        try:
            oracle.value(ZERO)
        except Stop:
            return done
    return looks


def test_a_stage_ends_at_its_share_and_the_run_goes_on() -> None:
    oracle = oracle_of(work=10)
    with oracle.stage(4, 20):
        assert oracle.remaining == pytest.approx(4)
        while True:
            oracle.value(ZERO)
    assert oracle.record.stopped is None
    assert spend(oracle) == 6
    assert oracle.record.stopped == "budget"


def test_a_stage_cannot_be_longer_than_the_run() -> None:
    oracle = oracle_of(work=3)
    with oracle.stage(50, 20):
        while True:
            oracle.value(ZERO)
    assert oracle.record.ledger().work == 3
    assert spend(oracle) == 0


def test_work_that_a_stage_leaves_is_the_next_ones() -> None:
    oracle = oracle_of(work=10)
    with oracle.stage(4, 20):
        oracle.value(ZERO)
    assert oracle.remaining == pytest.approx(9)


def test_the_seconds_of_a_stage_end_it_and_not_the_run() -> None:
    oracle = oracle_of(work=10)
    with oracle.stage(4, 0):
        oracle.value(ZERO)
    assert oracle.record.ledger().work == 0
    assert oracle.record.stopped is None
    assert oracle.remaining_seconds > 15
    assert spend(oracle) == 10


def test_time_off_the_clock_is_given_back_to_the_run() -> None:
    oracle = oracle_of()
    before = oracle.record.deadline
    with oracle.stage(4, 20), oracle.record.off_the_clock():
        sum(range(10_000))
    assert oracle.record.deadline > before


def test_what_a_library_makes_of_stop_ends_with_the_stage() -> None:
    oracle = oracle_of(work=10)
    with oracle.stage(2, 20):
        try:
            while True:
                oracle.value(ZERO)
        except Stop:
            raise RuntimeError("the objective failed") from None
    assert spend(oracle) == 8


@pytest.mark.parametrize("error", [RuntimeError("its own"), KeyboardInterrupt()])
def test_what_a_method_raises_before_its_share_is_spent_comes_through(error) -> None:
    oracle = oracle_of()
    with pytest.raises(type(error)), oracle.stage(4, 20):
        raise error


def test_a_target_met_in_a_stage_ends_the_run() -> None:
    oracle = oracle_of(target=-1.0)
    with pytest.raises(Stop), oracle.stage(4, 20):
        oracle.value(AHEAD)
    assert oracle.record.stopped == "target"
    assert spend(oracle) == 0


def test_a_proven_optimum_met_in_a_stage_ends_the_run() -> None:
    oracle = oracle_of(Toy(reference=Reference(-8.0, "closed form", "a toy")))
    with pytest.raises(Stop), oracle.stage(4, 20):
        oracle.value(AHEAD)
    assert oracle.record.stopped == "optimal"


def test_a_bound_that_meets_the_best_point_ends_the_run_after_its_stage() -> None:
    oracle = oracle_of()

    def prove() -> None:
        with oracle.stage(4, 20):
            oracle.value(AHEAD)
            oracle.bound(-8.0)

    with pytest.raises(Stop):
        prove()
    assert oracle.record.stopped == "optimal"


def test_a_failed_evaluation_that_a_method_swallowed_is_raised_after_its_stage() -> None:
    def broken(x):
        raise OSError("no such file")

    oracle = oracle_of(Toy(broken))

    def swallow() -> None:
        with oracle.stage(4, 20), contextlib.suppress(OSError):
            oracle.value(ZERO)

    with pytest.raises(OSError, match="no such file"):
        swallow()


# ------------------------------------------------------------- what is handed over


def test_the_best_point_is_handed_over() -> None:
    oracle = oracle_of(Exact())
    drawn, parameters = oracle.start(3), oracle.start_parameters()
    assert oracle.previous is None
    with oracle.stage(4, 20):
        oracle.value(AHEAD)
        oracle.value(ZERO)
    np.testing.assert_array_equal(oracle.previous, AHEAD)
    started = oracle.start(3)
    np.testing.assert_array_equal(started[0], AHEAD)
    np.testing.assert_array_equal(started[1:], drawn[1:])
    np.testing.assert_array_equal(oracle.start_parameters(), AHEAD)
    assert not np.array_equal(parameters, AHEAD)


def test_without_an_exact_evaluation_the_last_iterate_is_handed_over_not_the_best_measured() -> (
    None
):
    oracle = oracle_of()
    with oracle.stage(4, 20):
        oracle.gradient(AHEAD, batch_of(0.1))
        oracle.gradient(ZERO, batch_of(0.1))
    assert oracle.record.measured == -8.0
    np.testing.assert_array_equal(oracle.previous, ZERO)


@pytest.mark.parametrize("iterate", [[np.nan, 0.0], None])
def test_nothing_is_handed_over_where_there_is_nothing(iterate) -> None:
    oracle = oracle_of()
    with oracle.stage(4, 20):
        if iterate is not None:
            oracle.gradient(np.array(iterate), batch_of(0.1))
    assert oracle.previous is None
    assert len(oracle.start(2)) == 2


# ------------------------------------------------- the forward pass, and restarts


def test_a_full_loss_costs_an_evaluation_and_is_one() -> None:
    oracle = oracle_of(Exact(), work=2)
    assert oracle.loss(AHEAD) == -8.0
    assert (oracle.record.best, oracle.record.last) == (-8.0, -8.0)
    ledger = oracle.record.ledger()
    assert (ledger.work, ledger.losses, ledger.values, ledger.gradients) == (1, 1, 0, 0)
    oracle.loss(ZERO)
    with pytest.raises(Stop):
        oracle.loss(ZERO)


def test_a_full_loss_that_does_not_yield_the_value_costs_one_evaluation_more() -> None:
    oracle = oracle_of()
    oracle.loss(ZERO)
    ledger = oracle.record.ledger()
    assert (ledger.work, ledger.losses, ledger.values) == (2, 1, 1)


def test_a_minibatch_loss_costs_its_share_and_is_measured() -> None:
    oracle = oracle_of()
    assert oracle.loss(AHEAD, batch_of(0.25)) == -8.0
    ledger = oracle.record.ledger()
    assert (ledger.work, ledger.losses) == (0.25, 1)
    assert (oracle.record.best_x, oracle.record.measured) == (None, -8.0)


def test_the_rows_of_losses_are_counted() -> None:
    problem = Exact()
    problem.rows, problem.tokens = 24, 100
    oracle = oracle_of(problem)
    oracle.loss(ZERO)
    oracle.loss(ZERO, batch_of(0.25, tokens=9))
    ledger = oracle.record.ledger()
    assert (ledger.rows, ledger.tokens) == (24 + len(batch_of(0.25).rows), 109)


def test_a_loss_that_is_no_number_is_flagged() -> None:
    oracle = oracle_of(Exact())
    oracle.loss(np.array([np.nan, 0.0]))
    assert oracle.record.ended_invalid


def test_a_loss_that_raises_is_remembered() -> None:
    class Broken(Exact):
        def relaxation(self):
            slope = super().relaxation()
            slope.loss_and_gradient = lambda theta, rows=None: 1 / 0
            return slope

    oracle = oracle_of(Broken())
    with pytest.raises(ZeroDivisionError):
        oracle.loss(ZERO)
    assert isinstance(oracle.record.failure, ZeroDivisionError)


def test_a_restart_is_counted_and_drawn_at_the_best_value_so_far() -> None:
    oracle = oracle_of()
    oracle.restart()
    oracle.value(AHEAD)
    oracle.value(ZERO)
    oracle.restart()
    assert oracle.record.ledger().restarts == 2
    points = [(p.kind, p.value, p.work) for p in oracle.record.trace]
    assert points == [("value", -8.0, 1), ("restart", -8.0, 2)]


# ------------------------------------------------------------------- slow batches


def test_a_large_batch_is_handed_over_in_parts_and_hears_the_clock_between(monkeypatch) -> None:
    problem = Batch()
    problem.most_rows = 4
    oracle = oracle_of(problem, seconds=100)
    rng = np.random.default_rng(0)
    points = problem.space.sample(rng, 10)
    np.testing.assert_array_equal(oracle.values(points), points.sum(axis=1))
    assert oracle.record.ledger().values == 10

    sizes = []
    values = problem.values

    def slow(points):
        sizes.append(len(points))
        if len(sizes) == 2:
            oracle.record.deadline = -np.inf
        return values(points)

    problem.values = slow
    with pytest.raises(Stop):
        oracle.values(points)
    assert sizes == [4, 4]
    assert (oracle.record.stopped, oracle.record.ledger().values) == ("timeout", 18)


class Slow(Batch):
    """Every row takes `seconds` on the test's clock; `sizes` lists the parts of batches."""

    def __init__(self, clock, seconds=0.05) -> None:
        super().__init__()
        self.clock, self.seconds, self.sizes = clock, seconds, []

    def values(self, points):
        self.sizes.append(len(points))
        self.clock.now += self.seconds * len(points)
        return super().values(points)


def test_a_batch_is_cut_to_what_the_time_affords(monkeypatch) -> None:
    problem = Slow(Clock(monkeypatch))
    oracle = oracle_of(problem, work=1000, seconds=1)
    with pytest.raises(Stop):
        oracle.values(np.zeros((500, 2)))
    assert problem.sizes[:2] == [1, 10]
    assert oracle.record.stopped == "timeout"
    assert 1 <= oracle.record.ledger().wall_seconds <= 1.11
    assert oracle.record.ledger().values == sum(problem.sizes) <= 22


def test_rows_that_take_longer_than_the_first_do_not_run_away(monkeypatch) -> None:
    problem = Slow(Clock(monkeypatch), seconds=0.001)
    oracle = oracle_of(problem, work=10_000, seconds=1)
    oracle.values(np.zeros((1, 2)))
    problem.seconds = 0.05
    with pytest.raises(Stop):
        oracle.values(np.zeros((500, 2)))
    assert oracle.record.ledger().wall_seconds <= 1.11


def test_a_batch_that_time_affords_is_cut_by_no_clock(monkeypatch) -> None:
    """The parts of a run's first batch grow, whatever they take; later ones are whole."""
    problem = Slow(Clock(monkeypatch), seconds=0.001)
    oracle = oracle_of(problem, work=10_000, seconds=100)
    points = problem.space.sample(np.random.default_rng(0), 500)
    for _ in range(2):
        np.testing.assert_array_equal(oracle.values(points), points.sum(axis=1))
    assert problem.sizes == [1, 10, 100, 389, 500]
    assert len(oracle.record.trace) == len({point.value for point in oracle.record.trace})


def test_the_draws_of_a_batch_that_time_cut_are_kept(monkeypatch) -> None:
    problem = Slow(Clock(monkeypatch))
    oracle = oracle_of(problem, work=1000, seconds=1)
    with pytest.raises(Stop), oracle.independent_draws():
        oracle.values(np.zeros((500, 2)))
    assert sum(len(draws) for draws in oracle.record.draws) == oracle.record.values
