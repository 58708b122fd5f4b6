"""The record of a run: best points, bounds, clocks and totals, without an oracle."""

import math

import numpy as np
import pytest

from problems import Budget, Reference, Stop
from problems.core.record import Record
from tests.problems.toys import Clock, Constrained, Toy, batch_of

INF = math.inf


def record_of(problem=None, **limits) -> Record:
    return Record(problem or Toy(), Budget(**limits))


def test_a_new_record_has_found_and_spent_nothing() -> None:
    record = record_of()
    assert (record.best, record.best_x, record.bound, record.last) == (INF, None, None, None)
    assert (record.work, record.values, record.stopped, record.failure) == (0, 0, None, None)
    assert not record.certified
    assert not record.ended_invalid


@pytest.mark.parametrize(
    ("target", "reference", "value", "reason"),
    [
        (None, None, -9.0, None),
        (1.0, None, 1.0, "target"),
        (1.0, None, 1.1, None),
        (None, Reference(1.0, "bound", "t"), 1.0, "optimal"),
        (3.0, Reference(1.0, "bound", "t"), 2.0, "target"),
        (-3.0, Reference(1.0, "bound", "t"), 1.0, "optimal"),
        (-3.0, Reference(1.0, "best published", "t"), 1.0, None),
        # A target within what counts as solved is respected …
        (1.01, Reference(1.0, "certified", "t", 0.1), 1.05, None),
        (1.01, Reference(1.0, "certified", "t", 0.1), 1.01, "target"),
        # … and what a numerical proof leaves open does not count as solved.
        (None, Reference(1.0, "certified", "t", 0.1, uncertainty=5.0), 1.2, None),
        (None, Reference(1.0, "certified", "t", 0.1, uncertainty=5.0), -3.0, "optimal"),
    ],
)
def test_a_run_ends_at_the_target_or_at_a_proven_reference(
    target, reference, value, reason
) -> None:
    record = record_of(Toy(reference=reference), target=target)
    if reason is None:
        record.improve([0, 0], value)
    else:
        with pytest.raises(Stop, match=reason):
            record.improve([0, 0], value)
    assert (record.stopped, record.best) == (reason, value)


def test_a_bound_is_taken_where_it_is_better_than_the_one_before() -> None:
    record = record_of()
    bounds = []
    for bound in (-INF, -3.0, -5.0, -3.0, math.nan, -2.0):
        record.take_bound(bound)
        bounds.append(record.bound)
    assert bounds == [None, -3.0, -3.0, -3.0, -3.0, -2.0]
    assert [(p.value, p.kind) for p in record.trace] == [(-3.0, "bound"), (-2.0, "bound")]


def test_records_of_a_batch_are_placed_within_what_was_already_charged() -> None:
    record = record_of()
    record.best, record.work, record.values = 5.0, 104.5, 14  # after a batch of 4
    record.improve_by_batch(np.zeros((4, 2)), np.array([6.0, 4.0, 4.5, 3.0]))
    assert [(p.value, p.work, p.values) for p in record.trace] == [(4, 102.5, 12), (3, 104.5, 14)]


def test_a_batch_without_a_record_leaves_no_trace() -> None:
    record = record_of()
    record.best = 1.0
    record.improve_by_batch(np.zeros((3, 2)), np.array([1.0, 2.0, INF]))
    assert record.trace == []


def test_an_evaluation_without_a_number_is_flagged_until_the_next_evaluation() -> None:
    record = record_of()
    record.values = 1
    assert record.invalid() == INF
    assert record.ended_invalid
    record.values = 2
    assert not record.ended_invalid
    record.invalid()
    record.counts.gradients += 1
    assert not record.ended_invalid
    assert record.counts.invalid == 2


@pytest.mark.parametrize(
    ("x", "value"),
    [([1.0, 2.0], 3.0), ([0.0, 0.0], 0.0), ([-1.0, 2.0], None), ([9.0, 0.0], None)],
)
def test_judging_takes_feasible_members_only(x, value) -> None:
    assert record_of(Constrained()).judge(np.array(x)) == value


@pytest.mark.parametrize("answer", [math.nan, INF, -INF, None, "1", 1j])
def test_a_measured_point_without_a_finite_value_leaves_no_trace(answer) -> None:
    record = record_of(Toy(lambda x: answer))
    assert not math.isfinite(record.judge(np.zeros(2)))
    record.measure(np.zeros(2))
    assert record.trace == []
    assert record.last is None


