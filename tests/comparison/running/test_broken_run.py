"""The run of a process that did not live to report."""

from __future__ import annotations

from comparison.results.run_json import run_to_json
from comparison.running.broken_run import broken_run, without_claims
from methods.provenance import versions
from problems.core.ledger import Budget, Ledger, TracePoint
from tests.comparison.examples import planned, run


def points(*kinds_and_values):
    return [
        TracePoint(kind, value, 2.0 * i, i, 0, 0.1 * i, 0.2 * i)
        for i, (kind, value) in enumerate(kinds_and_values, start=1)
    ]


def test_a_broken_run_keeps_its_partial_curve():
    streamed = points(("value", 3.0), ("bound", -1.0), ("value", 2.0), ("bound", 0.5))
    made = broken_run(planned(seed=3, instance=1), "timeout", "hung", streamed)
    assert (made.value, made.bound, made.x) == (2.0, 0.5, None)
    assert (made.ended, made.message, made.failed) == ("timeout", "hung", True)
    assert (made.seed, made.instance, made.budget) == (3, 1, Budget(20, 20.0))
    assert [point.value for point in made.trace] == [3.0, -1.0, 2.0, 0.5]
    assert (made.ledger.work, made.ledger.values) == (8.0, 4)
    assert (made.ledger.cpu_seconds, made.ledger.wall_seconds) == (0.4, 0.8)


def test_a_run_broken_before_its_first_look_has_no_value():
    made = broken_run(planned(), "killed", "gone")
    assert (made.value, made.bound, made.trace) == (None, None, [])
    assert made.ledger == Ledger()


def test_a_broken_run_goes_by_its_canonical_names_and_resolved_options():
    made = broken_run(planned("ga"), "killed", "gone")
    assert (made.method, made.method_options) == ("genetic", {"population": 50})


def test_a_broken_run_is_of_this_version_so_that_it_counts_with_the_others_of_its_method():
    made = broken_run(planned(), "killed", "gone")
    assert made.versions == versions()
    assert "beyond-gradient" in made.versions


def test_a_broken_run_that_paid_for_minibatches_only_keeps_the_best_measured_value():
    """As `Run.value` promises of a run that was not broken."""
    streamed = points(("measured", 3.0), ("measured", 2.0), ("measured", 2.5))
    made = broken_run(planned(), "timeout", "hung", streamed)
    assert (made.value, made.last) == (2.0, 2.5)


def test_a_measured_value_never_stands_for_an_exact_one():
    made = broken_run(planned(), "timeout", "hung", points(("value", 3.0), ("measured", 2.0)))
    assert made.value == 3.0


def test_a_run_whose_best_point_is_false_claims_nothing_of_it():
    made = run(value=1.0, measures={"drift": 0.5}, description="a point")
    left = without_claims(run_to_json(made), "Unverified: not so")
    assert (left["value"], left["score"], left["measures"], left["description"]) == (
        *(None, None),
        *({}, ""),
    )
