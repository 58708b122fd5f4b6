"""One run in the terminal, found by name, and made again by the command that it prints."""

from __future__ import annotations

import math
import shlex

import pytest

import runner
from comparison import load
from comparison.results.command import repeats
from comparison.terminal.show import find, path, shown
from methods.result import Facts, Run
from problems.core.ledger import Budget
from problems.core.reference import Reference
from problems.naming.options import UnknownName
from tests.comparison.analysis.small import made, step, stored
from tests.comparison.examples import CORPUS, USER

POPULATION = ("--option", "genetic.population=9")


@pytest.fixture
def results(tmp_path):
    return stored(
        tmp_path,
        *(made("hill-climb", step(1, 5.0), step(50, 2.0), seed=seed) for seed in range(10)),
        made("adam", step(3, 1.0), instance=2),
        made(
            "integer-programming",
            step(0, 1.5, kind="bound"),
            step(1, 3.0),
            bound=3.0,
            ended="optimal",
            problem="knapsack",
            reference=Reference(1.0, "bound", "a relaxation"),
        ),
    )


def text(results, name, **more):
    return "\n".join(shown(results, find(results, name), **more))


@pytest.mark.parametrize("name", ["adam/sphere", "adam/sphere/2", "adam/sphere/2/0", "key010"])
def test_a_run_is_found_by_its_path_or_key(results, name):
    assert path(find(results, name)) == "adam/sphere/2/0"


def test_an_alias_finds_it_too(results):
    assert find(results, "hc/sphere/0/3").seed == 3


def test_several_runs_are_listed(results):
    with pytest.raises(
        UnknownName, match=r"'hc/sphere' is one of 10: hill-climb/sphere/0/0 \("
    ) as told:
        find(results, "hc/sphere")
    assert str(told.value).endswith("and 2 more")


@pytest.mark.parametrize(
    ("name", "closest"),
    [("hc/spere", "'hill-climb/sphere'"), ("adm/sphere/2", "'adam/sphere/2'")],
)
def test_an_unknown_run_is_told_the_closest(results, name, closest):
    with pytest.raises(UnknownName, match=rf"expected .*METHOD/PROBLEM.*did you mean {closest}"):
        find(results, name)


@pytest.mark.parametrize("name", ["", "zzz", "/"])
def test_nonsense_is_refused(results, name):
    with pytest.raises(UnknownName, match="no run"):
        find(results, name)


def test_it_shows_the_run_its_curve_and_its_command(results):
    told = text(results, "hc/sphere/0/1")
    assert "run key001" in told
    assert "value: 2" in told
    assert "5.0000 ┤" in told
    assert "work (evaluations)" in told
    assert told.endswith("--results repeated.sqlite")


def test_a_solver_is_drawn_over_its_seconds_against_what_is_known_by_now(results):
    told = text(results, "integer-programming/knapsack", width=60)
    assert "CPU time (s)" in told
    assert "known by now: 3.0000 (certified optimum; proved by integer-programming)" in told
    assert max(map(len, told.partition("best value")[2].partition("\n\n")[0].splitlines())) <= 60


def test_a_run_without_a_value_has_no_curve(tmp_path):
    empty = stored(tmp_path, made("adam"))
    assert "best value so far" not in text(empty, "adam/sphere")


def test_a_users_file_is_said_to_be_in_its_folder(tmp_path):
    theirs = made("mine.py:search", step(1, 1.0), provenance={"method_file": "abc"})
    assert "in the folder of the user's file" in text(
        stored(tmp_path, theirs), "mine.py:search/sphere"
    )


def test_only_what_is_not_a_default_is_in_the_command():
    command = repeats(
        Run(
            "genetic",
            "knapsack",
            instance=1,
            seed=2,
            method_options={"population": 7, "unknown": "a b"},
            problem_options={"items": 12},
            budget=Budget(12345.5, 3, target=-0.1),
        )
    )
    words = shlex.split(command)
    assert words[:5] == ["python", "runner.py", "genetic", "--problem", "knapsack"]
    assert words[words.index("--option") + 1 :][:5:2] == [
        *("genetic.population=7", "genetic.unknown=a b", "knapsack.items=12")
    ]
    limits = "--budget 12345.5 --seconds 3 --target -0.1"
    which = "--seeds 3 --instances 2 --results repeated.sqlite"
    assert words[words.index("--budget") :] == shlex.split(f"{limits} {which}")


def test_a_default_is_not_in_the_command_where_the_run_says_that_it_is_one():
    options = {"patience": None, "mutation": "heavy-tailed"}
    run = Run("hill-climb", "sphere", method_options=options)
    assert "hill-climb.patience=None" in repeats(run)
    run.facts = Facts(method_changes=("mutation",))
    assert "patience" not in repeats(run)
    assert "hill-climb.mutation=heavy-tailed" in repeats(run)
    assert "x.y=inf" in repeats(Run("x", "sphere", method_options={"y": math.inf}))


@pytest.mark.parametrize(
    "arguments",
    [
        ["genetic", "--problem", "next-token-rank", "--corpus", CORPUS, *POPULATION],
        ["adam@30+hill-climb", "--problem", "rosenbrock", "--option", "rosenbrock.dimension=3"],
        [f"{USER}:honest", "--problem", "sphere", "--target", "-1"],
    ],
    ids=["corpus", "chain", "user's file"],
)
def test_the_command_repeats_the_run(arguments, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(USER.parent)
    first, second = str(tmp_path / "first.sqlite"), str(tmp_path / "second.sqlite")
    limits = ["--budget", "60", "--seeds", "2", "--instances", "2"]
    assert runner.main([*arguments, *limits, "--results", first]) == 0
    run = load(first).runs[-1]
    assert runner.main(shlex.split(repeats(run, second))[2:]) == 0
    again = next(each for each in load(second) if each.key == run.key)
    assert (again.value, again.ledger.work, again.seed) == (run.value, run.ledger.work, run.seed)


@pytest.mark.parametrize("names", [("--results=theirs", "sphere"), ("genetic", "-x")])
def test_a_name_that_is_an_option_is_in_no_command(names, tmp_path):
    method, problem = names
    results = stored(tmp_path, made(method, step(1, 1.0), problem=problem))
    lines = list(shown(results, results.runs[0]))
    assert "  (a command line would take its name for an option)" in lines
    assert not any("runner.py" in line for line in lines)
