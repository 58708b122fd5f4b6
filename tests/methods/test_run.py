"""`minimize`: what a run depends on, how it ends and what it tells."""

from __future__ import annotations

import json
from time import process_time

import numpy as np
import pytest

import problems
from methods import METHODS, Run, minimize
from methods import run as run_module
from problems import Box
from tests.installed import INSTALLED_METHODS
from tests.methods.examples import Flat, OneMax, Quadratic, Recorded, bowl, one_look, rastrigin


def trace_of(run):
    return [(p.kind, p.value, p.work, p.values) for p in run.trace]


def test_the_example_of_the_docstring():
    assert (
        minimize(problems.make("sphere"), "gradient-descent", budget=10).ended  # as it is printed
        == "optimal"
    )
    assert 'minimize(problems.make("sphere"), "gradient-descent", budget=10).ended' in (
        minimize.__doc__
    )


@pytest.mark.parametrize("name", INSTALLED_METHODS)
def test_every_name_and_alias_is_the_same_run(name):
    entry = METHODS.entry(name)
    problem = next(
        problems.make(p, **problems.PROBLEMS.entry(p).small)
        for p in ("next-token-ternary", "next-token-table", "knapsack", "next-token-vote")
        if supports(name, p)
    )
    runs = [minimize(problem, label, 60, seed=3) for label in (name, *entry.aliases)]
    for run in runs[1:]:
        assert run.method == name
        assert run.value == runs[0].value
        assert run.method_options == runs[0].method_options
        if not entry.white_box:
            assert trace_of(run) == trace_of(runs[0])


def supports(method, problem):
    from comparison.terminal.matrix import suitability, ways_to_search

    entry = problems.PROBLEMS.entry(problem)
    return suitability(METHODS.entry(method), ways_to_search(entry))[0] != "unsupported"


def test_the_seed_changes_the_run_and_repeats_it():
    first, again, other = (minimize(OneMax(), "genetic", 150, seed=s) for s in (1, 1, 2))
    assert trace_of(first) == trace_of(again)
    assert trace_of(first) != trace_of(other)


def test_methods_share_their_starting_points_but_not_their_randomness():
    def first_points(method):
        problem = bowl()
        minimize(problem, method, 4)
        return np.array(problem.looked_at)

    climb, genetic = first_points("hill-climb"), first_points("genetic")
    np.testing.assert_array_equal(climb[0], genetic[0])
    assert (climb[1:4] != genetic[1:4]).all()


def test_instances_and_problems_have_starting_points_of_their_own():
    def start(**attributes):
        problem = bowl(**attributes)
        minimize(problem, one_look, 1)
        return problem.looked_at[0].tolist()

    assert start() == start(instance=0)
    assert len({tuple(start(instance=i, name=n)) for i in (0, 1) for n in ("a", "b")}) == 4


# ----------------------------------------------------------------- how a run ends


@pytest.mark.parametrize(
    ("build", "method", "limits", "ended"),
    [
        (bowl, "random-search", {"budget": 20}, "budget"),
        (bowl, "random-search", {"budget": 0}, "budget"),
        (bowl, "random-search", {"budget": 20, "seconds": 0}, "timeout"),
        (bowl, "random-search", {"budget": 2000, "target": 5.0}, "target"),
        (bowl, one_look, {"budget": 20}, "converged"),
        (lambda: problems.make("sphere"), "gd", {"budget": 20}, "optimal"),
        (lambda: problems.make("sphere"), "gd", {"budget": 20, "target": 5.0}, "target"),
        (lambda: Quadratic([1.0], [1.0]), "gd", {"budget": 20, "learning_rate": 1e200}, "nan"),
        (lambda: Flat(Box(0, 1, 1), float("nan")), "random-search", {"budget": 20}, "nan"),
    ],
    ids=[
        "budget",
        "no work",
        "no time",
        "target",
        "returns",
        "proof",
        "target first",
        "nan",
        "all nan",
    ],
)
def test_how_a_run_ends(build, method, limits, ended):
    run = minimize(build(), method, **limits)
    assert run.ended == ended
    assert run.failed == (ended == "nan")


def test_a_last_evaluation_without_a_number_ends_nan_and_an_earlier_one_does_not():
    def at(*values):
        remaining, known = iter(values), {}

        def of_the_next_point(x):
            if x.tobytes() not in known:
                known[x.tobytes()] = next(remaining)
            return known[x.tobytes()]

        problem = Recorded(Box(0, 1, 1), of_the_next_point)
        problem.score = lambda x: 0.0
        return minimize(problem, "random-search", len(values), batch=1)

    good, bad = at(1.0, float("nan"), 2.0), at(1.0, 2.0, float("nan"))
    assert (good.ended, good.ledger.invalid, good.value) == ("budget", 1, 1.0)
    assert (bad.ended, bad.ledger.invalid, bad.value) == ("nan", 1, 1.0)
    assert bad.message == "1 evaluations gave no finite number"


