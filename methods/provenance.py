"""What a result depends on besides its seed: package versions, and the machine."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from functools import cache
from pathlib import Path

SUITE = "beyond-gradient"
PACKAGES = (
    *(SUITE, "numpy", "scipy", "deap", "gymnasium", "pulp", "highspy", "cma", "ioh", "torch"),
    *("nevergrad", "optuna", "pymoo"),
)


@cache
def own_version() -> str:
    """Return the version of this suite."""
    import importlib.metadata  # it is slow to import, and `list` needs no version

    return importlib.metadata.version(SUITE)


@cache
def versions() -> dict[str, str]:
    """Return the versions that a result depends on."""
    import importlib.metadata

    versions = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions


@cache
def machine() -> dict[str, str]:
    """Return the processor, its number of cores, the system, and the suite's git commit.

    The commit is left out where the suite does not stand in a git checkout; one with
    uncommitted changes ends in ``-dirty``.
    """
    facts = {
        "cpu": _processor(),
        "cores": str(os.cpu_count()),
        "system": f"{platform.system()} {platform.machine()}",
        "commit": _commit(),
    }
    return {name: value for name, value in facts.items() if value}


def _processor() -> str:
    """Return the processor's name, which Linux has only in a file."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        text = ""
    named = re.search(r"^model name\s*:(.*)", text, re.MULTILINE)
    return named[1].strip() if named else platform.processor()


def _commit() -> str:
    root = Path(__file__).resolve().parent.parent
    if not (root / ".git").exists():
        return ""
    command = ["git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):  # there is no git
        return ""
    return done.stdout.strip()
