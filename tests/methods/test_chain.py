"""Chains of methods: names, options, shares of the budget, and what is handed over."""

from __future__ import annotations

import re
import sys

import numpy as np
import pytest

import problems
from comparison.terminal.matrix import suitability, ways_to_search
from methods import METHODS, minimize
from problems import Box, Budget, Oracle, Stop
from problems.core.views import Unsupported
from problems.naming.options import OptionError, UnknownName, options_of
from tests.methods.examples import OneMax, Quadratic, Recorded

BOX = Box(-5, 5, 3)


@pytest.fixture
def parts(tmp_path):
    """A file of methods that evaluate one point over and over, and its path."""
    file = tmp_path / "parts.py"
    file.write_text(
        "def stay(oracle, rng, *, looks: int = 1_000_000):\n"
        "    x = oracle.start(1)[0]\n"
        "    for _ in range(looks):\n"
        "        oracle.value(x)\n"
        "def improve(oracle, rng, *, step: float = 0.5):\n"
        "    x = oracle.start(1)[0]\n"
        "    while True:\n"
        "        x = x * step\n"
        "        oracle.value(x)\n"
        "def refuse(oracle, rng, *, size: int = 3):\n"
        "    if size < 1:\n"
        "        raise ValueError(f'size={size}: expected a whole number >= 1')\n"
        "    oracle.value(oracle.start(1)[0])\n"
    )
    return file


def bowl(x):
    return float(np.sum(np.asarray(x, dtype=float) ** 2))


# ----------------------------------------------------------------------- the name


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("adam@500+hill-climb", "adam@500+hill-climb"),
        ("gd@1e3+hc", "gradient-descent@1000+hill-climb"),
        ("rs+ga+hc", "random-search+genetic+hill-climb"),
        (" adam @ 2.5 + hc", "adam@2.5+hill-climb"),
    ],
)
def test_aliases_and_numbers_have_one_spelling(written, canonical) -> None:
    assert METHODS.entry(written).name == canonical
    assert METHODS.entry(canonical).name == canonical


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("adam+", "'' is no part"),
        ("+adam", "'' is no part"),
        ("adam@+hc", "'adam@' is no part"),
        ("adam@lots+hc", "'adam@lots' is no part of one; expected METHOD or METHOD@WORK"),
        ("adam@0+hc", "'adam@0' is no part"),
        ("adam@-3+hc", "no part"),
        ("adam@nan+hc", "no part"),
        (
            "adam@500+hc@200",
            "last method has all .*; expected hill-climb without @200",
        ),
        ("@5+hc", "no part"),
        ("adam+hill-clim", "unknown method 'hill-clim'; did you mean 'hill-climb'"),
    ],
)
def test_a_name_that_is_no_chain_is_refused(name, said) -> None:
    with pytest.raises(ValueError, match=said):
        METHODS.entry(name)


def test_the_entry_needs_what_its_methods_need() -> None:
    entry = METHODS.entry("adam@500+differential-evolution+integer-programming")
    assert entry.needs == ("relaxation", "linear_model")
    assert (entry.family, entry.native) == ("chain", ("Box",))
    assert entry.seeded
    assert entry.white_box
    assert not METHODS.entry("counting+integer-programming").seeded
    assert suitability(
        METHODS.entry("adam+hc"), ways_to_search(problems.PROBLEMS.entry("set-cover"))
    ) == (
        "unsupported",
        "it has no differentiable relaxation",
    )


def test_what_any_part_misses_is_missing(monkeypatch) -> None:
    assert METHODS.entry("adam+hc").missing == ""
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.setitem(sys.modules, "optuna", None)
    assert METHODS.entry("hc+optuna@5+torch").missing.count("pip install") == 2


def test_users_files_can_be_parts(parts) -> None:
    entry = METHODS.entry(f"{parts}:stay@3+hill-climb")
    assert entry.name == "parts.py:stay@3+hill-climb"
    assert entry.file == parts
    assert entry.digest() == METHODS.entry(f"{parts}:stay").digest()
    assert METHODS.entry(entry.target).name == entry.name  # how a worker finds it
    assert METHODS.entry("adam+hc").digest() == ""


# --------------------------------------------------------------------- the options


def test_options_that_are_not_given_have_their_defaults() -> None:
    chain, oracle = (
        METHODS.entry("adam@30+hill-climb").load(),
        Oracle(Quadratic([1.0], [1.0]), Budget(60)),
    )
    with pytest.raises(Stop):
        chain(oracle, np.random.default_rng(0), adam_learning_rate=0.2)
    assert oracle.record.work == 60


def test_options_carry_the_methods_name() -> None:
    options = options_of(METHODS.entry("adam@500+hill-climb").load())
    assert options["adam_learning_rate"].default == 0.1
    own = options_of(METHODS.entry("hill-climb").load())
    assert options["hill_climb_exponent"].annotation == own["exponent"].annotation
    assert "adam_2_learning_rate" in options_of(METHODS.entry("adam+hc+adam").load())


