"""Methods and problems that fail: what the command line stores, prints and ends with."""

from __future__ import annotations

import re

import pytest

from tests.command_line import RESULTS, SMALL, command, parsed, stored_runs
from tests.comparison.examples import USER, user


class Outcome:
    """What a command left: exit code, rows, what it said, and the stored runs."""

    def __init__(self, folder, *arguments):
        self.folder, self.arguments = folder, [*arguments, "--results", RESULTS]
        done = command(*self.arguments, "--format", "json", folder=folder)
        self.code, self.said = done.returncode, done.stderr
        self.rows = {(row["method"], row["problem"]): row for row in parsed(done.stdout)}
        self.runs = stored_runs(folder / RESULTS)


#: How a method ends, what is said of it, and whether it evaluated a point first.
METHODS_ENDS = {
    "honest": ("budget", "", True),
    "raises": ("error", "RuntimeError: first line", True),
    "refuses": ("error", "not today", False),
    "hangs": ("timeout", "killed", True),
    "dies": ("killed", "its process died", True),
    "leaves": ("error", "SystemExit", True),
    "talks": ("converged", "", True),
}


@pytest.fixture(scope="module")
def bad_methods(tmp_path_factory):
    methods = [user(name) for name in METHODS_ENDS]
    folder = tmp_path_factory.mktemp("methods")
    limits = ("--budget", "20", "--seeds", "1", "--seconds", "1", "--jobs", "2")
    return Outcome(folder, *methods, "random-search", "--problem", "sphere", *limits)


PROBLEM_ENDS = {
    "Fair": ("budget", "", True),
    "Raises": ("error", "RuntimeError: out of order", False),
    "RaisesLater": ("error", "RuntimeError: out of order", True),
    "Nan": ("nan", "no finite number", False),
    "Nothing": ("nan", "no finite number", False),
    "Text": ("nan", "no finite number", False),
    "WrongShape": ("nan", "no finite number", False),
    "Valueless": ("error", "defines neither value(x) nor values(X)", False),
    "Beaten": ("error", "BrokenReference", True),
    "ScoreRaises": ("error", "the held-out data is lost", True),
    "Hangs": ("timeout", "killed", True),
}


@pytest.fixture(scope="module")
def bad_problems(tmp_path_factory):
    folder = tmp_path_factory.mktemp("problems")
    problems = ["--problem", *(user(name) for name in PROBLEM_ENDS)]
    limits = ("--budget", "20", "--seeds", "1", "--seconds", "1", "--jobs", "2")
    return Outcome(folder, "hill-climb", "best-of-n", *problems, *limits)


def in_file(name):
    return f"{USER.name}:{name}"


@pytest.mark.parametrize("name", METHODS_ENDS)
def test_a_method_that_fails_is_recorded_as_what_it_did(bad_methods, name):
    ended, message, evaluated = METHODS_ENDS[name]
    row, made = (found[in_file(name), "sphere"] for found in (bad_methods.rows, bad_methods.runs))
    assert (row["ended"], made.ended) == (ended, ended)
    assert message in made.message
    assert (row["value"] is not None) == evaluated
    if evaluated:  # the partial curve
        assert made.trace[0].values == 1
        assert row["value"] == min(point.value for point in made.trace)
    else:
        assert made.trace == []


@pytest.mark.parametrize("method", ["hill-climb", "best-of-n"])
@pytest.mark.parametrize("name", PROBLEM_ENDS)
def test_a_problem_that_fails_is_recorded_as_what_it_did(bad_problems, name, method):
    ended, message, evaluated = PROBLEM_ENDS[name]
    found = method, in_file(name)
    row, made = bad_problems.rows[found], bad_problems.runs[found]
    assert (row["ended"], made.ended) == (ended, ended)
    assert message in made.message
    assert (row["value"] is not None) == bool(made.trace) == evaluated
    if name == "Beaten":  # its value withdraws what was called proven
        assert row["reference"] is None


def test_the_others_go_on(bad_methods, bad_problems):
    assert bad_methods.rows["random-search", "sphere"]["ended"] == "budget"
    assert bad_problems.rows["hill-climb", in_file("Fair")]["ended"] == "budget"
    assert len(bad_methods.rows) == len(METHODS_ENDS) + 1
    assert len(bad_problems.rows) == 2 * len(PROBLEM_ENDS)


def test_a_failed_run_means_exit_code_1(bad_methods, bad_problems):
    assert (bad_methods.code, bad_problems.code) == (1, 1)


def test_every_failed_run_is_told_in_one_line(bad_methods, bad_problems):
    chatter = {"a method's chatter", "a library's banner"}
    for outcome in (bad_methods, bad_problems):
        lines = [line for line in outcome.said.splitlines() if line not in chatter]
        failed = [
            key for key, row in outcome.rows.items() if row["ended"] in "error nan timeout killed"
        ]
        assert len(failed) >= 5
        withdrawn = [line for line in lines if " is withdrawn, as " in line]
        assert len(withdrawn) == (outcome is bad_problems)
        assert len(lines) == len(failed) + len(withdrawn)
        for method, problem in failed:
            start = f"runner.py: {method} on {problem}, instance 0, seed 0: "
            assert sum(line.startswith(start) for line in lines) == 1


def test_what_a_method_prints_is_kept_out_of_the_results(bad_methods):
    # Its JSON was read from standard output; the rest is here.
    assert "a method's chatter\n" in bad_methods.said
    assert "a library's banner\n" in bad_methods.said


@pytest.mark.parametrize("form", ["table", "markdown", "csv"])
def test_the_table_still_prints_and_only_what_was_killed_is_tried_again(bad_methods, form):
    done = command(*bad_methods.arguments, "--format", form, folder=bad_methods.folder)
    assert done.returncode == 1
    for name, (ended, _, _) in METHODS_ENDS.items():
        assert re.search(rf"{in_file(name)}\b.*\b{ended}", done.stdout)
    if form != "csv":
        assert f"1 runs made, {len(METHODS_ENDS)} found in {RESULTS}." in done.stdout


def test_a_table_of_failed_runs_only_still_prints(call):
    code, out, _ = call(user("refuses"), "--problem", "sphere", *SMALL)
    assert code == 1
    assert re.search(r"misbehaving\.py:refuses +user +— .*error", out)


def test_a_message_of_many_lines_is_told_in_one(call):
    code, _, err = call(user("raises"), "--problem", "sphere", *SMALL)
    assert code == 1
    assert len(err.splitlines()) == 2  # one for each seed
    assert all(line.startswith("runner.py: misbehaving.py:raises on") for line in err.splitlines())


def test_an_option_that_json_cannot_spell_is_no_reason_to_fail(table):
    (row,) = table(user("unlimited"), "--problem", "sphere")
    assert row["ended"] == "converged"
