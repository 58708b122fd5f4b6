"""What the command line makes again, and what it takes from a results file that is there."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from contextlib import closing

from tests.command_line import RESULTS, SMALL, counts
from tests.comparison.examples import CORPUS, USER, user


def test_a_second_call_makes_no_run_and_prints_the_same_table(call):
    arguments = ("ga", "adam", "counting", "--problem", "sphere", "knapsack", *SMALL)
    first, second = (call(*arguments) for _ in range(2))
    assert counts(first[1]) == (8, 0)
    assert counts(second[1]) == (0, 8)
    assert first[1].replace("8 runs made, 0 found", "0 runs made, 8 found") == second[1]
    assert first[0] == second[0] == 0


def test_more_seeds_make_only_what_is_missing(call):
    arguments = ("rs", "--problem", "sphere", "--budget", "20", "--results", RESULTS, "--seeds")
    assert [counts(call(*arguments, n)[1]) for n in (2, 5, 3)] == [(2, 0), (3, 2), (0, 3)]


def test_an_alias_or_a_group_is_the_same_run(call):
    assert counts(call("ga", "--problem", "onemax", *SMALL)[1]) == (2, 0)
    for name, before in (("genetic", 2), ("genetic-algorithm", 6)):
        assert counts(call(name, "--problem", "pseudo-boolean", *SMALL)[1])[1] == before


def test_a_default_spelled_out_is_the_same_run(call):
    arguments = ("rs", "--problem", "sphere", *SMALL)
    call(*arguments)
    options = ("--option", "rs.batch=100", "--option", "sphere.dimension=10")
    assert counts(call(*arguments, *options)[1]) == (0, 2)
    assert counts(call(*arguments, "--option", "rs.batch=10")[1]) == (2, 0)
    assert counts(call(*arguments, "--seconds", "20", "--budget", "20.0")[1]) == (0, 2)


def test_a_changed_file_is_run_again(call, tmp_path):
    shutil.copy(USER, tmp_path / "mine.py")
    (tmp_path / "text.txt").write_text("the quick brown fox jumps over the lazy dog " * 100)
    arguments = ("mine.py:honest", "--problem", "mine.py:Fair", "next-token-table")
    arguments = (*arguments, "--corpus", "text.txt", *SMALL)
    assert [counts(call(*arguments)[1]) for _ in range(2)] == [(4, 0), (0, 4)]
    (tmp_path / "text.txt").write_text("the quick brown fox jumps over the lazy cat " * 100)
    assert counts(call(*arguments)[1]) == (2, 2)
    with (tmp_path / "mine.py").open("a") as file:
        file.write("# changed\n")
    assert counts(call(*arguments)[1]) == (4, 0)


def test_what_was_killed_is_tried_again_and_what_raised_is_not(call, tmp_path):
    mark = ("--option", f"{user('dies_once')}.mark={tmp_path / 'mark'}")
    arguments = (user("dies_once"), user("raises"), "--problem", "sphere", *mark)
    arguments = (*arguments, "--budget", "20", "--seeds", "1", "--results", RESULTS)
    code, out, err = call(*arguments)
    assert (code, counts(out), "dies_once on sphere" in err) == (1, (2, 0), True)
    code, out, err = call(*arguments)
    assert (code, counts(out), "dies_once on sphere" in err) == (1, (1, 1), False)
    assert counts(call(*arguments)[1]) == (0, 2)


def test_a_deterministic_method_is_run_once_an_instance(table):
    arguments = ("ip", "rs", "--problem", "knapsack", "--instances", "2")
    rows = table(*arguments, "--option", "knapsack.items=10")
    assert {(row["method"], row["instance"]): row["seeds"] for row in rows} == {
        ("integer-programming", 0): 1,
        ("integer-programming", 1): 1,
        ("random-search", 0): 2,
        ("random-search", 1): 2,
    }


# ----------------------------------------------------------------- certificates

TERNARY = ("--problem", "next-token-ternary", "--option", "next-token-ternary.bits=3")
TERNARY = (*TERNARY, "--corpus", CORPUS)


def test_a_certificate_is_the_reference_of_every_row_also_of_a_later_call(table):
    (before,) = table("rs", *TERNARY)
    assert before["reference_kind"] == "bound"
    rows = table("rs", "ga", "ip", *TERNARY)
    certified = next(row for row in rows if row["method"] == "integer-programming")
    assert (certified["gap"], certified["bound"]) == (0.0, certified["value"])
    later = table("rs", "hc", *TERNARY)
    for row in (*rows, *later):
        assert (row["reference"], row["reference_kind"]) == (certified["value"], "certified")
        assert row["gap"] == row["value"] - certified["value"]
        assert row["solved"] is not None
    assert certified["solved"] == 1


def test_a_stored_run_that_beats_the_certificate_withdraws_it_in_a_line(table, call, tmp_path):
    table("rs", "ip", *TERNARY)
    with closing(sqlite3.connect(tmp_path / RESULTS)) as database:
        for key, record in database.execute("SELECT key, run FROM runs").fetchall():
            data = json.loads(record)
            if data["method"] == "random-search":
                data["value"] = 0.0
            database.execute("UPDATE runs SET run = ? WHERE key = ?", (json.dumps(data), key))
        database.commit()
    code, out, err = call("rs", *TERNARY, *SMALL)
    assert code == 1
    assert "reference: none\n" in out
    # Below the problem's own bound as well as the certificate.
    found = r"is withdrawn, as random-search, seed 0, found 0\n"
    where = "runner.py: next-token-ternary, instance 0:"
    assert re.fullmatch(
        rf"{where} the reference .* \(bound: .*\) {found}"
        rf"{where} the certificate .* of integer-programming, seed 0, {found}",
        err,
    )
