"""What the command line prints of a comparison, in every format."""

from __future__ import annotations

import csv
import io
import re
import shutil

import pytest

from comparison.running.executor import ExecutorLost
from methods import METHODS
from problems import PROBLEMS
from tests.command_line import RESULTS, SMALL, parsed, without_times
from tests.comparison.examples import CORPUS, KEYS, USER, user

COMPARISON = ("ga", "hc", "adam", "ip", "counting", "--problem", "sphere", "knapsack")


def test_the_table_is_the_same_for_one_job_and_for_two(call):
    arguments = (*COMPARISON, "--budget", "50", "--seeds", "3", "--format", "json", "--results")
    found = []
    for jobs in ("1", "2"):
        code, out, err = call(*arguments, f"{jobs}.sqlite", "--jobs", jobs)
        assert (code, err) == (0, "")
        found.append(without_times(parsed(out)))
    assert found[0] == found[1]
    assert len(found[0]) == 10


def test_times_taken_side_by_side_are_marked(call):
    arguments = ("rs", "--problem", "sphere", *SMALL)
    assert "timed with up to 2 runs at a time" in call(*arguments, "--jobs", "2")[1]
    # They still were, when the same command finds them with one job.
    assert "timed with up to 2 runs at a time" in call(*arguments)[1]


def test_a_run_that_takes_too_long_is_killed(call):
    arguments = (user("hangs"), "rs", "--problem", "sphere", *SMALL, "--timeout", "5")
    code, out, err = call(*arguments)
    assert code == 1
    assert err.count("timeout: gave no answer within 5 s, and was killed") == 2
    assert "4 runs made" in out


def test_a_cluster_that_is_lost_is_told_in_one_line(call, monkeypatch):
    def lost(*arguments, cluster, **more):
        raise ExecutorLost(f"cluster {cluster}: the scheduler is gone")

    monkeypatch.setattr("comparison.running.comparison.compare", lost)
    code, out, err = call("rs", "--problem", "sphere", "--cluster", "tcp://h:1", *SMALL)
    assert (code, out) == (1, "")
    assert err == (
        "runner.py: cluster tcp://h:1: the scheduler is gone; the same command goes on from here\n"
    )


def test_json_has_exactly_the_keys_of_the_issue_in_its_order(table):
    rows = table(*COMPARISON)
    assert [list(row) for row in rows] == [KEYS] * 10
    assert {row["family"] for row in rows} >= {"gradient descent", "evolutionary", "local search"}


def test_csv_has_the_same_rows_as_json(call):
    objects = parsed(call(*COMPARISON, *SMALL, "--format", "json")[1])
    code, out, _ = call(*COMPARISON, *SMALL, "--format", "csv")
    read = list(csv.DictReader(io.StringIO(out)))
    assert code == 0
    assert list(read[0]) == KEYS
    assert read == [{k: "" if v is None else str(v) for k, v in o.items()} for o in objects]


def test_sections_come_by_quality_with_unsupported_last(table):
    rows = table(*COMPARISON)
    assert [row["problem"] for row in rows] == ["sphere"] * 5 + ["knapsack"] * 5
    for problem in ("sphere", "knapsack"):
        section = [row for row in rows if row["problem"] == problem]
        values = [row["value"] for row in section]
        ran = [value for value in values if value is not None]
        assert values[: len(ran)] == sorted(ran)
        unsupported = [row["ended"].startswith("unsupported: ") for row in section]
        assert unsupported == sorted(unsupported)
        assert unsupported[-1]
    assert rows[-1]["ended"] == "unsupported: there is nothing to count"


@pytest.mark.parametrize("form", ["table", "markdown"])
def test_what_a_person_reads_has_a_section_a_problem_and_the_reasons(call, form):
    code, out, err = call(*COMPARISON, *SMALL, "--format", form)
    assert (code, err) == (0, "")
    assert "minimised: squared distance" in out
    assert "minimised: minus the profit" in out
    assert out.count("unsupported: counting: there is nothing to count") == 2
    assert "dynamic programme optimum" in out


def test_a_problem_that_nothing_can_be_run_on_does_not_spoil_the_others(call):
    arguments = ("counting", "--problem", "next-token-table", "sphere", "--corpus", CORPUS)
    code, out, err = call(*arguments, *SMALL)
    assert (code, err) == (0, "")
    assert "unsupported: counting: there is nothing to count" in out


