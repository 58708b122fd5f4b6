"""`integer-programming` beside bare HiGHS on the same model."""

from __future__ import annotations

import highspy
import pulp
import pytest

import problems
from methods import minimize

NAME = "next-token-ternary"


def bare_highs():
    """Return a function that solves the model as PuLP hands it over, and nothing else."""
    model = problems.make(NAME).linear_model()
    solver = pulp.HiGHS(msg=False)
    solver.createAndConfigureSolver(model.program)
    solver.buildSolverModel(model.program)
    columns = model.program.solverModel.getLp()

    def solve():
        highs = highspy.Highs()
        for option, value in (
            ("output_flag", False),
            ("threads", 1),
            ("mip_rel_gap", 0.0),
            ("mip_abs_gap", 0.99),
        ):
            highs.setOptionValue(option, value)
        highs.passModel(columns)
        highs.run()
        assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return highs.getInfo().objective_function_value

    return solve, model


@pytest.mark.benchmark(group="integer-programming on next-token-ternary")
@pytest.mark.parametrize("side", ["ours", "peer"])
def test_integer_programming(benchmark, side):
    solve, model = bare_highs()
    problem = problems.make(NAME)

    def ours():
        run = minimize(problem, "integer-programming", seconds=120)
        assert run.certified
        return run.value

    assert model.offset + model.unit * solve() == pytest.approx(ours())
    benchmark.extra_info.update(side=side, bar="ratio <= 1.2")
    benchmark.pedantic(ours if side == "ours" else solve, rounds=5, warmup_rounds=0)
