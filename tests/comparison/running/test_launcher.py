"""Every request has a process of its own, copied where that is safe, else built anew."""

from __future__ import annotations

import math
import os
import select
import signal
import socket
import subprocess
import sys

import pytest

from comparison.running import child, wire
from comparison.running import launcher as module
from comparison.running.child import Limits
from comparison.running.guard import children
from comparison.running.launcher import Launcher
from comparison.running.random_value import random_value
from comparison.running.task import request as task_request
from problems import Budget, make
from tests.comparison.examples import (
    alive,
    cell,
    let_no_base_be_copied,
    planned,
    task,
    user,
    wait_for,
)
from tests.comparison.running.misbehaving import Counting

FREE = Limits(math.inf)


# Importing all anew takes seconds a request.
@pytest.fixture(params=["copied", pytest.param("anew", marks=pytest.mark.slow)])
def launcher(request, monkeypatch):
    if request.param == "anew":
        let_no_base_be_copied(monkeypatch)
    made = Launcher(FREE, ["random-search"])
    yield made
    made.close()


def request(action="run", method="random-search", problem="sphere", **changes):
    return {**planned(method, problem, **changes).request(), "action": action}


def test_the_same_answers_whether_it_is_copied_or_not(launcher):
    described = launcher.serve(request("describe problem"))
    assert described["described"]["title"] == "10-D, shifted and rotated"
    assert launcher.serve(request("describe method"))["described"]["name"] == "random-search"
    cells = [cell(task(method)).to_json() for method in ("ip", "rs")]
    assert launcher.serve(task_request("try", task("ip"), cells=cells)) == {
        "tried": [{"unsupported": "it has no linear model"}, {"unsupported": ""}]
    }
    runs = [launcher.serve(request(seed=seed)) for seed in (0, 1, 0)]
    assert runs[0]["run"]["value"] == runs[2]["run"]["value"] != runs[1]["run"]["value"]
    assert {run.get("fresh", "") for run in runs} in ({""}, {"this system cannot copy it"})


def test_a_problem_that_leaves_a_thread_is_built_anew_for_each_run_and_that_is_told(tmp_path):
    built = tmp_path / "built"
    asked = request(problem=user("Threaded"), problem_options={"note_at": str(built)})
    launcher = Launcher(FREE)
    try:
        for _ in range(2):
            answer = launcher.serve(asked)
            assert answer["run"]["ended"] == "budget"
            assert answer["fresh"] == "it has 2 threads when it is built"
    finally:
        launcher.close()
    # To describe it, for random points, and for the runs.
    assert len(set(built.read_text().split())) == 4


def test_a_problem_that_cannot_be_built_is_a_fault_of_its_run_and_a_slip_elsewhere(launcher):
    asked = {"problem": user("RaisesInConstructor")}
    assert launcher.serve(request("describe problem", **asked)) == {
        "usage": f"{asked['problem']}: RuntimeError: no such data"
    }
    run = launcher.serve(request(**asked))
    assert (run["ended"], run["message"]) == (
        "error",
        f"{asked['problem']}: RuntimeError: no such data",
    )


def test_evaluating_random_points_changes_nothing_that_a_run_sees(launcher):
    """Of a user's problem, which may keep what it likes: here how often it was asked."""
    runs = [launcher.serve(request(seed=s, problem=user("Counting")))["run"] for s in range(2)]
    assert [run["ended"] for run in runs] == ["budget"] * 2
    assert runs[0]["description"] == runs[1]["description"]
    assert int(runs[0]["description"]) < 50
    assert {run["random_value"] for run in runs} == {random_value(Counting())}
    values = [launcher.serve(request(seed=s))["run"]["random_value"] for s in range(2)]
    assert values == 2 * [random_value(make("sphere"))]


def test_evaluations_of_random_points_that_hang_are_given_up(monkeypatch):
    monkeypatch.setattr(module, "RANDOM_VALUE_SECONDS", 0.5)
    monkeypatch.setattr(child, "GRACE_SECONDS", 2.0)  # enough for the first evaluation under load
    launcher = Launcher(FREE)
    try:
        answer = launcher.serve(request(problem=user("Hangs"), budget=Budget(1, 0.2)))
        assert (answer["ended"], len(answer["points"])) == ("timeout", 1)
    finally:
        launcher.close()


def test_a_problem_whose_process_dies_is_tried_once_more(tmp_path, launcher):
    once = {"problem": user("DiesOnce"), "problem_options": {"note_at": str(tmp_path / "built")}}
    assert "described" in launcher.serve(request("describe problem", **once))
    answer = launcher.serve(request("describe problem", problem=user("Dies")))
    assert (answer["ended"], answer["message"]) == ("killed", "its process died")


