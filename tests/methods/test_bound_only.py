"""Integer programming that certifies what others have found, and its several seeds."""

from __future__ import annotations

import numpy as np
import pytest

import problems
from methods import METHODS, minimize
from methods.integer_programming import SEEDS
from tests.methods.linear_programs import (
    BOTH,
    Modelled,
    decode,
    from_a_point,
    maximising,
    packing,
    ternary,
)


@BOTH
@pytest.mark.parametrize("build", [packing, decode, ternary], ids=lambda f: f.__name__)
def test_bounds_alone_end_at_the_optimum_without_a_point(build, solver):
    known = minimize(build(), "integer-programming", 0)
    run = minimize(build(), "integer-programming", 0, solver=solver, mode="bound-only")
    assert run.bound == pytest.approx(known.value, abs=1e-8)
    assert (run.ended, run.x, run.value, run.certified) == ("converged", None, None, False)
    assert {point.kind for point in run.trace} == {"bound"}


@BOTH
@pytest.mark.parametrize("build", [packing, decode, ternary], ids=lambda f: f.__name__)
def test_a_point_that_is_optimal_is_certified(build, solver):
    best = minimize(build(), "integer-programming", 0).x
    run = minimize(build(), from_a_point(best), 1, solver=solver, mode="bound-only")
    assert run.certified
    assert run.x.tolist() == best.tolist()
    assert [point.kind for point in run.trace].count("value") == 1  # the evaluation that was paid


@BOTH
def test_a_point_that_is_not_optimal_stays_the_result_with_the_gap_beside_it(solver):
    run = minimize(
        packing(), from_a_point(np.array([1, 0, 0, 0])), 1, solver=solver, mode="bound-only"
    )
    assert (run.ended, run.value, run.bound, run.certified) == ("converged", -5.0, -11.0, False)


@BOTH
def test_constraints_that_are_added_later_belong_to_the_bound(solver):
    problem = problems.make("travelling-salesman", cities=10)
    run = minimize(problem, "integer-programming", 0, solver=solver, mode="bound-only")
    assert run.bound == problem.reference.value


@BOTH
def test_in_a_chain_it_certifies_the_method_before_it(solver):
    chain = "hill-climb@60+integer-programming"
    options = {"integer_programming_mode": "bound-only", "integer_programming_solver": solver}
    run = minimize(packing(), chain, 100, **options)
    assert (run.ended, run.value, run.certified) == ("optimal", -11.0, True)
    assert run.ledger.work <= 60


def test_it_stops_as_soon_as_its_bound_meets_the_point():
    """With the optimum known the bound meets it, and the rest of the search is spared."""
    best = minimize(decode(), "integer-programming", 0).x
    run = minimize(decode(), from_a_point(best), 1, mode="bound-only")
    assert run.trace[-1].kind == "bound"
    assert run.bound == run.value


def test_bounds_of_a_program_that_maximises():
    run = minimize(Modelled(maximising, 10.0), "integer-programming", 0, mode="bound-only")
    assert run.bound == -1.0


# ------------------------------------------------------------------------ solver seeds


def test_the_seeded_method_runs_once_a_seed():
    assert METHODS.entry("seeded-ip").seeded
    assert not METHODS.entry("ip").seeded


@BOTH
def test_each_seed_of_a_run_is_another_of_the_solver(solver, monkeypatch):
    drawn = []

    def noted(oracle, rng, **options):
        drawn.append(options)

    monkeypatch.setattr("methods.integer_programming.integer_programming", noted)
    for seed in (0, 1, 0):
        minimize(packing(), "seeded-integer-programming", 0, seed=seed, solver=solver)
    first, second, again = (options["solver_seed"] for options in drawn)
    assert first == again != second
    assert all(0 < options["solver_seed"] < SEEDS for options in drawn)
    assert {options["solver"] for options in drawn} == {solver}


@BOTH
def test_every_seed_proves_the_same_optimum(solver):
    runs = [
        minimize(ternary(), "seeded-integer-programming", 0, seed=seed, solver=solver)
        for seed in range(3)
    ]
    assert all(run.certified for run in runs)
    assert len({run.value for run in runs}) == 1
