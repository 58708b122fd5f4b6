"""From runs to rows: medians, references, gaps and order, with numbers worked out by hand."""

from __future__ import annotations

from itertools import permutations

import pytest

from comparison.analysis.rows import rows
from comparison.results.references import InstanceRuns
from problems.core.ledger import Ledger, TracePoint
from problems.core.reference import Reference
from tests.comparison.analysis.small import made, step, stored
from tests.comparison.examples import (
    BOUND,
    OPTIMUM,
    certificate,
    comparison,
    run,
    unsupported,
)


def only_row(*runs, target=None, **more):
    (row,) = rows(comparison(*runs, **more), target)
    return row


# ---------------------------------------------------------------------- one row


def test_a_row_holds_medians_over_seeds():
    def made(seed, value, last, work, cpu):
        ledger = Ledger(work=work, values=2 * seed, gradients=seed, cpu_seconds=cpu, wall_seconds=9)
        return run("adam", value, last=last, score=value + 1, seed=seed, ledger=ledger)

    row = only_row(made(1, 3.0, 8.0, 10, 0.1), made(2, 1.0, 6.0, 30, 0.3), made(3, 2.0, 7.0, 20, 1))
    assert (row.method, row.family, row.problem) == ("adam", "gradient descent", "sphere")
    assert (row.instance, row.seeds) == (0, 3)
    assert (row.value, row.last, row.score) == (2.0, 7.0, 3.0)
    assert (row.work, row.spent("values"), row.spent("gradients")) == (20, 4, 2)
    assert (row.spent("cpu_seconds"), row.spent("wall_seconds")) == (0.3, 9)
    assert row.interval == (1.0, 3.0)
    assert (row.reference, row.reference_kind, row.gap) == (None, "none", None)
    assert (row.bound, row.solved, row.ended) == (None, None, "budget")


def test_a_run_without_a_value_counts_as_the_worst_seed():
    row = only_row(run(value=1.0), run(value=5.0, seed=1), run(value=None, ended="error", seed=2))
    assert (row.value, row.interval) == (5.0, None)
    assert row.ended == "2 budget, 1 error"


def test_a_row_of_failed_runs_has_no_value_and_no_gap():
    row = only_row(run(value=None, ended="killed", reference=OPTIMUM))
    assert (row.value, row.gap, row.ended, row.solved) == (None, None, "killed", 0)


def test_a_user_method_belongs_to_the_family_user():
    assert only_row(run("mine.py:mine")).family == "user"


def test_a_solver_that_is_given_the_model_has_no_work_but_has_seconds():
    row = only_row(certificate(cpu=0.25))
    assert (row.work, row.spent("values"), row.spent("gradients")) == (None, None, None)
    assert (row.spent("cpu_seconds"), row.spent("wall_seconds")) == (0.25, 0.5)


def test_an_unsupported_method_has_a_row_of_nothing_but_its_reason():
    row = only_row(unsupported(seed=0), unsupported(seed=1))
    assert row.ended == "unsupported: there is nothing to count"
    numbers = (row.value, row.interval, row.last, row.score, row.gap, row.bound, row.work)
    assert numbers == (None,) * 7
    assert (
        row.spent("values"),
        row.spent("gradients"),
        row.spent("cpu_seconds"),
        row.spent("wall_seconds"),
    ) == (None,) * 4
    assert row.solved is None


@pytest.mark.parametrize(
    ("ended", "shown"),
    [
        (["budget"] * 3, "budget"),
        (["optimal", "budget", "optimal"], "2 optimal, 1 budget"),
        (["budget", "nan", "error", "error"], "2 error, 1 budget, 1 nan"),
    ],
)
def test_ends_are_counted_the_most_frequent_first(ended, shown):
    assert only_row(*(run(ended=e, seed=i) for i, e in enumerate(ended))).ended == shown


def test_the_bound_of_a_row_is_its_own_best_one():
    row = only_row(run(bound=0.1), run(bound=0.3, seed=1), run(seed=2), known=(run(bound=0.7),))
    assert (row.bound, row.reference.value) == (0.3, 0.7)


# ----------------------------------------------------------------------- solved


@pytest.mark.parametrize(
    ("target", "reference", "solved"),
    [
        (None, None, None),
        (None, BOUND, None),
        (None, Reference(0.5, "best published", "a paper"), None),
        (2.0, None, 2),
        (2.0, OPTIMUM, 2),
        (1.999, BOUND, 1),
        (None, Reference(1.0, "closed form", "why"), 1),
        (None, Reference(1.0, "dynamic programme", "why"), 1),
    ],
)
def test_solved_counts_seeds_at_the_target_or_else_at_the_optimum(target, reference, solved):
    runs = [run(value=v, seed=i, reference=reference) for i, v in enumerate([1.0, 2.0, 3.0, None])]
    assert only_row(*runs, target=target).solved == solved


