"""The words of a corpus: distinct types with counts, training and held-out apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from problems.next_token.corpus import Corpus
from problems.next_token.split import HELD_OUT, TRAIN

#: Symbols that are looked through at a time.
PIECE = 1 << 20


@dataclass(frozen=True, eq=False)
class Words:
    """Distinct words and how often each occurs.

    Attributes
    ----------
    train, held_out : Counter
        From word to number of occurrences in either part of the text.
    """

    train: Counter[str]
    held_out: Counter[str]


def count_words(corpus: Corpus, held_out: float = 0.0, instance: int = 0) -> Words:
    """Count the words of `corpus`, maximal runs without white space.

    Parameters
    ----------
    corpus : Corpus
    held_out : float
        Share of blocks to hold out, as in `Corpus.counts`. A word that an edge of
        the split cuts belongs to neither part, as no context crosses one there.
    instance : int
        Seeds the choice of blocks.

    Raises
    ------
    ValueError
        When the share is out of range or the text too short for it.
    """
    words = _count_words(corpus, held_out, instance)
    return Words(Counter(words.train), Counter(words.held_out))  # the caller's own


@lru_cache(maxsize=8)
def _count_words(corpus: Corpus, held_out: float, instance: int) -> Words:
    split = corpus.split(held_out, instance)
    counted = []
    for part in (TRAIN, HELD_OUT):
        words: Counter[bytes] = Counter()
        for begin, end in split.runs(part).tolist():
            for some in _words(corpus, begin, end):
                words.update(some)
        counted.append(Counter({word.decode(): times for word, times in words.items()}))
    return Words(*counted)


def _words(corpus: Corpus, begin: int, end: int) -> Iterator[list[bytes]]:
    """Yield the words between two places of a text, in UTF-8, without those that these cut.

    `bytes.split` knows no white space but ASCII's: in the alphabet ``bytes``, U+0085 and
    U+00A0 are parts of letters.
    """
    codes = np.array([ord(symbol) for symbol in corpus.symbols], dtype=np.uint32)
    # A word that goes on to the symbol before or after is cut: these are read as well.
    before, after = begin > 0, end < len(corpus.tokens)
    tokens = corpus.tokens[begin - before : end + after]
    rest, cut = b"", before
    for at in range(0, len(tokens), PIECE):
        text = rest + codes[tokens[at : at + PIECE]].tobytes().decode("utf-32-le").encode()
        cut = cut and not (at == 0 and text[:1].isspace())
        words = text.split()
        rest = b"" if text[-1:].isspace() else words.pop()
        yield words[cut:]
        cut = cut and not words
    if rest and not (cut or after):
        yield [rest]
