"""The base that one comparison leaves to the next: when it is the same, and that it is clean."""

from __future__ import annotations

import os
import resource
import signal
import socket
import subprocess
import sys

import pytest

from comparison.running import base as module
from comparison.running.base import Base, give_back, take_base
from comparison.running.child import Limits
from comparison.running.guard import children
from comparison.running.pool import Pool
from comparison.running.task import request
from problems import Budget
from tests.comparison.examples import alive, let_no_base_be_copied, planned, task, user, wait_for

linux = pytest.mark.skipif(sys.platform != "linux", reason="processes are not copied elsewhere")
ROOT = module.ROOT


@pytest.fixture(autouse=True)
def alone():
    """Start without a base that others have left, and leave none."""
    give_back(None)
    yield
    give_back(None)


@pytest.fixture
def kept():
    """A base that is kept for the next comparison."""
    base = Base(["random-search"])
    give_back(base)
    return base


def comparison(method="random-search", **changes):
    """Make a run as a comparison does, and return it and the number of the base."""
    with Pool(methods=[method]) as pool:
        ((_, run),) = pool.run([planned(method, **changes)])
        return run, pool.launcher._base.process.pid


@linux
def test_one_comparison_after_another_has_the_same_base_and_leaves_nothing_in_it():
    first, base = comparison()
    wait_for(lambda: not any(alive(pid) for pid in children(base)))
    run, again = comparison("genetic")
    assert base == again
    wait_for(lambda: not any(alive(pid) for pid in children(base)))
    assert [first.ended, run.ended] == ["budget"] * 2


@linux
def test_what_more_is_planned_is_imported_in_it(kept):
    ask = request("call", task(), function="tests.comparison.running.test_base:loaded")
    for methods, expected in ((["random-search"], False), (["genetic-deap"], True)):
        base = take_base(methods, [__name__])
        assert base is kept
        child = base.copy(ask)
        assert child.answer(Limits(float("inf")), 20.0) == {"deap": expected}
        child.end(leave=True)
        give_back(base)


def loaded(task, report):
    return {"deap": "deap" in sys.modules}


@linux
@pytest.mark.parametrize("change", ["variable", "path", "relative path", "limit", "processors"])
def test_what_it_would_inherit_otherwise_makes_a_new_one(monkeypatch, tmp_path, change):
    if change == "relative path":
        monkeypatch.setenv("PYTHONPATH", "here")
    old = Base(["random-search"])
    give_back(old)
    if change == "variable":
        monkeypatch.setenv("BEYOND_GRADIENT_DATA", str(tmp_path))
    elif change == "path":
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    elif change == "relative path":
        monkeypatch.chdir(tmp_path)
    elif change == "limit":
        most = resource.getrlimit(resource.RLIMIT_CORE)
        monkeypatch.setattr(resource, "getrlimit", lambda limit: most if limit else (1, 1))
    else:
        monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {77})
    new = take_base(["random-search"])
    assert new is not old
    assert not alive(old.process.pid)
    new.end()


@linux
def test_the_folder_and_the_standard_error_are_those_of_the_moment(monkeypatch, tmp_path, capfd):
    script = tmp_path / "mine.py"
    script.write_text(
        "import os\n"
        "def mine(oracle, rng):\n"
        "    print(f'I work in {os.getcwd()}', flush=True)\n"
        "    oracle.value(oracle.start(1)[0])\n"
    )
    bases = set()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        run, base = comparison(f"{script}:mine")
        assert run.ended == "converged", run.message
        bases.add(base)
        out, err = capfd.readouterr()
        assert (out, err) == ("", f"I work in {tmp_path / name}\n")
    assert len(bases) == 1
    assert os.readlink(f"/proc/{base}/cwd") == "/"
    assert {os.readlink(f"/proc/{base}/fd/{number}") for number in range(3)} == {os.devnull}


@linux
def test_a_folder_that_is_gone_is_no_obstacle(monkeypatch, tmp_path):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    for _ in range(2):
        assert comparison()[0].ended == "budget"


@linux
def test_comparisons_at_the_same_time_have_bases_of_their_own_of_which_one_is_kept(kept):
    first, second = take_base(["random-search"]), take_base(["random-search"])
    assert first is kept
    assert second is not kept
    give_back(first)
    assert alive(first.process.pid)
    give_back(second)
    assert not alive(first.process.pid)
    assert take_base([]) is second
    second.end()


@linux
def test_one_that_was_killed_while_it_was_kept_is_replaced(kept):
    os.kill(kept.process.pid, signal.SIGKILL)
    wait_for(lambda: not alive(kept.process.pid))
    assert comparison()[0].ended == "budget"


@pytest.mark.slow  # every request imports all anew
def test_one_that_may_not_be_copied_is_not_kept(monkeypatch):
    let_no_base_be_copied(monkeypatch)
    with Pool(methods=["random-search"]) as pool:
        ((_, run),) = pool.run([planned()])
        assert pool.launcher._base is None
    assert run.ended == "budget"
    assert module._idle is None


@linux
def test_a_method_that_kills_the_base_spoils_no_later_comparison():
    with Pool() as pool:
        list(pool.run([planned(user("dies"), budget=Budget(20, 20.0))]))
        process = pool.launcher._base.process
        process.kill()
        process.wait()  # a signal takes its time
    assert module._idle is None
    assert comparison()[0].ended == "budget"


@linux
def test_a_copy_of_this_process_has_a_base_of_its_own_and_ends_none(kept):
    pid = os.fork()
    if not pid:
        code = 1
        try:
            base = take_base(["random-search"])
            code = 0 if base is not kept and base.copied else 2
            base.end()
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert alive(kept.process.pid)
    assert take_base(["random-search"]) is kept
    kept.end()


@linux
@pytest.mark.parametrize("end", ["", "os.kill(os.getpid(), 9)", "os._exit(0)", "raise SystemExit"])
def test_it_ends_with_the_process_that_keeps_it(end):
    script = (
        "import os\n"
        "from comparison.running.base import Base, give_back\n"
        "base = Base([])\n"
        "give_back(base)\n"
        f"print(base.process.pid, flush=True)\n{end}"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    wait_for(lambda: not alive(int(done.stdout)))


def test_a_base_that_cannot_be_started_leaves_no_file_open(monkeypatch):
    def refuse(*arguments, **named):
        raise OSError("no more processes")

    made = []
    pair = socket.socketpair
    monkeypatch.setattr(socket, "socketpair", lambda: made.append(pair()) or made[-1])
    monkeypatch.setattr(subprocess, "Popen", refuse)
    with pytest.raises(OSError, match="no more processes"):
        Base([])
    assert [end.fileno() for end in made[0]] == [-1, -1]