def test_a_bound_that_meets_the_best_proves_it():
    def solver(oracle, rng):
        oracle.incumbent(np.zeros(2))
        oracle.bound(-1e-9)

    run = minimize(bowl(), solver, 5)
    assert (run.ended, run.value, run.bound, run.certified) == ("optimal", 0.0, 0.0, True)


def test_a_hang_that_was_cut_off_has_failed_and_a_timeout_has_not():
    assert not Run("m", "p", ended="timeout").failed
    assert Run("m", "p", ended="timeout", message="no answer").failed
    assert Run("m", "p", ended="killed").failed


# ---------------------------------------------------------------- what a run tells


def test_the_best_reevaluates_to_the_reported_value():
    run = minimize(Recorded(Box(-5, 5, 3), rastrigin), "genetic", 500)
    assert rastrigin(run.x) == run.value == run.trace[-1].value


def test_a_problem_without_a_name_is_called_by_its_class():
    run = minimize(OneMax(3), "hill-climb", 5)
    assert run.problem == "OneMax"
    assert dict(run.problem_options) == {}
    assert "problem: OneMax\n" in str(run)


def test_a_made_problem_brings_its_name_options_and_instance():
    run = minimize(problems.make("knapsack", items=5, instance=2), "hc", 5, seed=7)
    assert (run.problem, run.instance, run.seed) == ("knapsack", 2, 7)
    assert run.problem_options == {"items": 5, "correlation": "weak", "file": "", "number": 1}


def test_resolved_options_are_reported_defaults_included():
    options = minimize(OneMax(), "ga", 5, population="7").method_options
    assert options["population"] == 7
    assert options["crossover_rate"] == 0.9


@pytest.mark.parametrize("held_out", [float("nan"), float("inf"), -float("inf")])
def test_a_score_that_is_no_number_is_none(held_out):
    run = minimize(bowl(score=lambda x: held_out), one_look, 5)
    assert run.score is None
    assert "held-out" not in str(run)


def test_the_score_is_the_held_out_value_of_the_best_point():
    run = minimize(bowl(score=lambda x: float(x[0])), "random-search", 30)
    assert run.score == run.x[0]


def test_the_measures_are_those_of_the_best_point():
    run = minimize(bowl(measures=lambda x: {"first": x[0], "no": np.nan}), "random-search", 30)
    assert run.measures == {"first": run.x[0], "no": None}
    assert run.ended == "budget"
    assert f"  measures: first {run.x[0]:.6g}, no —\n" in str(run)


def test_a_problem_without_measures_shows_none():
    run = minimize(bowl(), one_look, 5)
    assert run.measures == {}
    assert "measures" not in str(run)


def test_measures_are_asked_once_and_are_on_no_clock():
    asked = []

    def slow(x):
        asked.append(x)
        began = process_time()
        while process_time() < began + 0.3:
            pass
        return {"asked": len(asked)}

    run = minimize(bowl(measures=slow), one_look, 5)
    assert run.measures == {"asked": 1.0}
    assert (run.ledger.work, run.ledger.values) == (1.0, 1)
    assert max(run.ledger.cpu_seconds, run.ledger.wall_seconds) < 0.3


def test_a_run_that_saw_no_point_has_no_measures():
    run = minimize(bowl(measures=lambda x: 1 / 0), lambda oracle, rng: None, 5)
    assert (run.ended, run.measures) == ("converged", {})


def test_what_a_problem_writes_to_a_point_changes_no_result():
    def spoils(answer):
        def asked(x):
            x[:] = -7
            return answer

        return asked

    spoilt = {"score": spoils(1.0), "measures": spoils({"m": 2.0}), "describe": spoils("d")}
    run = minimize(bowl(**spoilt), one_look, 5)
    assert (run.score, run.measures, run.description) == (1.0, {"m": 2.0}, "d")
    assert run.x.tolist() == minimize(bowl(), one_look, 5).x.tolist()


def test_versions_of_all_that_a_result_depends_on_are_present():
    import platform

    import scipy

    found = minimize(bowl(), one_look, 5).versions
    assert found["python"] == platform.python_version()
    assert found["numpy"] == np.__version__
    assert found["scipy"] == scipy.__version__
    assert set(found) - {"torch", "ioh", "nevergrad", "optuna", "pymoo"} == {
        "python", "beyond-gradient", "numpy", "scipy", "deap", "gymnasium", "pulp", "highspy",
        "cma",
    }  # fmt: skip
    json.dumps(found)


def test_a_missing_package_is_left_out_of_the_versions(monkeypatch):
    from importlib.metadata import PackageNotFoundError, version

    def without_scipy(name):
        if name == "scipy":
            raise PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr("importlib.metadata.version", without_scipy)
    run_module.versions.cache_clear()
    try:
        assert "scipy" not in run_module.versions()
        assert "numpy" in run_module.versions()
    finally:
        run_module.versions.cache_clear()
