"""The runs of a file: labelled by what tells them apart, grouped by what does not."""

from __future__ import annotations

import numpy as np
import pytest

import comparison
from comparison.results import Results, load
from comparison.results.store import Store, StoreError
from problems.core.ledger import Budget, TracePoint
from tests.comparison.examples import BOUND, OPTIMUM, certificate, run

TRACE = [TracePoint("value", 2.0, 1.0, 1, 0, 0.1, 0.2), TracePoint("bound", 0.0, 2.0, 2, 1, 0.3, 1)]


def keyed(*runs):
    """Return the runs with keys, as a file would have them."""
    for i, one in enumerate(runs):
        one.key = one.key or f"{i:04x}"
    return runs


def results(*runs):
    """Return results without a file."""
    return Results("nowhere.sqlite", keyed(*runs))


@pytest.fixture
def saved(tmp_path):
    """Write runs to a file and load it."""

    def write(*runs):
        path = tmp_path / "results.sqlite"
        with Store(path) as store:
            for one in keyed(*runs):
                store.add(one.key, "problem", one)
        return load(path)

    return write


# --------------------------------------------------------------------------- labels


def labels(*runs):
    """Return the labels of the contenders, in the order of the runs."""
    found = results(*runs)
    return [found.contender(one) for one in runs]


def problem_labels(*runs):
    found = results(*runs)
    return [found.problem(one) for one in runs]


def test_a_label_is_the_name_where_nothing_else_differs():
    same = {"method_options": {"population": 50, "rate": 0.1}}
    assert labels(run(seed=0, **same), run(seed=1, instance=2, **same)) == ["genetic"] * 2
    assert problem_labels(run(), run("adam", seed=3)) == ["sphere"] * 2


def test_a_label_has_what_differs_and_only_that():
    made = [run(method_options={"population": n, "rate": 0.1}) for n in (50, 100)]
    assert labels(*made) == ["genetic (population=50)", "genetic (population=100)"]
    other = run("adam", method_options={"population": 7})  # another method's are its own
    assert labels(*made, other)[-1] == "adam"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.1, 0.25], ["=0.1", "=0.25"]),
        ([1e-8, 1.0], ["=1e-08", "=1"]),
        ([20, 20.0], ["", ""]),
        ([20.0, 21], ["=20", "=21"]),
        ([0.12345678, 0.12345679], ["=0.12345678", "=0.12345679"]),
        ([1234567.0, 1234568.0], ["=1234567.0", "=1234568.0"]),
        ([None, 100], ["", "=100"]),
        (["", "x"], ["", "=x"]),
        (["", None], ["", ""]),
        ([False, True], ["=False", "=True"]),
        (["inf", 1.5], ["=inf", "=1.5"]),
        ([[1, 2], [1, 3]], ["=[1, 2]", "=[1, 3]"]),
    ],
    ids=str,
)
def test_a_setting_is_shown_as_short_as_tells_it_apart(values, expected):
    made = [run(method_options={"o": value}) for value in values]
    assert labels(*made) == [f"genetic (o{shown})" if shown else "genetic" for shown in expected]


def test_an_option_that_an_older_run_did_not_have_tells_it_apart():
    made = [run(method_options={}), run(method_options={"elite": 1})]
    assert labels(*made) == labels(*made[::-1])[::-1] == ["genetic", "genetic (elite=1)"]


def test_versions_and_states_of_a_file_are_other_contenders():
    old, new = {"beyond-gradient": "0.1.0"}, {"beyond-gradient": "0.2.0"}
    assert labels(run(versions=old), run(versions=new)) == [
        "genetic (version=0.1.0)",
        "genetic (version=0.2.0)",
    ]
    made = [run("mine.py:mine", provenance={"method_file": name}) for name in ("aa", "bb")]
    assert labels(*made) == ["mine.py:mine (file=aa)", "mine.py:mine (file=bb)"]


def test_budgets_data_and_states_of_a_file_are_other_problems():
    made = [
        run(budget=Budget(100, 20)),
        run(budget=Budget(200.0, 20)),
        run(budget=Budget(200, 20.0, target=0.5)),
        run(budget=Budget(200, 30)),
    ]
    assert problem_labels(*made) == [
        "sphere (budget=100, seconds=20)",
        "sphere (budget=200, seconds=20)",
        "sphere (budget=200, seconds=20, target=0.5)",
        "sphere (budget=200, seconds=30)",
    ]
    made = [run(fingerprint="aa"), run(fingerprint="bb")]
    assert problem_labels(*made) == ["sphere (data=aa)", "sphere (data=bb)"]
    made = [run(provenance={"problem_file": name}) for name in ("aa", "bb")]
    assert problem_labels(*made) == ["sphere (file=aa)", "sphere (file=bb)"]
    assert labels(*made) == ["genetic"] * 2


