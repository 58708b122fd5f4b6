"""The command line as a process: its streams, its folder, its help, and how it ends."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys

import pytest

from comparison.running.suites import SUITES, Suite
from methods import METHODS
from problems import PROBLEMS
from tests.command_line import RESULTS, RUNNER, SMALL, command, counts, stored_runs
from tests.comparison.examples import USER, alive, noted, short, user, wait_for


def test_work_is_repriced_in_the_table_and_nothing_is_run_again(call):
    arguments = ("adam", "--problem", "sphere", *SMALL)
    code, out, _ = call(*arguments, "--format", "json")
    price = ("--gradient-price", "1")
    code, repriced, err = call(*arguments, "--format", "json", *price)
    assert (code, err) == (0, "")
    before, after = json.loads(out)[0], json.loads(repriced)[0]
    assert after["work"] == before["work"] - 2 * before["gradients"]
    notes = call(*arguments, *price)[1]
    assert "\n0 runs made" in notes
    assert "a gradient is 1." in notes
    assert "budget spent, at 3 a gradient" in notes


def test_a_suite_has_defaults_that_arguments_overrule(call, monkeypatch):
    small = Suite(("random-search", "counting"), ("sphere", "onemax"), {"seeds": 2, "budget": 9.0})
    monkeypatch.setitem(SUITES, "small", small)
    rows = json.loads(call("--suite", "small", "--format", "json", "--results", RESULTS)[1])
    assert {(row["method"], row["problem"]) for row in rows} == {
        (method, problem) for method in small.methods for problem in small.problems
    }
    ran = [row for row in rows if row["method"] == "random-search"]
    assert {(row["seeds"], row["work"]) for row in ran} == {(2, 9)}
    more = ("--suite", "small", "--problem", "sphere", "--seeds", "3", "--results", RESULTS)
    rows = json.loads(call(*more, "--format", "json")[1])
    assert {(row["problem"], row["seeds"]) for row in rows if row["work"]} == {("sphere", 3)}


def test_nothing_but_the_results_file_is_left_in_the_folder(tmp_path):
    done = command("rs", "--problem", "sphere", *SMALL, folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert [path.name for path in tmp_path.iterdir()] == [RESULTS]


def test_results_are_kept_in_the_working_folder_by_default(tmp_path):
    done = command("rs", "--problem", "sphere", "--budget", "9", "--seeds", "1", folder=tmp_path)
    assert "1 runs made, 0 found in comparison.sqlite." in done.stdout
    assert set(stored_runs(tmp_path / "comparison.sqlite")) == {("random-search", "sphere")}


def test_files_of_the_user_do_not_shadow_ours(tmp_path):
    for name in ("problems", "methods", "comparison", "json"):
        (tmp_path / f"{name}.py").write_text("raise RuntimeError('shadowed')\n")
    shutil.copy(USER, tmp_path / "mine.py")
    done = command("mine.py:honest", "--problem", "mine.py:Fair", *SMALL, folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_packages_that_are_not_ours_are_refused(call, monkeypatch):
    import methods

    monkeypatch.setattr(methods, "__file__", "/elsewhere/methods/__init__.py")
    code, out, err = call("list")
    assert (code, out) == (2, "")
    assert "the package 'methods' was imported from /elsewhere, not from" in err


def test_help_shows_usage_options_and_examples(tmp_path):
    done = command("--help", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    for said in ("usage:", "runner.py list", "runner.py check", "examples:", "Exit code"):
        assert said in done.stdout
    options = (
        "problem corpus option budget seconds target seeds instances jobs timeout memory cluster "
        "results format"
    )
    for option in options.split():
        assert re.search(rf"^ +--{option}\b", done.stdout, re.M)
    assert all(len(line) <= 100 for line in done.stdout.splitlines())
    assert list(tmp_path.iterdir()) == []


def test_list_writes_no_file(call, tmp_path):
    code, _, err = call("list")
    assert (code, err) == (0, "")
    assert list(tmp_path.iterdir()) == []


def test_list_shows_every_method_on_every_problem_with_reasons(tmp_path):
    done = command("list", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    for name in (*METHODS.names(), *PROBLEMS.names()):
        assert re.search(rf"(?<![\w-]){name}(?![\w-])", done.stdout)
    for word in ("native", "encoded", "no (1)", "no (2)"):
        assert word in done.stdout
    numbers = set(re.findall(r"no \((\d+)\)", done.stdout))
    reasons = re.findall(r"^\((\d+)\) \w+", done.stdout, re.M)
    assert sorted(numbers) == sorted(reasons)


@pytest.mark.parametrize("command", ["list", "check", "report", "show", "export", "study"])
def test_each_command_explains_itself(call, command):
    code, out, err = call(command, "--help")
    assert (code, err) == (0, "")
    assert out.startswith(f"usage: runner.py {command}")


def test_check_reports_and_ends_with_0_or_1(call):
    code, out, err = call("check", "counting")  # which takes one problem only
    assert (code, err) == (0, "")
    assert re.search(r"^\d+ checks, 0 failed$", out, re.M)
    code, out, err = call("check", user("Disagrees"))
    assert (code, err) == (1, "")
    assert "values_agree: values() differs from value()" in out


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ([], "the following arguments are required: NAME"),
        (["ga", "adam"], "unrecognized arguments: adam"),
        (["genetik"], "did you mean 'genetic'?"),
        (["sphre"], "did you mean 'sphere'?"),
        (["nowhere.py:mine"], "there is no file nowhere.py"),
        ([user("not_callable")], "neither a method (a function) nor a Problem class"),
        ([user("honist")], "did you mean 'honest'?"),
    ],
    ids=short,
)
def test_check_refuses_what_cannot_be_checked(refused, arguments, why):
    refused("check", *arguments, why=why)


@pytest.mark.parametrize(
    "arguments", [["list"], ["rs", "--problem", "sphere", *SMALL], ["--help"]], ids=short
)
def test_a_reader_that_goes_away_is_no_error(tmp_path, arguments):
    """As in ``runner.py | head``."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = command(
            *arguments,
            folder=tmp_path,
            capture_output=False,
            stdout=writing,
            stderr=subprocess.PIPE,
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def terminal_output(master):
    said = b""
    while True:
        try:
            chunk = os.read(master, 1 << 16)
        except OSError:  # how Linux says that the last writer is gone
            return said.decode()
        if not chunk:
            return said.decode()
        said += chunk


