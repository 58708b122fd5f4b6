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

TABLES = ["table", "markdown", "csv", "json", "latex"]

USAGE = """\
python runner.py [METHOD ...] [options]     compare methods (some of each family by default)
       python runner.py list [NAME ...]            methods × problems: native, encoded, or why not
       python runner.py check FILE.py:NAME         the contract suite on your method or problem
       python runner.py export [FILE] --format F   runs as csv, parquet, iohprofiler or coco
       python runner.py report [FILE] [options]    one page of figures, tests and tables
       python runner.py show RUN [FILE]            one run, and the command that repeats it"""

EXAMPLES = """\
examples:
  python runner.py                                    the methods `default` on next-token
  python runner.py genetic adam --problem knapsack next-token-rank --budget 2000 --seeds 10
  python runner.py adam@500+hill-climb adam hc --problem next-token-rank
  python runner.py ip rl --option next-token-ternary.bits=4 --instances 3
  python runner.py --corpus my.txt --results my.sqlite --format csv

A method or problem is a name from `list`, an alias (ga, gd, ip, rl, bon) or FILE.py:NAME;
a chain, adam@500+hill-climb, runs one method from the best point of the one before.
Groups: of problems next-token, combinatorial, continuous, ladder … or all; of methods
default, descent, scipy, evolutionary … or all (`list` has them).
Exit code: 0 fine, 1 some run failed, 2 bad usage."""


class Terminated(BaseException):
    """The process was asked to end, as `kill` and a batch system at its time limit do."""


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        fail(message)


def fail(message: str) -> NoReturn:
    """Print one line on stderr and exit with 2: nothing was run."""
    print(f"runner.py: {' '.join(message.split())}", file=sys.stderr)
    sys.exit(2)


