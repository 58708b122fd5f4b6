"""The command line with a standard output that lacks characters, is full, or is closed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import runner

RUNNER = str(Path(runner.__file__))
RESULTS = "runs.sqlite"
COMPARISON = (
    "random-search", "genetic", "--problem", "sphere", "--budget", "30", "--seeds", "2",
    "--results", RESULTS,
)  # fmt: skip
COMMANDS = {
    "list": ["list"],
    "check": ["check", "counting"],  # which takes one problem only
    "table": [*COMPARISON],
    "json": [*COMPARISON, "--format", "json"],
    "csv": [*COMPARISON, "--format", "csv"],
    "markdown": [*COMPARISON, "--format", "markdown"],
    "latex": [*COMPARISON, "--format", "latex"],
    "report": ["report", RESULTS, "--format", "markdown"],
    "page": ["report", RESULTS, "--output", "page.html"],
    "show": ["show", "genetic/sphere/0/0", RESULTS],
    "study": ["study"],
    "help": ["--help"],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the results of a small comparison."""
    folder = tmp_path_factory.mktemp("output")
    run(*COMPARISON, folder=folder, stdout=subprocess.PIPE, check=True)
    return folder


def run(*arguments, folder, encoding=None, flags=(), **more):
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONIOENCODING"}
    if encoding is not None:
        environment["PYTHONIOENCODING"] = encoding
    return subprocess.run(
        [sys.executable, *flags, RUNNER, *arguments],
        cwd=folder,
        env=environment,
        timeout=120,
        **{"stderr": subprocess.PIPE, **more},
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_an_output_in_ascii_shows_what_can_be_shown(name, folder):
    done = run(*COMMANDS[name], folder=folder, encoding="ascii", stdout=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode("ascii")


def test_the_columns_of_a_table_are_aligned_in_ascii(folder):
    done = run(*COMPARISON, folder=folder, encoding="ascii", stdout=subprocess.PIPE)
    lines = done.stdout.decode("ascii").splitlines()
    head = next(line for line in lines if line.startswith("method"))
    row = next(line for line in lines if line.startswith("genetic"))
    assert " ... " in row
    assert [i for i, c in enumerate(head) if c == "|"] == [i for i, c in enumerate(row) if c == "|"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("name", [*COMMANDS, "export"])
def test_a_full_output_is_one_line_and_exit_1(name, folder, tmp_path):
    export = ["export", str(folder / RESULTS), "--format", "csv", "--to", str(tmp_path / "data")]
    arguments = COMMANDS.get(name, export)
    with open("/dev/full", "w") as full:
        done = run(*arguments, folder=folder, stdout=full)
    assert done.returncode == 1
    assert done.stderr == b"runner.py: standard output: No space left on device\n"


@pytest.mark.parametrize("name", ["list", "table", "help"])
def test_a_closed_output_is_one_line_and_exit_1_before_any_run(name, folder):
    done = run(*COMMANDS[name], folder=folder, preexec_fn=lambda: os.close(1))
    assert (done.returncode, done.stderr) == (1, b"runner.py: standard output: it is closed\n")


@pytest.mark.parametrize("name", COMMANDS)
def test_a_reader_that_has_gone_is_no_fault(name, folder):
    read, write = os.pipe()
    os.close(read)
    with open(write, "w") as pipe:
        done = run(*COMMANDS[name], folder=folder, stdout=pipe)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_standard_error_that_is_closed_or_full_changes_no_exit_code(folder):
    closed = run("genetik", folder=folder, stderr=None, preexec_fn=lambda: os.close(2))
    assert closed.returncode == 2
    if Path("/dev/full").exists():
        with open("/dev/full", "w") as full:
            assert run("genetik", folder=folder, stderr=full).returncode == 2
            done = run(*COMPARISON, folder=folder, stderr=full, stdout=subprocess.PIPE)
            assert done.returncode == 0
            assert b"genetic" in done.stdout


def test_a_results_file_is_never_given_the_number_of_standard_output(folder, tmp_path):
    """The table would be written into it by whatever prints to descriptor 1 or 2."""
    results = tmp_path / "fresh.sqlite"
    more = {"stdout": subprocess.PIPE, "stderr": None, "preexec_fn": lambda: os.close(2)}
    done = run(*COMPARISON, "--results", str(results), folder=folder, **more)
    assert done.returncode == 0
    again = run(*COMPARISON, "--results", str(results), folder=folder, stdout=subprocess.PIPE)
    assert (again.returncode, again.stderr) == (0, b"")
    assert b"0 runs made, 4 found" in again.stdout


def test_an_error_that_nobody_expected_is_one_line_and_exit_1(call, monkeypatch):
    def broken(names):
        raise ValueError("something\nwithin")

    monkeypatch.setattr(runner, "list_names", broken)
    code, out, err = call("list")
    assert (code, out) == (1, "")
    assert err.startswith("runner.py: a fault of ")
    assert "not of the command: ValueError: something within" in err
    assert err.count("\n") == 1
