"""The worker: what it finds out before a run, what it streams, and when it ends."""

from __future__ import annotations

import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import astuple
from pathlib import Path
from types import SimpleNamespace

import pytest

from comparison.running import memory, worker
from comparison.running.task import Preflight
from comparison.running.worker import (
    FLUSH_SECONDS,
    Outbox,
    Usage,
    attempt,
    describe_method,
    describe_problem,
    perform,
)
from problems import Budget
from problems.ledger import TracePoint
from tests.comparison.examples import CORPUS, USER, alive, noted, short, task, user, wait_for
from tests.comparison.examples import preflight as found_by_preflight

ROOT = Path(worker.__file__).parent.parent
#: A problem that says what cannot be stored.
BAD, NAN = f"{Path(__file__).with_name('bad_values.py')}:Odd", {"kind": "nan-tokens"}


class Sent:
    """An outbox that keeps what is sent."""

    def __init__(self):
        self.messages, self.points = [], []

    def send(self, message):
        self.messages.append(json.loads(json.dumps(message, allow_nan=False, default=str)))

    def keep(self, point):
        self.points.append(astuple(point))


# ------------------------------------------------------- descriptions and attempts


def described(cell):
    return Preflight(**describe_problem(cell), **describe_method(cell))


def test_a_description_resolves_names_and_options():
    found = described(task("ga", "sphere", method_options={"population": "7"}))
    assert (found.method, found.problem) == ("genetic", "sphere")
    assert found.method_options["population"] == 7
    assert set(found.method_options) > {"population"}
    assert found.problem_options == {"dimension": 10}
    assert (found.objective, found.unsupported) == ("squared distance", "")


def test_an_attempt_says_why_a_cell_is_unsupported():
    sent = Sent()
    assert attempt(task("ip", "sphere"), sent) == "it has no linear model"
    assert attempt(task("rs", "sphere"), sent) == ""
    assert sent.messages == [{"started": None}] * 2


@pytest.mark.parametrize(
    ("method", "problem", "options", "why"),
    [
        ("genetik", "sphere", {}, "unknown method 'genetik'; did you mean 'genetic'?"),
        ("genetic", "spere", {}, "unknown problem 'spere'; did you mean 'sphere'?"),
        ("genetic", "sphere", {"populaton": "5"}, "did you mean 'population'?"),
        ("genetic", "sphere", {"population": "many"}, "expected a whole number"),
        ("genetic", "sphere", {"population": "-5"}, "genetic: population=-5: expected"),
        (user("honest"), "sphere", {"looks": "0"}, "honest: looks=0: expected"),
        (user("honist"), "sphere", {}, "has no 'honist'; did you mean 'honest'?"),
        (user("not_callable"), "sphere", {}, "not_callable"),
        (user("lacks_a_library"), "sphere", {}, "a_library_that_nobody_has"),
        ("genetic", user("not_callable"), {}, "is not a Problem class"),
        ("genetic", user("honest"), {}, "is not a Problem class"),
        (user("Fair"), "sphere", {}, "Fair"),
        ("genetic", user("RaisesInConstructor"), {}, "RuntimeError: no such data"),
        ("genetic", user("Spaceless"), {}, "space"),
        ("genetic", user("Exits"), {}, "SystemExit"),
    ],
    ids=short,
)
def test_what_the_user_can_mend_is_refused_in_one_line(method, problem, options, why):
    cell = task(method, problem, method_options=options)

    def preflight():
        return described(cell) and attempt(cell, Sent())

    with pytest.raises(Usage) as refusal:
        preflight()
    assert why in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("method", ["raises", "refuses", "leaves", "uses_global_random"])
def test_an_attempt_leaves_a_method_of_its_own_fault_to_its_runs(method):
    assert attempt(task(user(method)), Sent()) == ""


@pytest.mark.parametrize("problem", ["Raises", "Nan", "Valueless", "ScoreRaises", "Beaten"])
def test_neither_looks_at_the_problem(problem):
    cell = task("random-search", user(problem))
    assert described(cell).unsupported == ""
    assert attempt(cell, Sent()) == ""


