"""The command line: what it refuses, what it runs, what it prints and how it ends."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

import runner
from comparison.results.store import APPLICATION_ID, SCHEMA, Store
from comparison.running.executor import ExecutorLost
from comparison.running.suites import SUITES, Suite
from methods import METHODS
from problems import PROBLEMS
from tests.comparison.examples import CORPUS, KEYS, USER, alive, noted, short, user, wait_for

RUNNER = Path(runner.__file__)
RESULTS = "results.sqlite"
SMALL = ("--budget", "20", "--seeds", "2", "--results", RESULTS)


def command(*arguments, folder, **more):
    """Run the command line in a process of its own."""
    return subprocess.run(
        [sys.executable, str(RUNNER), *map(str, arguments)],
        cwd=folder,
        text=True,
        timeout=120,
        **{"capture_output": True, **more},
    )


@pytest.fixture
def table(call):
    """Run a small comparison that must succeed and return its rows."""

    def called(*arguments):
        code, out, err = call(*arguments, *SMALL, "--format", "json")
        assert (code, err) == (0, "")
        return parsed(out)

    return called


def parsed(text):
    """Read JSON as strictly as any other language would: no NaN, no Infinity."""

    def refuse(constant):
        raise AssertionError(f"{constant} is no JSON")

    return json.loads(text, parse_constant=refuse)


def without_times(rows):
    return [
        {k: v for k, v in row.items() if k not in ("cpu_seconds", "wall_seconds")} for row in rows
    ]


def stored_runs(path):
    """Return every run of a results file, by method and problem, with its trace."""
    if not path.is_file() or not path.stat().st_size:
        return {}
    with closing(sqlite3.connect(path)) as database:
        keys = [key for (key,) in database.execute("SELECT DISTINCT problem_key FROM runs")]
    with Store(path) as store:
        return {(r.method, r.problem): r for r in store.runs(keys, trace=True).values()}


# ------------------------------------------------------------------- bad input


@pytest.fixture
def refused(call, tmp_path):
    """Check that a command is refused in one line and that nothing is run."""

    def check(*arguments, why, results=tmp_path / RESULTS):
        code, out, err = call(*arguments)
        assert code == 2
        assert out == ""
        assert err.startswith("runner.py: ")
        assert err.endswith("\n")
        assert err.count("\n") == 1, err
        assert why in err
        assert not results or stored_runs(results) == {}

    return check


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["genetik"], "unknown method 'genetik'; did you mean 'genetic'?"),
        (["genetic", "--problem", "spere"], "unknown problem 'spere'; did you mean 'sphere'?"),
        (["genetic", "--problem", "next-tokens"], "did you mean 'next-token"),
        (["--problem", "sphere", "genetic"], "unknown problem 'genetic'"),
        (["--format", "xml"], "invalid choice: 'xml'"),
        (["--bugdet", "5"], "unrecognized arguments: --bugdet"),
        (["--budge", "5"], "unrecognized arguments: --budge"),
        (["--option"], "--option: expected one argument"),
        (["--problem"], "--problem: expected at least one argument"),
        (["--option", "genetic"], "--option genetic: expected NAME.OPTION=VALUE"),
        (["--option", "genetc.step=1"], "did you mean 'genetic'?"),
        (["--option", "adam.rate=1"], "option for adam, which is not part of this comparison"),
        (["--option", "knapsack.items=9"], "option for knapsack, which is not part of"),
        (["--budget", "0"], "budget work=0"),
        (["--budget", "-1"], "budget work=-1"),
        (["--budget", "nan"], "budget work=nan"),
        (["--budget", "inf"], "budget work=inf"),
        (["--budget", "much"], "--budget: invalid float value: 'much'"),
        (["--seconds", "0"], "budget seconds=0"),
        (["--seconds", "-1"], "budget seconds=-1"),
        (["--seconds", "nan"], "budget seconds=nan"),
        (["--target", "nan"], "budget target=nan"),
        (["--target", "inf"], "budget target=inf"),
        (["--target=-inf"], "budget target=-inf"),
        (["--seeds", "0"], "seeds=0"),
        (["--seeds", "-3"], "seeds=-3"),
        (["--seeds", "1.5"], "--seeds: invalid int value: '1.5'"),
        (["--instances", "0"], "instances=0"),
        (["--jobs", "0"], "jobs=0"),
        (["--jobs", "-2"], "jobs=-2"),
        (["--memory", "0"], "memory=0: expected gigabytes > 0"),
        (["--timeout", "0"], "timeout=0: expected seconds > 0"),
        (["--jobs", "2", "--cluster", "tcp://127.0.0.1:1"], "jobs=2: how many runs a cluster"),
        (["--memory", "-1.5"], "memory=-1.5: expected gigabytes > 0"),
        (["--memory", "nan"], "memory=nan: expected gigabytes > 0"),
        (["--suite", "refrence"], "unknown suite 'refrence'; did you mean 'reference'?"),
        (["--gradient-price", "dim"], "gradient price 'dim': expected a number >= 0"),
        (["--corpus", CORPUS], "none of the chosen problems reads a corpus"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_command_that_makes_no_sense_is_refused(refused, arguments, why):
    # Only as much is added as the arguments leave open.
    named = arguments[0].startswith("-")
    problem = [] if "--problem" in arguments else ["--problem", "sphere"]
    method = ["genetic"] if named else []
    refused(*method, *arguments, *problem, "--results", RESULTS, why=why)


@pytest.mark.parametrize(
    ("option", "why"),
    [
        ("genetic.populaton=5", "genetic has no option 'populaton'; did you mean 'population'?"),
        ("genetic.population=many", "genetic.population=many: expected a whole number"),
        ("genetic.population=1.5", "genetic.population=1.5: expected a whole number"),
        ("genetic.population=-5", "genetic: population=-5"),
        ("ga.population=-5", "genetic: population=-5"),
        ("genetic.mutation_rate=nan", "mutation_rate"),
        ("hill-climb.largest=inf", "largest=inf"),
        ("knapsack.items=0", "items=0"),
        ("knapsack.correlation=stronk", "did you mean 'strong'?"),
        ("knapsack.itms=5", "knapsack has no option 'itms'; did you mean 'items'?"),
        (f"{user('honest')}.looks=0", "honest: looks=0"),
        (f"{user('honest')}.loks=5", "did you mean 'looks'?"),
        (f"{user('Fair')}.dimension=0", "dimension=0"),
    ],
    ids=short,
)
def test_an_option_that_makes_no_sense_is_refused(refused, option, why):
    methods = ["genetic", "hill-climb", user("honest")]
    problems = ["knapsack", user("Fair")]
    refused(*methods, "--problem", *problems, "--option", option, "--results", RESULTS, why=why)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "No such file"),
        (b"", "is empty"),
        (b"\n\n  \n", "is empty"),
        (b"text\0and then not", "binary file: it has NUL"),
        (b"\x7fELF\x02\x01\xff\xfe", "is not UTF-8 text: byte 6 is 0xff"),
        ("naïve".encode("latin-1"), "is not UTF-8 text: byte 2 is 0xef"),
        (b"aaaaaaaaaaaa", "single symbol"),
        (b"a b", "too short"),
    ],
    ids=["missing", "empty", "blank", "NUL", "binary", "latin-1", "one symbol", "three symbols"],
)
def test_a_corpus_that_cannot_be_used_is_refused(refused, tmp_path, content, why):
    path = tmp_path / "corpus.txt"
    if content is not None:
        path.write_bytes(content)
    problem = ["--problem", "next-token-table", "next-token-decode"]
    if why == "too short":
        why = "held_out=0.1"  # which is to be mended first
    refused("counting", "ga", *problem, "--corpus", path, "--results", RESULTS, why=why)


@pytest.mark.parametrize(
    ("corpus", "why"),
    [
        (".", "Is a directory"),
        ("python-doc", "did you mean 'python-docs'?"),
        ("markov:symbols=1", "symbols=1: expected 2 to 27"),
        ("markov:symbls=5", "did you mean 'symbols'?"),
        ("markov:length=long", "expected a whole number"),
    ],
)
def test_a_corpus_name_that_makes_no_sense_is_refused(refused, corpus, why):
    problem = ["--problem", "next-token-table"]
    refused("counting", *problem, "--corpus", corpus, "--results", RESULTS, why=why)


def test_a_comparison_in_which_nothing_can_run_is_refused_with_the_reasons(refused):
    refused("counting", "ip", "--problem", "sphere", "--results", RESULTS, why="no linear model")


# ------------------------------------------------- bad input: the results file


def foreign(path):
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE recipes (name TEXT)")
        database.commit()


def newer(path):
    with closing(sqlite3.connect(path)) as database:
        database.execute(f"PRAGMA application_id={APPLICATION_ID}")
        database.execute(f"PRAGMA user_version={SCHEMA + 1}")
        database.execute("CREATE TABLE runs (key TEXT)")
        database.commit()


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda path: path.write_text("a shopping list\n"), "file is not a database"),
        (foreign, "an SQLite file, but not one of ours"),
        (newer, "written by a newer version"),
    ],
    ids=["text", "foreign", "newer"],
)
def test_a_results_file_that_is_not_ours_is_refused_and_left_alone(refused, tmp_path, make, why):
    path = tmp_path / "kept"
    make(path)
    before = path.read_bytes()
    refused("rs", "--problem", "sphere", "--results", path, why=why, results=None)
    assert path.read_bytes() == before


@pytest.mark.parametrize("where", [".", "missing/results.sqlite"])
def test_a_results_file_that_cannot_be_opened_is_refused(refused, tmp_path, where):
    refused("rs", "--problem", "sphere", "--results", where, why="unable to open", results=None)
    assert not (tmp_path / "missing").exists()


def test_a_results_file_that_may_not_be_written_is_refused(refused):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Store(folder / RESULTS):
            pass
        (folder / RESULTS).chmod(0o444)
        folder.chmod(0o555)
        root = os.geteuid() == 0  # whom no permission stops
        if root:
            os.seteuid(65534)
        try:
            arguments = ("rs", "--problem", "sphere", "--results", folder / RESULTS)
            refused(*arguments, why=f"results file {folder / RESULTS}: ", results=None)
        finally:
            if root:
                os.seteuid(0)
            folder.chmod(0o755)


# --------------------------------------------------- bad input: a user's file


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("mine.py:mine", None, "there is no file mine.py"),
        ("mine.py", "def mine(oracle, rng): ...\n", "unknown method 'mine.py'"),
        ("mine.py:", "def mine(oracle, rng): ...\n", "unknown method 'mine.py:'"),
        ("mine.txt:mine", "def mine(oracle, rng): ...\n", "unknown method 'mine.txt:mine'"),
        ("mine.py:mine", "", "has no 'mine'"),
        ("mine.py:main", "def mine(oracle, rng): ...\n", "has no 'main'; did you mean 'mine'?"),
        ("mine.py:mine", "raise OSError('a\\nb')", "mine.py raises on import: OSError: a b"),
        ("mine.py:mine", "import nothing_of_the_kind", "nothing_of_the_kind"),
        ("mine.py:mine", "def mine(oracle", "raises on import: SyntaxError"),
        ("mine.py:mine", "\xff\0", "raises on import"),
        ("mine.py:mine", "import sys; sys.exit(0)", "mine.py raises on import: SystemExit"),
        ("mine.py:mine", "import os; os._exit(0)", "mine.py"),
        ("mine.py:mine", "mine = 5", "mine.py:mine is not a method"),
        ("mine.py:mine", "def mine(): ...\n", "mine.py:mine is not a method"),
        ("mine.py:mine", "class mine: ...\n", "mine.py:mine is not a method"),
    ],
)
def test_a_method_that_cannot_be_loaded_is_refused(refused, tmp_path, name, content, why):
    if content is not None:
        (tmp_path / name.partition(":")[0]).write_text(content, encoding="latin-1")
    refused(name, "random-search", "--problem", "sphere", "--results", RESULTS, why=why)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("mine.py:Mine", None, "there is no file mine.py"),
        ("mine.py:Mine", "1 / 0", "raises on import: ZeroDivisionError"),
        ("mine.py:Main", "class Mine: ...\n", "has no 'Main'; did you mean 'Mine'?"),
        ("mine.py:Mine", "class Mine: ...\n", "Mine is not a Problem class"),
        ("mine.py:Mine", "Mine = 5", "Mine is not a Problem class"),
        (user("honest"), None, "honest is not a Problem class"),
        (user("RaisesInConstructor"), None, "RuntimeError: no such data"),
        (user("Spaceless"), None, "has no attribute 'space'"),
        (user("Exits"), None, "Exits"),
    ],
    ids=short,
)
@pytest.mark.parametrize("corpus", [[], ["next-token-table", "--corpus", CORPUS]], ids=["", "text"])
def test_a_problem_that_cannot_be_loaded_is_refused(refused, tmp_path, name, content, why, corpus):
    if content is not None:
        (tmp_path / "mine.py").write_text(content)
    refused("random-search", "--problem", name, *corpus, "--results", RESULTS, why=why)


def test_a_library_that_a_method_misses_is_told_before_anything_is_run(refused):
    methods = "random-search", user("lacks_a_library")
    why = "a_library_that_nobody_has"
    refused(*methods, "--problem", "sphere", "--results", RESULTS, why=why)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["genetik"], "did you mean 'genetic'?"),
        (["genetic", "--option", "genetic.population=-5"], "population=-5"),
        (["genetic", "--problem", "next-token-table", "--corpus", "missing.txt"], "missing.txt"),
        (["genetic", "--problem", user("Spaceless")], "has no attribute 'space'"),
        (["list", "geneti"], "unknown method, problem or group 'geneti'; did you mean 'genetic'?"),
    ],
    ids=short,
)
def test_a_real_process_refuses_with_exit_code_2(tmp_path, arguments, why):
    done = command(*arguments, folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert why in done.stderr
    assert stored_runs(tmp_path / "comparison.sqlite") == {}


# ------------------------------------------------ methods and problems that fail


class Outcome:
    """What a command left: exit code, rows, what it said, and the stored runs."""

    def __init__(self, folder, *arguments):
        self.folder, self.arguments = folder, [*arguments, "--results", RESULTS]
        done = command(*self.arguments, "--format", "json", folder=folder)
        self.code, self.said = done.returncode, done.stderr
        self.rows = {(row["method"], row["problem"]): row for row in parsed(done.stdout)}
        self.runs = stored_runs(folder / RESULTS)


#: How a method ends, what is said of it, and whether it had a look first.
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
    ended, message, looked = METHODS_ENDS[name]
    row, made = (found[in_file(name), "sphere"] for found in (bad_methods.rows, bad_methods.runs))
    assert (row["ended"], made.ended) == (ended, ended)
    assert message in made.message
    assert (row["value"] is not None) == looked
    if looked:  # the partial curve
        assert made.trace[0].values == 1
        assert row["value"] == min(point.value for point in made.trace)
    else:
        assert made.trace == []


@pytest.mark.parametrize("method", ["hill-climb", "best-of-n"])
@pytest.mark.parametrize("name", PROBLEM_ENDS)
def test_a_problem_that_fails_is_recorded_as_what_it_did(bad_problems, name, method):
    ended, message, looked = PROBLEM_ENDS[name]
    found = method, in_file(name)
    row, made = bad_problems.rows[found], bad_problems.runs[found]
    assert (row["ended"], made.ended) == (ended, ended)
    assert message in made.message
    assert (row["value"] is not None) == bool(made.trace) == looked
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


# ----------------------------------------------------------------------- resume


def counts(out):
    made, stored = re.search(r"^(\d+) runs made, (\d+) found in", out, re.M).groups()
    return int(made), int(stored)


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


# ---------------------------------------------------------------------- formats

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


def test_a_budget_too_small_for_the_first_look_gives_no_value_and_no_number(call):
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
    assert "— under work: given the model" in call(*arguments, *SMALL)[1]


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


# ------------------------------------------------------------------ the process


def test_work_is_repriced_in_the_table_and_nothing_is_run_again(call):
    arguments = ("adam", "--problem", "sphere", *SMALL)
    code, out, _ = call(*arguments, "--format", "json")
    price = ("--gradient-price", "1")
    code, repriced, err = call(*arguments, "--format", "json", *price)
    assert (code, err) == (0, "")
    before, after = json.loads(out)[0], json.loads(repriced)[0]
    assert after["work"] == before["work"] - 2 * before["gradients"]
    notes = call(*arguments, *price)[1]
    assert "\n0 runs made" in notes
    assert "a gradient is 1." in notes
    assert "budget spent, at 3 a gradient" in notes


def test_a_suite_has_defaults_that_arguments_overrule(call, monkeypatch):
    small = Suite(("random-search", "counting"), ("sphere", "onemax"), {"seeds": 2, "budget": 9.0})
    monkeypatch.setitem(SUITES, "small", small)
    rows = json.loads(call("--suite", "small", "--format", "json", "--results", RESULTS)[1])
    assert {(row["method"], row["problem"]) for row in rows} == {
        (method, problem) for method in small.methods for problem in small.problems
    }
    ran = [row for row in rows if row["method"] == "random-search"]
    assert {(row["seeds"], row["work"]) for row in ran} == {(2, 9)}
    more = ("--suite", "small", "--problem", "sphere", "--seeds", "3", "--results", RESULTS)
    rows = json.loads(call(*more, "--format", "json")[1])
    assert {(row["problem"], row["seeds"]) for row in rows if row["work"]} == {("sphere", 3)}


def test_nothing_but_the_results_file_is_left_in_the_folder(tmp_path):
    done = command("rs", "--problem", "sphere", *SMALL, folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert [path.name for path in tmp_path.iterdir()] == [RESULTS]


def test_results_are_kept_in_the_working_folder_by_default(tmp_path):
    done = command("rs", "--problem", "sphere", "--budget", "9", "--seeds", "1", folder=tmp_path)
    assert "1 runs made, 0 found in comparison.sqlite." in done.stdout
    assert set(stored_runs(tmp_path / "comparison.sqlite")) == {("random-search", "sphere")}


def test_files_of_the_user_do_not_shadow_ours(tmp_path):
    for name in ("problems", "methods", "comparison", "json"):
        (tmp_path / f"{name}.py").write_text("raise RuntimeError('shadowed')\n")
    shutil.copy(USER, tmp_path / "mine.py")
    done = command("mine.py:honest", "--problem", "mine.py:Fair", *SMALL, folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_packages_that_are_not_ours_are_refused(call, monkeypatch):
    import methods

    monkeypatch.setattr(methods, "__file__", "/elsewhere/methods/__init__.py")
    code, out, err = call("list")
    assert (code, out) == (2, "")
    assert "the package 'methods' was imported from /elsewhere, not from" in err


def test_help_shows_usage_options_and_examples(tmp_path):
    done = command("--help", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    for said in ("usage:", "runner.py list", "runner.py check", "examples:", "Exit code"):
        assert said in done.stdout
    options = (
        "problem corpus option budget seconds target seeds instances jobs timeout memory cluster "
        "results format"
    )
    for option in options.split():
        assert re.search(rf"^ +--{option}\b", done.stdout, re.M)
    assert all(len(line) <= 100 for line in done.stdout.splitlines())
    assert list(tmp_path.iterdir()) == []


def test_list_writes_no_file(call, tmp_path):
    code, _, err = call("list")
    assert (code, err) == (0, "")
    assert list(tmp_path.iterdir()) == []


def test_list_shows_every_method_on_every_problem_with_reasons(tmp_path):
    done = command("list", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    for name in (*METHODS.names(), *PROBLEMS.names()):
        assert re.search(rf"(?<![\w-]){name}(?![\w-])", done.stdout)
    for word in ("native", "encoded", "no (1)", "no (2)"):
        assert word in done.stdout
    numbers = set(re.findall(r"no \((\d+)\)", done.stdout))
    reasons = re.findall(r"^\((\d+)\) \w+", done.stdout, re.M)
    assert sorted(numbers) == sorted(reasons)


@pytest.mark.parametrize("command", ["list", "check", "report", "show", "export", "study"])
def test_each_command_explains_itself(call, command):
    code, out, err = call(command, "--help")
    assert (code, err) == (0, "")
    assert out.startswith(f"usage: runner.py {command}")


def test_check_reports_and_ends_with_0_or_1(call):
    code, out, err = call("check", "sphere")
    assert (code, err) == (0, "")
    assert re.search(r"^\d+ checks, 0 failed$", out, re.M)
    code, out, err = call("check", user("Disagrees"))
    assert (code, err) == (1, "")
    assert "values_agree: values() differs from value()" in out


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ([], "the following arguments are required: NAME"),
        (["ga", "adam"], "unrecognized arguments: adam"),
        (["genetik"], "did you mean 'genetic'?"),
        (["sphre"], "did you mean 'sphere'?"),
        (["nowhere.py:mine"], "there is no file nowhere.py"),
        ([user("not_callable")], "neither a method (a function) nor a Problem class"),
        ([user("honist")], "did you mean 'honest'?"),
    ],
    ids=short,
)
def test_check_refuses_what_cannot_be_checked(refused, arguments, why):
    refused("check", *arguments, why=why)


@pytest.mark.parametrize(
    "arguments", [["list"], ["rs", "--problem", "sphere", *SMALL], ["--help"]], ids=short
)
def test_a_reader_that_goes_away_is_no_error(tmp_path, arguments):
    """As in ``runner.py | head``."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = command(
            *arguments,
            folder=tmp_path,
            capture_output=False,
            stdout=writing,
            stderr=subprocess.PIPE,
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def terminal_output(master):
    said = b""
    while True:
        try:
            chunk = os.read(master, 1 << 16)
        except OSError:  # how Linux says that the last writer is gone
            return said.decode()
        if not chunk:
            return said.decode()
        said += chunk


