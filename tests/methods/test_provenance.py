"""Where a run was made: what is known is told, what is not is left out."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from methods import provenance

CPU_INFO = "processor\t: 0\nmodel name\t: A Processor: 3 GHz\nprocessor\t: 1\nmodel name\t: Other\n"


@pytest.fixture(autouse=True)
def fresh():
    """Nothing that another test has found."""
    for function in (provenance.versions, provenance.machine):
        function.cache_clear()
    yield
    for function in (provenance.versions, provenance.machine):
        function.cache_clear()


def test_versions_are_those_of_the_installed_packages():
    found = provenance.versions()
    assert found["python"] == platform.python_version()
    assert found["numpy"] == version("numpy")
    assert found["beyond-gradient"] == version("beyond-gradient")
    assert set(found) <= {"python", *provenance.PACKAGES}


def test_a_package_that_is_not_installed_is_left_out(monkeypatch):
    def missing(package):
        if package == "torch":
            raise PackageNotFoundError(package)
        return "1.0"

    monkeypatch.setattr("importlib.metadata.version", missing)
    found = provenance.versions()
    assert "torch" not in found
    assert found["numpy"] == "1.0"


def test_the_machine_is_told():
    found = provenance.machine()
    assert found["cores"] == str(os.cpu_count())
    assert found["system"] == f"{platform.system()} {platform.machine()}"
    assert all(found.values())
    assert provenance.machine() is found


def test_the_processor_is_read_where_linux_tells_it(monkeypatch):
    monkeypatch.setattr(Path, "read_text", lambda path, **how: CPU_INFO)
    assert provenance.machine()["cpu"] == "A Processor: 3 GHz"


@pytest.mark.parametrize("content", [None, "processor\t: 0\n"], ids=["no file", "no name"])
@pytest.mark.parametrize("name", ["arm", ""])
def test_elsewhere_it_is_what_python_knows(monkeypatch, content, name):
    def read(path, **how):
        if content is None:
            raise FileNotFoundError
        return content

    monkeypatch.setattr(Path, "read_text", read)
    monkeypatch.setattr(platform, "processor", lambda: name)
    assert provenance.machine().get("cpu", "") == name
    assert ("cpu" in provenance.machine()) == bool(name)


# ------------------------------------------------------------------------ the commit


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A git repository in which the suite would stand."""
    if shutil.which("git") is None:
        pytest.skip("there is no git")
    monkeypatch.setattr(provenance, "__file__", str(tmp_path / "methods" / "provenance.py"))
    # Neither a repository around this one nor the user's settings may be seen.
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)

    def git(*arguments):
        settings = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        settings = (*settings, "-c", "commit.gpgsign=false")
        command = ["git", "-C", str(tmp_path), *settings, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    git("init", "--quiet")
    (tmp_path / "file").write_text("one")
    git("add", "file")
    git("commit", "--quiet", "--message", "one")
    return tmp_path, git("rev-parse", "HEAD")


def test_the_commit_is_told_and_whether_anything_was_changed_since(checkout):
    folder, commit = checkout
    assert provenance.machine()["commit"] == commit[:12]
    (folder / "file").write_text("two")
    provenance.machine.cache_clear()
    assert provenance.machine()["commit"] == f"{commit[:12]}-dirty"


def test_a_folder_without_a_repository_has_no_commit(tmp_path, monkeypatch):
    monkeypatch.setattr(provenance, "__file__", str(tmp_path / "methods" / "provenance.py"))
    assert "commit" not in provenance.machine()


@pytest.mark.parametrize("error", [FileNotFoundError(), subprocess.TimeoutExpired("git", 10)])
def test_without_git_there_is_no_commit(checkout, monkeypatch, error):
    def fails(*arguments, **more):
        raise error

    monkeypatch.setattr(provenance.subprocess, "run", fails)
    assert "commit" not in provenance.machine()


def test_a_repository_that_git_refuses_has_no_commit(tmp_path, monkeypatch):
    (tmp_path / ".git").mkdir()
    monkeypatch.setattr(provenance, "__file__", str(tmp_path / "methods" / "provenance.py"))
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert "commit" not in provenance.machine()
