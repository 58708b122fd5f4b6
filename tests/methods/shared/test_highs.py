"""HiGHS beside itself called directly on the same model."""

from __future__ import annotations

import highspy
import numpy as np
import pulp
import pytest

from methods import minimize
from methods.integer_programming import integer_programming
from methods.shared.program_arrays import program_arrays
from methods.shared.solver_report import Report, Silence
from problems import Budget, Oracle
from tests.methods.linear_programs import decode, from_a_point, packing, ternary


def directly(model, seed):
    """Solve the columns that PuLP hands over; return objective, nodes and LP iterations."""
    builder = pulp.HiGHS(msg=False)
    builder.createAndConfigureSolver(model.program)
    builder.buildSolverModel(model.program)
    highs = highspy.Highs()
    for option, value in (
        ("output_flag", False),
        ("threads", 1),
        ("mip_rel_gap", 0.0),
        ("mip_abs_gap", 0.99 if model.spacing else 1e-9),
        ("random_seed", seed),
    ):
        highs.setOptionValue(option, value)
    highs.passModel(model.program.solverModel.getLp())
    highs.run()
    info = highs.getInfo()
    return info.objective_function_value, info.mip_node_count, info.simplex_iteration_count


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("build", [packing, ternary, decode], ids=lambda f: f.__name__)
def test_it_does_what_highs_does_called_directly(build, seed):
    """The same optimum with the same nodes and iterations, for the same options and seed.

    Each solve to its own end: that a bound meets the best point is not told on the way.
    """
    model = build().linear_model()
    objective, nodes, iterations = directly(build().linear_model(), seed)
    oracle = Oracle(build(), Budget(0, 20))

    from methods.shared.highs import solve

    assert solve(Silence(oracle, model, program_arrays(model)), seed) == "Optimal"
    ledger = oracle.record.ledger()
    assert (ledger.nodes, ledger.iterations) == (nodes, iterations)
    run = minimize(build(), "integer-programming", 0, solver_seed=seed)
    assert run.value == pytest.approx(model.offset + model.unit * objective, abs=1e-9)


@pytest.fixture
def told(monkeypatch):
    """Keep every solution that the solver tells."""
    kept, tell = [], Report.tell

    def listened(self, point, bound):
        if point is not None:
            kept.append(point)
        return tell(self, point, bound)

    monkeypatch.setattr(Report, "tell", listened)
    return kept


def as_read(problem, point):
    model = problem.linear_model()
    return model.read(program_arrays(model).solution(point))


def test_the_start_is_taken(told):
    """The first solution that it has is the one that it was given."""
    problem = decode()
    x = np.roll(problem.beam_search(50), 1)
    minimize(problem, from_a_point(x), 1)
    assert as_read(problem, told[0]).tolist() == x.tolist()


def test_a_start_of_some_variables_is_completed(told):
    """The indicators of `next-token-ternary` are whole too; only its thresholds are left open."""
    problem = ternary()
    x = problem.space.sample(np.random.default_rng(0), 1)[0]
    minimize(problem, from_a_point(x), 1)
    values = [problem.value(as_read(problem, each)) for each in told]
    assert problem.value(x) == pytest.approx(values[0])


def test_options_reach_it(monkeypatch):
    seen, run = [], highspy.Highs.run

    def watched(self):
        names = ("random_seed", "mip_heuristic_effort", "threads", "mip_rel_gap", "mip_abs_gap")
        seen.append([self.getOptionValue(name)[1] for name in names])
        return run(self)

    monkeypatch.setattr(highspy.Highs, "run", watched)
    default = highspy.Highs()
    unset = [default.getOptionValue(n)[1] for n in ("random_seed", "mip_heuristic_effort")]
    minimize(packing(), "integer-programming", 0)
    minimize(packing(), "integer-programming", 0, solver_seed=7, mode="bound-only")
    minimize(decode(), "integer-programming", 0)
    assert seen[0] == [*unset, 1, 0.0, 0.99]
    assert seen[1] == [7, 0.0, 1, 0.0, 0.99]
    assert seen[2] == [*unset, 1, 0.0, 1e-9]


def test_a_method_of_ones_own_may_call_it_twice():
    oracle = Oracle(packing(), Budget(0, 20))
    integer_programming(oracle, np.random.default_rng(0), mode="bound-only")
    integer_programming(oracle, np.random.default_rng(0), mode="bound-only", solver_seed=3)
    assert oracle.record.bound == -11
