"""What all problems on a text share: the corpus, and the part of it that is held out."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from problems.core.problem import Problem
from problems.core.usage_error import UsageError
from problems.naming.options import checked_options
from problems.next_token.byte_pair_symbols import symbols_asked
from problems.next_token.corpus import ALPHABETS, Documents, read_corpus


class TextProblem(Problem):
    """A problem on a corpus.

    Parameters
    ----------
    corpus : str
        ``python-docs``, ``markov``, ``markov:order=2`` or the path of a UTF-8 file.
    alphabet : {"letters", "characters", "bytes", "bpe:SIZE"}
        See `read_corpus`.
    documents : {"whole", "lines"}
        See `read_corpus`.
    held_out : float
        Share of the text, in random blocks, that only `score` uses.
    instance : int
        0 is the whole text. Every other instance is a sample of it: a tenth of its 100
        sections (of texts of less than 100,000 characters 10,000 characters, at most half).
        Of ``markov`` every instance is another source of the same settings, and its whole
        text. The instance seeds the held-out blocks as well.
    """

    @checked_options
    def __init__(
        self,
        *,
        corpus: str = "python-docs",
        alphabet: str = "letters",
        documents: Documents = "whole",
        held_out: float = 0.1,
        instance: int = 0,
    ) -> None:
        self.corpus = read_corpus(corpus, alphabet, documents, instance)
        self.symbols, self.fingerprint = self.corpus.symbols, self.corpus.fingerprint
        self.held_out, self.instance = held_out, instance

    def score(self, x: NDArray) -> float:
        """Return the value on the held-out text, on the training text where none is held out."""
        return self._held_out_value(x) if self.held_out else self.value(x)

    def _held_out_value(self, x: NDArray) -> float:
        """Return the value of `x` on the held-out text, which there is."""
        raise NotImplementedError  # each problem has its own

    def bits_per_character(self, nats: float, by_token: NDArray[np.int64]) -> float:
        """Return a mean of `nats` a token in bits a character: × tokens / characters / ln 2.

        A unit that does not depend on what a token is. In UTF-8, which ``bytes`` and ``bpe``
        spell, the bytes 0x80 to 0xBF go on with a character that has begun.

        Parameters
        ----------
        nats : float
            Mean negative log-likelihood of the tokens.
        by_token : ndarray of shape (V,)
            How often each symbol occurs among them.
        """
        begun = np.ones(len(self.symbols), dtype=np.int64)
        if self.corpus.alphabet not in ("letters", "characters"):
            begun[:] = [sum(not 0x80 <= ord(b) <= 0xBF for b in s) for s in self.symbols]
        return nats * int(by_token.sum()) / int(by_token @ begun) / math.log(2)

    def require_single_symbols(self, why: str) -> None:
        """Refuse an alphabet of byte pairs.

        Raises
        ------
        UsageError
            Saying why.
        """
        if symbols_asked(self.corpus.alphabet):
            raise UsageError(
                f"alphabet={self.corpus.alphabet}: {why}; expected {', '.join(ALPHABETS)}"
            )