@pytest.mark.parametrize("which", ["stdout", "stderr"])
def test_a_terminal_gets_a_progress_bar_on_stderr_and_a_table_of_its_width(tmp_path, which):
    master, slave = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80"}
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, which: slave}
    process = subprocess.Popen(
        [sys.executable, str(RUNNER), "ga", "adam", "--problem", "knapsack", *SMALL],
        cwd=tmp_path,
        env=environment,
        text=True,
        **streams,
    )
    os.close(slave)
    shown = terminal_output(master)
    os.close(master)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0
    if which == "stderr":
        assert "4/4" in shown
        assert "genetic" in out
        assert "\x1b" not in out
    else:
        plain = re.sub(r"\x1b\[[\d;]*m", "", shown)
        assert all(len(line) <= 80 for line in plain.splitlines())
        assert "no room for family" in plain
        assert err == ""


def test_control_c_ends_with_130_in_one_line_and_keeps_what_is_done(tmp_path):
    pid = tmp_path / "pid"
    process = subprocess.Popen(
        [
            *(sys.executable, str(RUNNER), "rs", user("sleeps"), "--problem", "sphere", *SMALL),
            *("--option", f"{user('sleeps')}.pids={pid}", "--seconds", "100"),
        ],
        cwd=tmp_path,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    worker = noted(pid)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert err.strip() == "runner.py: interrupted; the same command goes on from here"
    wait_for(lambda: not alive(worker))
    assert list(stored_runs(tmp_path / RESULTS)) == [("random-search", "sphere")]
    again = command("rs", "--problem", "sphere", *SMALL, "--seconds", "100", folder=tmp_path)
    assert counts(again.stdout) == (0, 2)
