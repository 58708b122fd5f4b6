"""The words of a corpus: distinct types with counts, training and held-out apart."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from problems.next_token.corpus import Corpus

#: ASCII white space only: in the alphabet ``bytes``, U+0085 and U+00A0 are parts of letters.
WORD = re.compile(r"[^ \t\n\r\f\v]+")


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
    hidden = corpus.hidden(held_out, instance)
    before = np.concatenate([[0], np.cumsum(hidden)]).tolist()  # hidden tokens before each
    text = "".join([corpus.symbols[token] for token in corpus.tokens.tolist()])
    parts: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    for match in WORD.finditer(text):
        inside = before[match.end()] - before[match.start()]
        if inside in (0, match.end() - match.start()):
            parts[inside > 0][match.group()] += 1
    return Words(*parts)
