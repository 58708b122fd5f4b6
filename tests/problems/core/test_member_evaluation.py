"""What evaluating single members of an ensemble costs, and that none is ever the best."""

import contextlib
import math

import numpy as np
import pytest

from problems import Box, Budget, Oracle, Problem, Stop, Unsupported
from problems.core.views import Members


class Mean(Problem):
    """An ensemble of three points of a square; a member's value is the sum of its numbers."""

    rows, tokens = 6, 30

    def __init__(self, values=lambda members: members.sum(axis=1)) -> None:
        self.space = Box(-1, 1, 6)
        self._member_values = values
        self.batches: list[int] = []

    def members(self) -> Members:
        return Members(3, Box(-1, 1, 2), self._spied)

    def _spied(self, points):
        self.batches.append(len(points))
        return self._member_values(points)

    def value(self, x) -> float:
        return float(self.members().split(x).sum(axis=1).mean())


def oracle_of(problem=None, work=100.0, seconds=10.0) -> Oracle:
    return Oracle(problem or Mean(), Budget(work, seconds))


def test_members_cost_their_share_of_an_evaluation() -> None:
    oracle = oracle_of()
    members = np.random.default_rng(0).uniform(-1, 1, (30, 2))
    np.testing.assert_array_equal(oracle.member_values(members), members.sum(axis=1))
    oracle.value(oracle.members.join(members[:3]))
    ledger = oracle.record.ledger()
    assert ledger.work == 30 / 3 + 1
    assert ledger.values == 1
    assert ledger.tokens == 30 * 10 + 30
    assert ledger.rows == 30 * 2 + 6


def test_the_second_count_is_charged_as_well() -> None:
    from problems.core.meter import meter

    pay, paid = meter()
    oracle = Oracle(Mean(), Budget(100.0), pay=pay)
    oracle.member_values(np.zeros((6, 2)))
    assert paid().work == pytest.approx(2.0)
    assert paid().values == 0


def test_a_member_is_never_the_best() -> None:
    oracle = oracle_of()
    oracle.member_values(-np.ones((6, 2)))
    assert oracle.record.best == math.inf
    assert oracle.record.trace == []
    oracle.value(np.zeros(6))
    assert oracle.record.best == 0.0


@pytest.mark.parametrize(("work", "evaluated"), [(0, 0), (0.3, 0), (1 / 3, 1), (1, 3), (2.5, 7)])
def test_members_beyond_the_budget_are_not_evaluated(work, evaluated) -> None:
    problem = Mean()
    oracle = oracle_of(problem, work)
    with pytest.raises(Stop):
        oracle.member_values(np.zeros((20, 2)))
    assert sum(problem.batches) == evaluated
    assert oracle.record.work <= work
    assert oracle.record.stopped == "budget"


def test_shares_add_up_to_the_whole_budget() -> None:
    """Of 100, 299 members and their vote leave a third: thirds do not add up exactly."""
    oracle = oracle_of()
    oracle.value(np.zeros(6))
    for _ in range(294):
        oracle.member_values(np.zeros((1, 2)))
    oracle.value(np.zeros(6))
    assert oracle.record.ledger().work == 100.0
    with pytest.raises(Stop):
        oracle.member_values(np.zeros((1, 2)))


def test_none_is_evaluated_after_the_time_is_up() -> None:
    problem = Mean()
    oracle = oracle_of(problem, seconds=0.0)
    with pytest.raises(Stop):
        oracle.member_values(np.zeros((3, 2)))
    assert problem.batches == []
    assert oracle.record.stopped == "timeout"


def test_a_batch_begins_small_and_hears_the_clock_in_its_midst() -> None:
    problem = Mean()

    def slow(points):
        oracle.record.deadline = 0.0  # as if the time were up meanwhile
        return np.zeros(len(points))

    problem._member_values = slow
    oracle = oracle_of(problem)
    with pytest.raises(Stop):
        oracle.member_values(np.zeros((20, 2)))
    assert problem.batches == [1]
    problem = Mean()
    oracle_of(problem).member_values(np.zeros((60, 2)))
    assert problem.batches[:2] == [1, 10]


def test_what_is_no_number_is_counted_and_comes_back_as_infinite() -> None:
    oracle = oracle_of(Mean(lambda members: np.where(members[:, 0] > 0, np.nan, 1.0)))
    assert oracle.member_values([[1, 1], [0, 0], [1, 0]]).tolist() == [math.inf, 1.0, math.inf]
    assert oracle.record.counts.invalid == 2


@pytest.mark.parametrize(
    ("points", "says"),
    [
        (np.zeros(6), "member_values\\(\\) got shape \\(6,\\), not \\(n, 2\\)"),
        (np.zeros((2, 6)), "got shape \\(2, 6\\)"),
        (np.full((1, 2), 3.0), "outside the members' space"),
    ],
)
def test_what_is_no_member_is_refused(points, says) -> None:
    oracle = oracle_of()
    with pytest.raises(ValueError, match=says):
        oracle.member_values(points)
    assert oracle.record.work == 0


def test_a_view_of_a_wrong_shape_is_the_problems_fault() -> None:
    oracle = oracle_of(Mean(lambda members: np.zeros(7)))
    with pytest.raises(ValueError, match="the values of 1 members have shape \\(7,\\)"):
        oracle.member_values(np.zeros((1, 2)))
    assert oracle.record.failure is not None


def test_a_problem_without_members_says_so() -> None:
    class Plain(Problem):
        space = Box(0, 1, 2)

        def value(self, x):
            return 0.0

    oracle = Oracle(Plain(), Budget(5))
    for ask in (lambda: oracle.members, lambda: oracle.member_values(np.zeros((1, 2)))):
        with contextlib.suppress(Stop), pytest.raises(Unsupported, match="no ensemble of members"):
            ask()