def test_pipes_in_a_name_are_escaped_in_markdown(call, tmp_path):
    shutil.copy(USER, tmp_path / "a|b.py")
    out = call("a|b.py:honest", "--problem", "sphere", *SMALL, "--format", "markdown")[1]
    assert r"| a\|b.py:honest |" in out


def test_every_instance_has_a_row_and_a_heading_of_its_own(table, call):
    arguments = ("rs", "--problem", "knapsack", "--instances", "3")
    rows = table(*arguments)
    assert [(row["instance"], row["seeds"]) for row in rows] == [(0, 2), (1, 2), (2, 2)]
    assert len({row["reference"] for row in rows}) == 3
    out = call(*arguments, *SMALL)[1]
    anchors = re.findall(r"greedy by profit per weight (\S+)", out)
    for instance, anchor in enumerate(anchors):
        problem = PROBLEMS.entry("knapsack").load()(instance=instance)
        (greedy,) = problem.anchors.values()
        assert float(anchor.replace(",", "")) == greedy
    assert [f"instance {i};" in out for i in range(3)] == [True] * 3


def test_a_target_stops_runs_and_counts_those_that_met_it(table):
    (free,) = table("rs", "--problem", "sphere")
    (easy,) = table("rs", "--problem", "sphere", "--target", "1e6")
    (hard,) = table("rs", "--problem", "sphere", "--target", "0")
    assert (free["solved"], free["ended"], free["work"]) == (0, "budget", 20)
    assert (easy["solved"], easy["ended"]) == (2, "target")
    assert easy["work"] <= 20
    assert (hard["solved"], hard["ended"]) == (0, "budget")


def test_a_target_between_the_seeds_is_met_by_some(table):
    (free,) = table("rs", "--problem", "sphere")
    (some,) = table("rs", "--problem", "sphere", "--target", free["value"])
    assert some["solved"] == 1
    assert sorted(some["ended"].split(", ")) == ["1 budget", "1 target"]


def test_a_budget_too_small_for_the_first_evaluation_gives_no_value_and_no_number(call):
    arguments = ("ga", "adam", "--problem", "sphere", "--budget", "0.5", "--results", RESULTS)
    code, out, err = call(*arguments, "--format", "json")
    assert (code, err) == (0, "")
    for row in parsed(out):
        assert (row["value"], row["gap"], row["score"], row["ended"]) == (None,) * 3 + ("budget",)
    out = call(*arguments)[1]
    assert "inf" not in out.replace("infinite", "")
    assert "— under held-out: infinite" not in out


def test_a_solver_has_no_work_and_a_footnote_that_says_so(table, call):
    arguments = ("ip", "--problem", "knapsack", "--option", "knapsack.items=10")
    (row,) = table(*arguments)
    assert (row["work"], row["values"], row["gradients"]) == (None, None, None)
    assert (row["ended"], row["gap"], row["solved"]) == ("optimal", 0.0, 1)
    assert "— under work: a white-box solver makes no evaluations" in call(*arguments, *SMALL)[1]


def test_held_out_text_with_probability_zero_is_explained_and_never_a_number(call):
    arguments = ("counting", "--problem", "next-token-table", *SMALL)
    # So short that the held-out blocks have pairs that the rest lacks.
    corpus = ("--corpus", "markov:length=600,symbols=20")
    (row,) = parsed(call(*arguments, *corpus, "--format", "json")[1])
    assert row["value"] is not None
    assert row["score"] is None
    assert "— under held-out: infinite" in call(*arguments, *corpus)[1]
    smooth = ("--option", "counting.smoothing=1")
    (row,) = parsed(call(*arguments, *corpus, *smooth, "--format", "json")[1])
    assert row["score"] > 0


def test_without_names_the_default_methods_are_run_on_the_group_next_token(call):
    limits = ("--budget", "5", "--seeds", "1", "--seconds", "5", "--results", RESULTS)
    small = ("--option", "next-token-ternary.bits=2", "--option", "next-token-decode.length=3")
    code, out, err = call("--corpus", CORPUS, *small, *limits, "--format", "json")
    assert (code, err) == (0, "")
    rows = parsed(out)
    group = [name for name in PROBLEMS.names() if "next-token" in PROBLEMS.entry(name).groups]
    assert len(group) >= 4
    default = [name for name in METHODS.names() if "default" in METHODS.entry(name).groups]
    assert [(row["problem"]) for row in rows] == [p for p in group for _ in default]
    for problem in group:
        found = {row["method"] for row in rows if row["problem"] == problem}
        assert found == set(default)