def test_a_description_identifies_user_files_and_data():
    built_in, mine = (described(task(m)) for m in ("random-search", user("honest")))
    assert built_in.method_identity == ""
    assert len(mine.method_identity) == 12
    text, other = (
        described(task("counting", "next-token-table", problem_options={"corpus": c}))
        for c in (CORPUS, f"{CORPUS},seed=1")
    )
    assert text.problem_identity != other.problem_identity


# ------------------------------------------------------------------------ perform


def performed(method, problem="sphere", **changes):
    sent = Sent()
    run = perform(task(method, problem, **changes), found_by_preflight(method, problem), sent)
    # Its clock begins when the problem is built, and again for what is no run's own doing.
    assert sent.messages in ([{"started": None}], [{"started": None}] * 2)
    return run


def test_looks_at_random_points_take_nothing_of_the_runs_own_time(monkeypatch):
    sent, before = Sent(), []
    monkeypatch.setattr(worker, "_random_value", lambda *_: before.extend(sent.messages))
    perform(task(), found_by_preflight("random-search", "sphere"), sent)
    assert before == [{"started": None}] * 2


@pytest.mark.parametrize(
    ("method", "problem", "ended", "message", "has_value"),
    [
        ("random-search", "sphere", "budget", "", True),
        ("random-search", user("Unhashable"), "budget", "", True),
        (user("raises"), "sphere", "error", "RuntimeError: first line", True),
        (user("refuses"), "sphere", "error", "not today", False),
        (user("leaves"), "sphere", "error", "SystemExit", True),
        ("random-search", user("Raises"), "error", "RuntimeError: out of order", False),
        ("hill-climb", user("RaisesLater"), "error", "RuntimeError: out of order", True),
        ("random-search", user("Nan"), "nan", "looks gave no finite number", False),
        ("hill-climb", user("Nothing"), "nan", "looks gave no finite number", False),
        ("hill-climb", user("Text"), "nan", "looks gave no finite number", False),
        ("random-search", user("WrongShape"), "nan", "looks gave no finite number", False),
        ("hill-climb", user("WrongShape"), "nan", "looks gave no finite number", False),
        ("random-search", user("Valueless"), "error", "defines neither value", False),
        ("random-search", user("Beaten"), "error", "BrokenReference", True),
        ("random-search", user("ScoreRaises"), "error", "RuntimeError: the held-out data", True),
        ("integer-programming", "sphere", "unsupported", "it has no linear model", False),
    ],
    ids=short,
)
def test_whatever_happens_a_run_comes_back(method, problem, ended, message, has_value):
    run = performed(method, problem)
    assert run.ended == ended
    assert message in run.message
    if problem != user("Beaten"):
        assert (run.value is not None) == has_value
    assert run.failed == (ended in ("error", "nan"))


def test_an_error_of_many_lines_is_told_in_one():
    assert "\n" not in performed(user("raises")).message


def test_a_run_that_raises_keeps_its_partial_curve():
    run = performed(user("raises"))
    assert [point.values for point in run.trace] == [1]
    assert run.trace[0].value == run.value


def test_a_value_better_than_a_proven_optimum_comes_back_with_the_error():
    """It is what withdraws the proof."""
    run = performed("random-search", user("Beaten"))
    assert (run.ended, run.refutes) == ("error", True)
    assert run.value < run.reference.floor


def test_the_same_task_gives_the_same_run():
    first, second = (performed("genetic", budget=Budget(200, 20.0), seed=4) for _ in range(2))
    assert first.value == second.value
    assert [(p.value, p.work) for p in first.trace] == [(p.value, p.work) for p in second.trace]


def test_a_run_tells_the_most_memory_that_its_process_held_in_it():
    hoard = task(user("hoards"), method_options={"megabytes": "200"})
    run = perform(hoard, found_by_preflight(), Sent())
    after = perform(task(), found_by_preflight(), Sent())
    assert (run.ended, after.ended) == ("converged", "budget")
    assert run.memory > 200e6
    assert 1e6 < after.memory < run.memory - 150e6


def test_a_peak_that_cannot_be_told_is_none(monkeypatch):
    for name in ("forget_peak", "peak"):
        with monkeypatch.context() as m:
            m.setattr(memory, name, lambda: None)
            assert perform(task(), found_by_preflight(), Sent()).memory is None


