"""Whatever an instance file holds: a problem whose values are finite, or one line of why not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import problems

bounded = settings(derandomize=True, max_examples=150, deadline=None)

#: A small valid file of each format, by problem and its other options.
FILES = {
    "knapsack": ({}, "1\n4 2 0\n10 6.5 4 7\n5 4 3 2\n1 2 3 4\n8 6\n"),
    "max-cut": ({}, "4 4\n1 2 1\n2 3 -2\n3 4 1\n4 1 5\n"),
    "max-sat": ({}, "c a comment\np cnf 3 4\n1 -2 0\n2 3 0 -1\n-3 0\n1 0\n%\n0\n"),
    "set-cover": ({}, "3 4\n2 3 1 4\n2\n1 2\n1\n3\n3\n1 3 4\n"),
    "graph-colouring": ({"colours": 3}, "c a graph\np edge 4 3\ne 1 2\ne 2 3\ne 3 4\n"),
    "travelling-salesman": (
        {},
        "NAME: four\nTYPE: TSP\nDIMENSION: 4\nEDGE_WEIGHT_TYPE: EUC_2D\nNODE_COORD_SECTION\n"
        "1 0 0\n2 3.5 0\n3 3 4e0\n4 0 4\nEOF\n",
    ),
    "travelling-salesman of distances": (
        {},
        "TYPE: TSP\nDIMENSION: 3\nEDGE_WEIGHT_TYPE: EXPLICIT\nEDGE_WEIGHT_FORMAT: UPPER_ROW\n"
        "EDGE_WEIGHT_SECTION\n3 4\n5\nDISPLAY_DATA_SECTION\n1 0 0\n2 1 1\n3 2 2\nEOF\n",
    ),
    "quadratic-assignment": ({}, "3\n\n0 1 2\n1 0 3\n2 3 0\n\n0 5 6\n5 0 7\n6 7 0\n"),
    "job-shop": ({}, "# two jobs\n2 3\n0 3 1 2 2 2\n1 2 0 1 2 4\n"),
}

WORDS = [
    *(
        "",
        "0",
        "-0",
        "1",
        "-1",
        "2",
        "3",
        "5",
        "1.5",
        "1e3",
        "1e308",
        "1e400",
        "nan",
        "inf",
        "-inf",
    ),
    *("99", "2400", "5000", "1000000", "999999999999", "1000000000000", "9" * 400, "1_0", "0x1"),
    *("٣", "²", "½", "p", "e", "c", "%", "#", ":", "EOF", "EOF:", "TYPE: TSP", "SECTION", "~"),
    *("ATT", "GEO", "CEIL_2D", "FULL_MATRIX", "LOWER_DIAG_COL", "EDGE_WEIGHT_SECTION"),
    *("\0", "\ufeff", "\r", "\x0c", "\x85", "\u2028", "a" * 100),
]
#: What is done to a file: at which of its words, and what comes there instead or as well.
changes = st.lists(
    st.tuples(
        st.sampled_from(["replace", "insert", "delete", "double", "swap", "cut", "join"]),
        st.integers(0, 60),
        st.one_of(st.sampled_from(WORDS), st.integers(-3, 12).map(str), st.text(max_size=3)),
    ),
    min_size=1,
    max_size=4,
)


def changed(text, edits):
    """Change a file word by word; its line ends are words as well."""
    words = text.replace("\n", " \n ").split(" ")
    for how, place, word in edits:
        i = place % max(1, len(words))
        if how == "replace":
            words[i : i + 1] = [word]
        elif how == "insert":
            words[i:i] = [word]
        elif how == "delete":
            del words[i : i + 1]
        elif how == "double":
            words[i:i] = words[i : i + 1]
        elif how == "swap":
            words[i : i + 2] = words[i : i + 2][::-1]
        elif how == "cut":
            del words[i + 1 :]
        else:
            words[i : i + 2] = ["".join(words[i : i + 2])]
    return " ".join(words)


def check(name, path):
    """Build the problem of a file, or have it refused in one line that names the file."""
    options, _ = FILES[name]
    refused = ""
    try:
        problem = problems.make(name.partition(" ")[0], file=str(path), **options)
    except ValueError as error:
        refused = str(error)
    if refused:
        assert path.name in refused
        assert "\n" not in refused
        return refused
    points = problem.space.sample(np.random.default_rng(0), 5)
    assert np.isfinite(problem.values(points)).all()
    assert np.isfinite([problem.value(x) for x in points]).all()
    assert np.isfinite(problem.constraints(points[0])).all()
    assert problem.ceiling is None or np.isfinite(problem.ceiling)
    assert "\n" not in problem.title
    assert problem.describe(points[0])
    reference = problem.reference
    assert reference is None or np.isfinite(reference.value)
    if reference is not None and reference.proven:
        feasible = [x for x in points if (problem.constraints(x) <= 0).all()]
        assert all(problem.value(x) >= reference.floor for x in feasible)
    return None


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("files") / "instance.txt"


every = pytest.mark.parametrize("name", FILES)


@every
def test_the_file_is_valid_as_it_is(path, name):
    path.write_text(FILES[name][1])
    assert check(name, path) is None


@every
@bounded
@given(edits=changes)
def test_a_file_that_was_changed(path, name, edits):
    path.write_bytes(changed(FILES[name][1], edits).encode("utf-8", "surrogatepass"))
    check(name, path)


@every
@bounded
@given(content=st.one_of(st.binary(max_size=80), st.text(max_size=80).map(str.encode)))
def test_a_file_of_anything(path, name, content):
    path.write_bytes(content)
    assert check(name, path) is not None


numbers = st.lists(st.one_of(st.integers(0, 6), st.integers(-2, 10**13)), max_size=40)


@every
@bounded
@given(found=numbers)
def test_a_file_of_numbers(path, name, found):
    path.write_text(" ".join(map(str, found)).replace("6", "\n"))
    check(name, path)