def test_solved_allows_for_the_tolerance_of_the_optimum():
    loose = Reference(0.0, "closed form", "why", 1e-2)
    runs = (run(value=0.009, reference=loose), run(value=0.011, reference=loose, seed=1))
    assert only_row(*runs).solved == 1


# ------------------------------------------------------------------- references


def test_a_certificate_becomes_the_reference_of_every_row_of_its_instance():
    found = rows(comparison(run(value=3.0), run("adam", 1.0), certificate(1.0)))
    assert {(row.reference.value, row.reference_kind) for row in found} == {(1.0, "certified")}
    assert {row.method: row.gap for row in found} == {
        "genetic": 2.0,
        "adam": 0.0,
        "integer-programming": 0.0,
    }
    assert {row.solved for row in found} == {0, 1}


def test_a_stored_certificate_serves_a_comparison_without_the_solver():
    row = only_row(run(value=3.0), known=(certificate(1.0),))
    assert (row.reference.value, row.reference_kind, row.gap, row.solved) == (
        1.0,
        "certified",
        2.0,
        0,
    )


def test_a_certificate_holds_for_its_own_instance_only():
    found = rows(comparison(run(instance=0), run(instance=1), certificate(instance=1)))
    assert [(row.instance, row.reference_kind) for row in found] == [
        (0, "none"),
        (1, "certified"),
        (1, "certified"),
    ]


def test_an_optimum_of_the_problem_goes_before_a_certificate():
    runs = [run(value=3.0, reference=OPTIMUM), certificate(1e-7, reference=OPTIMUM)]
    assert InstanceRuns(runs).reference == OPTIMUM


@pytest.mark.parametrize(
    ("runs", "value", "source"),
    [
        ([run(bound=0.1), run("adam", bound=0.2)], 0.2, "proved by adam"),
        ([run(bound=0.1, reference=BOUND)], 0.5, "a relaxation"),
        ([run(bound=0.6, reference=BOUND)], 0.6, "proved by genetic"),
        ([run(reference=BOUND)], 0.5, "a relaxation"),
    ],
)
def test_the_highest_proven_bound_is_the_reference_where_no_optimum_is_known(runs, value, source):
    found = InstanceRuns(runs).reference
    assert (found.value, found.kind, found.source) == (value, "bound", source)


def test_a_published_value_is_the_reference_where_nothing_is_proven():
    published = Reference(0.5, "best published", "a paper")
    assert InstanceRuns([run(reference=published)]).reference == published
    assert InstanceRuns([run(reference=published), certificate(0.4)]).reference.kind == "certified"


def test_without_any_knowledge_there_is_no_reference():
    assert InstanceRuns([run()]).reference is None
    assert InstanceRuns([]).reference is None


@pytest.mark.parametrize(
    "changes", [{"ended": "timeout"}, {"bound": 0.9}, {"bound": None}], ids=str
)
def test_only_a_closed_gap_is_a_certificate(changes):
    found = InstanceRuns([certificate(1.0, **changes)]).reference
    assert found is None or found.kind == "bound"


def test_a_run_that_attains_the_bound_of_another_is_certified_by_it():
    """As when a solver looks for bounds alone."""
    prover = run("integer-programming", None, bound=1.0, ended="converged")
    found = InstanceRuns([run("adam", 1.5), run(value=1.0 + 1e-12), prover]).reference
    assert (found.value, found.kind) == (1.0, "certified")
    assert found.source == "genetic attains the bound proved by integer-programming"
    assert InstanceRuns([run(value=1.5), prover]).reference.kind == "bound"


def test_a_run_that_beats_the_bound_of_another_withdraws_it():
    prover = run("integer-programming", None, bound=1.0, ended="converged")
    runs = [run(value=0.9), prover, run("milp", bound=0.8, ended="converged")]
    assert InstanceRuns(runs).reference == Reference(0.8, "bound", "proved by milp")
    assert InstanceRuns(runs).contradictions() == [
        "sphere, instance 0: the bound 1 of integer-programming, seed 0, is withdrawn, "
        "as genetic, seed 0, found 0.9"
    ]


