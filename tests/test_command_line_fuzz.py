"""Whatever is typed: exit code 0, 1 or 2, and one line where it is 2; never a traceback."""

from __future__ import annotations

import contextlib
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import runner
from comparison.results import Results
from comparison.running import comparison, grid
from tests.comparison.examples import user

bounded = settings(derandomize=True, max_examples=200, deadline=None)

NUMBERS = [
    *("0", "1", "2", "-1", "5", "100", "1e4", "1e400", "nan", "inf", "-inf", "0.5", "1_0", "٣"),
    *("9" * 30, "9" * 5000, "", "three"),
]
METHODS = [
    *("default", "genetic", "ga", "adam", "random-search", "genetik", "descent", "all", "ip"),
    *("adam@5+hill-climb", "adam@+", "+", "@", "adam@x+ga", "adam@-1+ga", "adam@1e400+ga", "a+b+c"),
    *("adam@5", "+adam", "adam+", "adam@nan+ga", "adam@5@6+ga"),
    *(
        user("honest"),
        user("Fair"),
        user("nothing"),
        "nowhere.py:x",
        ".py:",
        ":x",
        "x:y",
        "a/b.py:",
    ),
]
PROBLEMS = [
    *("sphere", "knapsack", "next-token", "next-token-table", "all", "sphare", "continuous"),
    *(user("Fair"), user("honest"), user("RaisesInConstructor"), "nowhere.py:X", ":", "py:"),
]
CORPORA = [
    "markov",
    "markov:length=50,symbols=3",
    "markov:order=99",
    "nowhere.txt",
    "/",
    "markov:x",
]
SETTINGS = [
    *("genetic.population=5", "ga.population=-1", "sphere.dimension=2", "sphere.dimension=x", "="),
    *("genetic.population", ".=", "a.b=c", "knapsack.items=1e3", "next-token-table.corpus=markov"),
    *(f"{user('honest')}.looks=3", "genetic.=", "sphere.dimension.x=1", "..=", "genetic.x.y="),
]
FLAGS = {
    "--problem": PROBLEMS,
    "--corpus": CORPORA,
    "--option": SETTINGS,
    "--budget": NUMBERS,
    "--seconds": NUMBERS,
    "--target": NUMBERS,
    "--seeds": NUMBERS,
    "--instances": NUMBERS,
    "--jobs": NUMBERS,
    "--memory": NUMBERS,
    "--format": ["table", "markdown", "csv", "json", "xml", ""],
    "--gradient-price": [*NUMBERS, "dimension"],
    "--suite": ["reference", "referense", ""],
    "--results": ["results.sqlite", "", ".", "missing/results.sqlite"],
}

junk = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        ["-", "--", "-x", "--x", "--budget=5", "--seeds=", "--help", "-h", "\n", "[red]"]
    ),
    st.sampled_from(["--problem=sphere", "--prob", "@file", "\ud800", "\x1b[31m", "%s", "{}"]),
)
words = st.one_of(st.sampled_from(METHODS), st.sampled_from(METHODS), junk)
flags = st.sampled_from(list(FLAGS)).flatmap(
    lambda flag: st.one_of(
        st.sampled_from(FLAGS[flag]).map(lambda value: [flag, value]),
        st.sampled_from(FLAGS[flag]).map(lambda value: [f"{flag}={value}"]),
        st.lists(st.one_of(st.sampled_from(FLAGS[flag]), junk), max_size=3).map(
            lambda values: [flag, *values]
        ),
    )
)
commands = st.tuples(st.lists(words, max_size=2), st.lists(flags, max_size=4)).map(
    lambda parts: [*parts[0], *(word for flag in parts[1] for word in flag)]
)


@pytest.fixture(scope="module", autouse=True)
def nothing_is_run(tmp_path_factory):
    """Compare nothing, in a folder of its own; what leads to it is done."""

    def compare(plan, store, **more):
        if more["jobs"] < 1:
            raise grid.GridError(f"jobs={more['jobs']}: expected a whole number >= 1")
        assert plan.cells()
        return comparison.Comparison(Results("results.sqlite", []))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(comparison, "compare", compare)
        patch.chdir(tmp_path_factory.mktemp("folder"))
        yield


def call(arguments):
    """Return the exit code and what was said."""
    out = io.TextIOWrapper(io.BytesIO(), "utf-8")
    err = io.TextIOWrapper(io.BytesIO(), "utf-8", errors="backslashreplace")
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = runner.main(arguments)
        except SystemExit as end:
            code = end.code
    for stream in (out, err):
        stream.flush()
    return code, out.buffer.getvalue().decode(), err.buffer.getvalue().decode()


def check(arguments):
    code, out, err = call(arguments)
    assert code in (0, 2)
    if code == 2:
        assert out == ""
        assert err.startswith("runner.py: ")
        assert err.endswith("\n")
        assert len(err.splitlines()) == 1
    else:
        assert err == ""


@bounded
@given(commands)
def test_a_comparison_of_anything(arguments):
    check(arguments)


@bounded
@given(st.lists(junk, max_size=4))
def test_anything_at_all(arguments):
    check(arguments)


@settings(bounded, max_examples=60)
@given(st.lists(st.one_of(st.sampled_from(["genetic", "sphere", "descent"]), words), max_size=2))
def test_a_list_of_anything(names):
    check(["list", *names])


@settings(bounded, max_examples=60)
@given(st.lists(st.one_of(junk, st.sampled_from(["nowhere.py:x", "genetik", ":"])), max_size=2))
def test_a_check_of_what_there_is_not(names):
    check(["check", *names])


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["genetic", "--problem", "sphere", "--seeds", "2"], 0),
        (["adam@5+hill-climb", user("honest"), "--option", f"{user('honest')}.looks=3"], 0),
        (["--corpus", "markov:length=50,symbols=3", "--results=results.sqlite"], 0),
        (["list", "genetic", "sphere"], 0),
        (["--help"], 0),
        (["genetik"], 2),
        (["genetic", "--seeds", "9" * 30], 2),
        (["--instances", "1000", "--seeds", "100_000"], 2),
    ],
)
def test_what_is_typed_rightly_gets_through_and_what_is_not_does_not(arguments, code):
    assert call(arguments)[0] == code
    check(arguments)
