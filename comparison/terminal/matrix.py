"""Which method can do what: native, through an encoding, or not, and why."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table

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
    chosen: dict[str, list[str]] = {"method": [], "problem": []}
    for name in names:
        members = {registry.kind: registry.members(name) for registry in (METHODS, PROBLEMS)}
        for kind, names_of_kind in members.items():
            chosen[kind] += [n for n in names_of_kind if n not in chosen[kind]]
        if any(members.values()):
            continue
        if ".py:" in name:
            kind, entry = _of_a_user(name)
            chosen[kind].append(entry.target)
        else:
            every = [n for r in (METHODS, PROBLEMS) for n in (*r.names(), *r.groups())]
            hint = closest(name, every)
            raise UnknownName(f"list: unknown method, problem or group {name!r}{hint}")
    return chosen["method"] or METHODS.names(), chosen["problem"] or PROBLEMS.names()


def _of_a_user(name: str) -> tuple[str, Entry]:
    """Return what a thing in a user's file is, a method or a problem, and its entry."""
    entry = METHODS.entry(name)
    thing = entry.load()
    return ("method" if callable(thing) and not isinstance(thing, type) else "problem"), entry


def print_matrix(console: Console, names: Sequence[str] = ()) -> None:
    """Print problems × methods, as many methods side by side as there is room for."""
    reasons: dict[str, int] = {}
    names, rows = choose(names)
    fit = max(1, (console.width - 24) // 13)
    for first in range(0, len(names), fit):
        console.print(_table(names[first : first + fit], rows, reasons))
    for reason, number in reasons.items():
        console.print(f"({number}) {reason}")
    console.print("encoded: searched through the space's latent box (rounding, arg-max, arg-sort)")
    aliased = [METHODS.entry(name) for name in names]
    aliases = (f"{e.name}: {', '.join(e.aliases)}" for e in aliased if e.aliases)
    console.print(f"aliases: {'; '.join(aliases) or 'none'}")
    for entry in (*aliased, *map(PROBLEMS.entry, rows)):
        if entry.missing:
            console.print(f"not installed: {entry.missing}", markup=False)
    console.print(f"groups of problems: {', '.join(PROBLEMS.groups())}")
    console.print("groups of methods:")
    for group in METHODS.groups():
        members = "all of them" if group == "all" else ", ".join(METHODS.members(group))
        console.print(f"  {group}: {members}")


def _table(names: Sequence[str], rows: Sequence[str], reasons: dict[str, int]) -> Table:
    """Return the table of some methods and problems; `reasons` collects the footnotes."""
    methods = [METHODS.entry(name) for name in names]
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    table.add_column("problem", no_wrap=True)
    for method in methods:
        # A long name is broken at its hyphens.
        table.add_column(method.name.replace("-", "-\n") if len(method.name) > 11 else method.name)
    lines: list[list[str]] = []
    family = ""
    for name in rows:
        entry = PROBLEMS.entry(name)
        if family and entry.family != family:
            lines.append([""] * (1 + len(methods)))
        family = entry.family
        line, ways = [entry.name], ways_to_search(entry)
        for method in methods:
            verdict, reason = suitability(method, ways)
            line.append(
                f"no ({reasons.setdefault(reason, len(reasons) + 1)})" if reason else verdict
            )
        lines.append(line)
    # One cell a column: rich takes half a second to lay out one for each pair.
    table.add_row(*map("\n".join, zip(*lines, strict=True)))
    return table
