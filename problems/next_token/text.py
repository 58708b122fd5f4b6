"""Texts: the running Python's own documentation, a Markov source, and files."""

from __future__ import annotations

import re
from errno import EINVAL
from functools import lru_cache
from pathlib import Path

from problems.core.usage_error import UsageError
from problems.naming.options import closest, resolve
from problems.next_token.markov import MarkovSource

LINE_END = "\r\n|\n|\r"


class CorpusError(UsageError):
    """A corpus that cannot be read or used; the message says why."""


def split_lines(text: str) -> list[str]:
    """Split at LF, CR LF and CR, as editors and other readers of lines do.

    `str.splitlines` also splits at form feeds, at U+2028 and at others, which are
    characters of the text.
    """
    return re.split(LINE_END, text)


def lost_letters(name: str, text: str) -> float:
    """Return the share of a text's letters that are not a to z, in upper or lower case.

    Raises
    ------
    CorpusError
        When it is most of them: what is left says nothing about the text.
    """
    lower = text.lower()
    # Few pieces are read one by one, where most of a text is a to z.
    lost = sum(map(str.isalpha, "".join(re.findall(r"[^\Wa-z\d_]+", lower))))
    kept = sum(map(len, re.findall("[a-z]+", lower)))
    if lost > kept:
        raise CorpusError(
            f"corpus {name!r} would lose {100 * lost / (lost + kept):.3g} % of its letters, which "
            "are not a to z, in alphabet=letters; use alphabet=characters"
        )
    return lost / max(1, lost + kept)


def read_text(name: str) -> tuple[str, MarkovSource | None]:
    """Return a text, and its source where it is a synthetic one.

    Raises
    ------
    CorpusError
        When it is missing, is no file that ends, or is no UTF-8 text.
    """
    if name == "python-docs":
        from pydoc_data.topics import topics

        return "\n".join(topics[key] for key in sorted(topics)), None
    if name.partition(":")[0] == "markov":
        return _markov_text(name)
    try:
        file = Path(name)
        if file.exists() and not (file.is_file() or file.is_dir()):
            raise OSError(EINVAL, "a device or a pipe, which need not end")
        text = file.read_bytes().decode().removeprefix("\ufeff")
    except OSError as error:
        hint = closest(name, ("python-docs", "markov"))
        raise CorpusError(f"corpus {name!r}: {error.strerror}{hint}") from None
    except UnicodeDecodeError as error:
        raise CorpusError(
            f"corpus {name!r} is not UTF-8 text: byte {error.start} is "
            f"0x{error.object[error.start]:02x}, in {_line(error.object[: error.start])}"
        ) from None
    except ValueError as error:  # a null character in it, for example
        raise CorpusError(f"corpus {name!r}: not the path of a file: {error}") from None
    if "\0" in text:
        at = text.index("\0")
        raise CorpusError(
            f"corpus {name!r} is a binary file: it has NUL characters, the first at {at}, "
            f"in {_line(text[:at].encode())}"
        )
    return text, None


def _line(before: bytes) -> str:
    """Name the line on which what follows `before` stands, counted from 1 as editors do."""
    return f"line {len(re.split(LINE_END.encode(), before))}"


@lru_cache(maxsize=8)
def _markov_text(name: str) -> tuple[str, MarkovSource]:
    pairs = [part.partition("=") for part in name.partition(":")[2].split(",") if part]
    try:
        options = resolve("markov", _markov, {key.strip(): value for key, _, value in pairs})
        return _markov(**options)
    except ValueError as error:
        raise CorpusError(f"corpus {name!r}: {' '.join(str(error).split())}") from None


def _markov(
    *, order: int = 1, symbols: int = 27, seed: int = 0, length: int = 100_000
) -> tuple[str, MarkovSource]:
    if not 1 <= length <= 10_000_000:
        raise CorpusError(f"markov: length={length}: expected 1 to 10,000,000")
    source = MarkovSource(order=order, symbols=symbols, seed=seed)
    return source.text(length), source
