"""A kill of any process of a comparison, at a random moment: the same command mends it.

`python -m tests.survival.kills --number 60` makes more of them.
"""

from __future__ import annotations

import sys

import pytest

from tests.survival.kills import survives, trials, undisturbed

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are told by /proc")

#: Of all: the base, a guard and a run with one at a time, a template and a solver with two.
QUICK = (1, 3, 4, 8, 11)
#: Each kind of process twice, with one run at a time and with two.
ALL = 24


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """The rows of the comparison that nothing happened to, and how long it took."""
    return undisturbed(tmp_path_factory.mktemp("undisturbed"))


@pytest.mark.parametrize(
    ("victim", "jobs", "seed"),
    [
        pytest.param(*trial, marks=() if trial[-1] in QUICK else pytest.mark.slow)
        for trial in trials(ALL)
    ],
)
def test_the_table_is_the_undisturbed_one_and_nothing_is_left(
    expected, tmp_path, victim, jobs, seed
):
    rows, seconds = expected
    survives(tmp_path, victim, jobs, rows, seconds, seed)
