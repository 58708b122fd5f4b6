"""One run in the terminal: its result, its curve, and the command that repeats it."""

from __future__ import annotations

from collections.abc import Iterator

from comparison.analysis.axis import AXES
from comparison.analysis.cells import number
from comparison.analysis.curves import improvements
from comparison.analysis.sections import reference_name
from comparison.harmless import for_terminal
from comparison.results import Results
from comparison.results.command import repeats
from comparison.terminal.braille import step_curve
from methods.result import Run
from problems.naming.options import UnknownName, closest

#: Names of runs that an error lists.
MOST = 8


def find(results: Results, name: str) -> Run:
    """Return the one run of a name.

    Parameters
    ----------
    results : Results
    name : str
        The beginning of a key, or METHOD/PROBLEM[/INSTANCE[/SEED]]; or with aliases.

    Raises
    ------
    UnknownName
        When no run is called so, or several are.
    """
    runs = results.find(name) if name else []
    if len(runs) == 1:
        return runs[0]
    if runs:
        names = ", ".join(f"{path(run)} ({run.key[:8]})" for run in runs[:MOST])
        more = f" and {len(runs) - MOST} more" if len(runs) > MOST else ""
        raise UnknownName(f"run {name!r} is one of {len(runs)}: {names}{more}")
    parts = name.count("/") + 1 if "/" in name else 2
    paths = list(dict.fromkeys("/".join(path(run).split("/")[:parts]) for run in results))
    like = next((each for each in paths if each.startswith(name)), paths[0] if paths else "")
    hint = closest(name, paths) or (f", such as {like}" if like else "")
    raise UnknownName(
        f"no run {name!r} in {results.path}: expected the beginning of a key or "
        f"METHOD/PROBLEM[/INSTANCE[/SEED]]{hint}"
    )


def path(run: Run) -> str:
    """Return a run's name in full, METHOD/PROBLEM/INSTANCE/SEED."""
    return f"{run.method}/{run.problem}/{run.instance}/{run.seed}"


def shown(results: Results, run: Run, width: int = 80) -> Iterator[str]:
    """Return the lines that show one run.

    Parameters
    ----------
    results : Results
        That the run is from.
    run : Run
    width : int
        Of the terminal, in characters.
    """
    return map(for_terminal, _lines(results, run, width))


def _lines(results: Results, run: Run, width: int) -> Iterator[str]:
    reference = results.reference(run)
    yield f"run {run.key}"
    yield from str(results.standing(run)).split("\n")
    if reference is not None and reference != run.reference:
        yield (
            f"{'known by now':>10}: {number(reference.value)} "
            f"({reference_name(reference)}; {reference.source})"
        )
    for line in results.contradictions(run):
        yield f"{'withdrawn':>10}: {line}"
    axis = AXES["cpu" if results.white_box(run) else "work"]
    points = improvements(results.trace(run))
    if len(points):
        yield ""
        yield "best value so far"
        costs = [*axis.costs(run, points), axis.spent(run)]
        values = [*points["value"], points["value"][-1]]
        yield from step_curve(
            [float(cost) for cost in costs],
            [float(value) for value in values],
            reference=None if reference is None else reference.value,
            across=axis.label,
            width=max(20, min(72, width - 16)),
        )
    yield ""
    yield "to repeat it:"
    if run.method.startswith("-") or run.problem.startswith("-"):
        yield "  (a command line would take its name for an option)"
        return
    made_with = [run.provenance.get(name, "") for name in ("method_file", "problem_file")]
    if any(digest.startswith("object-") for digest in made_with):
        yield "  (in the script that has its method or problem)"
        return
    yield f"  {repeats(run)}"
    if any(made_with):
        yield "  (in the folder of the user's file)"
