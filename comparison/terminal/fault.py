"""An error that nobody expected, in one line: what it was, and whose line raised it."""

from __future__ import annotations

import sysconfig
import traceback
from pathlib import Path

from problems.core.error_text import one_line

#: The folder that holds the suite's packages.
ROOT = Path(__file__).resolve().parents[2]
#: What of that folder is the suite.
PACKAGES = ("runner.py", "problems", "methods", "comparison", "studies")
#: Where Python's own and installed modules are; what they raise is their caller's fault.
INSTALLED = tuple(
    Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "purelib", "platlib")
)


def describe_fault(error: BaseException) -> str:
    """Say in one line what was raised, and by which line of the suite or of a user's file.

    Examples
    --------
    >>> describe_fault(ValueError("no such thing"))
    'a fault of the suite, not of the command: ValueError: no such thing'
    """
    said = one_line(error)
    frame = next((f for f in reversed(traceback.extract_tb(error.__traceback__)) if _own(f)), None)
    if frame is None:
        return f"a fault of the suite, not of the command: {said}"
    file = Path(frame.filename).resolve()
    if file.is_relative_to(ROOT) and file.relative_to(ROOT).parts[0] in PACKAGES:
        where = f"{file.relative_to(ROOT)}, line {frame.lineno}"
        return f"a fault of the suite, not of the command: {said} ({where})"
    return f"a fault of {frame.filename}, line {frame.lineno}, not of the command: {said}"


def _own(frame: traceback.FrameSummary) -> bool:
    """Whether a frame is of a file that is neither Python's own nor installed."""
    if frame.filename.startswith("<"):
        return False
    file = Path(frame.filename).resolve()
    return not any(file.is_relative_to(folder) for folder in INSTALLED)
