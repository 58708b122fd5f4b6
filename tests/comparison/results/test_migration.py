"""A results file of an older version: all runs and traces come over, in one step or not at all."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

import comparison
from comparison.results.migration import SCHEMA, migrate
from comparison.results.run_json import digest
from comparison.results.store import Store, StoreError
from problems.ledger import Budget, TracePoint
from tests.comparison.results.schema_1 import TRACE, record, rows_of, write

ROOT = Path(comparison.__file__).parent.parent

#: `TRACE` with what schema 1 did not keep: of 5 looks at 500 tokens, the first has gone
#: through 100 and 2 through 200; the work beside the looks, 0, 3 and 9, was the gradients'.
COMPLETE = [
    TracePoint("value", 2.5, 1.0, 1, 0, 0.01, 0.02, 100, 0.0),
    TracePoint("measured", 2.0, 4.0, 1, 1, 0.02, 0.03, 200, 3.0),
    TracePoint("value", 1.5, 11.0, 2, 3, 0.03, 0.04, 500, 9.0),
]


@pytest.fixture
def old(tmp_path):
    path = tmp_path / "results.sqlite"
    write(path, 3)
    return path


def version(path):
    with closing(sqlite3.connect(path)) as database:
        return database.execute("PRAGMA user_version").fetchone()[0]


def test_every_run_and_every_trace_comes_over(old):
    with Store(old) as store:
        assert store.keys() == {"key 0", "key 1", "key 2"}
        found = store.runs(trace=True)
        assert set(store.runs(["problem 0"])) == {"key 0", "key 2"}
    assert version(old) == SCHEMA
    run = found["key 1"]
    assert (run.method, run.problem, run.seed, run.value) == ("adam", "next-token-table", 1, 1.5)
    assert run.budget == Budget(11.0, 20, None)
    assert run.x.tolist() == [0.5, -1.0]
    assert run.anchors == {"unigram": 3.0, "unknown": "nan"}
    assert run.reference.value == 0.25
    assert (run.ledger.gradients, run.ledger.tokens, run.ledger.gradient_work) == (3, 500, 9.0)
    assert (run.best_of_n[0].n, run.best_of_n[0].expected) == (1, 2.5)
    # What it did not keep is not made up.
    assert (run.dimension, run.surrogate, run.provenance, run.fingerprint) == (0, None, {}, "")
    assert found["key 0"].trace == found["key 1"].trace == COMPLETE
    assert found["key 2"].trace == []


@pytest.mark.parametrize(
    ("ledger", "trace", "paid", "tokens"),
    [
        ({"gradients": 0, "values": 11, "work": 11.0}, ["value", 1, 2.0, 2, 0, 0, 0], 0.0, 91),
        ({"losses": 1}, TRACE[2], 0.0, 500),
        ({"passes": 1}, TRACE[2], 0.0, 500),
        ({"steps": 7}, TRACE[2], 0.0, 500),
        ({"values": 0, "gradients": 0, "tokens": 0}, ["bound", 1, 0.0, 0, 0, 0, 0], 0.0, 0),
        ({"values": 0, "gradients": 4, "work": 1.2}, ["value", 1, 0.3, 0, 1, 0, 0], 0.3, 125),
    ],
    ids=["looks only", "losses", "a pass", "an environment", "a solver", "minibatches"],
)
def test_the_work_of_gradients_is_filled_in_only_where_it_is_known(
    tmp_path, ledger, trace, paid, tokens
):
    path = tmp_path / "results.sqlite"
    write(path, 2, [trace])
    with closing(sqlite3.connect(path)) as database:
        changed = json.dumps(record(ledger={**record()["ledger"], **ledger}))
        database.execute("UPDATE runs SET run = ?", (changed,))
        database.commit()
    with Store(path) as store:
        run = store.runs(trace=True)["key 0"]
    assert (run.trace[0].gradient_work, run.trace[0].tokens) == (paid, tokens)
    if paid:
        assert run.ledger.gradient_work == 1.2


def test_a_script_reads_it_without_changing_it(old):
    before = old.read_bytes()
    results = comparison.load(old)
    assert len(results) == 3
    with Store(old, readonly=True) as store:
        assert store.runs(trace=True)["key 1"].trace == COMPLETE
        assert store.find("key 1").ledger.gradient_work == 9.0
    assert old.read_bytes() == before
    assert [path.name for path in old.parent.iterdir()] == [old.name]


def test_traces_of_results_are_read_from_it(old):
    results = comparison.load(old)
    trace = results.trace(results.runs[0])
    assert trace["value"].tolist() == [2.5, 2.0, 1.5]
    assert trace["tokens"].tolist() == [100, 200, 500]
    assert trace.dtype.names[0] == "kind"


def test_a_file_is_brought_up_to_date_once(old):
    with Store(old):
        pass
    before = old.read_bytes()
    for _ in range(2):
        with Store(old) as store:
            assert len(store.keys()) == 3
    assert old.read_bytes() == before


def test_two_that_open_it_together_both_find_every_run(old):
    with Store(old) as first, Store(old) as second:
        assert first.keys() == second.keys() == {"key 0", "key 1", "key 2"}


def test_a_new_file_has_todays_tables():
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        migrate(database)
        migrate(database)
        tables = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        assert [name for (name,) in database.execute(tables)] == ["runs", "traces"]
        assert database.execute("PRAGMA user_version").fetchone() == (SCHEMA,)


def keyed(budget, **changes):
    """Return a run of schema 1 with the key and budget that it had there."""
    made = record(budget=budget, **changes)
    parts = [made["method"], made["method_options"], "", "problem 0", made["seed"], budget]
    return digest(*parts, "0.1.0"), made


@pytest.mark.parametrize("order", [1, -1])
def test_a_run_under_two_spellings_of_its_budget_is_there_once_under_todays_key(tmp_path, order):
    path = tmp_path / "results.sqlite"
    write(path, 0)
    whole = {"work": 11, "seconds": 20, "target": None}
    spellings = [
        whole,
        {**whole, "work": 11.0},
        {**whole, "seconds": 20.0},
        {**whole, "work": 11.5},
    ]
    with closing(sqlite3.connect(path)) as database:
        for key, made in [keyed(budget) for budget in spellings][::order]:
            row = (key, "problem 0", json.dumps(made), json.dumps(TRACE))
            database.execute("INSERT INTO runs VALUES (?, ?, ?, ?)", row)
        database.commit()
    with Store(path) as store:
        assert store.keys() == {keyed(whole)[0], keyed(spellings[3])[0]}
        assert all(run.trace == COMPLETE for run in store.runs(trace=True).values())


@pytest.mark.parametrize("killed", [0, 1])
@pytest.mark.parametrize("ended", [{"ended": "killed"}, {"ended": "timeout", "message": "hung"}])
def test_a_run_that_was_cut_gives_way_to_the_whole_one(tmp_path, killed, ended):
    """Schema 1 kept no versions of it, so that it would stay beside the whole one for ever."""
    path = tmp_path / "results.sqlite"
    write(path, 0)
    budgets = [{"work": work, "seconds": 20, "target": None} for work in (11, 11.0)]
    made = [keyed(budget) for budget in budgets]
    made[killed][1].update(ended, versions={})
    with closing(sqlite3.connect(path)) as database:
        for key, run in made:
            row = (key, "problem 0", json.dumps(run), json.dumps(TRACE))
            database.execute("INSERT INTO runs VALUES (?, ?, ?, ?)", row)
        database.commit()
    with Store(path) as store:
        (run,) = store.runs().values()
    assert (run.key, run.ended) == (made[0][0], "budget")
    assert run.versions["beyond-gradient"] == "0.1.0"


def test_a_run_of_a_users_file_keeps_its_key(old):
    """Its hash, which is in the key, was not kept: `key 0` stands for such a one."""
    with Store(old) as store:
        assert store.find("key 0") is not None


# Dies as by kill -9 when so many runs have come over.
DIES = """\
import os, signal, sys
from comparison.results import migration
from comparison.results.store import Store

