"""Where a descent ended."""

from __future__ import annotations

import pytest

import problems
from methods import minimize
from studies.measurements.last_iterate import last_iterate


def run_and_problem(**options):
    problem = problems.make("next-token-rank", corpus="markov:length=5000", **options)
    return minimize(problem, "l-bfgs-b-gradient", budget=600, seed=3), problem


def test_the_last_iterate_is_the_one_that_the_run_ended_at():
    run, problem = run_and_problem(rank=1)
    last = last_iterate(problem, run)
    assert problem.value(last) == run.last
    run.last += 0.01
    with pytest.raises(ValueError, match="and before to"):
        last_iterate(problem, run)


def test_the_last_iterate_lies_beyond_a_first_look_at_the_least_error():
    run, problem = run_and_problem(rank=26)
    assert run.ended == "optimal"
    loss = problem.relaxation().loss_and_gradient
    assert loss(last_iterate(problem, run))[0] < loss(run.x)[0] - 1e-3
    assert problem.reference is not None  # which the problem itself keeps
