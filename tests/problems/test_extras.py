"""A problem whose extra is not installed: refused by name, left out of groups."""

from __future__ import annotations

import sys

import pytest

import problems
import runner
from comparison.contract import examine
from problems import PROBLEMS, Entry
from problems.naming.extra import MissingExtra
from problems.naming.registry import Registry

NAME = "next-token-transformer"
ADVICE = f"{NAME} needs torch: pip install -e '.[torch]'"


@pytest.fixture
def no_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)


@pytest.mark.usefixtures("no_torch")
def test_building_it_is_an_import_error_that_names_the_extra() -> None:
    with pytest.raises(ImportError) as error:
        problems.make(NAME)
    assert str(error.value) == ADVICE
    cls = PROBLEMS.entry(NAME).load()  # its module imports without torch
    with pytest.raises(ImportError, match="needs torch"):
        cls()


@pytest.mark.usefixtures("no_torch")
def test_groups_leave_it_out() -> None:
    assert NAME not in [entry.name for entry in PROBLEMS.expand(["all"])]
    left_out = [entry.name for entry in PROBLEMS.left_out(["all", "ladder", "knapsack"])]
    assert left_out == [name for name in PROBLEMS.names() if PROBLEMS.entry(name).missing]
    assert NAME in left_out


@pytest.mark.usefixtures("no_torch")
def test_a_group_of_which_nothing_is_installed_is_refused() -> None:
    lonely = Registry("problem", [Entry("one", "x:y", groups=("few",), extra="torch")])
    with pytest.raises(MissingExtra, match="one needs torch"):
        lonely.expand(["few"])


@pytest.mark.usefixtures("no_torch")
@pytest.mark.parametrize("arguments", [["--problem", NAME], ["check", NAME]])
def test_the_command_line_says_what_to_type(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        runner.main(arguments)
    assert stop.value.code == 2
    assert capsys.readouterr().err == f"runner.py: {ADVICE}\n"


@pytest.mark.usefixtures("no_torch")
def test_list_shows_it_and_what_it_needs(capsys: pytest.CaptureFixture[str]) -> None:
    assert runner.main(["list"]) == 0
    assert f"not installed: {ADVICE}" in capsys.readouterr().out


@pytest.mark.usefixtures("no_torch")
def test_the_contract_of_a_method_leaves_it_out() -> None:
    assert not any(NAME in finding.subject for finding in examine("counting"))


def test_what_is_installed_misses_nothing() -> None:
    assert Entry("some", "x:y", extra="numpy").missing == ""
    assert Entry("some", "x:y").missing == ""
