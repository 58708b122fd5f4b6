"""Solvers of PuLP by name: their own word, no proof without it, and whatever becomes of them."""

from __future__ import annotations

import typing

import pulp
import pytest

import problems
from methods import minimize
from methods.integer_programming import Solver
from methods.shared.pulp_process import READERS
from methods.shared.pulp_settings import GAPS, SEEDS, settings
from tests.methods.linear_programs import (
    Modelled,
    decode,
    from_a_point,
    hard,
    infeasible,
    packing,
    ternary,
)
from tests.methods.test_integer_programming_end import unbounded


def solved(problem, solver, **options):
    return minimize(problem, "integer-programming", 0, solver=solver, seconds=20, **options)


# --------------------------------------------------------------------------------- names


def test_every_solver_of_pulp_can_be_named():
    assert {*typing.get_args(Solver)} == {"highs", "cbc", *pulp.listSolvers()}
    assert {*READERS, *GAPS, *SEEDS} <= {*pulp.listSolvers()}


def test_a_misspelt_name_is_told_the_closest():
    with pytest.raises(ValueError, match=r"solver=SCIP_PI: expected one of .*mean 'SCIP_PY'"):
        minimize(packing(), "integer-programming", 0, solver="SCIP_PI")


def test_a_solver_that_is_not_here_says_what_is_and_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    run = solved(packing(), "GLPK_CMD")
    assert run.ended == "error"
    assert "solver=GLPK_CMD is not installed or has no licence" in run.message
    assert "put glpsol on the PATH; here are highs, cbc, HiGHS" in run.message


def test_what_to_install_for_scip(monkeypatch, tmp_path):
    (tmp_path / "pyscipopt.py").write_text("raise ImportError")
    monkeypatch.syspath_prepend(tmp_path)
    run = solved(packing(), "SCIP_PY")
    assert "solver=SCIP_PY is not installed" in run.message
    assert "pip install -e '.[scip]'" in run.message


@pytest.mark.parametrize(
    ("options", "why"),
    [({"mode": "bound-only"}, "it tells no bound"), ({"solver_seed": 3}, "it takes no seed")],
    ids=["bound", "seed"],
)
def test_what_a_solver_cannot_be_asked_for_is_refused(options, why):
    with pytest.raises(ValueError, match=f"solver=GLPK_CMD: through PuLP {why}.*SCIP_PY"):
        solved(packing(), "GLPK_CMD", **options)


def test_options_are_joined():
    assert settings("XPRESS_PY", 0.5, 7)["options"] == [
        *("MIPABSSTOP=0.5", "MIPADDCUTOFF=0", "THREADS=1", "RANDOMSEED=7")
    ]
    assert settings("GLPK_CMD", 0.5, 0) == {}


# --------------------------------------------- solvers that are here, beside HiGHS's proof


PROBLEMS = {
    "knapsack": lambda: problems.make("knapsack", items=30),
    "max-cut": lambda: problems.make("max-cut", nodes=16),
    "set-cover": lambda: problems.make("set-cover", rows=30, columns=60),
    "ternary": ternary,
}


@pytest.mark.parametrize("build", PROBLEMS.values(), ids=PROBLEMS)
@pytest.mark.parametrize("solver", ["SCIP_PY", "HiGHS"])
def test_it_proves_what_highs_proves(solver, build):
    run, known = solved(build(), solver), solved(build(), "highs")
    assert known.certified
    assert (run.ended, run.value) == ("optimal", pytest.approx(known.value, abs=1e-9))
    assert run.bound == pytest.approx(known.value, abs=1e-9)


@pytest.mark.parametrize("build", PROBLEMS.values(), ids=PROBLEMS)
def test_a_solver_that_shows_no_bound_has_a_value_and_no_proof(build):
    """CBC through PuLP, which drops its bound, beside CBC called directly."""
    run, known = solved(build(), "PULP_CBC_CMD"), solved(build(), "cbc")
    assert run.value == pytest.approx(known.value, abs=1e-9)
    assert (run.ended, run.bound, run.certified) == ("converged", None, False)


def test_constraints_that_are_added_later_belong_to_the_proof():
    problem = problems.make("travelling-salesman", cities=10)
    run = solved(problem, "SCIP_PY")
    assert (run.ended, run.value) == ("optimal", problem.reference.value)


def test_it_counts_what_scip_did_and_its_cpu_seconds():
    ledger = solved(ternary(), "SCIP_PY").ledger
    assert ledger.nodes > 0
    assert ledger.iterations > 0
    assert ledger.cpu_seconds > 0.1
    assert (ledger.work, ledger.values) == (0, 0)


@pytest.mark.parametrize(
    ("write", "status"), [(infeasible, "Infeasible"), (unbounded, "Unbounded")], ids=["no", "inf"]
)
def test_a_model_without_an_optimum_says_so(write, status):
    run = solved(Modelled(write), "SCIP_PY")
    assert (run.ended, run.message) == ("error", f"RuntimeError: SCIP_PY: {status}")


def test_pulps_word_for_a_model_without_a_solution_is_given_as_pulps():
    run = solved(Modelled(infeasible), "PULP_CBC_CMD")
    assert (run.ended, run.value, run.bound) == ("error", None, None)
    assert run.message.endswith("no solution, of which PuLP says: Infeasible")


@pytest.mark.parametrize("solver", ["SCIP_PY", "PULP_CBC_CMD"])
def test_a_program_without_rows_and_a_variable_without_a_cost(solver):
    """The latter is in no program that is written for a solver."""

    def free(problem):
        xs = [pulp.LpVariable(f"x{i}", 1, None, "Integer") for i in range(4)]
        program = pulp.LpProblem("free", pulp.LpMinimize)
        program += xs[0] + 0 * xs[1] + 0 * xs[2] + 0 * xs[3]
        return problems.LinearModel(program, lambda found: [found[x] for x in xs], exact=False)

    problem = Modelled(free)
    problem.c, problem.b = abs(problem.c) * [1, 0, 0, 0] / 5, problem.b + 10
    run = solved(problem, solver)
    assert (run.value, run.x.tolist(), run.message) == (1.0, [1, 1, 1, 1], "")


def test_bounds_alone_certify_a_point_that_is_known():
    best = minimize(ternary(), "integer-programming", 0).x
    run = minimize(ternary(), from_a_point(best), 1, solver="SCIP_PY", mode="bound-only")
    assert run.certified
    alone = solved(ternary(), "SCIP_PY", mode="bound-only", solver_seed=3)
    assert (alone.ended, alone.x, alone.bound) == ("converged", None, pytest.approx(run.value))


def test_seeds_are_drawn_for_each_run():
    run = minimize(packing(), "seeded-integer-programming", 0, solver="SCIP_PY")
    assert (run.ended, run.value) == ("optimal", -11.0)


@pytest.mark.slow
@pytest.mark.parametrize("solver", ["SCIP_PY", "HiGHS", "PULP_CBC_CMD"])
def test_a_time_limit_is_a_timeout_whatever_pulp_says(solver):
    run = minimize(hard(bits=5), "integer-programming", 0, solver=solver, seconds=1.5)
    # A machine so fast that the proof is there in time would be no fault.
    assert (run.ended, run.certified) in {("timeout", False), ("optimal", True)}
    assert run.message == ""


@pytest.mark.slow
def test_scip_tells_a_bound_at_its_time_limit():
    run = minimize(decode(), "integer-programming", 0, solver="SCIP_PY", seconds=1.2)
    assert run.ended in ("timeout", "optimal")
    if run.value is not None and run.bound is not None:
        assert run.bound <= run.value
