from __future__ import annotations

import numpy as np
import pytest

import problems
from methods import minimize
from methods.best_of_n import best_of_n
from problems import Box, Problem
from tests.methods.examples import Flat, run_directly


class Proposing(Problem):
    """Has a proposal of its own, which reports what it was asked for."""

    def __init__(self):
        self.space = Box(0, 9, 1, integral=True)
        self.asked = []

    def value(self, x):
        return float(9 - x[0])

    def sample(self, rng, n, temperature=1.0):
        self.asked.append((n, temperature))
        return np.full((n, 1), 3)


def decode():
    return problems.make("next-token-decode", corpus="markov:length=5000,symbols=6", length=4)


def test_candidates_come_from_the_problems_own_proposal():
    run = minimize(Proposing(), "best-of-n", 20)
    assert run.x.tolist() == [3]
    assert run.value == 6.0


def test_temperature_and_batch_reach_the_proposal():
    problem = Proposing()
    minimize(problem, "best-of-n", 10, temperature=0.25, batch=10)
    assert set(problem.asked) == {(10, 0.25)}


def test_every_drawn_candidate_is_counted_in_the_ledger():
    problem = Proposing()
    ledger = minimize(problem, "best-of-n", 25, batch=10).ledger
    assert ledger.samples == sum(n for n, _ in problem.asked) == 30
    assert ledger.values == ledger.work == 25


def test_a_lower_temperature_draws_likelier_strings():
    """The mean of what is evaluated, not the best, shows the proposal itself."""

    def mean_value(temperature):
        problem, seen = decode(), []
        value_of = problem.values
        problem.values = lambda points: seen.append(value_of(points)) or seen[-1]
        minimize(problem, "best-of-n", 400, temperature=temperature)
        return np.concatenate(seen).mean()

    cold, warm, hot = (mean_value(t) for t in (0.3, 1.0, 5.0))
    assert cold < warm - 0.1
    assert warm < hot - 0.1


def test_a_temperature_is_refused_where_the_proposal_has_none():
    with pytest.raises(ValueError, match=r"temperature=0\.5: this problem's proposal has none"):
        minimize(problems.make("sphere"), "best-of-n", 10, temperature=0.5)


def test_without_a_proposal_it_is_random_search():
    sphere = problems.make("sphere", dimension=3)
    oracle = run_directly(best_of_n, sphere, 130, seed=5)
    points = sphere.space.sample(np.random.default_rng(5), 130)
    assert oracle.record.best == sphere.values(points).min()


@pytest.mark.parametrize("batch", [1, 7, 1000])
@pytest.mark.parametrize("build", [lambda: Flat(Box(0, 1, 3)), decode], ids=["box", "decode"])
def test_the_batch_changes_no_result(build, batch):
    runs = [minimize(build(), "best-of-n", 60, batch=b) for b in (100, batch)]
    assert runs[0].value == runs[1].value
    np.testing.assert_array_equal(runs[0].x, runs[1].x)


@pytest.mark.parametrize(
    "options",
    [{"temperature": 0}, {"temperature": -1}, {"temperature": float("nan")}, {"batch": 0}],
    ids=str,
)
def test_nonsense_is_refused_before_the_first_evaluation(options):
    problem = Proposing()
    with pytest.raises(ValueError, match=f"{next(iter(options))}=.*expected"):
        minimize(problem, "best-of-n", 10, **options)
    assert not problem.asked
