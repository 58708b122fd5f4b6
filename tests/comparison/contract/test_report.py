"""The report of ``runner.py check`` on a user's own method or problem."""

from __future__ import annotations

import functools
import io
import re
import textwrap

import pytest
from rich.console import Console

import problems
from comparison.contract import METHOD_CHECKS, PROBLEM_CHECKS, builder, examine, print_report
from methods import METHODS
from problems import PROBLEMS
from tests.comparison.contract.examples import BROKEN_METHODS, method_in
from tests.comparison.examples import USER, short, user
from tests.installed import INSTALLED_PROBLEMS

#: What is tried where all would say the same: each kind of space, and constraints.
FEW_PROBLEMS = ["sphere", "knapsack", "next-token-decode", "graph-colouring", "g06"]
FEW_METHODS = ["random-search", "nelder-mead", "genetic"]


@functools.cache
def report(name):
    """Return the exit code, the text, and the faults as (check, sentence)."""
    console = Console(file=io.StringIO(), width=1000, highlight=False)
    code = print_report(console, name)
    text = console.file.getvalue()
    return code, text, re.findall(r"^      (\w+): (.*?)\s*$", text, re.M)


@pytest.fixture
def few(monkeypatch):
    """Have a few problems and methods stand for all that the suite has."""
    monkeypatch.setattr(PROBLEMS, "names", lambda: list(FEW_PROBLEMS))
    monkeypatch.setattr(METHODS, "names", lambda: list(FEW_METHODS))


def test_a_method_that_keeps_the_contract_passes_on_every_problem(tmp_path):
    """And what looks like markup in its path is printed as it is."""
    folder = tmp_path / "[red]"
    folder.mkdir()
    mine = method_in(folder, "def method(oracle, rng):\n    oracle.value(oracle.start(1)[0])\n")
    code, text, faults = report(mine)
    assert (code, faults) == (0, [])
    assert all(f"[red]/broken.py:method on {problem}" in text for problem in INSTALLED_PROBLEMS)
    assert text.endswith(f"{len(METHOD_CHECKS) * len(INSTALLED_PROBLEMS)} checks, 0 failed\n")


def test_of_a_built_in_method_unsupported_pairs_are_left_out():
    code, text, _ = report("counting")
    assert code == 0
    assert "ok  counting on next-token-table" in text
    assert "knapsack" not in text
    assert text.endswith(f"{len(METHOD_CHECKS)} checks, 0 failed\n")


def test_a_problem_that_keeps_the_contract_passes_with_every_method_that_can():
    code, text, faults = report(user("Fair"))
    assert (code, faults) == (0, [])
    assert re.search(r"^ok  .*misbehaving\.py:Fair$", text, re.M)
    for method in METHODS.names():
        assert (f"ok  {method} on" in text) == (not METHODS.entry(method).needs)


def test_of_a_built_in_problem_every_rule_is_examined(few):
    findings = list(examine("sphere"))
    assert {f.check for f in findings if f.subject == "sphere"} == {
        check.__name__ for check in PROBLEM_CHECKS
    }
    assert not [f for f in findings if f.fault]
    assert "genetic on sphere" in {f.subject for f in findings}


@pytest.mark.parametrize(
    ("method", "check", "sentence"),
    [
        ("uses_global_random", "random_state_untouched", "the method changes numpy.random"),
        ("uses_global_random", "same_seed_same_trace", "the same seed gave two different"),
        ("raises", "never_over_budget", "a budget of 1 ended in error: RuntimeError: first line"),
        ("refuses", "best_is_real", "not today"),
    ],
)
def test_a_broken_method_is_told_what_it_broke(few, method, check, sentence):
    code, text, faults = report(user(method))
    assert code == 1
    assert text.count(f"fails  {user(method)} on ") == len(FEW_PROBLEMS)
    assert any(found == check and sentence in said for found, said in faults)
    assert re.search(r"\d+ checks, [1-9]\d* failed\s*$", text)


@pytest.mark.parametrize(
    ("problem", "check", "sentence"),
    [
        ("Raises", "values_agree", "RuntimeError: out of order"),
        ("Nan", "values_agree", "values() is not finite everywhere"),
        ("WrongShape", "values_agree", "values() returned shape (20, 2) for 20 points"),
        ("Disagrees", "values_agree", "values() differs from value()"),
        ("Mute", "describes", "describe() returns no text"),
        ("Beaten", "reference_is_unbeaten", "beats"),
        ("Valueless", "can_be_built", "TypeError: Valueless defines neither value(x) nor"),
        ("Spaceless", "can_be_built", "space"),
        ("RaisesInConstructor", "can_be_built", "RuntimeError: no such data"),
        ("Noisy", "is_deterministic", "the objective is not deterministic: the same point gave"),
    ],
)
def test_a_broken_problem_is_told_what_it_broke(few, problem, check, sentence):
    code, text, faults = report(user(problem))
    assert code == 1
    assert f"fails  {user(problem)}\n" in re.sub(" +\n", "\n", text)
    assert any(found == check and sentence in said for found, said in faults)


def test_a_method_that_swallows_an_interrupt_is_told(few, tmp_path):
    mine = method_in(tmp_path, BROKEN_METHODS["interruptible"], "stubborn")
    code, text, _ = report(mine)
    assert code == 1
    assert re.search("^fails  .*stubborn.py:method on sphere$", text, re.MULTILINE)
    assert "interruptible: KeyboardInterrupt was swallowed" in text


def test_markup_in_a_message_is_printed_as_it_is(few):
    _, text, _ = report(user("raises"))
    assert "first line [red]second line third line" in text


def test_a_problem_of_a_few_lines_passes(few, tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(
        textwrap.dedent(
            """
            from problems import Box, Problem

            class Parabola(Problem):
                space: Box = Box(-5, 5, 2)
                def value(self, x):
                    return float((x[0] - 1) ** 2 + x[1] ** 2)
            """
        )
    )
    code, text, _ = report(f"{file}:Parabola")
    assert code == 0, text
    assert "genetic on" in text


@pytest.mark.parametrize("name", ["leaves", "Exits"])
def test_what_exits_does_not_end_the_report(few, name):
    """Least of all with the exit code 0 of a script that is content."""
    code, _, faults = report(user(name))
    assert code == 1
    assert any("SystemExit" in sentence for _, sentence in faults)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        (user("not_callable"), "neither a method (a function) nor a Problem class"),
        ("genetc", "did you mean 'genetic'?"),
        (f"{USER}:honist", "did you mean 'honest'?"),
        ("/nowhere/mine.py:mine", "there is no file"),
    ],
    ids=short,
)
def test_what_cannot_be_checked_is_refused(name, why):
    with pytest.raises(ValueError, match=re.escape(why)):
        report(name)


def test_what_is_neither_method_nor_problem_is_refused(tmp_path):
    file = tmp_path / "things.py"
    file.write_text("number = 3\nclass Thing: pass\n")
    for thing in ("number", "Thing"):
        with pytest.raises(ValueError, match=r"neither a method .* nor a Problem class"):
            list(examine(f"{file}:{thing}"))
    with pytest.raises(ValueError, match="unknown method or problem 'sphree'"):
        list(examine("sphree"))


def test_builder_makes_a_fresh_instance_each_time():
    build = builder("knapsack")
    assert build() is not build()
    assert build().space.dimension == problems.PROBLEMS.entry("knapsack").small["items"]
