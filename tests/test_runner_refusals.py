"""What the command line refuses, in one line and before it runs anything."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from comparison.results.store import Store
from comparison.results.tables import APPLICATION_ID, SCHEMA
from tests.command_line import RESULTS, command, stored_runs
from tests.comparison.examples import CORPUS, short, user


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
        ("genetic.population=-5", "genetic.population=-5: expected a whole number >= 2"),
        ("ga.population=-5", "genetic.population=-5: expected a whole number >= 2"),
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
