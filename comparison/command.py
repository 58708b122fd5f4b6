"""The command line that repeats a run."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from methods import METHODS
from methods.result import Run
from methods.run import load_method
from problems import PROBLEMS
from problems.options import options_of
from problems.problem import Problem


def repeats(run: Run, results: str = "repeated.sqlite") -> str:
    """Return the command that makes a run again, into a results file of its own.

    Only what differs from the defaults is named. A run's seed and instance are the last of
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
    for name, chosen, defaults in (
        (run.method, run.method_options, _method_defaults(run.method)),
        (run.problem, run.problem_options, _problem_defaults(run.problem)),
    ):
        for option, value in _changed(chosen, defaults):
            words += ["--option", f"{name}.{option}={value}"]
    words += ["--budget", f"{run.budget.work:.12g}", "--seconds", f"{run.budget.seconds:.12g}"]
    if run.budget.target is not None:
        words += ["--target", repr(run.budget.target)]
    words += ["--seeds", str(run.seed + 1), "--instances", str(run.instance + 1)]
    return shlex.join([*words, "--results", results])


def _changed(chosen: Mapping[str, Any], defaults: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the options that are not their defaults, as a command line spells them."""
    for name, value in chosen.items():
        text = _spelled(value)
        if name not in defaults or text != _spelled(defaults[name]):
            yield name, text


def _spelled(value: Any) -> str:
    return repr(value) if isinstance(value, float) else str(value)


def _method_defaults(name: str) -> dict[str, Any]:
    try:
        return _defaults(load_method(METHODS.entry(name)))
    except (ValueError, ImportError):  # a user's, or not installed
        return {}


def _problem_defaults(name: str) -> dict[str, Any]:
    try:
        found: type[Problem] = PROBLEMS.entry(name).load()
    except (ValueError, ImportError):
        return {}
    return _defaults(found)


def _defaults(target: Any) -> dict[str, Any]:
    return {name: option.default for name, option in options_of(target).items()}
