"""The README's examples, run as they stand."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, flags=re.DOTALL)
FILES = {
    match.group(1): text
    for language, text in BLOCKS
    if language == "python" and (match := re.match(r"# (\w+\.py)\n", text))
}
COMMANDS = [
    line.partition("#")[0].strip()
    for language, text in BLOCKS
    if language == "sh"
    for line in text.splitlines()
    if "my_" in line and line.startswith("python runner.py")
]


def code_lines(text: str) -> int:
    """Count the lines that are neither blank nor a comment."""
    return sum(bool(line.strip()) and not line.startswith("#") for line in text.splitlines())


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    words = shlex.split(command)[1:]
    return subprocess.run(
        [sys.executable, str(ROOT / words[0]), *words[1:]],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def folder(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_method_takes_10_lines_and_a_problem_15():
    assert code_lines(FILES["my_method.py"]) <= 10
    assert code_lines(FILES["my_problem.py"]) <= 15


def test_there_are_commands_for_both_files():
    assert {word for command in COMMANDS for word in command.split() if "my_" in word} >= {
        "my_method.py:restarts",
        "my_problem.py:Staircase",
    }


@pytest.mark.parametrize(
    "command", [c for c in COMMANDS if not re.search(" check | study |my.txt", c)]
)
def test_a_comparison_of_ones_own_runs(command, folder):
    done = run(f"{command} --budget 200 --seeds 2", folder)
    assert done.returncode == 0, done.stderr
    own = re.search(r"my_\w+\.py:\w+", command).group()
    assert own in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("command", [c for c in COMMANDS if " check " in c])
def test_the_contract_holds_for_ones_own(command, folder):
    done = run(command, folder)
    assert done.returncode == 0, done.stdout
    assert done.stdout.rstrip().endswith(" 0 failed")


def test_a_study_of_ones_own_is_short_and_comes_to_a_verdict(folder):
    assert len(FILES["my_study.py"].splitlines()) <= 60
    command = next(c for c in COMMANDS if " study " in c)
    done = run(f"{command} --quick", folder)
    assert done.returncode == 0, done.stderr
    assert "criterion" in done.stdout


def test_three_lines_of_python_print_a_result(capsys):
    script = next(text for language, text in BLOCKS if language == "python" and "minimize" in text)
    assert code_lines(script) == 3
    exec(compile(script, "README.md", "exec"), {})
    printed = capsys.readouterr().out
    assert "genetic" in printed
    assert re.search(r"value: 0\.\d+", printed)


def test_the_two_commands_name_files_that_exist():
    assert (ROOT / "constraints.txt").exists()
    pins = (ROOT / "constraints.txt").read_text().split()
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", pin) for pin in pins)


def test_the_map_names_what_is_there():
    for path in (
        "runner.py",
        "problems",
        "methods",
        "comparison",
        "studies",
        "benchmarks",
        "tests",
    ):
        assert (ROOT / path).exists()
        assert path in README
