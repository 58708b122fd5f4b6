"""The list of faults: each still applies to the source, and is no other's."""

from __future__ import annotations

import ast

import pytest

from tests import planted_faults
from tests.faults import FAULTS, Fault
from tests.source_files import ROOT


def test_there_are_thirty_all_over_the_suite():
    assert len(FAULTS) == len({fault.name for fault in FAULTS}) == 30
    packages = [fault.file.partition("/")[0] for fault in FAULTS]
    assert all(packages.count(name) >= 9 for name in ("problems", "methods", "comparison"))


def test_each_can_be_planted_and_is_still_python():
    for fault in FAULTS:
        source = (ROOT / fault.file).read_text(encoding="utf-8")
        wrong = planted_faults.planted(fault, source)
        assert ast.dump(ast.parse(wrong)) != ast.dump(ast.parse(source)), fault.name
        assert (ROOT / fault.tests).is_file(), fault.tests


def test_what_does_not_stand_there_once_is_refused():
    fault = Fault("a test", "a.py", "x", "y", "test_a.py")
    for source, times in (("", 0), ("x x", 2)):
        with pytest.raises(ValueError, match=f"stands there {times} times"):
            planted_faults.planted(fault, source)


@pytest.mark.parametrize(
    ("expected", "verdict"),
    [(1, "caught by test_one"), (2, "MISSED by test_a.py"), ("no", "NOT JUDGED")],
)
def test_a_fault_is_caught_by_a_failing_test_alone(tmp_path, expected, verdict):
    (tmp_path / "a.py").write_text("one = 1\n")
    (tmp_path / "test_a.py").write_text(
        f"import a\nassert 'no' != {expected!r}\ndef test_one():\n    assert a.one == {expected}\n"
    )
    fault = Fault("two for one", "a.py", "= 1", "= 2", "test_a.py")
    assert planted_faults.judged(fault, tmp_path).startswith(verdict)
    assert (tmp_path / "a.py").read_text() == "one = 1\n"


def test_a_test_that_fails_by_itself_catches_nothing(tmp_path):
    (tmp_path / "a.py").write_text("one = 1\n")
    failing = "def test_late():\n    raise AssertionError\n"
    (tmp_path / "test_a.py").write_text(
        f"import a\n{failing}def test_one():\n    assert a.one == 1\n"
    )
    fault = Fault("two for one", "a.py", "= 1", "= 2", "test_a.py")
    assert planted_faults.judged(fault, tmp_path) == "caught by test_one"


def test_without_numbers_all_are_planted_and_a_wrong_one_is_refused(monkeypatch, capsys):
    monkeypatch.setattr(planted_faults, "judged", lambda fault, tree: "caught by chance")
    monkeypatch.setattr(planted_faults.shutil, "copytree", lambda *given, **more: None)
    assert planted_faults.main([]) == 0
    assert f"{len(FAULTS)} faults, 0 not caught" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        planted_faults.main(["31"])
    assert "number 31: expected 1 to 30" in capsys.readouterr().err
