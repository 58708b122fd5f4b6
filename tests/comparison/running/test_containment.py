"""Each way in which a method can misbehave: its run says how it ended, and the others go on."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from comparison.running import child, memory
from comparison.running.pool import Pool
from methods import minimize
from problems import Budget, make
from tests.comparison.examples import alive, planned, task, user, wait_for

#: Far more than a worker needs, far less than the machine has.
LIMIT = 6e8

linux = pytest.mark.skipif(sys.platform != "linux", reason="memory is told by /proc")


def after_one_another(*methods, limit=None, seconds=20.0, **options):
    """Run the methods one after another and return the runs."""
    runs = [
        planned(
            user(m) if m != "random-search" else m,
            budget=Budget(20, 20.0 if m == "random-search" else seconds),
            seed=i,
            method_options=options.get(m, {}),
        )
        for i, m in enumerate(methods)
    ]
    with Pool(1, limit) as pool:
        made = {each.seed: run for each, run in pool.run(runs)}
    return [made[i] for i in range(len(runs))]


@pytest.mark.parametrize(
    ("method", "ended", "message"),
    [
        ("hangs", "timeout", "gave no answer when its time was up, and was killed"),
        ("swallows_stop", "timeout", "gave no answer when its time was up, and was killed"),
        ("raises", "error", "RuntimeError: first line [red]second line third line"),
        ("leaves", "error", "SystemExit: 0"),
        ("returns_early", "converged", ""),
        ("dies", "killed", "its process died"),
        ("kills_itself", "killed", "its process died"),
        ("talks", "converged", ""),
        ("changes_global_state", "converged", ""),
        pytest.param(
            "allocates", "killed", "held more than 0.6 GB of memory, and was killed", marks=linux
        ),
    ],
)
def test_its_run_says_how_it_ended_and_the_others_go_on(monkeypatch, method, ended, message):
    monkeypatch.setattr(child, "GRACE_SECONDS", 0.5)
    seconds = 0.1 if ended == "timeout" else 20.0
    before, bad, after = after_one_another(
        "random-search", method, "random-search", limit=LIMIT, seconds=seconds
    )
    assert (bad.ended, bad.message) == (ended, message)
    assert [point.kind for point in bad.trace] == ["value"]  # its partial curve
    assert bad.value == bad.trace[0].value
    assert bad.failed == (ended != "converged")
    # The others are what they are without it.
    for run in (before, after):
        alone = minimize(make("sphere"), "random-search", Budget(20, 20.0), seed=run.seed)
        assert (run.ended, run.value, run.ledger.values) == ("budget", alone.value, 20)


def test_what_a_method_makes_of_global_state_ends_with_its_run(tmp_path):
    said = [tmp_path / "before", tmp_path / "after"]
    with Pool() as pool:
        for path, between in zip(said, [True, False], strict=True):
            tell = planned(user("tells_global_state"), method_options={"path": str(path)})
            runs = [tell, planned(user("changes_global_state"))] if between else [tell]
            ended = [run.ended for each in runs for _, run in pool.run([each])]
            assert ended == ["converged"] * len(runs)
    before, after = (path.read_text() for path in said)
    assert before == after


@linux
def test_memory_that_a_child_holds_counts_and_it_ends_too():
    run, after = after_one_another(
        "allocates", "random-search", limit=LIMIT, allocates={"child": True}
    )
    assert run.ended == "killed"
    assert "of memory" in run.message
    assert after.ended == "budget"


@linux
def test_a_try_that_allocates_leaves_it_to_the_runs():
    with Pool(1, LIMIT) as pool:
        ((cell, why),) = pool.attempt(pool.describe([task(user("allocates"))]))
    assert (cell.method.name, why) == ("misbehaving.py:allocates", "")


# ------------------------------------------------------------------------------ memory


def held(pid):
    """The bytes that a process and its descendants hold."""
    return sum(map(memory.proportional, memory.family(pid)))


@linux
def test_memory_that_is_held_is_told():
    before = held(os.getpid())
    assert before > 1e6
    code = "held = b'x' * (100 << 20); print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        child.stdout.readline()
        assert held(child.pid) > 100 << 20
        assert held(os.getpid()) > before + (100 << 20) - (50 << 20)
        child.stdin.close()
    wait_for(lambda: not alive(child.pid))
    assert held(child.pid) == 0


def test_a_container_limits_what_is_available(tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "LIMITS", ())
    machine = memory.available()
    assert machine > 1e8
    limit, none = tmp_path / "limit", tmp_path / "none"
    limit.write_text("50000000\n")
    none.write_text("max\n")
    monkeypatch.setattr(memory, "LIMITS", (none, tmp_path / "missing"))
    assert memory.available() == machine
    monkeypatch.setattr(memory, "LIMITS", (none, limit))
    assert memory.available() == 50_000_000
    assert memory.share(4) == memory.SHARE * 50_000_000 / 4


@linux
def test_what_was_held_at_most_is_told_since_it_was_last_forgotten():
    before = memory.forget_peak()
    held = bytearray(100 << 20)
    assert memory.grown(before) >= 90 << 20
    del held
    assert memory.grown(before) >= 90 << 20
    assert memory.grown(memory.forget_peak()) < 50 << 20


def test_a_system_that_does_not_tell_has_no_peak(tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "Path", lambda path: tmp_path / path.lstrip("/"))
    assert memory.forget_peak() is None
    assert memory.grown(0) == 0
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/self/status").write_text("Name:\tpython\nVmRSS:\t 10 kB\n")
    assert memory.grown(0) == 0
