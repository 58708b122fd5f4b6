"""Text, reduced once to distinct contexts with next-token counts.

Every objective of this folder is computed exactly from those counts, so an evaluation
at the whole corpus costs as much as there are distinct contexts, not tokens.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from problems.core.frozen import freeze, frozen_property
from problems.naming.options import require_choice
from problems.next_token.markov import LETTERS, MarkovSource
from problems.next_token.text import CorpusError, lost_letters, read_text, split_lines

Alphabet = Literal["letters", "characters", "bytes"]
Documents = Literal["whole", "lines"]

#: Held-out text is taken in blocks of this many characters, fewer where a text is
#: so short that it would not have `LEAST_BLOCKS` of them.
BLOCK = 1000
LEAST_BLOCKS = 50
#: Share of letters lost to the alphabet from which on it is told: 1 in 1,000.
LOST_TOLD = 1e-3
#: Largest table of counts, contexts × symbols, before we ask for a smaller one.
MOST_CELLS = 50_000_000


@dataclass(frozen=True, eq=False)
class Counts:
    """What a corpus says about the next token after `k` others.

    Attributes
    ----------
    contexts : ndarray of shape (C + U, k)
        Distinct contexts, oldest symbol first: the C of the training part in
        radix order, then U that only the held-out part has.
    train : ndarray of shape (C, V)
        Times that each token follows each context in the training part.
    held_out : ndarray of shape (C + U, V)
        The same in the held-out part.
    """

    contexts: NDArray[np.int64]
    train: NDArray[np.int64]
    held_out: NDArray[np.int64]


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
        Indices into `symbols`.
    starts : ndarray of shape (documents,)
        Where documents begin in `tokens`.
    boundary : int or None
        The symbol that surrounds every document; None for one whole text, whose
        first k tokens are context only.
    fingerprint : str
        Hash of the symbols and tokens.
    source : MarkovSource or None
        The synthetic source, where there is one.
    alphabet : {"letters", "characters", "bytes"}
        What a symbol is.
    lost : float
        Share of the text's letters that the alphabet cannot hold, as ü in ``letters``.
    """

    name: str
    symbols: tuple[str, ...]
    tokens: NDArray[np.int64]
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
            Seeds the choice of blocks.

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
        hidden = self.hidden(held_out, instance)
        position = np.arange(len(self.tokens)) - self.starts[self._document]
        context = np.zeros(len(self.tokens), dtype=np.int64)
        usable = np.ones(len(self.tokens), dtype=bool)
        for offset in range(k, 0, -1):
            inside = position >= offset
            earlier = np.roll(self.tokens, offset)
            if self.boundary is None:
                # No context reaches beyond the text or across an edge of the split.
                usable &= inside & (np.roll(hidden, offset) == hidden)
            else:
                earlier = np.where(inside, earlier, self.boundary)
            context = context * size + earlier
        context, token, hidden = context[usable], self.tokens[usable], hidden[usable]
        if hidden.all() or (held_out > 0 and not hidden.any()):
            raise ValueError(
                f"{self.name} is too short for context={k}, held_out={held_out:g}: "
                f"{(~hidden).sum()} predictions to learn from, {hidden.sum()} held out"
            )
        seen = np.unique(context[~hidden])
        unseen = np.setdiff1d(context[hidden], seen)
        codes = np.concatenate([seen, unseen])
        if len(codes) * size > MOST_CELLS:
            raise ValueError(
                f"context={k}: {len(codes)} contexts × {size} symbols are more than "
                f"{MOST_CELLS:,} counts; choose a shorter context or alphabet=letters"
            )
        order = np.argsort(codes, kind="stable")
        row = order[np.searchsorted(codes, context, sorter=order)]
        cell = row * size + token
        shape = (len(codes), size)
        train = np.bincount(cell[~hidden], minlength=len(codes) * size).reshape(shape)
        held = np.bincount(cell[hidden], minlength=len(codes) * size).reshape(shape)
        digits = codes[:, None] // size ** np.arange(k - 1, -1, -1, dtype=np.int64) % size
        return freeze(Counts(digits, train[: len(seen)], held))

    @frozen_property
    def _document(self) -> NDArray[np.int64]:
        """Which document each token is in."""
        return np.searchsorted(self.starts, np.arange(len(self.tokens)), side="right") - 1

    def hidden(self, held_out: float, instance: int = 0) -> NDArray[np.bool_]:
        """Mark the held-out tokens, shape (n,): random blocks, never the tail of the text.

        A tail is another distribution. A document belongs to the block in which
        it begins; one whole text is cut every `BLOCK` characters.

        Raises
        ------
        ValueError
            When the share is not in [0, 1) or the text is too short for it.
        """
        if not 0 <= held_out < 1:
            raise ValueError(f"held_out={held_out:g}: expected a share in [0, 1)")
        document = self._document
        begins = self.starts[document] if self.boundary is not None else np.arange(len(document))
        size = max(1, min(BLOCK, len(document) // LEAST_BLOCKS))
        # Only blocks in which a document begins can be chosen.
        numbers, block = np.unique(begins // size, return_inverse=True)
        blocks = len(numbers)
        chosen = round(held_out * blocks)
        if held_out > 0 and not 0 < chosen < blocks:
            raise ValueError(
                f"held_out={held_out:g}: {self.name} has only {blocks} blocks of {size} "
                f"characters to choose from; use held_out=0 or a longer text"
            )
        mask = np.zeros(blocks, dtype=bool)
        mask[np.random.default_rng([instance, blocks]).permutation(blocks)[:chosen]] = True
        return mask[block]


def read_corpus(name: str, alphabet: str = "letters", documents: str = "whole") -> Corpus:
    """Read a corpus.

    Parameters
    ----------
    name : str
        ``python-docs`` (the running Python's own documentation topics),
        ``markov`` or ``markov:order=2,length=100000`` (see `MarkovSource`), or
        the path of a UTF-8 file.
    alphabet : {"letters", "characters", "bytes"}
        ``letters`` lower-cases and collapses all but a-z to one separator; the
        others keep every character, or UTF-8 byte, that occurs.
    documents : {"whole", "lines"}
        With ``lines`` each line, which ends with LF, CR LF or CR, is a document, with the
        boundary symbol (the separator, or a newline) before its first and after its last
        character.

    Raises
    ------
    CorpusError
        When it is missing, empty, not UTF-8 text, has a single symbol, or is written in
        other letters than the alphabet has.
    OptionError
        When `alphabet` or `documents` is none of the choices.
    """
    require_choice("alphabet", alphabet, get_args(Alphabet))
    require_choice("documents", documents, get_args(Documents))
    return _corpus(name, alphabet, documents, *read_text(name))


@lru_cache(maxsize=8)
def _corpus(
    name: str, alphabet: str, documents: str, text: str, source: MarkovSource | None
) -> Corpus:
    lost = lost_letters(name, text) if alphabet == "letters" else 0.0
    lines = [text] if documents == "whole" else split_lines(text)
    if alphabet == "letters":
        lines = [re.sub("[^a-z]+", LETTERS[0], line.lower()).strip(LETTERS[0]) for line in lines]
    elif alphabet == "bytes":
        lines = [line.encode().decode("latin-1") for line in lines]  # a character a byte
    boundary = None if documents == "whole" else LETTERS[0] if alphabet == "letters" else "\n"
    lines = [line for line in lines if line]
    joined = "".join(line + (boundary or "") for line in lines)
    codes = np.frombuffer(joined.encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
    letters = np.array([ord(c) for c in LETTERS])
    alphabet_codes = letters if alphabet == "letters" else np.unique(codes)
    tokens = np.searchsorted(alphabet_codes, codes)
    if len(np.unique(tokens)) < 2:
        fault = "is empty" if not len(tokens) else "has a single symbol"
        raise CorpusError(f"corpus {name!r} {fault} in alphabet={alphabet}: nothing to predict")
    steps = np.array([len(line) for line in lines]) + (boundary is not None)
    starts = np.concatenate([[0], np.cumsum(steps)[:-1]])
    symbols = tuple(chr(c) for c in alphabet_codes)
    digest = hashlib.sha256("".join(symbols).encode() + tokens.tobytes() + starts.tobytes())
    corpus = Corpus(
        name=name,
        symbols=symbols,
        tokens=tokens,
        starts=starts,
        boundary=None if boundary is None else symbols.index(boundary),
        fingerprint=digest.hexdigest()[:12],
        source=source,
        alphabet=alphabet,
        lost=lost,
    )
    return freeze(corpus)  # every problem on this text shares it
