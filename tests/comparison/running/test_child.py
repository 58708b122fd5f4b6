"""One process from outside: what it answers, what it is killed for, how it ends."""

from __future__ import annotations

import math
import sys
import threading

import pytest

from comparison.running.base import Base
from comparison.running.child import DIED, LATE, NOISE, Limits
from problems import Budget
from tests.comparison.examples import alive, noted, planned, user, wait_for

FREE = Limits(math.inf)

linux = pytest.mark.skipif(sys.platform != "linux", reason="memory is told by /proc")


@pytest.fixture(scope="module")
def base():
    started = Base(["random-search"])
    yield started
    started.end()
    assert started.process.returncode == 0


def request(method="random-search", **changes):
    return planned(user(method) if "-" not in method else method, **changes).request()


@pytest.fixture
def answer(base):
    """What becomes of a request, in a process of its own."""

    def asked(request, limits=FREE):
        child = base.copy(request)
        try:
            return child.answer(limits, request["task"]["budget"]["seconds"])
        finally:
            child.end()
            child.end()  # once more does nothing

    return asked


def test_it_answers_and_ends(answer):
    runs = [answer(request(seed=seed))["run"] for seed in (0, 1, 0)]
    assert [run["ended"] for run in runs] == ["budget"] * 3
    assert runs[0]["value"] == runs[2]["value"] != runs[1]["value"]


@pytest.mark.parametrize(
    ("timeout", "budget", "message"),
    [
        (0.5, 100.0, "gave no answer within 0.5 s, and was killed"),
        (None, 0.1, LATE),
    ],
    ids=["a limit of its own", "its budget's"],
)
def test_a_run_is_killed_when_its_time_is_up(monkeypatch, answer, timeout, budget, message):
    monkeypatch.setattr("comparison.running.child.GRACE_SECONDS", 0.5)
    asked = request("hangs", budget=Budget(20, budget))
    told = answer(asked, Limits(math.inf, timeout))
    assert (told["ended"], told["message"]) == ("timeout", message)
    assert told["seconds"] == (timeout or budget + 0.5)
    assert [point.kind for point in told["points"]] == ["value"]


@pytest.mark.parametrize("timeout", [None, 0.5])
def test_what_a_problem_measures_of_the_result_takes_none_of_the_runs_time(
    monkeypatch, answer, timeout
):
    monkeypatch.setattr("comparison.running.child.GRACE_SECONDS", 0.3)
    asked = request("random-search", problem=user("MeasuresSlowly"), budget=Budget(20, 0.01))
    told = answer(asked, Limits(math.inf, timeout))
    if timeout is None:
        assert told["run"]["measures"] == {"seconds": 1.0}
    else:
        assert (told["ended"], told["seconds"]) == ("timeout", timeout)


def test_a_problem_that_never_says_what_it_measures_is_killed(monkeypatch, answer):
    monkeypatch.setattr("comparison.running.child.GRACE_SECONDS", 0.1)
    monkeypatch.setattr("comparison.running.child.JUDGING_SECONDS", 0.2)
    asked = request("random-search", problem=user("MeasuresSlowly"), budget=Budget(20, 0.01))
    told = answer(asked)
    assert (told["ended"], told["message"]) == ("timeout", LATE)
    assert told["points"]


def test_a_run_may_take_longer_than_its_budget_where_the_limit_allows(answer):
    asked = request("hoards", budget=Budget(20, 0.01))
    assert answer(asked, Limits(math.inf, 60.0))["run"]["ended"] == "converged"


@linux
@pytest.mark.parametrize("where", [False, True], ids=["itself", "a process that it starts"])
def test_a_run_tells_what_was_held(answer, where):
    asked = request("hoards", method_options={"megabytes": "200", "child": str(where)})
    held = answer(asked)["run"]["memory"]
    after = answer(request())["run"]["memory"]
    assert held > 200e6
    assert 1e6 < after < held - 150e6


@linux
def test_a_run_that_is_killed_tells_what_it_was_seen_to_hold(answer):
    told = answer(request("allocates"), Limits(4e8))
    assert (told["ended"], told["message"]) == (
        "killed",
        "held more than 0.4 GB of memory, and was killed",
    )
    assert told["memory"] > 4e8


@linux
def test_a_page_that_a_run_shares_with_those_it_was_copied_from_is_not_all_its_own(answer):
    held = answer(request("hoards", method_options={"megabytes": "64"}))["run"]["memory"]
    assert 64 << 20 < held < 128 << 20  # what Python and its libraries take is more


def test_a_copy_that_keeps_the_channel_open_does_not_hide_that_it_died(answer, tmp_path):
    told = answer(request("forks", method_options={"pids": str(tmp_path / "pid")}))
    assert (told["ended"], told["message"], len(told["points"])) == ("killed", DIED, 1)
    assert not alive(noted(tmp_path / "pid"))


@pytest.mark.parametrize("text", ["overheard", "7", "[" * 100_000])
def test_noise_in_the_channel_ends_the_run_alone(answer, text):
    told = answer(request("writes_into_every_file", method_options={"text": text}))
    assert (told["ended"], told["message"]) == ("killed", NOISE)


def test_a_kill_from_another_thread_ends_the_serving(base, tmp_path):
    asked = request("sleeps", method_options={"pids": str(tmp_path / "pid")})
    child = base.copy(asked)
    answers = []
    thread = threading.Thread(target=lambda: answers.append(child.answer(FREE, 100.0)))
    thread.start()
    pid = noted(tmp_path / "pid")
    child.kill("not wanted any more")
    thread.join(30)
    assert (answers[0]["ended"], answers[0]["message"]) == ("killed", "not wanted any more")
    assert not alive(pid)
    child.end()
    child.kill()  # its guard is gone


def test_a_process_ends_when_nobody_holds_its_leash_and_takes_its_children_along(base, tmp_path):
    """As when whoever asked is killed."""
    asked = request("hangs_with_a_child", method_options={"pids": str(tmp_path / "pid")})
    child = base.copy(asked)
    pid = noted(tmp_path / "pid")
    assert alive(pid)
    child._leash.close()
    wait_for(lambda: not alive(pid))
    child.socket.close()


def test_what_a_method_prints_goes_to_standard_error(capfd):
    base = Base([])
    child = base.copy(request("talks"))
    assert child.answer(FREE, 20.0)["run"]["ended"] == "converged"
    child.end(leave=True)
    base.end()
    out, err = capfd.readouterr()
    assert out == ""
    assert "a method's chatter\n" in err
    assert "a library's banner\n" in err
