"""What a process does for a request: it describes, tries, and makes a run."""

from __future__ import annotations

import errno
import json
import shutil
import socket
from pathlib import Path

import pytest

from comparison.results.run_json import run_from_json, run_to_json
from comparison.running import memory, problem_cache
from comparison.running.broken_run import broken_run
from comparison.running.cell import Cell, PlannedRun
from comparison.running.child import Child
from comparison.running.describe import Usage, attempt, describe_method, describe_problem
from comparison.running.problem_cache import ProblemCache
from comparison.running.task import request
from comparison.running.worker import perform, serve
from problems import Budget
from problems.core.accident import Accident
from tests.comparison.examples import CORPUS, USER, cell, planned, short, task, user

#: A problem that says what cannot be stored.
BAD, NAN = f"{Path(__file__).with_name('bad_values.py')}:Odd", {"kind": "nan-tokens"}


class Sent:
    """An outbox that keeps what is sent."""

    def __init__(self):
        self.messages, self.kept = [], []

    def send(self, message):
        self.messages.append(json.loads(json.dumps(message, allow_nan=False, default=str)))

    def keep(self, point):
        self.kept.append(point)

    def points(self):
        return self.kept


# ------------------------------------------------------- descriptions and attempts


def described(made):
    return Cell(made, describe_method(made), describe_problem(made, ProblemCache()))


def attempted(made):
    return attempt(described(made), ProblemCache(), Sent())


def test_a_description_resolves_names_and_options():
    found = described(task("ga", "sphere", method_options={"population": "7"}))
    assert str(found) == "genetic on sphere"
    assert found.method.options["population"] == 7
    assert set(found.method.options) > {"population"}
    assert found.problem.options == {"dimension": 10}
    assert found.facts.objective == "squared distance"


def test_an_attempt_says_why_a_cell_is_unsupported():
    sent = Sent()
    assert attempt(cell(task("ip")), ProblemCache(), sent) == "it has no linear model"
    assert attempt(cell(task("rs")), ProblemCache(), sent) == ""
    assert sent.messages == [{"started": None}] * 2


@pytest.mark.parametrize(
    ("method", "problem", "options", "why"),
    [
        ("genetik", "sphere", {}, "unknown method 'genetik'; did you mean 'genetic'?"),
        ("genetic", "spere", {}, "unknown problem 'spere'; did you mean 'sphere'?"),
        ("genetic", "sphere", {"populaton": "5"}, "did you mean 'population'?"),
        ("genetic", "sphere", {"population": "many"}, "expected a whole number"),
        (
            "genetic",
            "sphere",
            {"population": "-5"},
            "genetic.population=-5: expected a whole number >= 2",
        ),
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
    with pytest.raises(Usage) as refusal:
        attempted(task(method, problem, method_options=options))
    assert why in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("method", ["raises", "refuses", "leaves", "uses_global_random"])
def test_an_attempt_leaves_a_method_of_its_own_fault_to_its_runs(method):
    assert attempted(task(user(method))) == ""


@pytest.mark.parametrize("problem", ["Raises", "Nan", "Valueless", "ScoreRaises", "Beaten"])
def test_neither_evaluates_the_problem(problem):
    assert attempted(task("random-search", user(problem))) == ""


def test_a_description_identifies_user_files_and_data():
    built_in, mine = (described(task(m)) for m in ("random-search", user("honest")))
    assert built_in.method.file == ""
    assert len(mine.method.file) == 12
    text, other = (
        described(task("counting", "next-token-table", problem_options={"corpus": c}))
        for c in (CORPUS, f"{CORPUS},seed=1")
    )
    assert text.problem.fingerprint != other.problem.fingerprint


# ------------------------------------------------------------------------ perform


def performed(method, problem="sphere", **changes):
    sent = Sent()
    run = perform(planned(method, problem, **changes), ProblemCache(), sent)
    first, *then = sent.messages
    assert first == {"started": None}  # its clock begins when the problem is built
    assert then in ([], [{"judging": None}])
    return run


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
        ("random-search", user("Nan"), "nan", "evaluations gave no finite number", False),
        ("hill-climb", user("Nothing"), "nan", "evaluations gave no finite number", False),
        ("hill-climb", user("Text"), "nan", "evaluations gave no finite number", False),
        ("random-search", user("WrongShape"), "nan", "evaluations gave no finite number", False),
        ("hill-climb", user("WrongShape"), "nan", "evaluations gave no finite number", False),
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
    hoard = planned(user("hoards"), method_options={"megabytes": "200"})
    run = perform(hoard, ProblemCache(), Sent())
    after = perform(planned(), ProblemCache(), Sent())
    assert (run.ended, after.ended) == ("converged", "budget")
    assert run.memory > 200e6
    assert 1e6 < after.memory < run.memory - 150e6


def test_a_peak_that_cannot_be_told_is_none(monkeypatch):
    monkeypatch.setattr(memory, "forget_peak", lambda: None)
    assert perform(planned(), ProblemCache(), Sent()).memory is None


@pytest.mark.parametrize("which", ["method", "problem"])
def test_a_file_that_is_not_the_one_described_is_not_run(tmp_path, which):
    copy = tmp_path / "mine.py"
    shutil.copy(USER, copy)
    mine = {"method": f"{copy}:honest", "problem": f"{copy}:Fair"}
    made = PlannedRun(described(task(**{which: mine[which]})))
    assert perform(made, ProblemCache(), Sent()).ended in ("converged", "budget")
    copy.write_text(copy.read_text() + "# changed\n")
    run = perform(made, ProblemCache(), Sent())
    assert run.ended == "killed"  # so that the same command makes it, as what it now is
    assert run.message.startswith("mine.py:")
    assert "its file has changed meanwhile" in run.message


def test_a_file_that_is_not_there_for_a_moment_is_no_fault_of_the_run(tmp_path):
    copy = tmp_path / "mine.py"
    shutil.copy(USER, copy)
    made = PlannedRun(described(task(f"{copy}:honest")))
    copy.unlink()
    run = perform(made, ProblemCache(), Sent())
    assert (run.ended, run.message) == ("killed", f"{copy}:honest: its file is not there now")


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENOSPC])
def test_what_the_machine_has_none_of_is_no_fault_of_the_run(monkeypatch, number):
    def fails(*_, **more):
        raise OSError(number, "scarce")

    monkeypatch.setattr(problem_cache, "make", fails)
    with pytest.raises(Accident, match="sphere: OSError"):
        described(task())
    run = perform(planned(), ProblemCache(), Sent())
    assert run.ended == "killed"
    assert "scarce" in run.message