def parser() -> Parser:
    """Return the parser of a comparison's arguments."""
    p = Parser(
        prog="runner.py",
        usage=USAGE,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = p.add_argument
    add("methods", nargs="*", metavar="METHOD", default=["default"], help="methods, groups, chains")
    add("--problem", nargs="+", metavar="NAME", default=["next-token"], help="problems or groups")
    add("--corpus", metavar="PATH", help="python-docs, markov, markov:order=2 or a UTF-8 file")
    add("--option", action="append", default=[], metavar="NAME.OPTION=VALUE", help="repeatable")
    add("--budget", type=float, default=5000, metavar="WORK", help="looks a run (default 5000)")
    add("--seconds", type=float, default=20, metavar="S", help="wall clock a run (default 20)")
    add("--target", type=float, metavar="VALUE", help="stop a run at this value")
    add("--seeds", type=int, default=5, metavar="N", help="seeds a method (default 5)")
    add("--instances", type=int, default=1, metavar="N", help="instances a problem (default 1)")
    add("--jobs", type=int, default=1, metavar="N", help="runs at a time (default 1)")
    add("--timeout", type=float, metavar="S", help="kill a run after (default --seconds + 3)")
    add("--memory", type=float, metavar="GB", help="kill a run beyond (default 80 %% / jobs)")
    add("--cluster", metavar="ADDRESS", help="a Dask scheduler, such as tcp://host:8786")
    add("--results", default="comparison.sqlite", metavar="FILE", help="where runs are kept")
    add("--format", choices=TABLES, default="table")
    add("--gradient-price", default="3", metavar="P", help="in the table: 3, 1 … or dimension")
    add("--suite", metavar="NAME", help="a comparison with a name: reference")
    return p


def report_parser() -> Parser:
    """Return the parser of a report's arguments."""
    p = Parser(
        prog="runner.py report",
        description="Write what a results file shows as one page, or print its table.",
        allow_abbrev=False,
    )
    add = p.add_argument
    add("file", nargs="?", default="comparison.sqlite", metavar="FILE", help="comparison.sqlite")
    add("--output", default="report.html", metavar="FILE", help="the page (report.html)")
    add("--format", choices=["html", *TABLES[1:]], default="html", help="others are printed")
    add("--figures", metavar="DIR", help="also each chart as a picture")
    add("--figure-format", choices=["png", "svg", "pdf"], default="png", help="png")
    add("--gradient-price", default="3", metavar="P", help="on the axis of work: 3, 1 … dimension")
    return p


def show_parser() -> Parser:
    """Return the parser of the arguments of `show`."""
    p = Parser(
        prog="runner.py show",
        description="Print one run: what it found, its curve, and the command that repeats it.",
        allow_abbrev=False,
    )
    p.add_argument(
        "run", metavar="RUN", help="the beginning of a key, or METHOD/PROBLEM[/INSTANCE[/SEED]]"
    )
    p.add_argument("file", nargs="?", metavar="FILE", help="comparison.sqlite")
    p.add_argument("--results", default="comparison.sqlite", metavar="FILE", help="the same")
    return p


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Parse a comparison's arguments; a suite has defaults of its own."""
    p = parser()
    chosen = p.parse_args(arguments)
    if chosen.suite is not None:
        from comparison.suites import suite

        p.set_defaults(**suite(chosen.suite).arguments())
        chosen = p.parse_args(arguments)
    return chosen


def export_parser() -> Parser:
    """Return the parser of an export's arguments."""
    from comparison.export import FORMATS

    p = Parser(
        prog="runner.py export",
        description="Write the runs of a results file for other programs (see docs/exports.md).",
        allow_abbrev=False,
    )
    add = p.add_argument
    add("file", nargs="?", metavar="FILE", default="comparison.sqlite", help="the results file")
    add("--format", choices=list(FORMATS), required=True, help="what the runs are written as")
    add("--to", metavar="DIR", help="a new folder (default FILE-FORMAT, beside the file)")
    return p


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
    if arguments[:1] == ["list"]:
        return list_names(arguments[1:])
    if arguments[:1] == ["check"]:
        return check(arguments[1:])
    if arguments[:1] == ["export"]:
        return export(export_parser().parse_args(arguments[1:]))
    if arguments[:1] == ["report"]:
        return report(report_parser().parse_args(arguments[1:]))
    if arguments[:1] == ["show"]:
        return show(show_parser().parse_args(arguments[1:]))
    return compare(parse(arguments))


def check_imports() -> None:
    """Make sure that the packages of these very general names are this suite's own."""
    import comparison
    import methods
    import problems

    for package in (problems, methods, comparison):
        found = Path(package.__file__ or "").resolve().parent.parent
        if found != ROOT:
            fail(f"the package {package.__name__!r} was imported from {found}, not from {ROOT}")


def compare(chosen: argparse.Namespace) -> int:
    """Run a comparison and print its table."""
    from comparison import executor, grid, rows, store, table
    from comparison.evidence.axis import parse_gradient_price
    from comparison.suites import left_out
    from methods import METHODS
    from problems import PROBLEMS, Budget
    from problems.ledger import BrokenReference

    price = parse_gradient_price(chosen.gradient_price)
    methods = METHODS.expand(chosen.methods)
    problems = PROBLEMS.expand(chosen.problem)
    plan = grid.Grid(
        methods,
        problems,
        seeds=chosen.seeds,
        instances=chosen.instances,
        budget=Budget(chosen.budget, chosen.seconds, chosen.target),
        options=grid.parse_options(chosen.option, problems, chosen.corpus),
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
    try:
        found = rows.rows(done, chosen.target, price)
    except BrokenReference as error:
        print(f"runner.py: {error}", file=sys.stderr)
        return 1
    notes = table.footnotes(found, jobs=done.jobs, gradient_price=price)
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
    return 1 if failures or done.unkept else 0


def list_names(arguments: list[str]) -> int:
    """Print which method can do what, of all or of those named."""
    from comparison.matrix import print_matrix

    print_matrix(console(), arguments)
    return 0


def check(arguments: list[str]) -> int:
    """Run the contract suite on one method or problem."""
    if len(arguments) != 1:
        fail("check takes one name: FILE.py:NAME, or a method or problem from `list`")
    from comparison.contract import print_report

    return print_report(console(), arguments[0])


def export(chosen: argparse.Namespace) -> int:
    """Write the runs of a results file in another format, and say what was written."""
    from comparison.export import export as write
    from problems.ledger import BrokenReference

    try:
        folder, lines = write(chosen.file, chosen.format, chosen.to)
    except BrokenReference as error:
        print(f"runner.py: {error}", file=sys.stderr)
        return 1
    print(f"{folder}:", *lines, sep="\n  ")
    return 0


def report(chosen: argparse.Namespace) -> int:
    """Write the page and the figures of a results file, or print its table."""
    from comparison.evidence.axis import parse_gradient_price
    from comparison.report import write
    from problems.ledger import BrokenReference

    price = parse_gradient_price(chosen.gradient_price)
    try:
        if chosen.format == "html":
            told = write.page(
                chosen.file, chosen.output, price, chosen.figures, chosen.figure_format
            )
        else:
            told = write.text(chosen.file, chosen.format, price)
    except BrokenReference as error:
        print(f"runner.py: {error}", file=sys.stderr)
        return 1
    print(told)
    return 0


def show(chosen: argparse.Namespace) -> int:
    """Print one run."""
    import shutil

    from comparison.results import load
    from comparison.show import find, shown
    from problems.ledger import BrokenReference

    results = load(chosen.file or chosen.results)
    try:
        lines = list(shown(results, find(results, chosen.run), shutil.get_terminal_size().columns))
    except BrokenReference as error:
        print(f"runner.py: {error}", file=sys.stderr)
        return 1
    print("\n".join(lines))
    return 0


def console() -> Any:
    """Return a console; into a file or pipe it is wide enough for every column."""
    from rich.console import Console

    class Pipe(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # `main` ends quietly; rich would exit with 1

    return Pipe(highlight=False, width=None if sys.stdout.isatty() else 160)


def progress_bar() -> Any:
    """Return a context that yields a callback; it draws on stderr, if that is a terminal."""
    import contextlib

    @contextlib.contextmanager
    def bar() -> Any:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

        screen = Console(stderr=True)
        columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(
            *columns, console=screen, transient=True, disable=not screen.is_terminal
        ) as drawn:
            shown = drawn.add_task("starting", total=None)

            def update(done: int, total: int, run: Any) -> None:
                doing = "running" if run is None else f"{run.method} on {run.problem}"
                drawn.update(shown, completed=done, total=total, description=doing)

            yield update

    return bar()


if __name__ == "__main__":
    sys.exit(main())
