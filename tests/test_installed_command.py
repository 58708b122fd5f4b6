"""The command as it is installed: what is packaged, called from a folder of another's files."""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.source_files import LAYERS, ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
COMPARISON = (
    *("hill-climb", "best-of-n", "--problem", "sphere", "--budget", "30", "--seeds", "2"),
    *("--jobs", "2", "--format", "json", "--results", "results.sqlite"),
)


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Return a folder that has what pyproject.toml packages, and the script that calls it."""
    folder = tmp_path_factory.mktemp("installed")
    setuptools = PROJECT["tool"]["setuptools"]
    for package in setuptools["packages"]:
        patterns = ["*.py", *setuptools["package-data"].get(package, [])]
        source = ROOT / package.replace(".", "/")
        target = folder / "packages" / package.replace(".", "/")
        target.mkdir(parents=True, exist_ok=True)
        for file in source.iterdir():
            if any(fnmatch(file.name, pattern) for pattern in patterns):
                shutil.copy(file, target)
    for module in setuptools["py-modules"]:
        shutil.copy(ROOT / f"{module}.py", folder / "packages")
    module, function = PROJECT["project"]["scripts"]["beyond-gradient"].split(":")
    # The lines that pip writes. Python puts the folder of a script first on the path.
    (folder / "bin").mkdir()
    (folder / "bin" / "beyond-gradient").write_text(
        f"import sys\nfrom {module} import {function}\nsys.exit({function}())\n"
    )
    return folder


@pytest.fixture
def elsewhere(tmp_path):
    """Return a folder that has modules and packages of the suite's names, none to be imported."""
    for name in LAYERS:
        (tmp_path / f"{name}.py").write_text(f"raise RuntimeError('{name}.py was imported')\n")
    for name in LAYERS[:-1]:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(f"raise RuntimeError('{name}/')\n")
    return tmp_path


def command(installed, *arguments, folder, first_on_the_path=()):
    """Call the installed command, with the libraries that the tests have."""
    # An editable installation of the suite among them comes later on the path.
    path = [*map(str, first_on_the_path), str(installed / "packages")]
    return subprocess.run(
        [sys.executable, str(installed / "bin" / "beyond-gradient"), *map(str, arguments)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path)},
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_the_script_is_the_command_line():
    (script,) = importlib.metadata.EntryPoints(
        importlib.metadata.EntryPoint(name, value, "console_scripts")
        for name, value in PROJECT["project"]["scripts"].items()
    )
    import runner

    assert (script.name, script.load()) == ("beyond-gradient", runner.main)


@pytest.mark.slow
def test_the_installed_command_lists_compares_and_reports(installed, elsewhere):
    listed = command(installed, "list", "sphere", folder=elsewhere)
    assert (listed.returncode, listed.stderr) == (0, "")
    assert "hill-climb" in listed.stdout
    compared = command(installed, *COMPARISON, folder=elsewhere)
    assert (compared.returncode, compared.stderr) == (0, "")
    assert {row["method"] for row in json.loads(compared.stdout)} == {"hill-climb", "best-of-n"}
    reported = command(installed, "report", "results.sqlite", folder=elsewhere)
    assert (reported.returncode, reported.stderr) == (0, "")
    assert (elsewhere / "report.html").stat().st_size > 10_000


@pytest.mark.slow
def test_it_is_the_same_as_the_file_in_the_root(installed, tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    ours = command(installed, *COMPARISON, folder=here)
    theirs = subprocess.run(
        [sys.executable, str(ROOT / "runner.py"), *COMPARISON],
        cwd=there,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert without_times(ours.stdout) == without_times(theirs.stdout)


def without_times(table):
    return [
        {name: value for name, value in row.items() if not name.endswith("_seconds")}
        for row in json.loads(table)
    ]


@pytest.mark.slow
def test_packages_of_the_same_names_on_the_users_path_are_not_taken(installed, elsewhere):
    """``PYTHONPATH=.``, of which the suite's name for its own command is the only loss."""
    (elsewhere / "runner.py").unlink()
    done = command(installed, *COMPARISON, folder=elsewhere, first_on_the_path=[elsewhere])
    assert (done.returncode, done.stderr) == (0, "")
    assert len(json.loads(done.stdout)) == 2


@pytest.mark.slow
def test_the_users_own_method_is_found_where_the_user_stands(installed, elsewhere):
    Path(elsewhere / "mine.py").write_text(
        "def method(oracle, rng):\n    while True:\n        oracle.value(oracle.start(1)[0])\n"
    )
    arguments = ("mine.py:method", "--problem", "sphere", "--budget", "5", "--seeds", "1")
    done = command(installed, *arguments, folder=elsewhere)
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 runs made" in done.stdout
