"""The report of ``runner.py check`` on a user's own method or problem."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from comparison.contract import METHOD_CHECKS, print_report
from methods import METHODS
from tests.comparison.examples import USER, short, user
from tests.installed import INSTALLED_PROBLEMS


def report(name):
    """Return the exit code, the text, and the faults as (check, sentence)."""
    console = Console(file=io.StringIO(), width=200, highlight=False)
    code = print_report(console, name)
    text = console.file.getvalue()
    return code, text, re.findall(r"^      (\w+): (.*?)\s*$", text, re.M)


def test_a_method_that_keeps_the_contract_passes_on_every_problem():
    code, text, faults = report("random-search")
    assert (code, faults) == (0, [])
    assert all(f"ok  random-search on {problem}" in text for problem in INSTALLED_PROBLEMS)
    assert text.rstrip().endswith(
        f"{len(METHOD_CHECKS) * len(INSTALLED_PROBLEMS)} checks, 0 failed"
    )


def test_a_problem_that_keeps_the_contract_passes_with_every_method_that_can():
    code, text, faults = report(user("Fair"))
    assert (code, faults) == (0, [])
    assert re.search(r"^ok  .*troublemakers\.py:Fair$", text, re.M)
    for method in METHODS.names():
        assert (f"ok  {method} on" in text) == (not METHODS.entry(method).needs)


@pytest.mark.parametrize(
    ("method", "check", "sentence"),
    [
        ("uses_global_random", "random_state_untouched", "the method changes numpy.random"),
        pytest.param(
            "uses_global_random",
            "same_seed_same_trace",
            "the same seed gave two different",
            marks=pytest.mark.slow,
        ),
        ("raises", "never_over_budget", "a budget of 1 ended in error: RuntimeError: first line"),
        ("refuses", "best_is_real", "not today"),
    ],
)
def test_a_broken_method_is_told_what_it_broke(method, check, sentence):
    code, text, faults = report(user(method))
    assert code == 1
    assert text.count(f"fails  {user(method)} on ") == len(INSTALLED_PROBLEMS)
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
def test_a_broken_problem_is_told_what_it_broke(problem, check, sentence):
    code, text, faults = report(user(problem))
    assert code == 1
    assert f"fails  {user(problem)}\n" in re.sub(" +\n", "\n", text)
    assert any(found == check and sentence in said for found, said in faults)


def test_markup_in_a_message_is_printed_as_it_is():
    _, text, _ = report(user("raises"))
    assert "first line [red]second line third line" in text


def test_markup_in_a_path_is_printed_as_it_is(tmp_path):
    folder = tmp_path / "[red]"
    folder.mkdir()
    (folder / "mine.py").write_text(
        "def mine(oracle, rng):\n    oracle.value(oracle.start(1)[0])\n"
    )
    _, text, _ = report(f"{folder / 'mine.py'}:mine")
    assert "[red]/mine.py:mine on sphere" in text.replace("\n", "")


@pytest.mark.parametrize("name", ["leaves", "Exits"])
def test_what_exits_does_not_end_the_report(name):
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
