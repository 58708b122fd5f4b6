"""The examples of docs/scripts.md, each run as it stands, in a process of its own."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parent.parent / "docs" / "scripts.md"
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
EXTRAS = {"torch", "optuna"}


def of(example: str) -> str:
    """Name an example after the libraries and the problem that it uses."""
    libraries = re.findall(r"^(?:import|from) (\w+)", example, flags=re.M)
    named = [name for name in libraries if name not in ("numpy", "problems", "random", "methods")]
    problem = re.search(r'make\("([\w-]+)"', example)
    return "-".join([*dict.fromkeys(named), problem.group(1) if problem else "function"])


def test_the_page_shows_every_library():
    assert {"scipy", "deap", "cma", "optuna", "torch"} <= {
        name for example in EXAMPLES for name in of(example).split("-")
    }


@pytest.mark.parametrize("example", EXAMPLES, ids=of)
def test_an_example_runs(example, tmp_path):
    for name in EXTRAS & set(of(example).split("-")):
        pytest.importorskip(name, exc_type=ImportError)
    assert "assert " in example
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", example],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_problems_needs_numpy_only():
    code = (
        "import sys, problems; problems.make('sphere').value([0.0] * 10);"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "numpy" in loaded
    assert not set(loaded) & {"scipy", "deap", "gymnasium", "pulp", "highspy", "torch", "methods"}
