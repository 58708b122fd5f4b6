"""Output for a person at a terminal: tables as wide as it is, and progress."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import Any

from comparison.harmless import for_terminal


def console() -> Any:
    """Return a console; into a file or pipe it is wide enough for every column."""
    from rich.console import Console

    class Pipe(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # `main` ends quietly; rich would exit with 1

    return Pipe(highlight=False, emoji=False, width=None if sys.stdout.isatty() else 160)


@contextlib.contextmanager
def progress_bar() -> Iterator[Callable[[int, int, Any], None]]:
    """Yield a callback that draws a bar on stderr, if that is a terminal."""
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

    screen = Console(stderr=True)
    columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as bar:
        shown = bar.add_task("starting", total=None)

        def update(done: int, total: int, run: Any) -> None:
            doing = "running" if run is None else f"{run.method} on {run.problem}"
            bar.update(shown, completed=done, total=total, description=escape(for_terminal(doing)))

        yield update
