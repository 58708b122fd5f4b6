"""The examples of docs/exports.md, run as they stand, one after another in one folder."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from comparison.analysis.columns import COLUMNS
from comparison.export.tidy import POINT_KINDS
from comparison.results.columns import RUN_COLUMNS

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "exports.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^python runner.py .*$", PAGE, flags=re.M)
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
LIBRARIES = ("comparison", "pandas", "iohinspector", "cocopp")


def library(example: str) -> str:
    return re.search(r"^import (\w+)", example, flags=re.M).group(1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    pytest.importorskip("ioh")
    pytest.importorskip("pyarrow")
    folder = tmp_path_factory.mktemp("exports")
    for command in COMMANDS:
        words = [str(ROOT / "runner.py"), *shlex.split(command)[2:]]
        done = subprocess.run(
            [sys.executable, *words], cwd=folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    return folder


def test_there_is_an_example_of_every_reader():
    assert tuple(map(library, EXAMPLES)) == LIBRARIES
    assert len(COMMANDS) == 5


@pytest.mark.parametrize("example", EXAMPLES, ids=library)
def test_an_example_runs(example, folder):
    for name in ("pandas", library(example)):
        pytest.importorskip(name, exc_type=ImportError)
    assert "assert " in example
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", example],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_the_page_explains_every_column():
    explained = set(re.findall(r"`(\w+)`", PAGE))
    assert explained >= {*RUN_COLUMNS, *POINT_KINDS}
    assert explained >= {column.name for column in COLUMNS if column.data}
