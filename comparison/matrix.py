"""Which method can do what: native, through an encoding, or not, and why."""

from __future__ import annotations

import typing
from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from methods import METHODS
from problems import PROBLEMS
from problems.problem import Problem, has_view, missing_view
from problems.registry import Entry


def suitability(method: Entry, problem: type[Problem]) -> tuple[str, str]:
    """Tell from the classes alone how a method takes a problem.

    Returns
    -------
    verdict : {"native", "encoded", "unsupported"}
    reason : str
        Why it is unsupported; empty otherwise.
    """
    for view in method.needs:
        if not has_view(problem, view):
            return "unsupported", missing_view(view)
    space = typing.get_type_hints(problem)["space"].__name__
    return ("native" if not method.native or space in method.native else "encoded"), ""


def print_matrix(console: Console) -> None:
    """Print methods × problems, a table a family, and the reason for every "no"."""
    families: dict[str, list[str]] = {}
    for name in PROBLEMS.names():
        families.setdefault(PROBLEMS.entry(name).family, []).append(name)
    reasons: dict[str, int] = {}
    for family, names in families.items():
        console.print(f"[bold]{family}[/]")
        for part in _side_by_side(names, console.width):
            console.print(_table(part, reasons))
    for reason, number in reasons.items():
        console.print(f"({number}) {reason}")
    console.print("encoded: searched through the space's latent box (rounding, arg-max, arg-sort)")
    groups = {group: None for name in PROBLEMS.names() for group in PROBLEMS.entry(name).groups}
    console.print(f"groups: {', '.join(groups)}")


def _label(method: str) -> str:
    aliases = METHODS.entry(method).aliases
    return f"{method} ({', '.join(aliases)})" if aliases else method


def _side_by_side(names: Sequence[str], width: int) -> list[list[str]]:
    """Cut `names` into runs whose columns fit into `width` characters, one at least."""
    gap = 3
    methods = METHODS.names()
    left = max(len(_label(m)) for m in methods) + max(len(METHODS.entry(m).family) for m in methods)
    room = width - left - gap
    parts: list[list[str]] = [[]]
    used = 0
    for name in names:
        need = gap + max(len(name), len("no (10)"))
        if parts[-1] and used + need > room:
            parts.append([])
            used = 0
        parts[-1].append(name)
        used += need
    return parts


def _table(names: Sequence[str], reasons: dict[str, int]) -> Table:
    """Return the table of some problems; `reasons` collects the footnotes."""
    problems = [PROBLEMS.entry(name).load() for name in names]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("method (aliases)", no_wrap=True)
    table.add_column("family", no_wrap=True)
    for name in names:
        table.add_column(name, no_wrap=True)
    for method in METHODS.names():
        entry = METHODS.entry(method)
        cells = []
        for problem in problems:
            verdict, reason = suitability(entry, problem)
            note = f"no ({reasons.setdefault(reason, len(reasons) + 1)})" if reason else verdict
            cells.append(note)
        table.add_row(_label(method), entry.family, *cells)
    return table