def pack(array, left=[int(sys.argv[2])], whole=migration.pack):
    left[0] -= 1
    if left[0] < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return whole(array)

migration.pack = pack
Store(sys.argv[1])
"""


@pytest.mark.parametrize("came_over", [0, 1, 150])
def test_a_kill_in_its_midst_leaves_the_old_file_whole(tmp_path, came_over):
    path = tmp_path / "results.sqlite"
    write(path, 200, 50 * TRACE)
    before = rows_of(path)
    command = [sys.executable, "-c", DIES, str(path), str(came_over)]
    assert subprocess.run(command, cwd=ROOT, timeout=300).returncode == -9
    assert rows_of(path) == before
    assert before[0] == 1
    with Store(path) as store:
        assert len(store.runs(trace=True)) == 200
    assert version(path) == SCHEMA


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE runs SET run = substr(run, 1, 100) WHERE key = 'key 1'",
        "UPDATE runs SET run = '{}' WHERE key = 'key 1'",
        "UPDATE runs SET run = NULL WHERE key = 'key 1'",
        "UPDATE runs SET trace = substr(trace, 1, 40) WHERE key = 'key 1'",
        """UPDATE runs SET trace = '[["value", 1.0]]' WHERE key = 'key 1'""",
        """UPDATE runs SET trace = '[["guess", 1, 1, 1, 0, 0, 0]]' WHERE key = 'key 1'""",
        """UPDATE runs SET trace = '[["value", "x", 1, 1, 0, 0, 0]]' WHERE key = 'key 1'""",
    ],
)
@pytest.mark.parametrize("readonly", [False, True])
def test_a_damaged_run_is_told_in_one_line_and_the_file_left_as_it_was(old, damage, readonly):
    with closing(sqlite3.connect(old)) as database:
        database.execute(damage)
        database.commit()
    before = rows_of(old)
    with pytest.raises(StoreError, match="run key 1: a damaged record") as error:
        Store(old, readonly=readonly)
    assert str(error.value).startswith(f"results file {old}: ")
    assert "\n" not in str(error.value)
    assert rows_of(old) == before


def test_a_file_that_calls_itself_older_but_has_other_tables_is_told(tmp_path):
    path = tmp_path / "results.sqlite"
    write(path)
    with closing(sqlite3.connect(path)) as database:
        database.execute("DROP TABLE runs")
        database.execute("CREATE TABLE somethings (key TEXT)")
        database.commit()
    with pytest.raises(StoreError, match=r"results\.sqlite: no such table"):
        Store(path)
    assert version(path) == 1
