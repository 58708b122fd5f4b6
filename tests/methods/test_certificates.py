"""What a solver may call proved, on small problems that once had false certificates."""

from __future__ import annotations

import numpy as np
import pulp
import pytest
import scipy.optimize

from methods import minimize
from problems import Box, LinearModel, Problem
from problems.ledger import BrokenReference

#: Method and options of the three ways to a solver.
SOLVERS = pytest.mark.parametrize(
    ("method", "options"),
    [
        ("integer-programming", {"solver": "highs"}),
        ("integer-programming", {"solver": "cbc"}),
        ("milp", {}),
    ],
    ids=["highs", "cbc", "milp"],
)


class HalfPrices(Problem):
    """Cover 25 rows by columns that cost 1, 1.5 … 4; an uncovered row costs 1000."""

    def __init__(self, seed=10, size=25):
        rng = np.random.default_rng(seed)
        self.covers = rng.random((size, size)) < 0.12
        self.covers[np.arange(size), rng.integers(0, size, size)] = True
        self.costs = rng.integers(2, 9, size) / 2
        self.space = Box(0, 1, size, integral=True)

    def value(self, x):
        uncovered = ~(self.covers @ np.asarray(x) > 0)
        return float(self.costs @ x + 1000 * uncovered.sum())

    def linear_model(self, **declared):
        program = pulp.LpProblem("cover", pulp.LpMinimize)
        columns = [pulp.LpVariable(f"x{i}", cat="Binary") for i in range(len(self.costs))]
        program += pulp.lpSum(float(c) * x for c, x in zip(self.costs, columns, strict=True))
        for row in self.covers:
            program += pulp.lpSum(x for x, here in zip(columns, row, strict=True) if here) >= 1

        def read(found):
            return np.array([round(found[x.name]) for x in columns])

        return LinearModel(program, read, **declared)

    def optimum(self):
        return scipy.optimize.milp(
            self.costs,
            integrality=np.ones(len(self.costs)),
            bounds=scipy.optimize.Bounds(0, 1),
            constraints=scipy.optimize.LinearConstraint(self.covers.astype(float), lb=1),
            options={"mip_rel_gap": 0.0},
        ).fun


