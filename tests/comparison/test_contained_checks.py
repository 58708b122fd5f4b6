"""`check` is contained: what ends its process, hangs or fills the memory is told, no more."""

from __future__ import annotations

import io
import re
import textwrap

import pytest
from rich.console import Console

from comparison.contract import examination, examine, print_report
from comparison.running import memory
from problems import PROBLEMS
from tests.comparison.examples import alive, noted, user

DIED = "its process died"
LATE = "gave no answer within 2 s, and was killed"


@pytest.fixture
def on(monkeypatch):
    """Let methods be checked on some problems only."""

    def set_problems(*names):
        monkeypatch.setattr(PROBLEMS, "names", lambda: list(names))

    return set_problems


@pytest.fixture
def impatient(monkeypatch):
    """Let a check take two seconds."""
    monkeypatch.setattr(examination, "CHECK_SECONDS", 2.0)


@pytest.fixture
def written(tmp_path):
    """Write a user's file of this source; return the name of its ``thing``."""

    def write(source, thing="thing"):
        file = tmp_path / "mine.py"
        file.write_text(textwrap.dedent(source))
        return f"{file}:{thing}"

    return write


def found(name):
    return [(finding.subject, finding.check, finding.fault) for finding in examine(name)]


def report(name):
    screen = io.StringIO()
    code = print_report(Console(file=screen, width=1000, highlight=False), name)
    return code, screen.getvalue()


def test_a_method_that_ends_its_process_as_if_all_were_well_fails_on_every_problem(on, written):
    on("sphere", "onemax")
    name = written(
        """
        import os

        def thing(oracle, rng):
            oracle.value(oracle.start(1)[0])
            os._exit(0)
        """
    )
    assert found(name) == [
        (f"{name} on {problem}", "same_seed_same_trace", DIED) for problem in ("sphere", "onemax")
    ]
    code, text = report(name)
    assert code == 1
    assert text.endswith("2 checks, 2 failed\n")


def test_what_was_found_before_a_process_died_is_kept(on, written):
    on("sphere")
    name = written(
        """
        import itertools, os

        calls = itertools.count(1)

        def thing(oracle, rng):
            if next(calls) == 8:  # it was tried once, by the first check twice, by the next 4 times
                os._exit(0)
            for x in oracle.start(1000):
                oracle.value(x)
        """
    )
    assert [(check, fault) for _, check, fault in found(name)] == [
        ("same_seed_same_trace", ""),
        ("never_over_budget", ""),
        ("never_over_time", DIED),
    ]


@pytest.mark.parametrize(
    "where", ["when its file is imported", "when it is built", "at an evaluation"]
)
def test_a_problem_that_ends_its_process_is_told_once(where, written):
    ends = "__import__('os')._exit(0)"
    name = written(
        f"""
        from problems import Box, Problem

        if {where == "when its file is imported"}:
            {ends}

        class thing(Problem):
            def __init__(self):
                self.space = Box(0, 1, 2)
                if {where == "when it is built"}:
                    {ends}

            def value(self, x):
                {ends}
        """
    )
    findings = {
        "when its file is imported": [(name, "can_be_loaded", DIED)],
        "when it is built": [(name, "can_be_built", DIED)],
        "at an evaluation": [(name, "can_be_built", ""), (name, "is_deterministic", DIED)],
    }
    assert found(name) == findings[where]


def test_a_problem_that_cannot_be_built_says_so_once():
    name = user("RaisesInConstructor")
    assert found(name) == [(name, "can_be_built", "RuntimeError: no such data")]
    code, text = report(name)
    assert code == 1
    assert text.endswith("\nNothing else is tried before that is mended.\n1 checks, 1 failed\n")


@pytest.mark.parametrize("thing", ["Raises", "Nan", "Disagrees"])
def test_no_method_is_tried_on_values_that_do_not_hold(thing):
    name = user(thing)
    assert {subject for subject, *_ in found(name)} == {name}


