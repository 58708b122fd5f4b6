"""A text in byte pairs, the tokens that language models have: learned from its own words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from problems.naming.options import OptionError
from problems.next_token.byte_pair import merge_words
from problems.next_token.text import CorpusError

#: Symbols that an alphabet of byte pairs may have.
LEAST_SYMBOLS, MOST_SYMBOLS = 3, 4096
#: Words that merges are learned from, the most frequent ones: the others are spelled by them.
MOST_WORDS = 50_000
#: Ends a word while all are spelled; no symbol has its number.
_END = "\uffff"
#: Bytes that are looked through at a time.
PIECE = 1 << 20
#: A word with the space before it, as in GPT-2 (Radford et al. 2019, "Language models are
#: unsupervised multitask learners", unread), cut where it is longer than 32 bytes; or one byte of
#: white space, which no merge can reach: a document ends in a newline of its own.
_WORD = re.compile(rb" ?[^ \t\n\r\f\v]{1,32}|[ \t\n\r\f\v]")
_SPACE = re.compile(rb"[ \t\n\r\f\v]")


def symbols_asked(alphabet: str) -> int:
    """Return how many symbols ``bpe:SIZE`` asks for; 0 for other alphabets.

    Raises
    ------
    OptionError
        When SIZE is no whole number from 3 to 4096.
    """
    kind, _, size = alphabet.partition(":")
    if kind != "bpe":
        return 0
    sizes = range(LEAST_SYMBOLS, MOST_SYMBOLS + 1)
    if size not in map(str, sizes):
        raise OptionError(
            f"alphabet={alphabet}: expected bpe:SIZE, such as bpe:512, SIZE a whole number from "
            f"{LEAST_SYMBOLS} to {MOST_SYMBOLS:,}"
        )
    return int(size)


def encode_pairs(text: bytes, size: int) -> tuple[list[str], NDArray[np.unsignedinteger]]:
    """Encode a text in its bytes and the most frequent pairs of what there is so far.

    The merges are learned on the most frequent words of the whole text, what is held out of it
    included, as a language model's tokenizer is before the model. Each distinct word is encoded
    once.

    Parameters
    ----------
    text : bytes
    size : int
        How many symbols to have; fewer where no word has two tokens left.

    Returns
    -------
    symbols : list of str
        A character a byte: those that occur, in order, then merged ones as they were merged.
    tokens : ndarray of shape (n,)

    Raises
    ------
    CorpusError
        When `size` has no room for the bytes and a merge.
    """
    words: Counter[bytes] = Counter(chain.from_iterable(_words(text)))
    alphabet = sorted({chr(byte) for word in words for byte in word})
    if len(alphabet) >= size:
        raise CorpusError(
            f"alphabet=bpe:{size}: the text has {len(alphabet)} different bytes, expected "
            f"{len(alphabet) + 1} symbols or more"
        )
    learned = {word.decode("latin-1"): times for word, times in words.most_common(MOST_WORDS)}
    merges, _ = merge_words(learned, size - len(alphabet))
    symbols = list(dict.fromkeys([*alphabet, *map("".join, merges)]))
    flat, lengths = _spell(words, symbols, merges)
    begins = np.cumsum(lengths) - lengths
    for row, word in enumerate(words):
        words[word] = row  # in the counts' place, as there may be millions
    pieces = []
    for some in _words(text):
        rows = np.fromiter(map(words.__getitem__, some), dtype=np.int64, count=len(some))
        sizes = lengths[rows]
        # The places of each word's tokens in `flat`, one word after another.
        place = np.arange(sizes.sum()) + np.repeat(begins[rows] - np.cumsum(sizes) + sizes, sizes)
        pieces.append(flat[place])
    return symbols, np.concatenate(pieces) if pieces else flat


def _spell(
    words: Iterable[bytes], symbols: list[str], merges: list[tuple[str, str]]
) -> tuple[NDArray[np.unsignedinteger], NDArray[np.int64]]:
    """Return the tokens of all words, one after another, and how many each has.

    A character stands for a token, so that to merge a pair is to replace it, in all words at once.
    """
    number = {symbol: chr(i) for i, symbol in enumerate(symbols)}
    letters = {ord(symbol): code for symbol, code in number.items() if len(symbol) == 1}
    spelled = "".join(word.decode("latin-1") + _END for word in words).translate(letters)
    for left, right in merges:
        spelled = spelled.replace(number[left] + number[right], number[left + right])
    codes = np.frombuffer(spelled.encode("utf-16-le"), dtype=np.uint16)
    ended = codes == ord(_END)
    lengths = np.diff(np.flatnonzero(ended), prepend=-1) - 1
    narrow = np.min_scalar_type(max(0, len(symbols) - 1))
    return codes[~ended].astype(narrow), lengths


def _words(text: bytes) -> Iterator[list[bytes]]:
    """Yield the words of a text, a list for each piece, which ends before white space."""
    begin = 0
    while begin < len(text):
        space = _SPACE.search(text, begin + PIECE)
        end = space.start() if space else len(text)
        yield _WORD.findall(text, begin, end)
        begin = end