# ---------------------------------------------------------------------------- serving


def served(request):
    """Return what is said while a request is served, in this process."""
    ours, theirs = socket.socketpair()
    child = Child()
    with ours, theirs:
        serve(request, theirs, child.points)
        said = ours.recv(1 << 20)
    child.end()
    return [json.loads(line) for line in said.splitlines()]


def test_each_kind_of_request_is_answered():
    ip = task("ip", "sphere")
    assert [list(m) for m in served(request("describe method", ip))] == [["described"]]
    cells = [cell(each).to_json() for each in (ip, task(user("lacks_a_library")), task("rs"))]
    *started, answer = served(request("try", ip, cells=cells))
    assert started == [{"started": None}] * 3
    assert [list(each) for each in answer["tried"]] == [
        ["unsupported"],
        ["usage"],
        ["unsupported"],
    ]
    assert answer["tried"][0]["unsupported"] == "it has no linear model"
    assert list(served(request("describe method", task("genetik")))[0]) == ["usage"]
    assert served(request("random value", task()))[0] == {"started": None}
    *before, answer = served(planned().request())
    assert before == [{"started": None}, {"judging": None}]
    assert answer["run"]["ended"] == "budget"


def test_a_run_that_cannot_be_sent_says_why():
    *_, answer = served(planned("hill-climb", BAD, problem_options=NAN).request())
    assert answer["run"]["ended"] == "error"
    assert answer["run"]["message"].startswith("what it gave cannot be stored: ")


@pytest.mark.parametrize("method", ["draws_from_random", "draws_from_numpy"])
def test_a_method_that_draws_from_a_global_generator_hears_its_seed(method):
    values = [performed(user(method), seed=seed).value for seed in (0, 1, 0)]
    assert values[0] == values[2] != values[1]


def test_an_interruption_that_a_method_raises_keeps_its_run(tmp_path):
    """Nobody types Ctrl-C in the process of a run."""
    (tmp_path / "mine.py").write_text(
        "def interrupts(oracle, rng):\n"
        "    oracle.value(oracle.space.sample(rng, 1)[0])\n"
        "    raise KeyboardInterrupt\n"
    )
    made = PlannedRun(described(task(f"{tmp_path / 'mine.py'}:interrupts", "sphere")))
    run = perform(made, ProblemCache(), Sent())
    assert (run.ended, run.message) == ("error", "KeyboardInterrupt: ")
    assert run.x is not None
    assert run.value == run.score == run.trace[-1].value
    assert (run.ledger.work, run.ledger.values) == (1, 1)


def test_a_problem_that_describes_itself_by_numpys_numbers_and_at_length(tmp_path):
    (tmp_path / "mine.py").write_text(
        "import numpy as np\n"
        "from problems import Box, Problem\n"
        "class Long(Problem):\n"
        "    space = Box(-1, 1, 2)\n"
        "    one_instance = np.bool_(True)\n"
        "    objective = 'o' * 5_000\n"
        "    title = 't' * 2_000_000\n"
        "    def value(self, x):\n"
        "        return float(x @ x)\n"
    )
    made = PlannedRun(described(task("random-search", f"{tmp_path / 'mine.py'}:Long")))
    problem = made.cell.problem
    assert made.cell.facts.one_instance is True
    assert (len(made.cell.facts.objective), len(problem.title)) == (2_000, 100_000)
    run = made.identify(perform(made, ProblemCache(), Sent()))
    assert run_from_json(json.loads(json.dumps(run_to_json(run)))).title == problem.title


def test_a_long_message_is_cut_where_the_run_is_made():
    run = broken_run(planned(), "error", "m" * 10**7)
    assert (len(run.message), run.message[-1]) == (2_000, "…")
