"""Integer programming against the solvers called directly, and what it proves."""

from __future__ import annotations

import highspy
import numpy as np
import pulp
import pytest
import scipy.optimize

import problems
from methods import minimize
from problems import LinearModel
from tests.methods.linear_programs import (
    BOTH,
    Linear,
    Modelled,
    decode,
    infeasible,
    maximising,
    packing,
    random_program,
    ternary,
    with_constant,
)

# ---------------------------------------------------------------------- the same optimum


@BOTH
@pytest.mark.parametrize("build", [packing, ternary, decode], ids=lambda f: f.__name__)
def test_it_finds_what_highs_finds_through_pulp(build, solver):
    run = minimize(build(), "integer-programming", 0, solver=solver)
    model = build().linear_model()
    model.program.solve(pulp.HiGHS(msg=False, gapRel=0.0, gapAbs=0.0))
    assert pulp.LpStatus[model.program.status] == "Optimal"
    objective = pulp.value(model.program.objective)
    assert run.value == pytest.approx(model.offset + model.unit * objective, abs=1e-9)


@BOTH
@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(
    "integral", [True, [True] * 4 + [False] * 4, False], ids=["integer", "mixed", "continuous"]
)
def test_it_finds_what_scipy_milp_finds_and_proves_it(integral, seed, solver):
    problem = random_program(seed, integral)
    run = minimize(problem, "integer-programming", 0, solver=solver)
    expected = scipy.optimize.milp(
        problem.c,
        integrality=problem.space.integral,
        bounds=scipy.optimize.Bounds(problem.space.low, problem.space.high),
        constraints=scipy.optimize.LinearConstraint(problem.A, ub=problem.b),
        options={"mip_rel_gap": 0.0},
    )
    assert run.value == pytest.approx(expected.fun, abs=1e-5)
    assert run.ended == "optimal"
    assert run.bound == run.value


@pytest.mark.parametrize("instance", range(3))
@pytest.mark.parametrize("correlation", ["none", "weak", "strong"])
def test_it_finds_the_knapsack_of_the_dynamic_programme(correlation, instance):
    problem = problems.make("knapsack", items=25, correlation=correlation, instance=instance)
    run = minimize(problem, "integer-programming", 0)
    assert run.ended == "optimal"
    assert run.value == problem.reference.value


def test_a_packing_by_hand():
    run = minimize(packing(), "integer-programming", 0)
    assert run.x.tolist() == [0, 1, 0, 1]
    assert (run.value, run.bound) == (-11.0, -11.0)


# ----------------------------------------------------------------------------- the proof


@BOTH
@pytest.mark.parametrize("build", [ternary, decode], ids=lambda f: f.__name__)
def test_a_certificate_is_a_bound_that_meets_the_value(build, solver):
    run = minimize(build(), "integer-programming", 0, solver=solver)
    assert run.ended == "optimal"
    assert run.bound == run.value
    assert run.value > run.reference.value + 1e-3  # the reference alone would prove nothing
    assert run.certified


@BOTH
def test_bounds_rise_values_fall_and_never_cross(solver):
    trace = minimize(decode(), "integer-programming", 0, solver=solver).trace
    bounds = [p.value for p in trace if p.kind == "bound"]
    values = [p.value for p in trace if p.kind == "value"]
    assert bounds == sorted(bounds)
    assert values == sorted(values, reverse=True)
    assert bounds[-1] <= values[-1] + 1e-6


def test_no_solution_is_better_than_the_certificate():
    """Every packing there is, evaluated one by one."""
    problem = random_program(3, high=2)
    run = minimize(problem, "integer-programming", 0)
    grid = np.indices((3,) * 8).reshape(8, -1).T
    feasible = grid[(grid @ problem.A.T <= problem.b).all(axis=1)]
    assert run.bound == run.value == (feasible @ problem.c).min()


@BOTH
@pytest.mark.parametrize("unit", [1.0, 1e-3, 1e-8], ids=lambda unit: f"unit {unit:g}")
def test_a_model_that_only_bounds_certifies_nothing(unit, solver):
    """Without its constraint the program promises more; 8 tokens in 10⁸ are no rounding error."""

    def loose(problem):
        program = Linear([-5, -4, -3, -7], [[0, 0, 0, 0]], [1], high=1).program()
        return LinearModel(program, lambda values: np.array([0, 1, 0, 1]), unit=unit, exact=False)

    problem = Modelled(loose)
    problem.c = problem.c * unit
    run = minimize(problem, "integer-programming", 0, solver=solver)
    assert run.value == pytest.approx(-11 * unit, rel=1e-9)
    assert run.bound == pytest.approx(-19 * unit, rel=1e-9)
    assert run.ended == "converged"
    assert not run.certified


def test_the_unit_and_offset_turn_counts_into_values():
    def counting(problem):
        return LinearModel(packing().program(), problem.read, unit=1 / 19, offset=1.0)

    problem = Modelled(counting)
    problem.c, problem.constant = problem.c / 19, 1.0
    run = minimize(problem, "integer-programming", 0)
    assert run.value == pytest.approx(1 - 11 / 19)
    assert run.certified


@pytest.mark.parametrize("constant", [0.0, 10.0, -10.0])
@BOTH
@pytest.mark.parametrize("write", [with_constant, maximising], ids=lambda f: f.__name__)
def test_value_is_offset_plus_unit_times_pulps_own_objective(write, constant, solver):
    """Also where the program maximises, or its objective has a constant term."""
    run = minimize(Modelled(write, constant), "integer-programming", 0, solver=solver)
    assert (run.ended, run.value, run.bound) == ("optimal", constant - 11, constant - 11)


# ------------------------------------------------------------- neighbours in the process


@BOTH
def test_nothing_is_printed_not_even_below_python(capfd, solver):
    minimize(decode(), "integer-programming", 0, solver=solver)
    minimize(Modelled(infeasible), "integer-programming", 0, solver=solver)
    captured = capfd.readouterr()
    assert captured.out == ""
    assert captured.err == ""


def test_stdout_works_afterwards(capfd):
    minimize(packing(), "integer-programming", 0)
    print("still here")
    assert capfd.readouterr().out == "still here\n"


@pytest.mark.parametrize("threads", [1, 2])
def test_another_solve_in_the_process_with_other_threads_changes_nothing(threads):
    other = highspy.Highs()
    other.setOptionValue("output_flag", False)
    other.resetGlobalScheduler(True)
    other.setOptionValue("threads", threads)
    other.addVar(0.0, 1.0)
    other.run()
    run = minimize(ternary(), "integer-programming", 0)
    assert run.ended == "optimal"
    assert run.certified


@BOTH
def test_a_run_again_finds_the_same(solver):
    first, second = (
        minimize(decode(), "integer-programming", 0, seed=s, solver=solver) for s in (0, 1)
    )
    assert first.value == second.value
    assert first.bound == second.bound