def test_an_objective_that_is_not_deterministic_is_told_as_such_and_nothing_else():
    name = user("Noisy")
    built, (subject, check, fault) = found(name)
    assert built == (name, "can_be_built", "")
    assert (subject, check) == (name, "is_deterministic")
    said = r"the objective is not deterministic: the same point gave \d[^ ]*, then \d[^ ]*; seed it"
    assert re.fullmatch(said, fault)


def test_an_instance_that_differs_between_processes_is_told(written, monkeypatch):
    """Such as one that is drawn by Python's hash of a text."""
    monkeypatch.delenv("PYTHONHASHSEED", raising=False)
    name = written(
        """
        from problems import Box, Problem

        class thing(Problem):
            space: Box = Box(0, 1, 2)

            def value(self, x):
                return float(hash("a text"))
        """
    )
    *passed, (subject, check, fault) = found(name)
    assert {(subject, fault) for subject, _, fault in passed} == {(name, "")}
    assert (subject, check) == (name, "is_deterministic")
    assert "in another process; seed it, and not by hash()" in fault


@pytest.mark.usefixtures("impatient")
def test_a_problem_that_hangs_is_given_up():
    name = user("HangsInConstructor")
    assert found(name) == [(name, "can_be_built", LATE)]


@pytest.mark.usefixtures("impatient")
def test_a_method_that_hangs_on_every_problem_is_not_tried_on_all(on):
    on("sphere", "onemax", "knapsack", "rastrigin", "max-cut")
    name = user("hangs")
    *late, last = found(name)
    assert late == [
        (f"{name} on {problem}", "same_seed_same_trace", LATE)
        for problem in ("sphere", "onemax", "knapsack")
    ]
    assert last == (name, "is_supported", "late 3 times in a row: no others are tried")


def test_a_method_that_fills_the_memory_is_killed(on, monkeypatch):
    on("sphere")
    monkeypatch.setattr(memory, "share", lambda jobs: 4e8)
    name = user("allocates")
    why = "held more than 0.4 GB of memory, and was killed"
    assert found(name) == [(f"{name} on sphere", "same_seed_same_trace", why)]


def test_a_method_that_writes_into_its_channel_is_told_so(on):
    on("sphere")
    name = user("writes_into_every_file")
    why = "wrote into the channel of its own process, and was killed"
    assert found(name) == [(f"{name} on sphere", "same_seed_same_trace", why)]


@pytest.mark.parametrize(
    "forged", ['{"checked": 7}', '{"finding": 7}\\n{"finding": {"check": 1}}\\n{"checked": [7]}']
)
def test_an_answer_that_a_method_forges_passes_nothing(on, written, forged):
    on("sphere")
    name = written(
        f"""
        import contextlib, os

        def thing(oracle, rng):
            oracle.value(oracle.start(1)[0])
            for number in range(3, 20):
                with contextlib.suppress(OSError):
                    os.write(number, b'{forged}\\n')
            os._exit(0)
        """
    )
    assert found(name) == [
        (
            f"{name} on sphere",
            "same_seed_same_trace",
            "its process gave an answer that says nothing",
        )
    ]


def test_what_a_method_starts_does_not_outlive_its_checks(on, written, tmp_path):
    on("sphere")
    pid = tmp_path / "pid"
    name = written(
        f"""
        import os, subprocess

        def thing(oracle, rng):
            for x in oracle.start(1000):
                oracle.value(x)
                if not os.path.exists({str(pid)!r}):
                    child = subprocess.Popen(["sleep", "1000"], start_new_session=True)
                    with open({str(pid)!r}, "w") as file:
                        file.write(str(child.pid))
        """
    )
    assert not [fault for *_, fault in found(name) if fault]
    assert not alive(noted(pid))


def test_an_interrupt_that_a_method_raises_is_its_own(on, written):
    on("sphere")
    name = written(
        """
        def thing(oracle, rng):
            oracle.value(oracle.start(1)[0])
            raise KeyboardInterrupt("its own")
        """
    )
    code, text = report(name)
    assert code == 1
    assert "same_seed_same_trace: KeyboardInterrupt: its own" in text
