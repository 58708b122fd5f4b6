"""Beyond Gradient's command line: parse, call `comparison`, present."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).resolve().parent


class Terminated(BaseException):
    """The process was asked to end, as `kill` and a batch system at its time limit do."""


def fail(message: str) -> NoReturn:
    """Print one line on stderr and exit with 2: nothing was run."""
    print(f"runner.py: {' '.join(message.split())}", file=sys.stderr)
    sys.exit(2)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    # Statistics are many small products of matrices: threads would wait for each other.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        with terminable():
            return dispatch(arguments)
    except ValueError as error:
        fail(str(error))
    except KeyboardInterrupt:
        print("\nrunner.py: interrupted; the same command goes on from here", file=sys.stderr)
        return 130
    except Terminated:
        print("runner.py: terminated; the same command goes on from here", file=sys.stderr)
        return 143
    except BrokenPipeError:  # `runner.py | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


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
    check_imports()
    from comparison import arguments as parsers

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
        return export(parsers.export_parser().parse_args(rest))
    if command == ["study"]:
        return study(rest)
    return compare(parsers.parse(arguments))


def check_imports() -> None:
    """Make sure that the packages of these very general names are this suite's own."""
    import comparison
    import methods
    import problems
    import studies

    for package in (problems, methods, comparison, studies):
        found = Path(package.__file__ or "").resolve().parent.parent
        if found != ROOT:
            fail(f"the package {package.__name__!r} was imported from {found}, not from {ROOT}")


def compare(chosen: argparse.Namespace) -> int:
    """Run a comparison and print its table."""
    from comparison import rows, table
    from comparison.evidence.axis import parse_gradient_price
    from comparison.results import store
    from comparison.running import executor, grid, settings
    from comparison.running.suites import left_out
    from comparison.terminal import console, progress_bar
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
        with store.Store(chosen.results) as results, progress_bar() as progress:
            done = grid.compare(
                plan,
                results,
                jobs=chosen.jobs,
                memory=chosen.memory,
                timeout=chosen.timeout,
                cluster=chosen.cluster,
                progress=progress,
            )
    except executor.ExecutorLost as error:
        print(f"runner.py: {error}; the same command goes on from here", file=sys.stderr)
        return 1
    found = rows.rows(done, chosen.target, price)
    withdrawn = rows.withdrawn(done)
    notes = [*withdrawn, *table.footnotes(found, jobs=done.jobs, gradient_price=price)]
    notes += [f"Left out: {missing}" for missing in left_out(chosen.problem, chosen.suite)]
    if single := [p for p in done.one_instance if chosen.instances > 1]:
        notes.append(f"Only one instance: {', '.join(single)}; nothing in it is random.")
    notes.append(f"{done.made} runs made, {done.stored} found in {chosen.results}.")
    if chosen.format == "json":
        print(table.as_json(found))
    elif chosen.format == "csv":
        print(table.as_csv(found))
    elif chosen.format == "markdown":
        print(table.as_markdown(done, found, notes))
    elif chosen.format == "latex":
        from comparison.latex import as_latex

        print(as_latex(table.sections(done, found), notes))
    else:
        table.print_table(console(), done, found, notes)
    failures = [run for run in done.runs if run.failed]
    for run in failures:
        where = f"{run.method} on {run.problem}, instance {run.instance}, seed {run.seed}"
        message = " ".join(run.message.split())
        print(f"runner.py: {where}: {run.ended}: {message}", file=sys.stderr)
    if done.unkept:
        goes_on = "the runs made before are kept; the same command goes on from there"
        print(f"runner.py: {done.unkept}; {goes_on}", file=sys.stderr)
    return 1 if complain(withdrawn) or failures or done.unkept else 0


def list_names(names: list[str]) -> int:
    """Print which method can do what, of all or of those named."""
    from comparison.matrix import print_matrix
    from comparison.terminal import console

    print_matrix(console(), names)
    return 0


def check(name: str) -> int:
    """Run the contract suite on one method or problem."""
    from comparison.contract import print_report
    from comparison.terminal import console

    return print_report(console(), name)


def export(chosen: argparse.Namespace) -> int:
    """Write the runs of a results file in another format, and say what was written."""
    from comparison.export import export as write
    from comparison.results import load

    folder, lines = write(chosen.file, chosen.format, chosen.to)
    print(f"{folder}:", *lines, sep="\n  ")
    return 1 if complain(load(chosen.file).contradictions()) else 0


def report(chosen: argparse.Namespace) -> int:
    """Write the page and the figures of a results file, or print its table."""
    from comparison.evidence.axis import parse_gradient_price
    from comparison.report import write

    price = parse_gradient_price(chosen.gradient_price)
    results = write.runs_of(chosen.file)
    if chosen.format == "html":
        pictures = chosen.figures, chosen.figure_format
        print(write.page(results, chosen.output, price, *pictures))
    else:
        print(write.text(results, chosen.format, price))
    return 1 if complain(results.contradictions()) else 0


def complain(lines: Sequence[str]) -> bool:
    """Print lines on standard error; return whether there are any."""
    for line in lines:
        print(f"runner.py: {' '.join(line.split())}", file=sys.stderr)
    return bool(lines)


def study(arguments: list[str]) -> int:
    """Make experiments and print what they show, or list them."""
    from studies.laboratory import command

    return command.study(command.study_parser().parse_args(arguments))


def show(chosen: argparse.Namespace) -> int:
    """Print one run."""
    import shutil

    from comparison.results import load
    from comparison.results.references import contradictions
    from comparison.show import find, shown

    results = load(chosen.file or chosen.results)
    run = find(results, chosen.run)
    lines = shown(results, run, shutil.get_terminal_size().columns)
    print("\n".join(lines))
    return 1 if complain(contradictions(results.on_instance(run))) else 0


if __name__ == "__main__":
    sys.exit(main())
