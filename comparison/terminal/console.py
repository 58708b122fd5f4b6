"""Output for a person at a terminal: tables as wide as it is, and progress."""

from __future__ import annotations

import contextlib
import sys
from typing import Any

from comparison.harmless import for_terminal


def console() -> Any:
    """Return a console; into a file or pipe it is wide enough for every column."""
    from rich.console import Console

    class Pipe(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # `main` ends quietly; rich would exit with 1

    return Pipe(highlight=False, width=None if sys.stdout.isatty() else 160)


def progress_bar() -> Any:
    """Return a context that yields a callback; it draws on stderr, if that is a terminal."""

    @contextlib.contextmanager
    def bar() -> Any:
        from rich.console import Console
        from rich.markup import escape
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

        screen = Console(stderr=True)
        columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(
            *columns, console=screen, transient=True, disable=not screen.is_terminal
        ) as drawn:
            shown = drawn.add_task("starting", total=None)

            def update(done: int, total: int, run: Any) -> None:
                doing = "running" if run is None else f"{run.method} on {run.problem}"
                doing = escape(for_terminal(doing))
                drawn.update(shown, completed=done, total=total, description=doing)

            yield update

    return bar()
