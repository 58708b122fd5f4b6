"""A copy of the repository's own files, into which a test adds one and runs the command."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.source_files import ROOT


class TrackedCopy:
    """The files of the working tree that git does not ignore, in a folder of their own.

    Parameters
    ----------
    folder : Path
        Where to copy them.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            listed = subprocess.run(
                ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=True,
            )
        except (FileNotFoundError, subprocess.CalledProcessError) as error:
            pytest.skip(f"git lists no files: {error}")
        for name in filter(None, listed.stdout.split("\0")):
            if (ROOT / name).is_file() and not name.startswith(("tests/", "docs/")):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / name, folder / name)

    def add(self, file: str, source: str) -> None:
        """Add a file that is not there yet."""
        assert not (self.folder / file).exists()
        (self.folder / file).write_text(source, encoding="utf-8")

    def add_line(self, file: str, line: str, before: str) -> None:
        """Add one line to a file, above the only line that begins with `before`."""
        lines = (self.folder / file).read_text(encoding="utf-8").splitlines()
        (at,) = (i for i, text in enumerate(lines) if text.strip().startswith(before))
        lines.insert(at, line)
        (self.folder / file).write_text("\n".join(lines) + "\n", encoding="utf-8")

    def run(self, *arguments: str) -> str:
        """Return what the copy's command prints; it has to end well."""
        return self.python("runner.py", *arguments)

    def python(self, *arguments: str) -> str:
        """Return what Python prints in the copy; it has to end well."""
        # Coverage would count the copy's files beside those that they are copies of.
        environment = {k: v for k, v in os.environ.items() if not k.startswith("COV")}
        more = {"PYTHONPATH": "", "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "120"}
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env={**environment, **more},
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout
