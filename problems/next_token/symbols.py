"""Text into symbols, a piece at a time: what each alphabet keeps, and where documents begin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from problems.next_token.byte_pair_symbols import encode_pairs, symbols_asked
from problems.next_token.markov import LETTERS
from problems.next_token.text import lowered, pieces

#: Code of a line's end in the alphabet ``letters``, beside those of `LETTERS`.
LINE_END = len(LETTERS)
#: The code of each byte, be its letter in upper or in lower case.
_BYTE_CODES = bytes(
    LINE_END if chr(b) in "\r\n" else max(0, LETTERS.find(chr(b).lower())) for b in range(256)
)
#: Unicode code points.
_CHARACTERS = 0x110000


@dataclass(frozen=True, eq=False)
class Symbols:
    """A text in symbols.

    Attributes
    ----------
    alphabet : tuple of str
        The symbols.
    tokens : ndarray of shape (n,)
        Indices into `alphabet`, in the narrowest type that holds them.
    starts : ndarray of shape (documents,)
        Where documents begin in `tokens`.
    boundary : int or None
        The symbol after each document; None for one whole text.
    """

    alphabet: tuple[str, ...]
    tokens: NDArray[np.unsignedinteger]
    starts: NDArray[np.int64]
    boundary: int | None


def encode(text: bytes, alphabet: str, lines: bool) -> Symbols:
    """Encode a text.

    Parameters
    ----------
    text : bytes
        UTF-8.
    alphabet : {"letters", "characters", "bytes", "bpe:SIZE"}
    lines : bool
        Whether each line is a document, rather than the whole text one.
    """
    if alphabet == "letters":
        tokens = _joined(_letters(text, lines))
        return _in_documents(tuple(LETTERS), tokens, LINE_END if lines else None, 0)
    if size := symbols_asked(alphabet):
        whole = b"".join(piece.tobytes() for piece in _ended_lines(_bytes(text))) if lines else text
        symbols, tokens = encode_pairs(whole, size)
        newline = symbols.index("\n") if lines and len(whole) else None
        return _in_documents(tuple(symbols), tokens, newline, newline)
    coded = _characters if alphabet == "characters" else _bytes

    def codes() -> Iterable[NDArray]:
        return _ended_lines(coded(text)) if lines else coded(text)

    occurs = np.zeros(_CHARACTERS, dtype=bool)
    for piece in codes():
        occurs[piece] = True
    distinct = np.flatnonzero(occurs)
    number = np.zeros(_CHARACTERS, dtype=np.min_scalar_type(max(0, len(distinct) - 1)))
    number[distinct] = np.arange(len(distinct))
    tokens = _joined(number[piece] for piece in codes())
    newline = int(number[ord("\n")]) if lines else None
    return _in_documents(tuple(map(chr, distinct)), tokens, newline, newline)


def _in_documents(
    alphabet: tuple[str, ...], tokens: NDArray, mark: int | None, boundary: int | None
) -> Symbols:
    """Return symbols whose documents each end in `mark`, which the boundary replaces."""
    if mark is None:
        return Symbols(alphabet, tokens, np.zeros(1, dtype=np.int64), None)
    ends = np.flatnonzero(tokens == mark)
    if mark != boundary:
        tokens[ends] = boundary
    return Symbols(alphabet, tokens, np.append(0, ends[:-1] + 1), boundary)


def _joined(parts: Iterable[NDArray]) -> NDArray:
    listed = list(parts)
    return np.concatenate(listed) if listed else np.empty(0, dtype=np.uint8)


def _characters(text: bytes) -> Iterator[NDArray]:
    for piece in pieces(text):
        yield np.frombuffer(piece.decode().encode("utf-32-le"), dtype=np.uint32)


def _bytes(text: bytes) -> Iterator[NDArray]:
    for piece in pieces(text):
        yield np.frombuffer(piece, dtype=np.uint8)


def _ended_lines(codes: Iterable[NDArray]) -> Iterator[NDArray]:
    """End each line in one newline; those without characters are left out."""
    newline = ord("\n")
    last_ended, some = True, False
    for piece in codes:
        ends = (piece == newline) | (piece == ord("\r"))
        kept = ~(ends & np.concatenate([[last_ended], ends[:-1]]))
        last_ended = bool(ends[-1])
        some = some or bool(kept.any())
        yield np.where(ends, piece.dtype.type(newline), piece)[kept]
    if some and not last_ended:
        yield np.array([newline], dtype=np.uint8)


def _letters(text: bytes, lines: bool) -> Iterator[NDArray[np.uint8]]:
    """Yield codes of letters, and one separator for each run of other characters between them.

    With `lines` the code is `LINE_END` where the run has a line's end, and one more ends the text.
    """
    table = _BYTE_CODES if lines else _BYTE_CODES.replace(bytes([LINE_END]), b"\0")
    between = np.empty(0, dtype=np.uint8)  # the run since the last letter, as its one code
    begun = False
    for piece in pieces(text):
        codes = np.frombuffer(lowered(piece).translate(table), dtype=np.uint8)
        codes = np.concatenate([between, codes])
        letter = (codes != 0) & (codes != LINE_END)
        end = len(codes) - int(letter[::-1].argmax()) if letter.any() else 0
        between = codes[end:].max(keepdims=True, initial=0)[: len(codes) - end]
        if not end:
            continue
        codes, letter = codes[:end], letter[:end]
        first = letter | np.concatenate([[True], letter[:-1]])
        # A run's code is its highest, which is its first where lines have no end.
        collapsed = np.maximum.reduceat(codes, np.flatnonzero(first)) if lines else codes[first]
        yield collapsed if begun or letter[0] else collapsed[1:]
        begun = True
    if lines and begun:
        yield np.array([LINE_END], dtype=np.uint8)
