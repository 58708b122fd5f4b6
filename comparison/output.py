"""Standard output and standard error of any kind: no UTF-8, full, closed."""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import sys
from collections.abc import Iterator
from typing import IO

from comparison.harmless import for_terminal

#: What is printed in place of a character that the encoding of an output lacks.
PLAIN = {
    "—": "-", "–": "-", "−": "-", "─": "-", "…": "...", "≤": "<=", "≥": ">=", "≠": "!=",
    "→": "->", "×": "x", "·": "*", "“": '"', "”": '"', "‘": "'", "’": "'", "±": "+-",
    "┤": "|", "│": "|", "└": "+", "┬": "+", "⠀": " ",
    **{chr(dots): "*" for dots in range(0x2801, 0x2900)},  # the curves of `show`
    "∞": "inf", "√": "sqrt ", "Σ": "sum ", "∑": "sum ", "⁴": "^4", "²": "^2", "½": "1/2",
}  # fmt: skip
#: The name of `plain_characters` among the handlers of encoding errors.
HANDLER = "plain-characters"


class OutputLost(Exception):  # noqa: N818 - reads as what happened
    """Nothing can be written to standard output any more; the message says why."""


class ReaderGone(Exception):  # noqa: N818 - as above
    """The reader of the pipe that is standard output has gone, as after `| head -1`."""


def plain_characters(error: UnicodeError) -> tuple[str, int]:
    """Replace characters that cannot be encoded by similar ones, or else by a question mark."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lost = error.object[error.start : error.end]
    return "".join(PLAIN.get(character, "?") for character in lost), error.end


codecs.register_error(HANDLER, plain_characters)


def printable(text: str, encoding: str) -> str:
    """Return a text as an output of this encoding will show it, so that it can be aligned."""
    return text.encode(encoding, HANDLER).decode(encoding)


def say(message: str) -> None:
    """Print a line on standard error; if that fails, go on."""
    harmless = "\n".join(map(for_terminal, message.split("\n")))
    try:
        print(harmless, file=sys.stderr, flush=True)
    except (OSError, ValueError):  # full, or closed by someone
        _silence(sys.stderr)


@contextlib.contextmanager
def standard_streams() -> Iterator[None]:
    """Print what the encoding can show, and tell a lost output from other errors.

    Raises
    ------
    OutputLost
        When standard output is closed or full. What was to be printed is lost; runs
        that were made are kept.
    ReaderGone
        When it is a pipe that nobody reads any more; there is nothing wrong with that.
    """
    _fill_closed_descriptors()
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - for as long as the process lives
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - as above
        raise OutputLost("it is closed")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors=HANDLER)
    try:
        yield
    except OSError:
        # Whether it was this output that failed, and not a file or a worker's pipe, one
        # more character tells.
        _flush("\n")
        raise
    except SystemExit:
        _flush()
        raise
    _flush()


def _flush(more: str = "") -> None:
    try:
        sys.stdout.write(more)
        sys.stdout.flush()
    except BrokenPipeError:
        _silence(sys.stdout)
        raise ReaderGone from None
    except OSError as error:
        _silence(sys.stdout)
        raise OutputLost(error.strerror or str(error)) from None


def _fill_closed_descriptors() -> None:
    """Open the null device at closed descriptors 0 to 2, which the next file would get.

    A results file with the number of standard output would be written to by whatever prints.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # it gets the lowest number that is free


def _silence(stream: IO[str]) -> None:
    """Let a broken stream write to the null device, so that Python ends without a message."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