def test_a_method_whose_process_dies_is_tried_once_more(tmp_path, launcher):
    mine = tmp_path / "mine.py"
    mine.write_text(
        "import os, pathlib\n"
        "mark = pathlib.Path(__file__).with_name('mark')\n"
        "if not mark.exists():\n    mark.touch()\n    os._exit(7)\n"
        "def mine(oracle, rng): ...\n"
    )
    answer = launcher.serve(request("describe method", f"{mine}:mine"))
    assert answer["described"]["name"] == "mine.py:mine"


def test_a_template_that_is_being_asked_is_alive(launcher):
    """Its answer waits in the channel, for the thread that asked."""
    launcher.serve(request("describe problem"))
    with launcher.templates.use(request()) as template:
        pass
    if template.answer["not_copied"]:
        return
    wire.send(template.child.socket, {})
    wait_for(lambda: select.select([template.child.socket], [], [], 0)[0])
    assert template.alive
    assert template.child.answer(FREE) == {"random value": random_value(make("sphere"))}


def test_nothing_is_left_when_it_is_closed_and_nothing_is_served():
    launcher = Launcher(FREE)
    launcher.serve(request())
    base = launcher._base.process.pid
    launcher.close()
    assert not alive(base)
    answer = launcher.serve(request(seed=1))
    assert answer["message"] == "the comparison is over"
    launcher.close()


def test_the_guard_of_a_threads_runs_stays_until_it_is_killed():
    launcher = Launcher(FREE)
    try:
        first = launcher.serve(request())
        (standing,) = launcher._guards.values()
        again = launcher.serve(request())
        assert list(launcher._guards.values()) == [standing]
        base = launcher._base.process.pid
        (guard,) = [pid for of in children(base) for t in children(of) for pid in children(t)]
        os.kill(guard, signal.SIGKILL)
        wait_for(lambda: not alive(guard))
        anew = launcher.serve(request())
        assert list(launcher._guards.values()) != [standing]
        assert first["run"]["value"] == again["run"]["value"] == anew["run"]["value"]
    finally:
        launcher.close()


def test_a_base_that_was_killed_is_started_again():
    launcher = Launcher(FREE)
    try:
        first = launcher.serve(request("describe method"))
        pid = launcher._base.process.pid
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: not alive(pid))
        assert launcher.serve(request("describe method")) == first
    finally:
        launcher.close()


def test_a_base_that_is_killed_whenever_it_is_asked_ends_the_run_and_not_the_runner(monkeypatch):
    def copy(base, request):
        os.kill(base.process.pid, signal.SIGKILL)
        raise BrokenPipeError

    launcher = Launcher(FREE)
    with monkeypatch.context() as patched:
        patched.setattr(module.Base, "copy", copy)
        for action in ("describe problem", "describe method", "run"):
            answer = launcher.serve(request(action))
            assert (answer["ended"], answer["message"]) == ("killed", "its process died")
    try:
        assert launcher.serve(request())["run"]["ended"] == "budget"
    finally:
        launcher.close()


@pytest.mark.parametrize("asked", ["{", ""], ids=["half a request", "no request"])
def test_a_base_whose_asker_was_killed_ends_without_a_word(capfd, asked):
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-m", "comparison.running"]
    base = subprocess.Popen(command, stdin=theirs.fileno())
    theirs.close()
    wire.send(ours, {"methods": ["random-search"], "modules": []})
    ours.sendall(asked.encode())
    ours.close()  # before it can say how many threads it has
    assert base.wait(60) == 0
    assert capfd.readouterr() == ("", "")


def test_where_a_base_cannot_be_copied_each_request_has_its_own(monkeypatch):
    let_no_base_be_copied(monkeypatch)
    launcher = Launcher(FREE)
    try:
        assert launcher.serve(request())["run"]["ended"] == "budget"
        assert launcher._base is None
    finally:
        launcher.close()


@pytest.mark.skipif(sys.platform != "linux", reason="processes are not copied elsewhere")
def test_what_a_point_is_worth_is_asked_of_a_process_that_ran_no_method():
    launcher = Launcher(FREE)
    try:
        run = launcher.serve(request())["run"]
        with launcher.templates.use(request()) as template:
            pass
        assert template.misvalued(run, None) == ""
        assert template.misvalued(run, [7, 3]) == ""
        for value in (run["value"] - 1.0, 1e-3):
            told = template.misvalued({**run, "value": value}, None)
            assert told == (
                f"the best value is said to be {value:.12g}, "
                f"but its point is worth {run['value']:.12g}"
            )
        # What is no point or no value is for others to tell.
        for x, value in (("text", 1.0), ([[1.0]], "one"), (None, 1.0), (run["x"], None)):
            assert template.misvalued({**run, "x": x, "value": value}, "batch") == ""
        assert template.alive
        outside = {**run, "x": [99.0] * 10}
        assert "not feasible" in template.misvalued(outside, None)
    finally:
        launcher.close()
