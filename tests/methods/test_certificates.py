"""What a solver may call proved, on small problems that once had false certificates."""

from __future__ import annotations

import numpy as np
import pytest

from methods import minimize
from problems import Reference
from problems.core.ledger import BrokenReference
from tests.methods.certificate_cases import (
    HalfPrices,
    HalvesBehind,
    Penalties,
    RealProfits,
    Twins,
)

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
@pytest.mark.parametrize("instance", [0, 1, 2])
def test_a_declaration_that_a_value_contradicts_ends_the_run_without_a_proof(
    instance, method, options
):
    """The coefficients do not show it: the cost is that of one continuous variable."""
    reason = r"declared integral=True, which the value \d+\.5 contradicts: it is no multiple of 1"
    with pytest.raises(BrokenReference, match=reason) as caught:
        minimize(HalvesBehind(instance=instance), method, 0, seconds=20, **options)
    assert caught.value.run.bound is None
    assert not caught.value.run.certified
    run = minimize(HalvesBehind(instance=instance, integral=None), method, 0, seconds=20, **options)
    assert run.certified
    assert run.value == (13.5, 15.5, 14.5)[instance]


@SOLVERS
@pytest.mark.parametrize("scale", [1.0, 1e-8, 1e8])
def test_real_profits_are_certified_to_the_solvers_tolerance(scale, method, options):
    problem = RealProfits(scale=scale)
    run = minimize(problem, method, 0, **options)
    assert run.certified
    assert run.value == pytest.approx(problem.optimum(), rel=1e-12)
    assert 0 < run.uncertainty <= 1e-6 * abs(run.value) * (1 + 1e-9)


@SOLVERS
@pytest.mark.parametrize("instance", [0, 1])
@pytest.mark.parametrize("penalty", [1e3, 1e6, 1e7, 1e9])
def test_a_penalty_beside_real_costs_certifies_nothing_false(penalty, instance, method, options):
    """The penalties' size is no scale of the proof: 16.989 was certified with 1e9."""
    optimum = [3.7411175067, 4.7454676971][instance]
    run = minimize(Penalties(penalty=penalty, instance=instance), method, 0, seconds=20, **options)
    assert run.bound <= optimum + 1e-6 * optimum
    assert run.uncertainty <= 1e-6 * optimum
    if run.certified:
        assert run.value == pytest.approx(optimum, rel=1e-6)
    assert run.certified == (penalty <= 1e6)


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


def test_in_a_chain_the_solver_begins_though_the_optimum_is_known_and_found():
    """Hill climbing finds it within its share: that is no proof."""
    chain = "hill-climb@3000+integer-programming"
    told = {"integer_programming_mode": "bound-only"}
    found = minimize(Known(items=8), "hill-climb", 3000)
    assert (found.ended, found.certified) == ("optimal", False)
    run = minimize(Known(items=8), chain, 3000, **told)
    assert run.value == found.value
    assert run.certified
    assert run.bound == run.value


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