def test_options_reach_the_method_they_are_of(parts) -> None:
    name = f"{parts}:improve@2+{parts}:improve"
    problem = Recorded(BOX, bowl)
    options = {"parts_py_improve_step": "0.9", "parts_py_improve_2_step": 0.1}
    minimize(problem, name, 4, **options)
    ratios = [b[0] / a[0] for a, b in zip(problem.looked_at, problem.looked_at[1:], strict=False)]
    np.testing.assert_allclose(ratios[:3], [0.9, 0.1, 0.1])


def test_a_wrong_option_is_named(parts) -> None:
    with pytest.raises(UnknownName, match="did you mean 'adam_learning_rate'"):
        minimize(OneMax(), "adam+hc", 5, adam_learning_rat=1)
    with pytest.raises(OptionError, match=r"adam_learning_rate=fast: expected"):
        minimize(OneMax(), "adam+hc", 5, adam_learning_rate="fast")


def test_nonsense_for_a_later_method_is_refused_at_budget_0(parts) -> None:
    with pytest.raises(ValueError, match="size=0: expected"):
        minimize(Recorded(BOX, bowl), f"random-search+{parts}:refuse", 0, parts_py_refuse_size=0)


# ------------------------------------------------------------- budget and hand-over


@pytest.mark.parametrize(
    ("chain", "budget", "shares"),
    [
        ("stay@3+improve", 10, [3, 7]),
        ("stay+improve", 10, [5, 5]),
        ("stay+improve+stay", 9, [3, 3, 3]),
        ("stay@20+improve", 10, [10, 0]),
        ("stay@4+improve+stay", 10, [4, 3, 3]),
    ],
)
def test_the_budget_is_shared_as_written(parts, chain, budget, shares) -> None:
    problem = Recorded(BOX, bowl)
    name = re.sub("(stay|improve)", lambda part: f"{parts}:{part[0]}", chain)
    run = minimize(problem, name, budget)
    looks = problem.looked_at[:-2]  # the last two are the best again and its held-out score
    assert run.ledger.work == len(looks) == budget
    assert run.ended == "budget"
    stayed = [np.array_equal(x, looks[0]) for x in looks]
    assert stayed == [True] * shares[0] + [False] * (budget - shares[0])
    if len(shares) == 3:  # it stays where the one before it was best
        best = min(looks, key=bowl)
        assert sum(np.array_equal(x, best) for x in looks) == shares[2] + 1


def test_what_the_first_leaves_the_next_one_has(parts) -> None:
    problem = Recorded(BOX, bowl)
    name = f"{parts}:stay@5+{parts}:improve"
    minimize(problem, name, 9, parts_py_stay_looks=2)
    looks = problem.looked_at[:-2]
    assert sum(np.array_equal(x, looks[0]) for x in looks) == 2
    assert len(looks) == 9


def test_descent_then_search_on_the_true_error() -> None:
    problem = problems.make("next-token-rank", corpus="markov:length=5000,symbols=8")
    run = minimize(problem, "adam@300+hill-climb", 900)
    alone = minimize(problem, "adam", 300)
    assert run.ledger.gradients == alone.ledger.gradients == 100
    assert run.ledger.values == 600
    handed_over = [p.value for p in run.trace if p.work <= 300]
    assert min(handed_over) == alone.value  # the first part is what it is alone
    assert run.value < alone.value


def test_descent_after_a_search_begins_at_its_best_point() -> None:
    problem = Quadratic([1.0, 4.0], [3.0, 2.0])
    searched = minimize(problem, "random-search@20+gradient-descent", 20)
    assert not problem.visited
    minimize(problem, "random-search@20+gradient-descent", 23)
    np.testing.assert_array_equal(problem.visited, [searched.x])


def test_a_solver_after_a_search_proves_its_point() -> None:
    problem = problems.make("knapsack", items=12)
    problem.reference = None  # else the search's own optimum ends the run
    run = minimize(problem, "hill-climb@300+integer-programming", 1000)
    assert run.ended == "optimal"
    assert run.certified
    assert run.ledger.values == 300


def test_a_solver_before_a_search_ends_the_run_with_its_proof() -> None:
    problem = problems.make("knapsack", items=12)
    problem.reference = None
    run = minimize(problem, "integer-programming+hill-climb", 1000)
    assert (run.ended, run.ledger.values) == ("optimal", 0)


def test_the_same_seed_gives_the_same_run() -> None:
    runs = [
        minimize(problems.make("sphere", dimension=3), "genetic@200+hc", 400, seed=3)
        for _ in range(2)
    ]
    assert [p.value for p in runs[0].trace] == [p.value for p in runs[1].trace]


def test_an_unsupported_part_is_told() -> None:
    with pytest.raises(Unsupported, match="no differentiable relaxation"):
        minimize(problems.make("set-cover"), "hill-climb+adam", Budget(100, 5))


@pytest.mark.parametrize("budget", [0, 1, 7])
def test_small_budgets_are_kept(budget) -> None:
    run = minimize(problems.make("sphere", dimension=3), "genetic+adam+hill-climb", budget)
    assert run.ledger.work <= budget
    assert (run.value is None) == (budget == 0)
    assert run.ended == "budget"
