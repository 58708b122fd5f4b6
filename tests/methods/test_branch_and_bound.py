"""`milp` against scipy called directly, its arrays, and all the ways in which it ends."""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path

import numpy as np
import pulp
import pytest
import scipy.optimize

import problems
from methods import METHODS, minimize
from methods.branch_and_bound import milp_arguments
from methods.shared.program_arrays import program_arrays
from problems import Box, Budget, LinearModel, Problem
from tests.methods.examples import SECONDS, OneMax

ROOT = Path(__file__).parents[2]


class Packing(Problem):
    """Worth the most within a weight of 5; `write` may replace the program."""

    ceiling = 100.0
    worth, weight = np.array([5, 4, 3, 7]), np.array([4, 3, 2, 2])

    def __init__(self, write=None, **model):
        self.space = Box(0, 1, 4, integral=True)
        self._write, self._model = write, model

    def value(self, x):
        return -float(self.worth @ x)

    def constraints(self, x):
        return np.array([self.weight @ x - 5.0])

    def program(self, sense=pulp.LpMinimize):
        program = pulp.LpProblem("packing", sense)
        xs = [pulp.LpVariable(f"x{i}", 0, 1, pulp.LpInteger) for i in range(4)]
        program += pulp.lpDot((-sense * self.worth).tolist(), xs)
        program += pulp.lpDot(self.weight.tolist(), xs) <= 5
        return program

    def read(self, values):
        return np.rint([values[f"x{i}"] for i in range(4)]).astype(int)

    def linear_model(self):
        program = self.program() if self._write is None else self._write(self)
        return LinearModel(program, self.read, **self._model)


def optimum():
    """By looking at all of them."""
    p = Packing()
    bits = [np.array(x) for x in itertools.product([0, 1], repeat=4)]
    return min(p.value(x) for x in bits if (p.constraints(x) <= 0).all())


def test_it_finds_and_proves_the_optimum_of_a_tiny_knapsack():
    run = minimize(Packing(), "milp", 0)
    assert (run.value, run.bound, run.ended) == (optimum(), optimum(), "optimal")
    assert run.certified
    assert run.ledger.work == 0


@pytest.mark.parametrize(
    "name", ["knapsack", "set-cover", "graph-colouring", "travelling-salesman", "onemax"]
)
def test_it_agrees_with_the_other_solver(name):
    small = problems.PROBLEMS.entry(name).small
    runs = [
        minimize(problems.make(name, **small), method, 0)
        for method in ("milp", "integer-programming")
    ]
    assert runs[0].value == pytest.approx(runs[1].value, abs=1e-9)
    assert runs[0].ended == "optimal"


@pytest.mark.parametrize("seed", range(4))
def test_its_arrays_are_those_of_the_program(seed):
    rng = np.random.default_rng(seed)
    n, m = 6, 4
    A, c = rng.integers(-9, 10, (m, n)), rng.integers(-9, 10, n)
    b = np.abs(A).sum(axis=1)
    program = pulp.LpProblem("random", pulp.LpMaximize)
    low = [0, None, -2, 0, 1, 0]
    high = [3, 5, 4, None, 1, 2]
    kinds = [pulp.LpInteger, pulp.LpContinuous] * 3
    xs = [pulp.LpVariable(f"x{i}", low[i], high[i], kinds[i]) for i in range(n)]
    program += pulp.lpDot(c.tolist(), xs) + 7
    program += pulp.lpDot(A[0].tolist(), xs) <= int(b[0])
    program += pulp.lpDot(A[1].tolist(), xs) + 3 >= -int(b[1])
    program += pulp.lpDot(A[2].tolist(), xs) == 2
    program += pulp.lpDot(A[3].tolist(), xs) <= xs[0] + int(b[3])
    arrays = program_arrays(LinearModel(program, dict, unit=-1.0))
    told = milp_arguments(arrays)
    names = [v.name for v in arrays.variables]
    order = [names.index(f"x{i}") for i in range(n)]
    # A fixed variable, x4, belongs to the constant.
    np.testing.assert_array_equal(told["c"][order], -c * [1, 1, 1, 1, 0, 1])
    np.testing.assert_array_equal(np.array(told["integrality"])[order], [1, 0] * 3)
    np.testing.assert_array_equal(told["bounds"].lb[order], [0, -np.inf, -2, 0, 1, 0])
    np.testing.assert_array_equal(told["bounds"].ub[order], [3, 5, 4, np.inf, 1, 2])
    A[3, 0] -= 1
    fixed = A[:, 4].copy()  # times 1, and so to the limits
    A[:, 4] = 0
    limits = told["constraints"]
    np.testing.assert_array_equal(limits.A.toarray()[:, order], A)
    np.testing.assert_array_equal(limits.lb, [-np.inf, -b[1] - 3, 2, -np.inf] - fixed)
    np.testing.assert_array_equal(limits.ub, [b[0], np.inf, 2, b[3]] - fixed)


