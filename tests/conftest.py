"""What the tests of all commands share, and which tests are quick: `pytest -m quick`."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest

import runner

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
    "studies/instruments",
)
#: What does start one there: solvers, commands, and libraries that ask for the processor's name.
NOT_QUICK = (
    "comparison/export/test_coco.py",
    "comparison/results/test_migration.py",
    "comparison/terminal/test_fault.py",
    "comparison/terminal/test_show.py",
    "methods/shared/test_cbc.py",
    "methods/shared/test_coefficient_tightening.py",
    "methods/shared/test_linear_solve.py",
    "methods/test_addition.py",
    "methods/test_bound_only.py",
    "methods/test_branch_and_bound.py",
    "methods/test_certificates.py",
    "methods/test_integer_programming.py",
    "methods/test_integer_programming_end.py",
    "methods/test_preload.py",
    "methods/test_provenance.py",
    "problems/test_addition.py",
    "problems/test_extras.py",
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

    def refuse(*arguments: object, **named: object) -> NoReturn:
        raise AssertionError("a quick test starts a process: name its file in NOT_QUICK")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subprocess.Popen, "__init__", refuse)
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
