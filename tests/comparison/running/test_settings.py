"""Options and the corpus as the command line gives them, read for the methods and problems."""

from __future__ import annotations

import pytest

from comparison.running.grid import GridError
from comparison.running.settings import parse_options
from problems import PROBLEMS
from problems.naming.options import UnknownName
from tests.comparison.examples import CORPUS, USER, short


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ([], {}),
        (["genetic.population=7"], {"genetic": {"population": "7"}}),
        (["ga.population=7", "genetic.step=0.1"], {"genetic": {"population": "7", "step": "0.1"}}),
        (["sphere.dimension=3"], {"sphere": {"dimension": "3"}}),
        (["genetic.population=1", "ga.population=2"], {"genetic": {"population": "2"}}),
        (["genetic.population="], {"genetic": {"population": ""}}),
        (["next-token-table.corpus=a=b"], {"next-token-table": {"corpus": "a=b"}}),
        ([f"{USER}:honest.looks=5"], {"misbehaving.py:honest": {"looks": "5"}}),
        ([f"{USER}:Fair.dimension=5"], {"misbehaving.py:Fair": {"dimension": "5"}}),
    ],
    ids=short,
)
def test_options_are_read_by_canonical_name(settings, expected):
    assert parse_options(settings, []) == expected


@pytest.mark.parametrize(
    "setting", ["", "genetic", "genetic.population", "population=7", "=7", "genetic.=7", ".x=7"]
)
def test_a_setting_of_another_form_is_refused(setting):
    with pytest.raises(GridError, match=r"expected NAME\.OPTION=VALUE"):
        parse_options([setting], [])


@pytest.mark.parametrize(
    ("setting", "hint"),
    [
        ("genetc.population=7", "unknown method or problem 'genetc'; did you mean 'genetic'?"),
        ("spher.dimension=7", "did you mean 'sphere'?"),
        ("/nowhere/mine.py:mine.x=1", "mine.py:mine"),
    ],
)
def test_an_option_of_an_unknown_name_is_refused(setting, hint):
    with pytest.raises(UnknownName) as error:
        parse_options([setting], [])
    assert hint in str(error.value)


def test_the_corpus_is_set_on_the_problems_that_read_one():
    problems = PROBLEMS.expand(["sphere", "next-token-table", "next-token-rank"])
    expected = {"next-token-table": {"corpus": CORPUS}, "next-token-rank": {"corpus": CORPUS}}
    assert parse_options([], problems, CORPUS) == expected


def test_an_option_goes_before_the_common_corpus():
    problems = PROBLEMS.expand(["next-token-table"])
    found = parse_options(["next-token-table.corpus=mine.txt"], problems, CORPUS)
    assert found == {"next-token-table": {"corpus": "mine.txt"}}


def test_a_corpus_that_nothing_reads_is_refused():
    with pytest.raises(GridError, match="none of the chosen problems reads a corpus"):
        parse_options([], PROBLEMS.expand(["sphere", "knapsack"]), CORPUS)