def test_labels_come_in_the_order_of_the_catalogues_and_then_of_the_alphabet():
    names = ["z.py:z", "adam+genetic", "random-search", "genetic", "adam"]
    made = [run(name, problem=p) for p in ("z.py:P", "sphere", "knapsack") for name in names]
    found = results(*made)
    from methods import METHODS
    from problems import PROBLEMS

    known = METHODS.names()
    first = sorted(["random-search", "genetic", "adam"], key=known.index)
    assert found.contenders == [*first, "adam+genetic", "z.py:z"]
    problems = PROBLEMS.names()
    assert found.problems == [*sorted(["sphere", "knapsack"], key=problems.index), "z.py:P"]
    assert [one.method for one in found.runs[:5]] == found.contenders
    assert [one.problem for one in found.runs[::5]] == found.problems
    assert len(found) == len(list(found)) == 15


# --------------------------------------------------------------------------- groups


def test_a_group_is_the_seeds_of_a_contender_on_an_instance():
    made = [run(seed=s, instance=i) for s in (1, 0) for i in (1, 0)]
    groups = results(*made, run("adam")).groups()
    assert {key: [one.seed for one in runs] for key, runs in groups.items()} == {
        ("sphere", 0, "genetic"): [0, 1],
        ("sphere", 1, "genetic"): [0, 1],
        ("sphere", 0, "adam"): [0],
    }


def test_runs_of_other_options_or_budgets_are_another_group():
    made = [
        run(method_options={"population": 50}),
        run(method_options={"population": 60}),
        run(method_options={"population": 60}, budget=Budget(7)),
    ]
    assert sorted(map(len, results(*made).groups().values())) == [1, 1, 1]


# ----------------------------------------------------------------- what is known of all


def test_the_reference_is_the_instances_own_optimum_or_what_a_run_has_proved():
    solver, other = certificate(1.0), run(value=1.5, instance=1, reference=BOUND)
    found = results(solver, run("adam", 2.0, reference=BOUND), other)
    assert found.reference(found.runs[0]).value == 1.0
    assert found.reference(found.find("adam/sphere")[0]).kind == "certified"
    assert found.reference(other) == BOUND
    assert results(run(reference=OPTIMUM)).reference(run(reference=OPTIMUM)) == OPTIMUM
    assert results(one := run()).reference(one) is None


def test_a_certificate_holds_for_any_budget_but_no_other_data_or_options():
    solver = certificate(1.0, budget=Budget(1, 1))
    same = run(value=2.0, budget=Budget(500, 9))
    others = [
        run(value=2.0, fingerprint="aa"),
        run(value=2.0, problem_options={"dimension": 3}),
        run(value=2.0, instance=1),
        run(value=2.0, provenance={"problem_file": "aa"}),
        run(value=2.0, problem="knapsack"),
    ]
    found = results(solver, same, *others)
    assert found.reference(same).value == 1.0
    assert [found.reference(other) for other in others] == [None] * 5


def test_a_run_that_beats_a_certificate_withdraws_it():
    found = results(certificate(1.0), better := run(value=0.5), run(value=2.0, instance=1))
    assert found.reference(better) is None
    assert found.contradictions() == [
        "sphere, instance 0: the certificate 1 of integer-programming, seed 0, is withdrawn, "
        "as genetic, seed 0, found 0.5"
    ]


def test_the_random_value_is_known_of_an_instance_by_any_of_its_runs():
    found = results(a := run(), b := run(seed=1, random_value=7.0), c := run(instance=1))
    assert [found.random_value(one) for one in (a, b, c)] == [7.0, 7.0, None]


def test_families_and_what_is_given_the_model():
    made = [run("genetic"), run("integer-programming"), run("mine.py:mine")]
    found = results(*made)
    assert [found.family(one) for one in made] == ["evolutionary", "integer programming", "user"]
    assert [found.white_box(one) for one in made] == [False, True, False]


# --------------------------------------------------------------------------- select


def test_a_selection_keeps_labels_order_and_what_is_known():
    made = [
        run(method_options={"population": 50}, value=2.0),
        run(method_options={"population": 60}, value=3.0, random_value=9.0),
        certificate(1.0),
        run("adam", 5.0, problem="knapsack"),
    ]
    found = results(*made)
    chosen = found.select(["genetic (population=60)"])
    assert chosen.runs == [made[1]]
    assert chosen.contenders == ["genetic (population=60)"]
    assert chosen.contender(made[1]) == "genetic (population=60)"
    assert chosen.problems == ["sphere"]
    assert list(chosen.groups()) == [("sphere", 0, "genetic (population=60)")]
    assert chosen.reference(made[1]).value == 1.0  # by a run that is left out
    assert found.select(["genetic (population=50)"]).random_value(made[0]) == 9.0