@pytest.mark.parametrize("which", ["method", "problem"])
def test_a_file_that_is_not_the_one_described_is_not_run(tmp_path, which):
    copy = tmp_path / "mine.py"
    shutil.copy(USER, copy)
    mine = {"method": f"{copy}:honest", "problem": f"{copy}:Fair"}
    cell = task(**{which: mine[which]})
    found = described(cell)
    assert perform(cell, found, Sent()).ended in ("converged", "budget")
    copy.write_text(copy.read_text() + "# changed\n")
    run = perform(cell, found, Sent())
    assert run.ended == "killed"  # so that the same command makes it, as what it now is
    assert run.message.startswith("mine.py:")
    assert "its file has changed meanwhile" in run.message


# ------------------------------------------------------------------------- outbox


@pytest.fixture
def pipe():
    """The reading end as a file of lines, and an outbox that writes to the other."""
    reading, writing = os.pipe()
    outbox = Outbox(writing)
    with os.fdopen(reading) as lines:
        yield lines, outbox
        put_away(outbox)


def put_away(outbox):
    """Leave its thread, which never ends, nothing to send and no open file."""
    outbox.reset()
    outbox._pipe.close()


POINT = TracePoint("value", 1.0, 2.0, 3, 4, 5.0, 6.0)


def test_the_outbox_sends_messages_as_json_lines(pipe):
    lines, outbox = pipe
    outbox.send({"a": 1, "path": Path("x")})
    assert json.loads(lines.readline()) == {"a": 1, "path": "x"}


def test_the_outbox_streams_points_by_itself_each_once(pipe):
    lines, outbox = pipe
    outbox.keep(POINT)
    assert json.loads(lines.readline()) == {"points": [list(astuple(POINT))]}
    outbox.keep(POINT)
    outbox.keep(POINT)
    received = 0
    while received < 2:
        received += len(json.loads(lines.readline())["points"])
    assert received == 2


def test_no_points_follow_an_answer(pipe):
    lines, outbox = pipe
    outbox.keep(POINT)
    outbox.answer({"run": 1})
    received = []
    while "run" not in (message := json.loads(lines.readline())):
        received.append(message)  # the thread may just have sent it, before the answer
    time.sleep(2 * FLUSH_SECONDS)
    outbox.send({"next": 1})
    assert json.loads(lines.readline()) == {"next": 1}


def test_the_outbox_forgets_the_points_of_the_run_before(pipe):
    lines, outbox = pipe
    outbox.keep(POINT)
    lines.readline()
    outbox.reset()
    assert outbox.points == []
    outbox.keep(POINT)
    assert len(json.loads(lines.readline())["points"]) == 1


def test_a_point_that_is_no_number_does_not_end_the_streaming(pipe):
    lines, outbox = pipe
    outbox.keep(TracePoint("value", float("nan"), 2.0, 3, 4, 5.0, 6.0))
    time.sleep(2 * FLUSH_SECONDS)
    outbox.keep(POINT)
    assert json.loads(lines.readline())["points"] == [list(astuple(POINT))]


def test_in_a_copy_of_the_process_the_outbox_is_cut_off(pipe, monkeypatch):
    """Such a copy is forked where methods that fork are tested; here it is played."""
    lines, outbox = pipe

    def ends(code):
        raise SystemExit(code)

    monkeypatch.setattr(worker.os, "_exit", ends)
    outbox._owner = -1
    with pytest.raises(SystemExit) as end:
        outbox.send({"run": 1})
    assert end.value.code == 0
    outbox._silence()
    outbox._owner = os.getpid()
    outbox.send({"run": 2})
    assert lines.read() == ""  # the last descriptor that wrote to it is another's


# ------------------------------------------------------------------ the process


def request(what, made, found=None):
    message = {"do": what, "task": made.to_json(), "found": found and vars(found)}
    return json.dumps(message) + "\n"


