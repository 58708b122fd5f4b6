"""Text, reduced once to distinct contexts with next-token counts.

Every objective of this folder is computed exactly from those counts, so an evaluation
at the whole corpus costs as much as there are distinct contexts, not tokens.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from problems.core.frozen import freeze
from problems.naming.options import require_choice
from problems.next_token.byte_pair_symbols import symbols_asked
from problems.next_token.counting import PIECE, Counts, Predictions, count
from problems.next_token.markov import MarkovSource
from problems.next_token.split import Split, draw_split
from problems.next_token.symbols import encode
from problems.next_token.text import CorpusError, is_synthetic, lost_letters, read_text

#: The alphabets of single symbols, beside bpe:SIZE.
ALPHABETS = ("letters", "characters", "bytes")
Documents = Literal["whole", "lines"]

#: Share of letters lost to the alphabet from which on it is told: 1 in 1,000.
LOST_TOLD = 1e-3
#: Corpora that are kept, so that problems on the same text share it.
MOST_KEPT = 8


@dataclass(frozen=True, eq=False)
class Corpus:
    """A text as symbols.

    Attributes
    ----------
    name : str
        As the user wrote it.
    symbols : tuple of str
        The alphabet.
    tokens : ndarray of shape (n,)
        Indices into `symbols`, in the narrowest unsigned type that holds them.
    starts : ndarray of shape (documents,)
        Where documents begin in `tokens`.
    boundary : int or None
        The symbol that surrounds every document; None for one whole text, whose
        first k tokens are context only.
    fingerprint : str
        Hash of the symbols and tokens.
    source : MarkovSource or None
        The synthetic source, where there is one and its symbols are the alphabet's.
    alphabet : {"letters", "characters", "bytes", "bpe:SIZE"}
        What a symbol is.
    lost : float
        Share of the text's letters that the alphabet cannot hold, as ü in ``letters``.
    """

    name: str
    symbols: tuple[str, ...]
    tokens: NDArray[np.unsignedinteger]
    starts: NDArray[np.int64]
    boundary: int | None
    fingerprint: str
    source: MarkovSource | None = None
    alphabet: str = "letters"
    lost: float = 0.0

    @property
    def title(self) -> str:
        """Name and fingerprint, and what the alphabet lost, where that is worth telling."""
        if self.lost < LOST_TOLD:
            return f"{self.name} {self.fingerprint}"
        lost = f"{100 * self.lost:.2g} % of its letters are not a to z and left out"
        return f"{self.name} {self.fingerprint} ({lost}: alphabet=characters keeps them)"

    @property
    def edge(self) -> int:
        """The symbol that a sequence begins after and ends with.

        That is the boundary; in one whole text the separator of ``letters``, else a newline,
        or a space where the text has no newline.

        Raises
        ------
        CorpusError
            When there is none of these.
        """
        if self.boundary is not None:
            return self.boundary
        for symbol in "\n ":
            if symbol in self.symbols:
                return self.symbols.index(symbol)
        raise CorpusError(
            f"corpus {self.name!r} has neither a newline nor a space for a sequence to begin "
            "after; use documents=lines"
        )

    @lru_cache(maxsize=8)  # noqa: B019 - corpora are few and live as long as the process
    def counts(self, k: int, held_out: float = 0.0, instance: int = 0) -> Counts:
        """Count next tokens after contexts of length `k`.

        Parameters
        ----------
        k : int
            Context length; 0 counts single tokens.
        held_out : float
            Share of blocks to hold out, in [0, 1).
        instance : int
            See `split`.

        Raises
        ------
        ValueError
            When an argument is out of range or the table would be too large.
        """
        size = len(self.symbols)
        longest = next(length for length in range(63, -1, -1) if size**length < 2**62)
        if k < 0:
            raise ValueError(f"context={k}: expected 0 to {longest}")
        if k > longest:
            raise ValueError(f"context={k}: expected at most {longest}")
        split = self.split(held_out, instance)
        predictions = Predictions(self.tokens, self.starts, self.boundary, split, k, size)
        return freeze(count(predictions, self.name, held_out))

    def split(self, held_out: float, instance: int = 0) -> Split:
        """Draw what is learned from and what is held out, see `draw_split`.

        Instance 0 has the whole text, every other one a sample of a tenth; a text of a
        source is the instance's own, and whole.
        """
        starts = None if self.boundary is None else self.starts
        sampled = instance > 0 and not is_synthetic(self.name)
        return draw_split(self.name, len(self.tokens), starts, held_out, instance, sampled)


def read_corpus(
    name: str, alphabet: str = "letters", documents: str = "whole", instance: int = 0
) -> Corpus:
    """Read a corpus.

    Parameters
    ----------
    name : str
        ``python-docs`` (the running Python's own documentation topics),
        ``markov`` or ``markov:order=2,length=100000`` (see `MarkovSource`), or
        the path of a UTF-8 file.
    alphabet : {"letters", "characters", "bytes", "bpe:SIZE"}
        ``letters`` lower-cases and collapses all but a-z to one separator;
        ``characters`` and ``bytes`` keep every character, or UTF-8 byte, that occurs;
        ``bpe:512`` has 512 symbols, the bytes that occur and merged pairs, see
        `encode_pairs`.
    documents : {"whole", "lines"}
        With ``lines`` each line, which ends with LF, CR LF or CR, is a document, with the
        boundary symbol (the separator, or a newline) before its first and after its last
        character.
    instance : int
        Which of the sources of these settings ``markov`` is; other texts are the same in all.

    Raises
    ------
    CorpusError
        When it is missing, empty, not UTF-8 text, has a single symbol, or is written in
        other letters than the alphabet has.
    OptionError
        When `alphabet` or `documents` is none of the choices.
    """
    if not symbols_asked(alphabet):
        require_choice("alphabet", alphabet, (*ALPHABETS, "bpe:SIZE"))
    require_choice("documents", documents, get_args(Documents))
    text, source = read_text(name, instance)
    # Kept by what the text is, as a file may change, and not with it, as it may be large.
    key = (name, alphabet, documents, hashlib.sha256(text).digest())
    if key not in _KEPT:
        if len(_KEPT) == MOST_KEPT:
            del _KEPT[next(iter(_KEPT))]
        _KEPT[key] = _corpus(name, alphabet, documents, text, source)
    return _KEPT[key]


_KEPT: dict[tuple[str, str, str, bytes], Corpus] = {}


def _corpus(
    name: str, alphabet: str, documents: str, text: bytes, source: MarkovSource | None
) -> Corpus:
    encoded = encode(text, alphabet, documents == "lines")
    tokens, lost = encoded.tokens, 0.0
    if alphabet == "letters":
        lost = lost_letters(name, text, int(np.count_nonzero(tokens)))
    if not len(tokens) or (tokens == tokens[0]).all():
        fault = "is empty" if not len(tokens) else "has a single symbol"
        raise CorpusError(f"corpus {name!r} {fault} in alphabet={alphabet}: nothing to predict")
    digest = hashlib.sha256("".join(encoded.alphabet).encode())
    for begin in range(0, len(tokens), PIECE):
        digest.update(tokens[begin : begin + PIECE].astype(np.int64).tobytes())
    digest.update(encoded.starts.tobytes())
    corpus = Corpus(
        name=name,
        symbols=encoded.alphabet,
        tokens=tokens,
        starts=encoded.starts,
        boundary=encoded.boundary,
        fingerprint=digest.hexdigest()[:12],
        source=None if symbols_asked(alphabet) else source,
        alphabet=alphabet,
        lost=lost,
    )
    return freeze(corpus)  # every problem on this text shares it
