"""Reading a results file imports nothing that it names: not a file, not a built-in's module."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import runner
from comparison.results.store import Store
from tests.comparison.analysis.small import made, step
from tests.survival.comparisons import RESULTS, RUNNER

#: What a process prints of itself after a command: its modules.
TELLING = """
import json, sys, runner
code = runner.main(sys.argv[1:])
print(json.dumps(list(sys.modules)), file=sys.stderr)
sys.exit(code)
"""

COMMANDS = [
    ["report", RESULTS],
    ["report", RESULTS, "--format", "markdown"],
    ["report", RESULTS, "--format", "latex"],
    ["show", "a", RESULTS],
    ["show", "{method}/{problem}", RESULTS],
    ["export", RESULTS, "--format", "csv"],
    ["export", RESULTS, "--format", "iohprofiler"],
]


@pytest.fixture
def trap(tmp_path):
    """A file that leaves a mark when it is imported."""
    path = tmp_path / "trap.py"
    mark = tmp_path / "imported"
    path.write_text(
        f"open({str(mark)!r}, 'w').close()\n"
        "from problems.core.problem import Problem\n"
        "class Mine(Problem):\n    objective = 'run'\n"
        "def search(oracle, rng): pass\n"
    )
    return path, mark


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command[::2]))
@pytest.mark.parametrize("absolute", [False, True], ids=["beside it", "by its whole path"])
def test_a_file_that_it_names_is_not_imported(tmp_path, trap, command, absolute, monkeypatch):
    path, mark = trap
    where = str(path) if absolute else path.name
    method, problem = f"{where}:search", f"{where}:Mine"
    monkeypatch.chdir(tmp_path)
    with Store(RESULTS) as store:
        for key, named in (("a", method), ("b", f"adam+{method}"), ("c", "genetic")):
            store.add(key, "p", made(named, step(1, 1.0), problem=problem, random_value=9.0))
    words = [word.format(method=method, problem=problem) for word in command]
    if command[0] == "show" and "/" in words[1] and absolute:
        with pytest.raises(SystemExit):  # what has more slashes is no name of a run
            runner.main(words)
    else:
        assert runner.main(words) == 0
    assert not mark.exists()


@pytest.mark.parametrize("command", [*COMMANDS[:4], COMMANDS[5]], ids=lambda c: " ".join(c[::2]))
def test_no_module_of_a_method_or_a_problem_is_imported(tmp_path, command):
    with Store(tmp_path / RESULTS) as store:
        store.add("a", "p", made("reinforce", step(1, 1.0), problem="cart-pole"))
        store.add("b", "p", made("torch", step(1, 2.0), problem="next-token-rank"))
    done = subprocess.run(
        [sys.executable, "-c", TELLING, *command],
        cwd=tmp_path,
        env={"PYTHONPATH": str(RUNNER.parent), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    found = set(json.loads(done.stderr.splitlines()[-1]))
    assert "methods.result" in found
    assert not found & {
        *("methods.reinforce", "methods.torch_optimizers", "methods.shared.softmax_policy"),
        *("problems.control.cart_pole", "problems.next_token.rank", "problems.core.environment"),
    }


def test_what_a_page_needs_is_stored_with_the_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(
        "import numpy as np\nfrom problems import Box, Problem\n"
        "class Mine(Problem):\n"
        "    objective = 'metres'\n"
        "    def __init__(self, *, width: float = 2.0, height: float = 3.0):\n"
        "        self.space = Box(-width, width, 2)\n"
        "    def value(self, x):\n        return float(np.sum(x * x))\n"
    )
    made_by = ["hc", "--problem", "mine.py:Mine", "--option", "mine.py:Mine.width=4"]
    limits = ["--budget", "20", "--seeds", "1", "--results", RESULTS]
    assert runner.main([*made_by, *limits]) == 0
    (tmp_path / "mine.py").unlink()
    with Store(RESULTS, readonly=True) as store:
        (run,) = store.runs().values()
    assert run.facts is not None
    assert (run.facts.family, run.facts.objective) == ("local search", "metres")
    assert (run.facts.views, run.facts.one_instance) == ((), True)
    assert (run.facts.method_changes, run.facts.problem_changes) == ((), ("width",))
    capsys.readouterr()
    assert runner.main(["show", "hc/mine.py:Mine", RESULTS]) == 0
    (command,) = (line for line in capsys.readouterr().out.splitlines() if "runner.py" in line)
    assert command.count("--option") == 1
    assert "mine.py:Mine.width=4.0" in command