def test_the_best_measured_point_is_kept_beside_the_last() -> None:
    record = record_of()
    for x in ([2.0, 0.0], [1.0, 0.0], [3.0, 0.0], [9.0, 0.0]):
        record.measure(np.array(x))
    assert (record.measured, record.last) == (1, 3)
    assert record.measured_x.tolist() == [1, 0]
    assert [(p.kind, p.value) for p in record.trace] == [("measured", v) for v in (2, 1, 3)]


@pytest.mark.parametrize(
    ("best", "bound", "certified"),
    [
        (2.0, 2.0, True),
        (2.0, 2.0 - 1e-6, True),
        (2.0, 2.0 - 3e-6, False),
        (2e6, 2e6 - 1.0, True),
        (2e6, 2e6 - 3.0, False),
    ],
)
def test_certified_allows_for_the_solvers_arithmetic(best, bound, certified) -> None:
    record = record_of(Toy(lambda x: best))
    record.improve([0, 0], best)
    record.take_bound(bound)
    assert record.certified is certified


def test_full_passes_and_minibatches_add_up_in_the_ledger() -> None:
    toy = Toy()
    toy.rows, toy.tokens = 5, 100
    record = record_of(toy)
    record.values, record.work = 3, 1 / 3
    record.counts.gradients = 4
    for _ in range(2):
        record.count_minibatch(batch_of(0.4, tokens=9))
    ledger = record.ledger()
    assert ledger.rows == (3 + 4 - 2) * 5 + 2 * 2
    assert ledger.tokens == (3 + 4 - 2) * 100 + 2 * 9
    assert ledger.work == 0.333333333


def test_the_ledger_is_a_copy() -> None:
    record = record_of()
    before = record.ledger()
    record.counts.steps += 1
    assert (before.steps, record.ledger().steps) == (0, 1)


def test_time_off_the_clock_is_left_out_and_given_back(monkeypatch) -> None:
    clock = Clock(monkeypatch)
    record = record_of(seconds=5)
    clock.now += 2
    with record.off_the_clock():
        clock.now += 50
    clock.now += 1
    assert record.clocks() == (3, 3)
    assert record.deadline - clock.now == 2


def test_time_off_the_clock_is_given_back_when_measuring_raises(monkeypatch) -> None:
    clock = Clock(monkeypatch)
    record = record_of(seconds=5)

    @record.off_the_clock()
    def measure():
        clock.now += 50
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        measure()
    assert record.clocks() == (0, 0)


def test_the_clocks_stand_still_off_the_clock(monkeypatch) -> None:
    clock = Clock(monkeypatch)
    record = record_of(seconds=5)
    clock.now += 2
    with record.off_the_clock():
        clock.now += 50
        assert record.clocks() == (2, 2)
        with record.off_the_clock():  # what is off the clock once is not off it twice
            clock.now += 30
        assert record.clocks() == (2, 2)
    assert record.clocks() == (2, 2)
    assert record.deadline - clock.now == 3


def test_what_a_listener_does_is_off_the_clock(monkeypatch) -> None:
    clock = Clock(monkeypatch)

    def listens(point):
        clock.now += 50

    record = Record(Toy(), Budget(10, 5))
    record.listener = listens
    record.improve(np.zeros(2), 1.0)
    assert record.clocks() == (0, 0)


def test_a_runs_clock_never_falls(monkeypatch) -> None:
    """A child's time is nobody's between its end and its parent's notice."""
    clock = Clock(monkeypatch)
    record = record_of(seconds=5)
    monkeypatch.setattr("problems.core.clocks.child_clock", lambda pid: 7.0)
    record.child = 1
    assert record.clocks() == (7, 0)
    record.child = None
    assert record.clocks() == (7, 0)
    clock.now += 8
    assert record.clocks() == (8, 8)


@pytest.mark.parametrize(("seconds", "reason"), [(1, "budget"), (6, "timeout")])
def test_exhausted_says_whether_time_or_work_is_up(monkeypatch, seconds, reason) -> None:
    clock = Clock(monkeypatch)
    record = record_of(seconds=5)
    clock.now += seconds
    with pytest.raises(Stop, match=reason):
        record.exhausted()


def test_the_first_reason_to_stop_stands() -> None:
    record = record_of()
    with pytest.raises(Stop, match="target"):
        record.stop("target")
    with pytest.raises(Stop, match="target"):
        record.exhausted()
    with pytest.raises(Stop, match="target"):
        record.check_clock()
    assert record.work + 1 > record.limit


def test_misuse_is_remembered() -> None:
    record = record_of()
    with pytest.raises(ValueError, match="not like this"):
        record.misuse("not like this")
    assert str(record.failure) == "not like this"