class RealProfits(Problem):
    """A knapsack whose profits are random reals: no two subsets are a known step apart."""

    def __init__(self, scale=1.0, items=30):
        rng = np.random.default_rng(0)
        self.profits, self.weights = scale * rng.random(items), rng.integers(1, 40, items)
        self.capacity, self.penalty = int(self.weights.sum() // 3), 100 * scale
        self.space = Box(0, 1, items, integral=True)

    def value(self, x):
        over = max(0, int(self.weights @ x) - self.capacity)
        return float(-self.profits @ x + self.penalty * over)

    def linear_model(self):
        program = pulp.LpProblem("knapsack", pulp.LpMinimize)
        items = [pulp.LpVariable(f"x{i}", cat="Binary") for i in range(len(self.profits))]
        program += pulp.lpSum(-float(p) * x for p, x in zip(self.profits, items, strict=True))
        program += pulp.lpDot(self.weights.tolist(), items) <= self.capacity
        return LinearModel(program, lambda found: np.array([round(found[x]) for x in items]))

    def optimum(self):
        """By dynamic programming over the weight, in real profits."""
        best = np.zeros(self.capacity + 1)
        for profit, weight in zip(self.profits, self.weights, strict=True):
            best[weight:] = np.maximum(best[weight:], best[:-weight] + profit)
        return -best[-1]


class Twins(Problem):
    """Worth 5 or 3, not both: the variables of the two have one name."""

    def __init__(self, names=("x", "x"), by_name=True):
        self.names, self.by_name = names, by_name
        self.space = Box(0, 1, 2, integral=True)

    def value(self, x):
        return 10.0 if sum(x) > 1 else float(-(5 * x[0] + 3 * x[1]))

    def linear_model(self):
        program = pulp.LpProblem("choice", pulp.LpMinimize)
        both = [pulp.LpVariable(name, cat="Binary") for name in self.names]
        program += -5 * both[0] - 3 * both[1]
        program += both[0] + both[1] <= 1

        def read(found):
            keys = self.names if self.by_name == "as written" else [v.name for v in both]
            return np.array([round(found[k]) for k in (keys if self.by_name else both)])

        return LinearModel(program, read)


@SOLVERS
def test_costs_in_halves_are_not_rounded_to_whole_numbers(method, options):
    problem = HalfPrices()
    run = minimize(problem, method, 0, **options)
    assert problem.optimum() == pytest.approx(13.5)
    assert (run.ended, run.value, run.bound, run.uncertainty) == ("optimal", 13.5, 13.5, 0.0)


@pytest.mark.parametrize("solver", ["highs", "cbc"])
def test_bounds_alone_never_certify_a_value_half_above_the_optimum(solver):
    chain = "hill-climb@60+integer-programming"
    told = {"integer_programming_mode": "bound-only", "integer_programming_solver": solver}
    for seed in range(3):
        run = minimize(HalfPrices(), chain, 100, seed=seed, **told)
        assert run.bound == 13.5
        assert run.certified == (run.value == 13.5)


def test_a_declaration_that_contradicts_the_coefficients_is_refused():
    class Declared(HalfPrices):
        def linear_model(self):
            return super().linear_model(integral=True)

    with pytest.raises(ValueError, match=r"integral=True, but the coefficient of x\d+ is \d\.5"):
        minimize(Declared(), "integer-programming", 0)


@SOLVERS
@pytest.mark.parametrize("scale", [1.0, 1e-8, 1e8])
def test_real_profits_are_certified_to_the_solvers_tolerance(scale, method, options):
    problem = RealProfits(scale)
    run = minimize(problem, method, 0, **options)
    assert run.certified
    assert run.value == pytest.approx(problem.optimum(), rel=1e-12)
    assert 0 < run.uncertainty <= 1e-6 * abs(run.value) * (1 + 1e-9)


@SOLVERS
def test_two_variables_of_one_name_are_read_by_the_variables(method, options):
    run = minimize(Twins(by_name=False), method, 0, **options)
    assert (run.ended, run.value, run.bound) == ("optimal", -5.0, -5.0)
    run = minimize(Twins(("a-b", "a_b"), by_name=False), method, 0, **options)
    assert (run.ended, run.value, run.bound) == ("optimal", -5.0, -5.0)


@SOLVERS
@pytest.mark.parametrize("names", [("x", "x"), ("a-b", "a+b")], ids=str)
def test_a_name_that_two_variables_have_is_refused(names, method, options):
    run = minimize(Twins(names), method, 0, **options)
    assert (run.ended, run.value, run.certified) == ("error", None, False)
    called = names[0].replace("-", "_")
    assert f"2 variables of the linear model are called {called!r}" in run.message


@SOLVERS
def test_names_are_known_as_the_user_wrote_them(method, options):
    odd = ("take it [1] -> +/-", "Größe ü%$")
    for by_name in (True, "as written"):
        run = minimize(Twins(odd, by_name=by_name), method, 0, **options)
        assert (run.ended, run.value, run.bound) == ("optimal", -5.0, -5.0)


class Known(RealProfits):
    """The optimum is known beforehand, and proven."""

    @property
    def reference(self):
        from problems import Reference

        return Reference(self.optimum(), "dynamic programme", "Bellman", tolerance=1e-6)


@SOLVERS
def test_what_is_known_beforehand_ends_no_solver(method, options):
    """The proof is the solver's own, and it is charged whole."""
    run = minimize(Known(), method, 0, **options)
    alone = minimize(RealProfits(), method, 0, **options)
    assert run.certified
    assert run.bound == run.value
    assert run.ledger.nodes == alone.ledger.nodes
    assert run.ledger.iterations == alone.ledger.iterations


def test_a_solution_that_is_known_to_be_optimal_is_no_proof():
    """A solver that finds it and returns has proved nothing."""

    def finds(oracle, rng):
        model = oracle.linear_model()
        oracle.incumbent(np.zeros(len(model.objective.coefficients), dtype=int))
        oracle.incumbent(best)

    best = minimize(Known(), "integer-programming", 0).x
    run = minimize(Known(), finds, 0)
    assert (run.ended, run.bound, run.certified) == ("converged", None, False)
    assert run.value == pytest.approx(Known().optimum())


def test_a_target_ends_a_solver_still():
    def finds(oracle, rng):
        oracle.linear_model()
        oracle.incumbent(np.zeros(30, dtype=int))

    assert minimize(Known(), finds, 0, target=0.0).ended == "target"


def test_a_wrong_model_is_told_from_a_right_one():
    class Wrong(RealProfits):
        def linear_model(self):
            model = super().linear_model()
            model.offset = 1.0
            return model

    with pytest.raises(BrokenReference, match="its model is not this problem's"):
        minimize(Wrong(), "integer-programming", 0)
