"""Plant faults one by one in a copy of the tree, and tell which are caught by the tests.

``python -m tests.planted_faults`` plants all of `tests.faults`, ``… 3 17`` two of them by number;
it exits with 1 unless every one is caught.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

from tests.faults import FAULTS, Fault
from tests.source_files import ROOT

#: How pytest ends where a test failed, and where all passed.
FAILED, PASSED = 1, 0
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "build", "*.sqlite*")


def main(arguments: Sequence[str]) -> int:
    """Plant the faults that are asked for and print what became of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    every = range(1, len(FAULTS) + 1)
    parser.add_argument("number", type=int, nargs="*", help=f"1 to {len(FAULTS)} (default: all)")
    numbers = parser.parse_args(arguments).number or every
    if unknown := [number for number in numbers if number not in every]:
        parser.error(f"number {unknown[0]}: expected 1 to {len(FAULTS)}")
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=LEFT_OUT)
        for number in numbers:
            fault = FAULTS[number - 1]
            began = monotonic()
            verdict = judged(fault, tree)
            missed += not verdict.startswith("caught")
            line = f"{number:2} {fault.name} ({fault.file}), {monotonic() - began:.0f} s: {verdict}"
            print(line, flush=True)
    print(f"{len(numbers)} faults, {missed} not caught")
    return 1 if missed else 0


def judged(fault: Fault, tree: Path) -> str:
    """Say whether a fault in a copy of the tree is caught, and by which test; then mend it.

    A test that fails without the fault as well, as one of the clock may on a busy machine,
    catches nothing and is left out.
    """
    file = tree / fault.file
    right = file.read_text(encoding="utf-8")
    left_out: list[str] = []
    while True:
        file.write_text(planted(fault, right), encoding="utf-8")
        try:
            code, failed = tested(tree, fault.tests, "-x", *left_out)
        finally:
            file.write_text(right, encoding="utf-8")
        if code == PASSED:
            return f"MISSED by {fault.tests}"
        if code != FAILED or not failed:
            return f"NOT JUDGED: pytest ended with {code}"
        if tested(tree, failed[0])[0] == PASSED:
            return f"caught by {failed[0].partition('::')[2]}"
        by_itself = tested(tree, fault.tests)[1]
        left_out += [f"--deselect={test}" for test in {failed[0], *by_itself}]


def tested(tree: Path, *arguments: str) -> tuple[int, list[str]]:
    """Run tests and return pytest's exit code and which of them failed."""
    options = ["-q", "-rfE", "--tb=no", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *arguments],
        cwd=tree,
        env={
            **os.environ,
            "PYTHONPATH": str(tree),
            # Compiled files are told apart by seconds and sizes, which a fault may not change.
            "PYTHONDONTWRITEBYTECODE": "1",
            # No test needs a plugin, and they take longer to import than most tests to run.
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
        capture_output=True,
        text=True,
    )
    failed = re.findall(r"^(?:FAILED|ERROR) (\S+?::.*?)(?: - .*)?$", done.stdout, re.MULTILINE)
    return done.returncode, failed


def planted(fault: Fault, source: str) -> str:
    """Return a file's text with a fault in it.

    Raises
    ------
    ValueError
        When the text that the fault is to replace does not stand there exactly once.
    """
    if (times := source.count(fault.right)) != 1:
        raise ValueError(f"{fault.file}: {fault.right!r} stands there {times} times, not once")
    return source.replace(fault.right, fault.wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