def test_it_finds_what_scipy_finds_on_the_same_arrays():
    p = Packing()
    alone = scipy.optimize.milp(
        -p.worth,
        integrality=np.ones(4),
        bounds=scipy.optimize.Bounds(0, 1),
        constraints=scipy.optimize.LinearConstraint(p.weight, ub=5),
        options={"mip_rel_gap": 0.0},
    )
    run = minimize(Packing(), "milp", 0)
    assert run.value == alone.fun
    assert run.x.tolist() == np.rint(alone.x).tolist()
    assert run.ledger.nodes == alone.mip_node_count


def test_a_maximised_program_and_its_constant_are_turned_into_the_value():
    def write(problem):
        program = problem.program(pulp.LpMaximize)
        program.objective += 3
        return program

    run = minimize(Packing(write, unit=-1.0, offset=3.0), "milp", 0)
    assert (run.value, run.bound) == (optimum(), optimum())


def test_constraints_left_out_are_added_as_solutions_violate_them():
    rounds = []

    def write(problem):
        program = problem.program()
        del program.constraints[next(iter(program.constraints))]
        rounds.append(program)
        return program

    def separate(values):
        x = np.array([values[f"x{i}"] for i in range(4)])
        if Packing.weight @ x <= 5 + 1e-6:
            return []
        variables = {v.name: v for v in rounds[-1].variables()}
        return [pulp.lpSum(int(w) * variables[f"x{i}"] for i, w in enumerate(Packing.weight)) <= 5]

    run = minimize(Packing(write, separate=separate), "milp", 0)
    assert (run.value, run.ended) == (optimum(), "optimal")
    assert len(rounds[-1].constraints) == 1


def infeasible(problem):
    program = problem.program()
    program += program.variables()[0] >= 2
    return program


def unbounded(problem):
    program = problem.program()
    program += program.objective - pulp.LpVariable("y", 0, None, pulp.LpContinuous)
    return program


@pytest.mark.filterwarnings("ignore:Overwriting previously set objective")
@pytest.mark.parametrize(("write", "what"), [(infeasible, "Infeasible"), (unbounded, "Unbounded")])
def test_a_model_without_an_optimum_is_said_to_be_so(write, what):
    run = minimize(Packing(write), "milp", 0)
    assert (run.ended, run.message) == ("error", f"RuntimeError: milp: {what}")
    assert run.value is None


def test_time_that_is_up_is_told_and_proves_nothing():
    run = minimize(
        problems.make("next-token-ternary", corpus="markov:length=20000", bits=7),
        "milp",
        Budget(0, 0.5),
    )
    assert run.ended == "timeout"
    assert not run.failed
    assert not run.certified


def test_a_limit_on_nodes_ends_it_without_a_proof():
    run = minimize(problems.make("knapsack", items=60, instance=3), "milp", 0, node_limit=1)
    assert run.ended in ("converged", "optimal")
    assert run.bound is not None


def test_a_plain_linear_program_bounds_itself():
    def write(problem):
        program = problem.program()
        for variable in program.variables():
            variable.cat = pulp.LpContinuous
            variable.upBound = 1 if variable.name in ("x2", "x3") else 0
        return program

    run = minimize(Packing(write), "milp", 0)
    assert run.bound == -10


def test_nothing_is_printed():
    code = (
        "import problems; from methods import minimize;"
        "minimize(problems.make('knapsack'), 'milp', 0, seconds=10)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == ""


@pytest.mark.parametrize("options", [{"mip_rel_gap": -1}, {"node_limit": 0}], ids=str)
def test_nonsense_is_refused_before_the_model_is_asked_for(options):
    with pytest.raises(ValueError, match=f"{next(iter(options))}=.*expected"):
        minimize(OneMax(4), "milp", 10, seconds=SECONDS, **options)


def test_it_is_given_the_model_and_draws_nothing():
    entry = METHODS.entry("milp")
    assert (entry.white_box, entry.seeded, entry.needs) == (True, False, ("linear_model",))
