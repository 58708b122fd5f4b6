"""Texts: the running Python's own documentation, a Markov source, and files."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from errno import EINVAL
from functools import lru_cache
from pathlib import Path

from problems.core.usage_error import UsageError
from problems.naming.options import closest, resolve
from problems.next_token.markov import MarkovSource

LINE_END = rb"\r\n|\n|\r"
#: Bytes that are read at a time.
PIECE = 1 << 18
_ASCII = bytes(range(0x80))
#: The two characters beside A to Z of whose lower case a to z are part: İ and the kelvin sign.
_LOWERED = {character.encode(): character.lower().encode() for character in "\u0130\u212a"}


class CorpusError(UsageError):
    """A corpus that cannot be read or used; the message says why."""


def pieces(text: bytes) -> Iterator[bytes]:
    """Cut UTF-8 into pieces of whole characters, which bounds the memory."""
    begin = 0
    while begin < len(text):
        end = min(begin + PIECE, len(text))
        while end < len(text) and end > begin + PIECE - 3 and text[end] & 0xC0 == 0x80:
            end -= 1  # amid a character, which has four bytes at most
        yield text[begin:end]
        begin = end


def lowered(piece: bytes) -> bytes:
    """Return UTF-8 in which every letter that is a to z in lower case is a byte of its own.

    Those of A to Z stay as they are.
    """
    if not piece.isascii():
        for character, lower in _LOWERED.items():
            piece = piece.replace(character, lower)
    return piece


def lost_letters(name: str, text: bytes, kept: int) -> float:
    """Return the share of a text's letters that are not a to z, in upper or lower case.

    Parameters
    ----------
    name : str
        The text's, for errors.
    text : bytes
        UTF-8.
    kept : int
        Its letters a to z.

    Raises
    ------
    CorpusError
        When it is most of them: what is left says nothing about the text.
    """
    lost = 0
    for piece in map(lowered, pieces(text)):
        if not piece.isascii():
            lost += sum(map(str.isalpha, piece.translate(None, _ASCII).decode()))
    if lost > kept:
        raise CorpusError(
            f"corpus {name!r} would lose {100 * lost / (lost + kept):.3g} % of its letters, which "
            "are not a to z, in alphabet=letters; use alphabet=characters"
        )
    return lost / max(1, lost + kept)


def is_synthetic(name: str) -> bool:
    """Tell whether a corpus is drawn from a source, which every instance has its own of."""
    return name.partition(":")[0] == "markov"


def read_text(name: str, instance: int = 0) -> tuple[bytes, MarkovSource | None]:
    """Return a text in UTF-8, and its source where it is a synthetic one.

    Raises
    ------
    CorpusError
        When it is missing, is no file that ends, or is no UTF-8 text.
    """
    if name == "python-docs":
        from pydoc_data.topics import topics

        return "\n".join(topics[key] for key in sorted(topics)).encode(), None
    if is_synthetic(name):
        return _markov_text(name, instance)
    try:
        file = Path(name)
        if file.exists() and not (file.is_file() or file.is_dir()):
            raise OSError(EINVAL, "a device or a pipe, which need not end")
        text = file.read_bytes()
        for piece in pieces(text):
            piece.decode()
    except OSError as error:
        hint = closest(name, ("python-docs", "markov"))
        raise CorpusError(f"corpus {name!r}: {error.strerror}{hint}") from None
    except UnicodeDecodeError:
        raise CorpusError(f"corpus {name!r} is not UTF-8 text: {_fault(text)}") from None
    except ValueError as error:  # a null character in it, for example
        raise CorpusError(f"corpus {name!r}: not the path of a file: {error}") from None
    text = text.removeprefix(BOM_UTF8)
    if b"\0" in text:
        before = text[: text.index(b"\0")]
        raise CorpusError(
            f"corpus {name!r} is a binary file: it has NUL characters, the first at "
            f"{len(before.decode())}, in {_line(before)}"
        )
    return text, None


def _fault(text: bytes) -> str:
    """Say which byte is no UTF-8 in the whole text: a fault may be where a piece was cut."""
    try:
        text.decode()
    except UnicodeDecodeError as error:
        at = error.start
    return f"byte {at} is 0x{text[at]:02x}, in {_line(text[:at])}"


def _line(before: bytes) -> str:
    """Name the line on which what follows `before` stands, counted from 1 as editors do."""
    return f"line {len(re.split(LINE_END, before))}"


@lru_cache(maxsize=8)
def _markov_text(name: str, instance: int) -> tuple[bytes, MarkovSource]:
    pairs = [part.partition("=") for part in name.partition(":")[2].split(",") if part]
    try:
        options = resolve("markov", _markov, {key.strip(): value for key, _, value in pairs})
        return _markov(**options, instance=instance)
    except ValueError as error:
        raise CorpusError(f"corpus {name!r}: {' '.join(str(error).split())}") from None


def _markov(
    *, order: int = 1, symbols: int = 27, seed: int = 0, length: int = 100_000, instance: int = 0
) -> tuple[bytes, MarkovSource]:
    if not 1 <= length <= 10_000_000:
        raise CorpusError(f"markov: length={length}: expected 1 to 10,000,000")
    source = MarkovSource(order=order, symbols=symbols, seed=seed, instance=instance)
    return source.text(length).encode(), source
