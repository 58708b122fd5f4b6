"""Beyond Gradient's command line: parse, call `comparison`, present."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from typing import Any, NoReturn, get_args

ROOT = Path(__file__).resolve().parent
PACKAGES = ("problems", "methods", "comparison", "studies")


class OwnPackages:
    """Finds the suite's packages beside this file: the user may have a folder ``problems/``."""

    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Return where a package of the suite is; None of any other module."""
        return PathFinder.find_spec(name, [str(ROOT)]) if name in PACKAGES else None


class Terminated(BaseException):
    """The process was asked to end, as by `kill` or by a batch system at its time limit."""


def fail(message: str) -> NoReturn:
    """Print one line on stderr and exit with 2: nothing was run."""
    from comparison.output import say

    say(f"runner.py: {' '.join(message.split())}")
    sys.exit(2)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    # Statistics are many small products of matrices: threads would wait for each other.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        with terminable():
            import_own_packages()
            return guarded(arguments)
    except KeyboardInterrupt:
        return stopped("\nrunner.py: interrupted", 130)
    except Terminated:
        return stopped("runner.py: terminated", 143)


def stopped(how: str, code: int) -> int:
    """Print how the process was asked to end, and return its exit code."""
    from comparison.output import say

    say(f"{how}; the same command goes on from here")
    return code


def guarded(arguments: list[str]) -> int:
    """Do what the arguments ask for; print every error in one line."""
    from comparison.output import OutputLost, ReaderGone, say, standard_streams
    from problems.core.usage_error import UsageError

    try:
        with standard_streams():
            return dispatch(arguments)
    except UsageError as error:
        say(f"runner.py: {' '.join(str(error).split())}")
        sys.exit(2)
    except OutputLost as error:
        say(f"runner.py: standard output: {error}")
        return 1
    except ReaderGone:
        return 0
    except Exception as error:
        if sys.flags.dev_mode:  # python -X dev shows the traceback
            raise
        from comparison.terminal.fault import describe_fault

        say(f"runner.py: {describe_fault(error)}")
        return 1


@contextlib.contextmanager
def terminable() -> Iterator[None]:
    """Raise `Terminated` at SIGTERM, so that the end is as orderly as after Ctrl-C."""

    def end(number: int, frame: Any) -> NoReturn:
        raise Terminated

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def dispatch(arguments: list[str]) -> int:
    """Do what the arguments ask for and return the exit code."""
    from comparison.terminal import arguments as parsers

    command, rest = arguments[:1], arguments[1:]
    if command == ["list"]:
        return list_names(parsers.list_parser().parse_args(rest).names)
    if command == ["check"]:
        return check(parsers.check_parser().parse_args(rest).name)
    if command == ["report"]:
        return report(parsers.report_parser().parse_args(rest))
    if command == ["show"]:
        return show(parsers.show_parser().parse_args(rest))
    if command == ["export"]:
        from comparison.export import FORMATS

        return export(parsers.export_parser(list(FORMATS)).parse_args(rest))
    if command == ["study"]:
        return study(rest)
    from comparison.running import Redo, suites

    return compare(parsers.parse(arguments, get_args(Redo), suites.suite))


def import_own_packages() -> None:
    """Import the packages from beside this file; make sure that none was from elsewhere before."""
    if OwnPackages not in sys.meta_path:
        sys.meta_path.insert(0, OwnPackages)
    for name in PACKAGES:
        package = importlib.import_module(name)
        root = Path(package.__file__ or "").resolve().parent.parent
        if root != ROOT:
            fail(f"the package {name!r} was imported from {root}, not from {ROOT}")


def compare(chosen: argparse.Namespace) -> int:
    """Run a comparison and print its table."""
    from comparison.analysis.axis import parse_gradient_price
    from comparison.analysis.footnotes import footnotes
    from comparison.analysis.rows import rows
    from comparison.output import say
    from comparison.results import store
    from comparison.running import comparison, executor, grid, settings
    from comparison.terminal.console import console, progress_bar
    from comparison.terminal.formats import formatted
    from comparison.terminal.table import print_table
    from methods import METHODS
    from problems import PROBLEMS, Budget

    price = parse_gradient_price(chosen.gradient_price)
    methods = METHODS.expand(chosen.methods)
    problems = PROBLEMS.expand(chosen.problem)
    options = settings.parse_options(chosen.option, problems, chosen.corpus, chosen.default_corpus)
    plan = grid.Grid(
        methods,
        problems,
        seeds=chosen.seeds,
        instances=chosen.instances,
        budget=Budget(chosen.budget, chosen.seconds, chosen.target),
        options=options,
    )
    try:
        with store.Store(chosen.results) as results, telling(results), progress_bar() as progress:
            done = comparison.compare(
                plan,
                results,
                jobs=chosen.jobs,
                memory=chosen.memory,
                timeout=chosen.timeout,
                redo=chosen.redo,
                cluster=chosen.cluster,
                progress=progress,
            )
    except executor.ExecutorLost as error:
        say(f"runner.py: {error}; the same command goes on from here")
        return 1
    table = rows(done.results, chosen.target, price)
    withdrawn = done.results.contradictions()
    notes = [*withdrawn, *footnotes(table, jobs=done.jobs, gradient_price=price)]
    notes += [f"Left out: {entry.missing}" for entry in PROBLEMS.left_out(chosen.problem)]
    if single := [p for p in done.one_instance if chosen.instances > 1]:
        notes.append(f"Only one instance: {', '.join(single)}; nothing in it is random.")
    notes += [
        f"{problem} was built anew in the process of each run: {why}."
        for problem, why in done.built_anew.items()
    ]
    notes.append(f"{done.made} runs made, {done.stored} found in {chosen.results}.")
    if chosen.format == "table":
        print_table(console(), done.results, table, notes)
    else:
        print(formatted(chosen.format, done.results, table, notes, price))
    failures = [run for run in done.runs if run.failed]
    for run in failures:
        where = f"{run.method} on {run.problem}, instance {run.instance}, seed {run.seed}"
        message = " ".join(run.message.split())
        say(f"runner.py: {where}: {run.ended}: {message}")
    if done.unkept:
        goes_on = "the runs made before are kept; the same command goes on from there"
        say(f"runner.py: {done.unkept}; {goes_on}")
    return 1 if complain(withdrawn) or failures or done.unkept or results.rescued else 0


@contextlib.contextmanager
def telling(results: Any) -> Iterator[None]:
    """Say at the end, even after an error, where the runs are that their file could not keep."""
    from comparison.output import say

    try:
        yield
    finally:
        if results.rescued:
            say(f"runner.py: {results.rescued}")


def list_names(names: list[str]) -> int:
    """Print which problems each method supports, for all names or those given."""
    from comparison.terminal.console import console
    from comparison.terminal.matrix import print_matrix

    print_matrix(console(), names)
    return 0


def check(name: str) -> int:
    """Run the contract suite on one method or problem."""
    from comparison.contract import print_report
    from comparison.terminal.console import console

    return print_report(console(), name)


def export(chosen: argparse.Namespace) -> int:
    """Write the runs of a results file in another format, and say what was written."""
    from comparison.export import export as write
    from comparison.harmless import for_terminal
    from comparison.results import load

    folder, lines = write(chosen.file, chosen.format, chosen.to)
    print(*map(for_terminal, [f"{folder}:", *lines]), sep="\n  ")
    return 1 if complain(load(chosen.file).contradictions()) else 0


def report(chosen: argparse.Namespace) -> int:
    """Write the page and the figures of a results file, or print its table."""
    from comparison.analysis.axis import parse_gradient_price
    from comparison.analysis.footnotes import footnotes
    from comparison.analysis.rows import rows
    from comparison.report import write
    from comparison.terminal.formats import formatted
    from comparison.whole_file import STANDARD_OUTPUT

    price = parse_gradient_price(chosen.gradient_price)
    results = write.runs_of(chosen.file)
    if chosen.format == "html":
        line = write.page(results, chosen.output, price, chosen.figures, chosen.figure_format)
        # What is written to standard output is the page, and nothing else.
        print(line, file=sys.stderr if chosen.output in STANDARD_OUTPUT else sys.stdout)
    else:
        table = rows(results, gradient_price=price)
        notes = [*results.contradictions(), *footnotes(table, gradient_price=price)]
        print(formatted(chosen.format, results, table, notes, price))
    return 1 if complain(results.contradictions()) else 0


def complain(lines: Sequence[str]) -> bool:
    """Print lines on standard error; return whether there are any."""
    from comparison.output import say

    for line in lines:
        say(f"runner.py: {' '.join(line.split())}")
    return bool(lines)


def study(arguments: list[str]) -> int:
    """Make experiments and print what they show, or list them."""
    from studies.framework import command

    return command.study(command.study_parser().parse_args(arguments))


def show(chosen: argparse.Namespace) -> int:
    """Print one run."""
    import shutil

    from comparison.results import load
    from comparison.terminal.show import find, shown

    results = load(chosen.file or chosen.results)
    run = find(results, chosen.run)
    lines = shown(results, run, shutil.get_terminal_size().columns)
    print("\n".join(lines))
    return 1 if complain(results.contradictions(run)) else 0


if __name__ == "__main__":
    sys.exit(main())