def test_problems_are_selected_as_well_and_nothing_by_default():
    made = [run(problem=p, method=m) for p in ("sphere", "knapsack") for m in ("adam", "genetic")]
    found = results(*made)
    assert found.select().runs == found.runs
    assert {one.problem for one in found.select(problems=["knapsack"])} == {"knapsack"}
    one = found.select(["adam"], ["sphere"])
    assert [(each.method, each.problem) for each in one] == [("adam", "sphere")]
    assert (one.contenders, one.problems) == (["adam"], ["sphere"])
    none = found.select([], None)
    assert (none.runs, none.contenders, none.problems, none.groups()) == ([], [], [], {})
    assert len(found) == 4  # as it was
    assert found.select(["adam"]).select(problems=["knapsack"]).runs[0].problem == "knapsack"


# ----------------------------------------------------------------------------- find


@pytest.fixture
def some():
    return results(
        run(key="00aa"),
        run(key="00ab", seed=1),
        run(key="01aa", instance=1),
        run(key="bbbb", seed=11),
        run("adam", key="cccc"),
        run("adam", key="dddd", problem="spherical.py:sphere"),
        run("adam@5+genetic", key="eeee"),
    )


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("00aa", ["00aa"]),
        ("00a", ["00aa", "00ab"]),
        ("b", ["bbbb"]),
        ("zz", []),
        ("", []),
        ("genetic", []),
        ("genetic/sphere", ["00aa", "00ab", "bbbb", "01aa"]),
        ("ga/sphere", ["00aa", "00ab", "bbbb", "01aa"]),
        ("genetic/sphere/0", ["00aa", "00ab", "bbbb"]),
        ("genetic/sphere/0/1", ["00ab"]),
        ("genetic/sphere/0/01", ["00ab"]),
        ("genetic/sphere/1/1", []),
        ("adam/sphere", ["cccc"]),
        ("adam/spherical.py:sphere", ["dddd"]),
        ("adam@5+genetic/sphere/0/0", ["eeee"]),
        ("genetic/sphere/0/1/0", []),
        ("genetic/sphere/", []),
        ("genetic/sphere/x", []),
        ("genetic/sphere/-1", []),
        ("genetic/spher", []),
        ("genetic/", []),
        ("/sphere", []),
        ("/", []),
    ],
)
def test_runs_are_found_by_key_or_by_name(some, name, keys):
    assert [one.key for one in some.find(name)] == keys


# --------------------------------------------------------------------------- the file


def test_what_was_stored_is_loaded_without_its_traces(saved):
    found = saved(run(trace=TRACE, seed=1), run("adam", 3.0))
    assert isinstance(found, Results)
    assert {(one.method, one.value) for one in found} == {("genetic", 1.0), ("adam", 3.0)}
    assert all(one.trace == [] for one in found)
    assert {one.key for one in found} == {"0000", "0001"}


def test_traces_are_read_when_asked_for(saved):
    found = saved(run(trace=TRACE), run("adam"), run(seed=1, trace=TRACE[:1]))
    lengths = {(one.method, one.seed): len(trace) for one, trace in found.traces()}
    assert lengths == {("genetic", 0): 2, ("adam", 0): 0, ("genetic", 1): 1}
    (one,) = found.find("genetic/sphere/0/0")
    assert found.trace(one)["value"].tolist() == [2.0, 0.0]
    only = found.select(["adam"])
    assert [each.method for each, _ in only.traces()] == ["adam"]
    assert [len(trace) for _, trace in only.traces(found.runs)] == [
        lengths[each.method, each.seed] for each in found.runs
    ]


def test_loading_changes_nothing(saved, tmp_path):
    saved(run(trace=TRACE))
    before = (tmp_path / "results.sqlite").read_bytes()
    assert np.isfinite(comparison.load(tmp_path / "results.sqlite").runs[0].value)
    assert (tmp_path / "results.sqlite").read_bytes() == before


def test_a_file_that_is_not_there_is_told_and_not_made(tmp_path):
    with pytest.raises(StoreError, match="there is none"):
        load(tmp_path / "missing.sqlite")
    assert list(tmp_path.iterdir()) == []


def test_a_file_without_runs_has_none(saved):
    found = saved()
    assert (len(found), found.contenders, found.problems, found.groups()) == (0, [], [], {})
    assert found.find("a") == list(found.traces()) == []


def test_a_killed_run_has_the_dimension_that_another_on_its_instance_told():
    known = run("adam", dimension=9), run("genetic", dimension=4)
    killed = [run(name, None, ended="killed", seed=1) for name in ("genetic", "adam", "tabu")]
    elsewhere = run("adam", None, ended="killed", instance=1)
    found = {each.key: each.dimension for each in results(*known, *killed, elsewhere)}
    assert list(map(found.get, (each.key for each in (*killed, elsewhere)))) == [4, 9, 9, 0]