def test_a_run_that_attains_a_proven_bound_is_a_certificate():
    """Its value cannot be beaten, so it is the optimum, whoever found it."""
    attained = run(value=0.5, ended="optimal", reference=BOUND)
    reference = InstanceRuns([attained, run(value=0.75, reference=BOUND)]).reference
    assert (reference.value, reference.kind) == (0.5, "certified")
    first, second = rows(comparison(attained, run("adam", 0.75, reference=BOUND)))
    assert (first.gap, first.solved) == (0.0, 1)
    assert (second.gap, second.solved) == (0.25, 0)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_run_that_beats_a_certificate_withdraws_it_whatever_the_order(order):
    runs = [run("adam", 0.9, seed=3), certificate(1.0), run(value=2.0)]
    runs = [runs[i] for i in order]
    assert InstanceRuns(runs).reference is None
    assert InstanceRuns(runs).contradictions() == [
        "sphere, instance 0: the certificate 1 of integer-programming, seed 0, is withdrawn, "
        "as adam, seed 3, found 0.9"
    ]


def test_of_two_certificates_that_contradict_each_other_the_lower_stays():
    """Its solution is there to see."""
    runs = [certificate(1.0), certificate(2.0)]
    both = InstanceRuns(runs)
    assert (both.reference.value, len(both.contradictions())) == (1.0, 1)


@pytest.mark.parametrize("kind", ["closed form", "bound"])
def test_a_problems_own_proof_that_a_run_beats_is_withdrawn(kind):
    own = Reference(0.5, kind, "a mistake")
    message = "BrokenReference: the value 0.4 is better than the proven reference 0.5"
    beaten = run(value=0.4, ended="error", message=message, reference=own)
    runs = [beaten, run("adam", 0.6, reference=own), certificate(0.3, reference=own)]
    assert InstanceRuns(runs[:2]).reference is None
    assert InstanceRuns(runs).reference.value == 0.3
    assert InstanceRuns(runs[:2]).contradictions() == [
        f"sphere, instance 0: the reference 0.5 ({kind}: a mistake) is withdrawn, "
        "as genetic, seed 0, found 0.4"
    ]


def test_what_a_run_with_an_error_claims_refutes_nothing():
    """As one whose best point was forged."""
    forged = run(value=-9.0, ended="error", message="ValueError: its best is not what it was")
    runs = [forged, certificate(1.0)]
    assert (InstanceRuns(runs).reference.value, InstanceRuns(runs).contradictions()) == (1.0, [])


def test_a_row_has_no_bound_and_no_end_that_is_refuted():
    made = comparison(certificate(1.0), known=(run(value=0.5), certificate(1.0)))
    (row,) = rows(made)
    assert (row.reference, row.bound, row.ended) == (None, None, "refuted")
    assert len(made.contradictions()) == 1


def test_what_a_withdrawn_reference_ended_is_refuted():
    """A run that had met the reference, and another that found more."""
    claim = Reference(14.0, "certified", "a lie")
    found = run("adam", 13.5, reference=claim, ended="error", message="BrokenReference: 13.5 < 14")
    made = comparison(run(value=14.0, reference=claim, ended="optimal"), found)
    endings = {row.method: row.ended for row in rows(made)}
    assert endings == {"genetic": "refuted", "adam": "error"}


def standing(one, best):
    """Return a run as it stands beside another of this value."""
    return InstanceRuns([one, run("adam", best)]).standing(one)


def test_of_a_run_stands_what_no_other_beats():
    proof, claim = certificate(14.0), Reference(14.0, "closed form", "a lie")
    assert standing(proof, 14.0) is proof
    assert (standing(proof, 13.5).ended, standing(proof, 13.5).bound) == ("refuted", None)
    held = run(value=14.0, reference=claim, ended="optimal", bound=13.0)
    assert standing(held, 14.0) is held
    left = standing(held, 13.5)
    assert (left.ended, left.bound, left.reference) == ("refuted", 13.0, None)
    assert standing(run(value=14.0, reference=claim, ended="budget"), 13.5).ended == "budget"
    assert standing(certificate(14.0, reference=claim), 14.0 - 1e-14).ended == "optimal"


def test_a_trace_has_no_bound_that_is_refuted(tmp_path):
    points = step(1, 14.0), TracePoint("bound", 13.0, *[1] * 5), TracePoint("bound", 14.0, *[2] * 5)
    proof = made("integer-programming", *points, ended="optimal", bound=14.0)
    results = stored(tmp_path, proof, made("adam", step(1, 13.5)))
    run, trace = next(results.traces([next(r for r in results if r.bound is not None)]))
    assert (results.standing(run).bound, trace["value"].tolist()) == (None, [14.0, 13.0])


