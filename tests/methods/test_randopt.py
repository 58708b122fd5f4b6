from __future__ import annotations

import numpy as np
import pytest

import problems
from methods import METHODS, minimize
from methods.randopt import randopt
from problems import Box, Problem, Unsupported
from problems.core.views import Members
from tests.methods.examples import Flat, run_directly


class Panel(Problem):
    """Each of some members has a value of its own; an ensemble's is their mean."""

    def __init__(self, number: int = 4, value=lambda members: (members**2).sum(axis=1)) -> None:
        self.number, self._value = number, value
        self.space = Box(-1, 1, 3 * number)
        self.alone: list[np.ndarray] = []
        self.voted: list[np.ndarray] = []

    def members(self) -> Members:
        return Members(self.number, Box(-1, 1, 3), self._recorded)

    def _recorded(self, points):
        self.alone += list(points)
        return self._value(points)

    def value(self, x) -> float:
        members = np.reshape(x, (self.number, 3))
        self.voted.append(members)
        return float(self._value(members).mean())


def test_the_best_by_their_own_values_vote_best_first():
    problem = Panel()
    run_directly(randopt, problem, 50)
    values = (np.array(problem.alone) ** 2).sum(axis=1)
    expected = np.array(problem.alone)[np.argsort(values)[:4]]
    np.testing.assert_array_equal(problem.voted[-1], expected)


def test_of_equal_values_the_earlier_draw_votes():
    problem = Panel(value=lambda members: np.zeros(len(members)))
    run_directly(randopt, problem, 20)
    for ensemble in problem.voted[1:]:
        np.testing.assert_array_equal(ensemble, problem.alone[:4])


def test_the_start_is_evaluated_first_and_draws_are_around_its_members():
    problem = Panel()
    oracle = run_directly(randopt, problem, 300, smallest=1e-6, largest=1e-5)
    start = oracle.start(1)[0].reshape(4, 3)
    np.testing.assert_array_equal(problem.voted[0], start)
    away = np.abs(np.array(problem.alone)[:, None] - start).max(axis=2)
    assert away.min(axis=1).max() < 1e-3
    assert (np.bincount(away.argmin(axis=1), minlength=4) > 200).all()


@pytest.mark.parametrize("budget", [1, 2, 2.25, 2.5, 3, 10, 33.4, 100])
def test_it_votes_when_the_draws_have_doubled_and_at_the_end(budget):
    """The start costs 1, a draw 1/4, a vote 1; no work for another draw and its vote is left."""
    problem = Panel()
    oracle = run_directly(randopt, problem, budget)
    drawn, votes = len(problem.alone), len(problem.voted)
    assert oracle.record.ledger().work == pytest.approx(drawn / 4 + votes)
    assert oracle.record.work > budget - 1.25
    assert oracle.record.stopped == "budget"
    if budget >= 3:
        assert votes == pytest.approx(2 + np.log2(drawn / 4), abs=1.1)
        last = (np.array(problem.alone) ** 2).sum(axis=1)
        np.testing.assert_array_equal(
            problem.voted[-1], np.array(problem.alone)[np.argsort(last)[:4]]
        )


def test_draws_do_not_depend_on_what_they_are_worth():
    seen = []
    for value in (lambda members: np.ones(len(members)), lambda members: members.sum(axis=1)):
        problem = Panel(value=value)
        run_directly(randopt, problem, 50)
        seen.append(problem.alone)
    np.testing.assert_array_equal(*seen)


def test_in_a_chain_it_draws_around_the_best_ensemble_before():
    problem = Panel()
    narrow = {"randopt_smallest": 1e-6, "randopt_largest": 1e-6}
    minimize(problem, "random-search@40+randopt", 60, **narrow)
    best = min(problem.voted[:40], key=lambda members: (members**2).sum())
    np.testing.assert_array_equal(problem.voted[40], best)
    away = np.abs(np.array(problem.alone)[:, None] - best).max(axis=2).min(axis=1)
    assert away.max() < 1e-4


def test_where_a_start_has_a_scale_the_largest_radius_is_it():
    problem = problems.make("next-token-vote", members=3, corpus="markov:length=2000,symbols=4")
    alone = []
    single = problem.single
    view = Members(3, single.space, lambda p: (alone.extend(p), single.values(p))[1])
    problem.members = lambda: view  # type: ignore[method-assign] # hand-made ones
    oracle = run_directly(randopt, problem, 200, radii=1, smallest=0.1, largest=0.1)
    centre = oracle.start(1)[0].reshape(3, -1).mean(axis=0)
    assert (np.array(alone) - centre).std() == pytest.approx(1.0, rel=0.05)


def test_a_vote_is_no_worse_than_the_start():
    problem = problems.make("next-token-vote", members=3, corpus="markov:length=2000,symbols=4")
    run = minimize(problem, "randopt", 40)
    assert run.trace[0].work == 1.0
    assert run.value < run.trace[0].value
    assert run.value == problem.value(run.x)


def test_without_members_it_says_why():
    with pytest.raises(Unsupported, match="its solution is no ensemble of members that vote"):
        minimize(Flat(Box(0, 1, 2)), "randopt", 10)


@pytest.mark.parametrize(
    "options",
    [{"radii": 0}, {"smallest": 0}, {"smallest": 0.5, "largest": 0.1}, {"batch": 0}],
    ids=str,
)
def test_nonsense_is_refused_before_the_first_evaluation(options):
    problem = Panel()
    with pytest.raises(ValueError, match=f"{next(iter(options))}=.*expected"):
        minimize(problem, "randopt", 10, **options)
    assert not problem.voted


def test_it_has_its_own_name():
    assert METHODS.entry("randopt").name == "randopt"
