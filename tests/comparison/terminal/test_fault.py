"""An unexpected error in one line: whose line raised it."""

from __future__ import annotations

import json

from comparison.terminal.fault import describe_fault
from methods.shared.best_of_n_curve import best_of_n_curve


def raised(call):
    try:
        call()
    except ValueError as error:
        return error.with_traceback(error.__traceback__.tb_next)  # without this file


def test_it_names_the_line_of_the_suite():
    said = describe_fault(raised(lambda: best_of_n_curve([[1.0]])))
    assert said.startswith("a fault of the suite, not of the command: ValueError: ")
    assert "(methods/shared/best_of_n_curve.py, line " in said
    assert "\n" not in said


def test_what_a_library_raises_is_told_of_its_caller(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text("import json\n\n\ndef load():\n    return json.loads('{')\n")
    names = {}
    exec(compile(file.read_text(), str(file), "exec"), names)
    said = describe_fault(raised(names["load"]))
    assert said.startswith(f"a fault of {file}, line 5, not of the command: JSONDecodeError: ")


def test_an_error_that_was_never_raised_has_no_line():
    error = json.JSONDecodeError("no", "", 0)
    assert describe_fault(error).startswith("a fault of the suite, not of the command: JSOND")
