"""One worker process from outside: what it answers, what it is killed for, how it ends."""

from __future__ import annotations

import math
import sys
import threading

import pytest

from comparison.running.child import DIED, LATE, Child, Limits
from comparison.running.executor import Request
from problems import Budget
from tests.comparison.examples import alive, noted, preflight, task, user, wait_for

FREE = Limits(math.inf)

linux = pytest.mark.skipif(sys.platform != "linux", reason="memory is told by /proc")


@pytest.fixture
def child():
    started = Child()
    yield started
    started.end()
    assert not alive(started.process.pid)


def request(method="random-search", **changes):
    made = task(user(method) if "-" not in method else method, **changes)
    return Request("run", made, preflight(made.method)).to_json()


def test_it_serves_one_request_after_another(child):
    answers = [child.serve(request(seed=seed), FREE)["run"] for seed in (0, 1, 0)]
    assert [run["ended"] for run in answers] == ["budget"] * 3
    assert answers[0]["value"] == answers[2]["value"] != answers[1]["value"]
    assert child.alive
    child.end()
    child.end()  # once more does nothing
    assert (child.alive, child.ended) == (False, True)


@pytest.mark.parametrize(
    ("timeout", "budget", "message"),
    [
        (0.5, 100.0, "gave no answer within 0.5 s, and was killed"),
        (None, 0.1, LATE),
    ],
    ids=["a limit of its own", "its budget's"],
)
def test_a_run_is_killed_when_its_time_is_up(monkeypatch, child, timeout, budget, message):
    monkeypatch.setattr("comparison.running.child.GRACE_SECONDS", 0.5)
    asked = request("hangs", budget=Budget(20, budget))
    answer = child.serve(asked, Limits(math.inf, timeout))
    assert (answer["ended"], answer["message"]) == ("timeout", message)
    assert answer["seconds"] == (timeout or budget + 0.5)
    assert [point[0] for point in answer["points"]] == ["value"]
    assert child.ended


def test_a_run_may_take_longer_than_its_budget_where_the_limit_allows(child):
    asked = request("hoards", budget=Budget(20, 0.01))
    assert child.serve(asked, Limits(math.inf, 60.0))["run"]["ended"] == "converged"


@linux
@pytest.mark.parametrize("where", [False, True], ids=["itself", "a process that it starts"])
def test_a_run_tells_what_was_held(child, where):
    asked = request("hoards", method_options={"megabytes": "200", "child": str(where)})
    held = child.serve(asked, FREE)["run"]["memory"]
    after = child.serve(request(), FREE)["run"]["memory"]
    assert held > 200e6
    assert 1e6 < after < held - 150e6


@linux
def test_a_run_that_is_killed_tells_what_it_was_seen_to_hold(child):
    answer = child.serve(request("allocates"), Limits(4e8))
    assert (answer["ended"], answer["message"]) == (
        "killed",
        "held more than 0.4 GB of memory, and was killed",
    )
    assert answer["memory"] > 4e8


def test_a_copy_that_keeps_the_pipe_open_does_not_hide_that_it_died(child, tmp_path):
    asked = request("forks", method_options={"pids": str(tmp_path / "pid")})
    answer = child.serve(asked, FREE)
    assert (answer["ended"], answer["message"], len(answer["points"])) == ("killed", DIED, 1)
    wait_for(lambda: not alive(noted(tmp_path / "pid")))


@pytest.mark.parametrize("text", ["overheard", "7"])
def test_noise_in_the_pipe_ends_the_run_alone(child, text):
    asked = request("writes_into_every_file", method_options={"text": text})
    answer = child.serve(asked, FREE)
    assert answer["ended"] == "killed"
    assert "pipe" in answer["message"]


def test_a_kill_from_another_thread_ends_the_serving(child, tmp_path):
    asked = request("sleeps", method_options={"pids": str(tmp_path / "pid")})
    answers = []
    thread = threading.Thread(target=lambda: answers.append(child.serve(asked, FREE)))
    thread.start()
    noted(tmp_path / "pid")
    child.kill()
    thread.join(30)
    assert answers[0]["ended"] == "killed"
    assert child.ended
    child.kill()  # its number may be another's by now


def test_where_the_system_cannot_tell_only_the_pipe_does(monkeypatch, child):
    monkeypatch.delattr("os.waitid")
    assert child.alive
    assert child.serve(request("dies"), FREE)["message"] == DIED
    assert not child.alive
