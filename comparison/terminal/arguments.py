"""The arguments of the command line, of a comparison and of the commands on its results."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from problems.core.usage_error import UsageError

#: How a table is printed as text, see `comparison.terminal.formats`.
TEXTS = ("markdown", "csv", "json", "latex")


USAGE = """\
python runner.py [METHOD ...] [options]     compare methods (some of each family by default)
       python runner.py list [NAME ...]            methods × problems: native, encoded, or why not
       python runner.py check FILE.py:NAME         the contract suite on your method or problem
       python runner.py export [FILE] --format F   runs as csv, parquet, iohprofiler or coco
       python runner.py report [FILE] [options]    one page of figures, tests and tables
       python runner.py show RUN [FILE]            one run, and the command that repeats it
       python runner.py study [NAME ...]           an experiment: its finding, figure and verdict"""

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
Exit code: 0 fine, 1 some run failed or the output was lost, 2 bad usage."""


class Parser(argparse.ArgumentParser):
    """Reports an error in one line, as the rest of the suite does.

    Raises
    ------
    UsageError
        When the arguments cannot be parsed.
    """

    def error(self, message: str) -> NoReturn:
        raise UsageError(message)


def parser(redo: Sequence[str]) -> Parser:
    """Return the parser of a comparison's arguments; `redo` has the kinds of runs made again."""
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
    add(
        "--budget",
        type=float,
        default=5000,
        metavar="WORK",
        help="evaluations per run, a gradient is 3 (default 5000)",
    )
    add("--seconds", type=float, default=20, metavar="S", help="wall clock per run (default 20)")
    add("--target", type=float, metavar="VALUE", help="stop a run at this value")
    add("--seeds", type=int, default=5, metavar="N", help="seeds per method (default 5)")
    add("--instances", type=int, default=1, metavar="N", help="instances per problem (default 1)")
    add("--jobs", type=int, default=1, metavar="N", help="runs at a time (default 1)")
    add("--timeout", type=float, metavar="S", help="kill a run after (default --seconds + 3)")
    add(
        "--redo",
        choices=redo,
        help="make stored runs again: those that failed, that ran out of time, or all",
    )
    add("--memory", type=float, metavar="GB", help="kill a run beyond (default 80 %% / jobs)")
    add("--cluster", metavar="ADDRESS", help="a Dask scheduler, such as tcp://host:8786")
    add("--results", default="comparison.sqlite", metavar="FILE", help="where runs are kept")
    add("--format", choices=["table", *TEXTS], default="table")
    add("--gradient-price", default="3", metavar="P", help="in the table: 3, 1 … or dimension")
    add("--suite", metavar="NAME", help="a comparison with a name: reference")
    p.set_defaults(default_corpus=None)  # a suite's
    return p


def command(name: str, description: str) -> Parser:
    """Return a parser for a command, whose arguments are to be added."""
    return Parser(prog=f"runner.py {name}", description=description, allow_abbrev=False)


def report_parser() -> Parser:
    """Return the parser of a report's arguments."""
    p = command("report", "Write what a results file shows as one page, or print its table.")
    add = p.add_argument
    add("file", nargs="?", default="comparison.sqlite", metavar="FILE", help="comparison.sqlite")
    add("--output", default="report.html", metavar="FILE", help="the page (report.html)")
    add("--format", choices=["html", *TEXTS], default="html", help="others are printed")
    add("--figures", metavar="DIR", help="also each chart as a picture")
    add("--figure-format", choices=["png", "svg", "pdf"], default="png", help="png")
    add("--gradient-price", default="3", metavar="P", help="on the axis of work: 3, 1 … dimension")
    return p


def list_parser() -> Parser:
    """Return the parser of the arguments of `list`."""
    p = command("list", "Print methods × problems: which can do what, and why not.")
    names = "methods, problems or groups, such as scipy or combinatorial; all by default"
    p.add_argument("names", nargs="*", metavar="NAME", help=names)
    return p


def check_parser() -> Parser:
    """Return the parser of the arguments of `check`."""
    p = command(
        "check", "Run the contract suite on a method or problem, your own or a registered one."
    )
    p.add_argument("name", metavar="NAME", help="FILE.py:NAME, or a name from `list`")
    return p


def show_parser() -> Parser:
    """Return the parser of the arguments of `show`."""
    p = command("show", "Print one run: its result, its curve, and the command that repeats it.")
    p.add_argument(
        "run", metavar="RUN", help="the beginning of a key, or METHOD/PROBLEM[/INSTANCE[/SEED]]"
    )
    p.add_argument("file", nargs="?", metavar="FILE", help="comparison.sqlite")
    p.add_argument("--results", default="comparison.sqlite", metavar="FILE", help="the same")
    return p


def parse(
    arguments: Sequence[str], redo: Sequence[str], suite: Callable[[str], Any]
) -> argparse.Namespace:
    """Parse a comparison's arguments; those of a suite have defaults of its own.

    Parameters
    ----------
    arguments : sequence of str
    redo : sequence of str
        The kinds of stored runs that can be made again.
    suite : callable
        Returns the suite of a name, whose `arguments()` are its defaults.

    Raises
    ------
    UsageError
        When the arguments cannot be parsed, or there is no such suite.
    """
    p = parser(redo)
    chosen = p.parse_args(arguments)
    if chosen.suite is not None:
        p.set_defaults(**suite(chosen.suite).arguments())
        chosen = p.parse_args(arguments)
    return chosen


def export_parser(formats: Sequence[str]) -> Parser:
    """Return the parser of an export's arguments, which names one of the formats."""
    p = command(
        "export", "Write the runs of a results file for other programs (see docs/exports.md)."
    )
    add = p.add_argument
    add("file", nargs="?", metavar="FILE", default="comparison.sqlite", help="the results file")
    add("--format", choices=formats, required=True, help="the format that the runs are written in")
    add("--to", metavar="DIR", help="a new folder (default FILE-FORMAT, beside the file)")
    return p