@pytest.mark.parametrize("which", ["stdout", "stderr"])
def test_a_terminal_gets_a_progress_bar_on_stderr_and_a_table_of_its_width(tmp_path, which):
    master, slave = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80"}
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, which: slave}
    process = subprocess.Popen(
        [sys.executable, str(RUNNER), "ga", "adam", "--problem", "knapsack", *SMALL],
        cwd=tmp_path,
        env=environment,
        text=True,
        **streams,
    )
    os.close(slave)
    shown = terminal_output(master)
    os.close(master)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0
    if which == "stderr":
        assert "4/4" in shown
        assert "genetic" in out
        assert "\x1b" not in out
    else:
        plain = re.sub(r"\x1b\[[\d;]*m", "", shown)
        assert all(len(line) <= 80 for line in plain.splitlines())
        assert "no room for family" in plain
        assert err == ""


def test_control_c_ends_with_130_in_one_line_and_keeps_what_is_done(tmp_path):
    pid = tmp_path / "pid"
    process = subprocess.Popen(
        [
            *(sys.executable, str(RUNNER), "rs", user("sleeps"), "--problem", "sphere", *SMALL),
            *("--option", f"{user('sleeps')}.pids={pid}", "--seconds", "100"),
        ],
        cwd=tmp_path,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    worker = noted(pid)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert err.strip() == "runner.py: interrupted; the same command goes on from here"
    wait_for(lambda: not alive(worker))
    assert list(stored_runs(tmp_path / RESULTS)) == [("random-search", "sphere")]
    again = command("rs", "--problem", "sphere", *SMALL, "--seconds", "100", folder=tmp_path)
    assert counts(again.stdout) == (0, 2)
