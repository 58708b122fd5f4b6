"""The command line that repeats a run."""

from __future__ import annotations

import shlex
from typing import Any

from methods.result import Run


def repeats(run: Run, results: str = "repeated.sqlite") -> str:
    """Return the command that makes a run again, into a results file of its own.

    Only options that differ from the defaults are named, or all of a run that was stored by
    a version that did not tell which do. A run's seed and instance are the last of
    those that the command runs. Of a user's file the name is known but not its folder, so
    the command is for the folder that the file is in.

    Parameters
    ----------
    run : Run
        As stored, with all its options resolved.
    results : str
        A file that does not have the run yet.

    Returns
    -------
    str
        For a shell, quoted.
    """
    words = ["python", "runner.py", run.method, "--problem", run.problem]
    facts = run.facts
    for name, options, changes in (
        (run.method, run.method_options, () if facts is None else facts.method_changes),
        (run.problem, run.problem_options, () if facts is None else facts.problem_changes),
    ):
        for option in options if facts is None else changes:
            words += ["--option", f"{name}.{option}={_spelled(options.get(option))}"]
    words += ["--budget", f"{run.budget.work:.12g}", "--seconds", f"{run.budget.seconds:.12g}"]
    if run.budget.target is not None:
        words += ["--target", repr(run.budget.target)]
    words += ["--seeds", str(run.seed + 1), "--instances", str(run.instance + 1)]
    return shlex.join([*words, "--results", results])


def _spelled(value: Any) -> str:
    return repr(value) if isinstance(value, float) else str(value)
