"""Evaluation of a relaxation: what full gradients and minibatches buy."""

import math
from itertools import pairwise

import numpy as np
import pytest

from methods import minimize
from problems import Budget, Oracle, Relaxation
from problems.core.ledger import TracePoint
from tests.problems.core.evaluations import (
    NAN,
    ZERO,
    minibatches_only,
    oracle_of,
    repeat_until_stop,
    trace_of,
)
from tests.problems.toys import Exact, Toy, batch_of

# ----------------------------------------------------------------------------- gradients


@pytest.mark.parametrize("problem", [Toy, Exact])
def test_a_full_gradient_is_an_exact_evaluation_of_the_decoded_point(problem) -> None:
    oracle = oracle_of(problem())
    loss, slope = oracle.gradient(np.array([1.0, -3.0]))
    assert (loss, slope.tolist()) == (-2, [1, 1])
    assert (oracle.record.best, oracle.record.last) == (-2, -2)
    assert oracle.record.best_x.tolist() == [1, -3]


def test_an_exact_loss_is_not_computed_twice() -> None:
    toy = Exact()
    oracle_of(toy).gradient(ZERO)
    assert not toy.calls


@pytest.mark.parametrize("problem", [Toy, Exact])
def test_an_iterate_outside_the_space_is_judged_where_it_decodes_to(problem) -> None:
    oracle = oracle_of(problem())
    loss, _ = oracle.gradient(np.array([-9.0, 0.0]))
    assert loss == -9
    assert oracle.record.best == -5
    assert oracle.record.best_x.tolist() == [-5, 0]


def test_last_is_the_last_iterate_and_best_the_best() -> None:
    oracle = oracle_of(Toy())
    for theta in ([1.0, 0.0], [-1.0, 0.0], [3.0, 0.0]):
        oracle.gradient(np.array(theta))
    assert (oracle.record.best, oracle.record.last) == (-1, 3)


def test_the_iterate_is_a_copy() -> None:
    oracle = oracle_of()
    theta = np.ones(2)
    oracle.gradient(theta, batch_of(0.1))
    theta[:] = 4
    oracle.finish()
    assert oracle.record.last == 2


def test_start_parameters_depend_on_the_seed_alone() -> None:
    first, again, other = (Oracle(Toy(), Budget(w), (s,)) for w, s in ((1, 3), (9, 3), (1, 4)))
    repeat_until_stop(lambda: again.value(ZERO))
    assert np.array_equal(first.start_parameters(), again.start_parameters())
    assert not np.array_equal(first.start_parameters(), other.start_parameters())


# --------------------------------------------------------------------------- minibatches


def measured(oracle: Oracle) -> list[TracePoint]:
    return [point for point in oracle.record.trace if point.kind == "measured"]


def test_iterates_are_measured_ten_times_a_decade_of_work() -> None:
    oracle = oracle_of(work=150)
    share = 1 / 24  # an eighth of an evaluation, so that sums are exact
    repeat_until_stop(lambda: oracle.gradient(ZERO, batch_of(share)), 2000)
    works = [point.work for point in measured(oracle)]
    cells = [math.floor(10 * math.log10(work)) for work in works]
    assert works[0] == 0.125
    assert all(a < b for a, b in pairwise(cells))
    assert [c for c in cells if c >= 0] == list(range(22))  # 1 … 150 has 22 tenths of a decade
    for work, cell in zip(works[1:], cells[1:], strict=True):
        assert work - 0.125 < 10 ** (cell / 10) <= work  # the first evaluation past the grid point


def test_measuring_is_free_and_untold() -> None:
    toy = Toy()
    oracle = oracle_of(toy)
    oracle.gradient(ZERO, batch_of(0.1))
    assert len(toy.calls) == 1
    ledger = oracle.record.ledger()
    assert (ledger.work, ledger.values, ledger.gradients) == (pytest.approx(0.3), 0, 1)
    assert oracle.record.best_x is None


def test_measuring_is_off_the_clock(clock) -> None:
    def slow(x):
        clock.now += 1000
        return 1.0

    oracle = oracle_of(Toy(slow), work=3, seconds=10)
    clock.now += 2
    assert repeat_until_stop(lambda: oracle.gradient(ZERO, batch_of(0.1))) == "budget"
    oracle.finish()
    assert len(measured(oracle)) > 3
    ledger = oracle.record.ledger()
    assert (ledger.wall_seconds, ledger.cpu_seconds) == (2, 2)
    assert oracle.remaining_seconds == 8
    assert {(p.wall_seconds, p.cpu_seconds) for p in measured(oracle)} == {(2, 2)}


@pytest.mark.parametrize(("yields", "seconds"), [(True, 0), (False, 1000)])
def test_judging_an_iterate_is_off_the_clock_where_its_pass_paid_for_it(
    clock, yields, seconds
) -> None:
    """Where the pass does not yield the value, that was bought, and takes its time."""

    def slow(x):
        clock.now += 1000
        return 1.0

    toy = Toy(slow)
    relaxation = toy.relaxation()
    relaxation.yields_value = yields
    toy.relaxation = lambda: relaxation
    oracle = oracle_of(toy, work=4, seconds=10)
    oracle.gradient(ZERO)
    ledger = oracle.record.ledger()
    assert (ledger.wall_seconds, ledger.cpu_seconds) == (seconds, seconds)
    assert oracle.record.best == 1.0


def test_verifying_an_incumbent_is_off_the_clock(clock) -> None:
    def slow(x):
        clock.now += 1000
        return 1.0

    oracle = oracle_of(Toy(slow), seconds=10)
    oracle.incumbent(ZERO)
    assert oracle.remaining_seconds == 10
    assert oracle.record.ledger().wall_seconds == 0


def test_finish_measures_the_last_iterate_of_minibatches() -> None:
    oracle = oracle_of()
    for i in range(9):
        oracle.gradient(np.array([i / 10, 0]), batch_of(1 / 3))
    oracle.finish()
    assert oracle.record.last == 0.8
    assert trace_of(oracle)[-1] == ("measured", 0.8, 9)
    assert oracle.record.measured == 0


def test_finish_adds_nothing_where_no_minibatch_was_paid() -> None:
    oracle = oracle_of()
    oracle.gradient(ZERO)
    before = trace_of(oracle)
    oracle.finish()
    assert trace_of(oracle) == before


def test_finish_does_not_measure_what_has_diverged() -> None:
    oracle = oracle_of()
    oracle.gradient(np.array([NAN, 0]), batch_of(0.1))
    oracle.finish()
    assert measured(oracle) == []


def minibatches_and_a_look(oracle, rng):
    minibatches_only(oracle, rng)
    oracle.value([4, 0])


def test_measured_points_decide_where_nothing_exact_was_paid() -> None:
    run = minimize(Toy(), minibatches_only)
    assert (run.value, run.last, run.x.tolist()) == (1, 2, [1, 0])


def test_one_exact_evaluation_outweighs_all_measured_points() -> None:
    run = minimize(Toy(), minibatches_and_a_look)
    assert (run.value, run.x.tolist()) == (4, [4, 0])


def test_a_relaxation_of_ones_own_is_built_once() -> None:
    oracle = oracle_of()
    assert isinstance(oracle.relaxation, Relaxation)
    assert oracle.relaxation is oracle.relaxation
