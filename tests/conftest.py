"""What the tests of all commands share, and which tests are quick: `pytest -m quick`."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any, NoReturn

import pytest

import runner
from tests.command_line import RESULTS, SMALL, parsed, stored_runs

ROOT = Path(__file__).resolve().parent.parent

#: Folders of unit tests, and of the sources whose examples are tests: they start no process.
QUICK = (
    "problems",
    "methods",
    "comparison/statistics",
    "comparison/analysis",
    "comparison/results",
    "comparison/export",
    "comparison/terminal",
    "studies/measurements",
)
#: What does start one there: solvers, commands, and libraries that ask for the processor's name.
NOT_QUICK = (
    "comparison/export/test_coco.py",
    "comparison/terminal/test_fault.py",
    "comparison/terminal/test_show.py",
    "methods/shared/test_cbc.py",
    "methods/shared/test_coefficient_tightening.py",
    "methods/shared/test_linear_solve.py",
    "methods/shared/test_pulp_process.py",
    "methods/shared/test_pulp_solvers.py",
    "methods/test_addition.py",
    "methods/test_bound_only.py",
    "methods/test_branch_and_bound.py",
    "methods/test_certificates.py",
    "methods/test_integer_programming.py",
    "methods/test_integer_programming_end.py",
    "methods/test_preload.py",
    "methods/test_provenance.py",
    "methods/test_random_programs.py",
    "problems/test_addition.py",
    "problems/pretrained/test_rounding_proofs.py",
    "problems/test_extras.py",
    "studies/measurements/test_shocked_training.py",
)


def is_quick(item: pytest.Item) -> bool:
    """Whether a test is one of a quick folder that is neither slow nor of the matrix."""
    if not item.path.is_relative_to(ROOT):
        return False
    path = item.path.relative_to(ROOT).as_posix().removeprefix("tests/")
    marked = item.get_closest_marker("slow") or item.get_closest_marker("matrix")
    return not marked and path.startswith(tuple(f"{q}/" for q in QUICK)) and path not in NOT_QUICK


@pytest.hookimpl(tryfirst=True)  # before pytest chooses by marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is quick."""
    for item in items:
        if is_quick(item):
            item.add_marker("quick")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> object:
    """Let a quick test start no process."""
    if not item.get_closest_marker("quick"):
        return (yield)

    start = subprocess.Popen.__init__

    def refuse(*arguments: object, **named: object) -> NoReturn:
        raise AssertionError("a quick test starts a process: name its file in NOT_QUICK")

    def refuse_all_but_fonts(popen: Any, command: Any, *rest: Any, **named: Any) -> None:
        # pycma imports matplotlib, which lists the machine's fonts the first time it is imported.
        (start if command[0] == "fc-list" else refuse)(popen, command, *rest, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subprocess.Popen, "__init__", refuse_all_but_fonts)
        patch.setattr(os, "fork", refuse)
        return (yield)


@pytest.fixture
def call(capfd, tmp_path, monkeypatch):
    """Run the command line in this process, in a folder of its own, its workers in theirs."""
    monkeypatch.chdir(tmp_path)

    def called(*arguments):
        capfd.readouterr()
        try:
            code = runner.main([*map(str, arguments)])
        except SystemExit as end:
            code = end.code
        return code, *capfd.readouterr()

    return called


@pytest.fixture
def table(call):
    """Run a small comparison that must succeed and return its rows."""

    def called(*arguments):
        code, out, err = call(*arguments, *SMALL, "--format", "json")
        assert (code, err) == (0, "")
        return parsed(out)

    return called


@pytest.fixture
def refused(call, tmp_path):
    """Check that a command is refused in one line and that nothing is run."""

    def check(*arguments, why, results=tmp_path / RESULTS):
        code, out, err = call(*arguments)
        assert code == 2
        assert out == ""
        assert err.startswith("runner.py: ")
        assert err.endswith("\n")
        assert err.count("\n") == 1, err
        assert why in err
        assert not results or stored_runs(results) == {}

    return check
