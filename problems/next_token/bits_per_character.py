"""Bits a character, a unit that does not depend on what a token is."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from problems.next_token.corpus import Corpus


def characters(corpus: Corpus, by_token: NDArray[np.int64]) -> int:
    """Return how many characters tokens spell.

    In UTF-8 the bytes 0x80 to 0xBF go on with a character that has begun; other
    alphabets have no symbol that spells less than a character.

    Parameters
    ----------
    corpus : Corpus
    by_token : ndarray of shape (V,)
        How often each symbol occurs.
    """
    if corpus.alphabet != "bytes":
        return int(by_token.sum())
    starts = [not 0x80 <= ord(symbol) <= 0xBF for symbol in corpus.symbols]
    return int(by_token[np.array(starts)].sum())


def bits_per_character(corpus: Corpus, nats: float, by_token: NDArray[np.int64]) -> float:
    """Return a mean of `nats` a token in bits a character: × tokens / characters / ln 2.

    Parameters
    ----------
    corpus : Corpus
    nats : float
        Mean negative log-likelihood of the tokens.
    by_token : ndarray of shape (V,)
        How often each symbol occurs among them.
    """
    return nats * int(by_token.sum()) / characters(corpus, by_token) / math.log(2)