def test_a_real_proof_is_told_with_its_tolerance_and_refuted_beyond_it_only():
    proof = certificate(-10.0, uncertainty=2e-3)
    assert InstanceRuns([proof]).reference == Reference(
        -10.0,
        "certified",
        "proved by integer-programming, to the solver's tolerance of 0.002",
        uncertainty=2e-3,
    )
    assert InstanceRuns([proof, run(value=-10.001)]).contradictions() == []
    assert len(InstanceRuns([proof, run(value=-10.003)]).contradictions()) == 1


@pytest.mark.parametrize(
    ("certified", "value", "uncertainty"),
    [
        (1.0, 1 - 1e-7, 1e-6),
        (-12000.0, -12000.001, 0.012),
        (0.0, -1e-17, 0.0),
        (1e9, 1e9 - 1e-6, 0),
    ],
)
def test_the_arithmetic_of_a_solver_is_no_contradiction(certified, value, uncertainty):
    proof = certificate(certified, uncertainty=uncertainty)
    assert InstanceRuns([proof, run(value=value)]).reference.value == certified


@pytest.mark.parametrize(
    ("certified", "value"),
    [(10_000_005.0, 10_000_000.0), (1e-7, 0.0), (1.0, 1 - 1e-7), (1e12, 1e12 - 1)],
)
def test_an_exact_certificate_is_refuted_by_whatever_is_less(certified, value):
    """It has no tolerance but the rounding of floats."""
    runs = [certificate(certified), run("adam", value)]
    assert InstanceRuns(runs).reference is None
    assert len(InstanceRuns(runs).contradictions()) == 1


# ------------------------------------------------------------------------ order


def methods_of(found):
    return [row.method for row in found]


def test_the_best_value_comes_first_then_what_found_none_then_unsupported():
    runs = [
        unsupported("counting"),
        run("adam", None, ended="error"),
        run("genetic", 2.0),
        run("hill-climb", -1.0),
        run("best-of-n", 0.0),
    ]
    for order in (runs, runs[::-1]):
        found = methods_of(rows(comparison(*order)))
        assert found == ["hill-climb", "best-of-n", "genetic", "adam", "counting"]


def test_problems_come_in_the_order_of_the_grid_and_instances_by_number():
    runs = [
        run(problem=problem, instance=instance)
        for problem in ("sphere", "knapsack")
        for instance in (2, 0, 1)
    ]
    found = [(row.problem, row.instance) for row in rows(comparison(*runs))]
    assert found == [(p, i) for p in ("sphere", "knapsack") for i in (0, 1, 2)]


def test_the_order_of_equal_values_does_not_depend_on_the_clock():
    """Or the same comparison, made twice, would give two different tables."""
    slow, fast = (
        comparison(run("adam", 1.0, cpu=cpu), run("genetic", 1.0, cpu=0.5)) for cpu in (0.9, 0.1)
    )
    assert methods_of(rows(slow)) == methods_of(rows(fast))


def test_every_instance_of_a_method_has_a_row_of_its_own():
    runs = [run(value=float(i), instance=i, seed=s) for i in range(3) for s in range(2)]
    found = rows(comparison(*runs))
    assert [(row.instance, row.seeds, row.value) for row in found] == [
        (0, 2, 0.0),
        (1, 2, 1.0),
        (2, 2, 2.0),
    ]


def test_no_runs_give_no_rows():
    assert rows(comparison()) == []


# ------------------------------------------------------- prices, and a whole results file


@pytest.mark.parametrize(("price", "work"), [(3, 10), (1, 6), ("dimension", 4 + 2 * 7)])
def test_work_is_shown_at_the_price_of_a_gradient(price, work):
    """Four values and two gradients."""
    ledger = Ledger(work=10, values=4, gradients=2, gradient_work=6)
    made = comparison(run("adam", ledger=ledger, dimension=7))
    assert rows(made, gradient_price=price)[0].work == work


def test_a_results_file_has_a_row_a_contender_and_instance(tmp_path):
    runs = [
        made("genetic", step(1, 4.0), seed=0, method_options={"population": 10}),
        made("genetic", step(1, 2.0), seed=1, method_options={"population": 10}),
        made("genetic", step(1, 1.0), method_options={"population": 20}),
        made("genetic", step(1, 1.0), instance=1, method_options={"population": 20}),
    ]
    shown = [
        (row.method, row.problem, row.instance, row.value, row.gap, row.solved)
        for row in rows(stored(tmp_path, *runs))
    ]
    assert shown == [
        ("genetic (population=20)", "sphere", 0, 1.0, 1.0, 0),
        ("genetic (population=10)", "sphere", 0, 3.0, 3.0, 0),
        ("genetic (population=20)", "sphere", 1, 1.0, 1.0, 0),
    ]
