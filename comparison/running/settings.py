"""Options as typed on the command line: ``NAME.OPTION=VALUE``, and a corpus for all problems."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from comparison.running.grid import GridError
from methods import METHODS
from problems import PROBLEMS, load_problem
from problems.naming.options import UnknownName, closest, options_of
from problems.naming.registry import Entry


def parse_options(
    settings: Sequence[str],
    problems: Sequence[Entry],
    corpus: str | None = None,
    default_corpus: str | None = None,
) -> dict[str, dict[str, str]]:
    """Read ``NAME.OPTION=VALUE`` settings into options by canonical name.

    Parameters
    ----------
    settings : sequence of str
    problems : sequence of Entry
        Those of the comparison.
    corpus : str, optional
        Set as the option ``corpus`` of every problem that has one; some has to.
    default_corpus : str, optional
        The same where `corpus` is not given, but none has to.

    Raises
    ------
    ValueError
        When a setting is not of that form, or names what does not exist.
    """
    options: dict[str, dict[str, str]] = {}
    chosen = corpus if corpus is not None else default_corpus
    if chosen is not None:
        readers = [entry for entry in problems if "corpus" in options_of(load_problem(entry))]
        if not readers and corpus is not None:
            raise GridError(f"--corpus {corpus}: none of the chosen problems reads a corpus")
        for entry in readers:
            options[entry.name] = {"corpus": chosen}
    for setting in settings:
        left, equals, value = setting.partition("=")
        name, dot, option = left.rpartition(".")
        if not (equals and dot and name and option):
            raise GridError(f"--option {setting}: expected NAME.OPTION=VALUE")
        options.setdefault(_canonical(name), {})[option] = value
    return options


def _canonical(name: str) -> str:
    """Return the canonical name of a method or a problem."""
    for catalogue in (METHODS, PROBLEMS):
        with contextlib.suppress(ValueError):
            return catalogue.entry(name).name
    hint = closest(name, [*METHODS.names(), *PROBLEMS.names()])
    raise UnknownName(f"--option: unknown method or problem {name!r}{hint}")