@pytest.fixture
def child():
    """A worker process, as a pool starts it."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "comparison.running.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    yield process
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        stream.close()


def ask(process, line):
    """Send a request and return the messages up to its answer."""
    process.stdin.write(line)
    process.stdin.flush()
    messages = [json.loads(process.stdout.readline())]
    while "started" in messages[-1] or "points" in messages[-1]:
        messages.append(json.loads(process.stdout.readline()))
    return messages


def test_a_process_serves_one_request_after_another(child):
    halves = [ask(child, request(do, task())) for do in ("problem", "method")]
    assert [[list(message) for message in half] for half in halves] == [[["described"]]] * 2
    found = Preflight(**halves[0][-1]["described"], **halves[1][-1]["described"])
    assert ask(child, request("attempt", task("ip"), found)) == [
        {"started": None},
        {"unsupported": "it has no linear model"},
    ]
    assert list(ask(child, request("method", task("genetik")))[-1]) == ["usage"]
    values = [ask(child, request("run", task(seed=s), found))[-1]["run"]["value"] for s in (0, 1)]
    assert values[0] != values[1]
    again = ask(child, request("run", task(seed=0), found))[-1]["run"]
    assert again["value"] == values[0]
    assert child.poll() is None


def test_what_a_method_prints_goes_to_standard_error(child):
    found = found_by_preflight(user("talks"))
    *_, answer = ask(child, request("run", task(user("talks")), found))
    assert answer["run"]["ended"] == "converged"
    child.stdin.close()
    child.wait(30)
    said = child.stderr.read()
    assert "a method's chatter\n" in said
    assert "a library's banner\n" in said


@pytest.mark.parametrize("busy", [False, True], ids=["idle", "in the middle of a run"])
def test_a_process_ends_with_its_input_and_takes_its_children_along(child, tmp_path, busy):
    if busy:
        method, options = user("hangs_with_a_child"), {"pids": str(tmp_path / "pid")}
        found = found_by_preflight(method)
        child.stdin.write(request("run", task(method, method_options=options), found))
        child.stdin.flush()
        grandchild = noted(tmp_path / "pid")
        assert alive(grandchild)
    else:
        ask(child, request("method", task()))
    child.stdin.close()
    assert child.wait(30) == -signal.SIGKILL
    if busy:
        wait_for(lambda: not alive(grandchild))


def test_main_answers_requests_until_its_input_ends(monkeypatch):
    """The loop of the process, run here; its end is turned into an interrupt."""
    reading, writing = os.pipe()
    lines = os.fdopen(reading)
    outboxes, answers, moved = [], [], []
    found = found_by_preflight("random-search")

    class Kept(Outbox):
        def __init__(self, descriptor):
            super().__init__(descriptor)
            outboxes.append(self)

    class Input:
        def __iter__(self):
            for line in (
                request("problem", task("ip", "knapsack")),
                request("method", task("ip", "knapsack")),
                request("attempt", task("ip", "knapsack"), found),
                request("method", task("genetik")),
                request("run", task("hill-climb", BAD, problem_options=NAN), found),
                request("run", task(), found),
            ):
                yield line
                answer = {"started": None}
                while "started" in answer or "points" in answer:
                    answer = json.loads(lines.readline())
                    answers.append(answer)

    class Requests(queue.Queue):
        """Ends who waits for a request, as the real end does; a signal may come unseen."""

        def get(self):
            if (request := super().get()) is None:
                raise KeyboardInterrupt
            return request

    waiting = Requests()

    def end(group, number):
        assert (group, number) == (0, signal.SIGKILL)
        waiting.put(None)

    def opened(descriptor, *how, **more):
        return Input() if descriptor == "requests" else os.fdopen(descriptor, *how, **more)

    changed = {
        "dup": {0: "requests", 1: writing}.get,
        "dup2": lambda *pair: moved.append(pair),
        "fdopen": opened,
        "killpg": end,
        "open": lambda *_: "nothing",
    }
    monkeypatch.setattr(worker, "os", SimpleNamespace(**{**vars(os), **changed}))
    monkeypatch.setattr(worker, "Outbox", Kept)
    monkeypatch.setattr(worker, "queue", SimpleNamespace(Queue=lambda: waiting))
    with lines:
        with pytest.raises(KeyboardInterrupt):
            worker.main()
        put_away(outboxes[0])
    assert moved == [("nothing", 0), (2, 1)]
    kinds = [next(iter(answer)) for answer in answers if "points" not in answer]
    told = ["described", "described", "started", "unsupported", "usage"]
    assert kinds == [*told, *("started", "started", "run") * 2]
    (spoilt, _) = [answer["run"] for answer in answers if "run" in answer]
    assert spoilt["ended"] == "error"
    assert spoilt["message"].startswith("what it gave cannot be stored: ")
    assert answers[-1]["run"]["ended"] == "budget"
