"""Glob automata against the standard library's own matcher, string by string."""

from __future__ import annotations

from fnmatch import fnmatchcase
from itertools import product

import pytest

from problems.next_token.automaton import glob

SYMBOLS = ("a", "b", "c")


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "*",
        "a",
        "?",
        "a*",
        "*a",
        "a*b",
        "*ab*",
        "?a?",
        "[ab]*c",
        "[!a]",
        "*[a-b]?",
        "**",
        "a**b",
    ],
)
def test_agrees_with_fnmatch_on_every_short_string(pattern: str) -> None:
    automaton = glob(pattern, SYMBOLS)
    for length in range(6):
        for string in product(range(3), repeat=length):
            text = "".join(SYMBOLS[v] for v in string)
            accepted = automaton.accepting[automaton.read(string)]
            assert accepted == fnmatchcase(text, pattern), (pattern, text)


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("[ab", "expected ] after"),
        ("[b-a]*", "the range b-a ends before it begins; expected a-b"),
        ("x*", "'x' is not in the alphabet"),
        ("[]", "expected a symbol between"),
        ("*a" + "?" * 12, "more than 200 states"),
    ],
)
def test_refuses_what_it_cannot_build(pattern: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        glob(pattern, SYMBOLS)
