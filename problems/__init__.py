"""Objectives without a gradient, as plain objects.

>>> import problems
>>> problem = problems.make("sphere", dimension=3)
>>> problem.value(problem.reference_point)
0.0
"""

from __future__ import annotations

from typing import Annotated, Any

from problems.core.function_problem import from_function
from problems.core.interval import Interval
from problems.core.ledger import Budget, Ledger, Stop
from problems.core.linear_model import LinearModel
from problems.core.mixed import Mixed
from problems.core.oracle import Oracle
from problems.core.permutation import Permutation
from problems.core.problem import Problem
from problems.core.reference import Reference
from problems.core.space import Box, Categorical, Space
from problems.core.start import Start
from problems.core.usage_error import UsageError
from problems.core.variables import Choice, Integer, Log, Real
from problems.core.views import Minibatch, Relaxation, Unsupported
from problems.naming.catalogue import ENTRIES
from problems.naming.extra import require_extra
from problems.naming.options import parse, resolve
from problems.naming.registry import Entry, Registry

__all__ = [
    "PROBLEMS",
    "Box",
    "Budget",
    "Categorical",
    "Choice",
    "Integer",
    "Ledger",
    "LinearModel",
    "Log",
    "Minibatch",
    "Mixed",
    "Oracle",
    "Permutation",
    "Problem",
    "Real",
    "Reference",
    "Relaxation",
    "Space",
    "Start",
    "Stop",
    "Unsupported",
    "from_function",
    "make",
]

PROBLEMS = Registry("problem", ENTRIES)


def make(name: str, *, instance: int = 0, **options: Any) -> Problem:
    """Build a problem by name, as in ``make("knapsack", items=50)``.

    Parameters
    ----------
    name : str
        A registered name, or ``path/to/file.py:Class``.
    instance : int
        Seeds all that is random in the problem.
    **options
        Keyword arguments of the problem's class; text is parsed by their types.

    Raises
    ------
    ValueError
        When the name, an option or a value is not valid.
    ImportError
        When the problem needs an extra that is not installed; the message names it.
    """
    entry = PROBLEMS.entry(name)
    require_extra(entry.name, entry.extra)
    instance = parse("instance", instance, Annotated[int, Interval(ge=0)])
    if isinstance(built := entry.load(), Problem):  # it is built already: the one instance
        if options:
            raise UsageError(f"{entry.name} is built already: expected no options")
        built.name, built.one_instance = entry.name, True
        return built
    cls = load_problem(entry)
    chosen = resolve(entry.name, cls, options)
    numbered = _takes_instance(cls)
    problem: Problem = cls(**chosen, **({"instance": instance} if numbered else {}))
    problem.name, problem.options, problem.instance = entry.name, chosen, instance
    problem.one_instance = problem.one_instance or not numbered
    problem.freeze()
    return problem


def load_problem(entry: Entry) -> type[Problem]:
    """Import a problem's class.

    Raises
    ------
    UsageError
        When what the entry names is not one.
    """
    cls = entry.load()
    if not (isinstance(cls, type) and issubclass(cls, Problem)):
        raise UsageError(f"{entry.name} is not a Problem class")
    return cls


def _takes_instance(cls: type[Problem]) -> bool:
    """Tell whether a class knows instances; it may have only one."""
    import inspect

    parameters = inspect.signature(cls).parameters
    return "instance" in parameters or any(p.kind is p.VAR_KEYWORD for p in parameters.values())
