"""Which method can do what: native, through an encoding, or not, and why."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter

from rich.cells import cell_len, set_cell_size
from rich.console import Console

from methods import METHODS
from problems import PROBLEMS, make
from problems.core.problem import VIEWS, has_view
from problems.naming.options import UnknownName, closest
from problems.naming.registry import Entry


def suitability(method: Entry, ways: set[str]) -> tuple[str, str]:
    """Tell how a method takes a problem.

    Parameters
    ----------
    method : Entry
    ways : set of str
        See `ways_to_search`.

    Returns
    -------
    verdict : {"native", "encoded", "unsupported"}
    reason : str
        Why it is unsupported; empty otherwise.
    """
    for view in method.needs:
        if view not in ways:
            return "unsupported", VIEWS[view]
    return ("native" if not method.native or ways & {*method.native} else "encoded"), ""


def ways_to_search(problem: Entry) -> set[str]:
    """Return a problem's views and the classes of its space; a user's problem is built for them."""
    space, cls = [problem.space], problem.load()
    if not problem.space:
        space = [each.__name__ for each in type(make(problem.target).space).__mro__]
    return {*space, *(view for view in VIEWS if has_view(cls, view))}


def choose(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the methods and the problems that names and groups stand for.

    Without a method's name all methods are chosen, and the same for problems. A name may be
    that of a thing in a user's file, ``path/to/file.py:thing``.

    Raises
    ------
    ValueError
        When a name is neither a method's nor a problem's, nor a group of either.
    """
    methods: list[str] = []
    problems: list[str] = []
    for name in names:
        chosen = METHODS.members(name), PROBLEMS.members(name)
        of_methods, of_problems = chosen if any(chosen) else _of_a_user(name)
        methods += of_methods
        problems += of_problems
    every = METHODS.names(), PROBLEMS.names()
    return list(dict.fromkeys(methods)) or every[0], list(dict.fromkeys(problems)) or every[1]


def _of_a_user(name: str) -> tuple[list[str], list[str]]:
    """Return what a thing in a user's file is: a method, or a problem."""
    if ".py:" not in name:
        every = [n for r in (METHODS, PROBLEMS) for n in (*r.names(), *r.groups())]
        raise UnknownName(f"list: unknown method, problem or group {name!r}{closest(name, every)}")
    entry = METHODS.entry(name)
    thing = entry.load()
    is_method = callable(thing) and not isinstance(thing, type)
    return ([entry.target], []) if is_method else ([], [entry.target])


def print_matrix(console: Console, names: Sequence[str] = ()) -> None:
    """Print problems × methods, as many methods side by side as there is room for."""
    chosen, rows = choose(names)
    methods, problems = [*map(METHODS.entry, chosen)], [*map(PROBLEMS.entry, rows)]
    families = [list(family) for _, family in groupby(problems, key=attrgetter("family"))]
    titles = _column("problem", [[problem.name for problem in family] for family in families])
    ways = [[ways_to_search(problem) for problem in family] for family in families]
    reasons: dict[str, int] = {}
    columns = [
        _column(method.name, [[_cell(method, each, reasons) for each in family] for family in ways])
        for method in methods
    ]
    fit = max(1, (console.width - 24) // 13)
    for first in range(0, len(columns), fit):
        _print_table(console, [titles, *columns[first : first + fit]])
    for reason, number in reasons.items():
        console.print(f"({number}) {reason}")
    console.print("encoded: searched through the space's latent box (rounding, arg-max, arg-sort)")
    aliases = (f"{e.name}: {', '.join(e.aliases)}" for e in methods if e.aliases)
    console.print(f"aliases: {'; '.join(aliases) or 'none'}")
    for entry in (*methods, *problems):
        if entry.missing:
            console.print(f"not installed: {entry.missing}", markup=False)
    console.print(f"groups of problems: {', '.join(PROBLEMS.groups())}")
    console.print("groups of methods:")
    for group in METHODS.groups():
        members = "all of them" if group == "all" else ", ".join(METHODS.members(group))
        console.print(f"  {group}: {members}")


def _cell(method: Entry, ways: set[str], reasons: dict[str, int]) -> str:
    """Return a cell of the table; `reasons` collects the footnotes."""
    verdict, reason = suitability(method, ways)
    return f"no ({reasons.setdefault(reason, len(reasons) + 1)})" if reason else verdict


def _column(title: str, families: Sequence[Sequence[str]]) -> tuple[list[str], list[str]]:
    """Return the lines of a heading, broken at its hyphens if long, and those of the cells."""
    heading = title.replace("-", "-\n") if len(title) > 11 else title
    return heading.split("\n"), [cell for family in families for cell in (*family, "")][:-1]


def _print_table(console: Console, columns: Sequence[tuple[list[str], list[str]]]) -> None:
    """Print columns of text; rich takes ten times as long to lay out so many cells."""
    tall = max(len(heading) for heading, _ in columns)
    padded = []
    for heading, cells in columns:
        lines = [*[""] * (tall - len(heading)), *heading, *cells]
        width = max(map(cell_len, lines))
        padded.append([set_cell_size(line, width) for line in lines])
    lines = ["  ".join(line) for line in zip(*padded, strict=True)]
    console.out("\n".join(lines[:tall]), style="bold")
    console.out("\n".join(["─" * cell_len(lines[0]), *lines[tall:]]))
