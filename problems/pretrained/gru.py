"""The speller of g2p-en: a GRU that reads letters, and one that writes phonemes.

The weights are those of Park and Kim's g2p-en 2.1 (Apache-2.0), trained on CMUdict: 834,890 in
twelve tensors of single precision. `Speller.pronounce` gives what its own lines give one word at
a time, for many words at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from problems.pretrained.installed import installed_file

#: Single precision as installed; the tests take double.
Array = NDArray[np.floating]
Weights = Mapping[str, Array]

#: Tokens of the encoder: padding, unknown, end of a word, a to z.
WORD_END, FIRST_LETTER = 2, 3
#: Tokens of the decoder: padding, unknown, begin, end, then the phonemes in this order.
BEGIN, END, FIRST_PHONEME = 2, 3, 4
_STRESSED = {"AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH"}
_PLAIN = "B CH D DH F G HH JH K L M N NG P R S SH T TH UW V W Y Z ZH"
#: ARPAbet, a vowel with its stress: 0 none, 1 primary, 2 secondary.
PHONEMES = sorted([*_PLAIN.split(), *(f"{v}{s}" for v in {*_STRESSED, "UW"} for s in "012")])
TOKEN = {phoneme: FIRST_PHONEME + i for i, phoneme in enumerate(PHONEMES)}
#: How many tokens the decoder chooses among.
TOKENS = FIRST_PHONEME + len(PHONEMES)
#: The most phonemes that it writes.
LONGEST = 20


class Letters(NamedTuple):
    """Words as the encoder reads them, the longest first.

    Attributes
    ----------
    tokens : ndarray of shape (n, longest + 1)
        Letters, and the end of the word; beyond it nothing is read.
    active : list of int
        At each place, how many of the words have a token there.
    order : ndarray of shape (n,)
        Of which of the given words each row is.
    """

    tokens: NDArray[np.int64]
    active: list[int]
    order: NDArray[np.int64]


def letters(words: Sequence[str]) -> Letters:
    """Return words of the letters a to z as the encoder reads them."""
    lengths = np.array([len(word) + 1 for word in words])
    order = np.argsort(-lengths, kind="stable")
    tokens = np.full((len(words), lengths.max(initial=0)), WORD_END)
    for row, i in zip(tokens, order, strict=True):
        row[: lengths[i] - 1] = [ord(letter) - ord("a") + FIRST_LETTER for letter in words[i]]
    active = [int((lengths > place).sum()) for place in range(tokens.shape[1])]
    return Letters(tokens, active, order)


@cache
def pretrained_weights() -> Weights:
    """Return the twelve tensors, read-only, from the installed file."""
    file = np.load(installed_file("g2p-en", "g2p_en/checkpoint20.npz"), allow_pickle=False)
    weights = {name: file[name] for name in file.files}
    for tensor in weights.values():
        tensor.flags.writeable = False
    return weights


@cache
def digest_of_weights() -> bytes:
    """Return the SHA-256 of the tensors, by which a problem knows that they are the same."""
    return hashlib.sha256(b"".join(t.tobytes() for t in pretrained_weights().values())).digest()


class Cell:
    """One step of a GRU, in PyTorch's form, whose inputs are rows of an embedding.

    r, z, n are the reset gate, the update gate and the new state:
    h' = (1 − z) n + z h, n = tanh(W_in e + b_in + r (W_hn h + b_hn)).

    Parameters
    ----------
    weights : mapping of str to ndarray
    part : {"enc", "dec"}
    """

    def __init__(self, weights: Weights, part: str) -> None:
        hidden = weights[f"{part}_b_hh"]
        self.size = len(hidden) // 3
        #: What an input token adds to the gates: a few products in place of one a word.
        self.table = weights[f"{part}_emb"] @ weights[f"{part}_w_ih"].T + weights[f"{part}_b_ih"]
        self.table[:, : 2 * self.size] += hidden[: 2 * self.size]
        self._bias = hidden[2 * self.size :]
        self._recurrent = weights[f"{part}_w_hh"].T

    def gates(self, tokens: NDArray, h: Array) -> tuple[Array, Array, Array, Array]:
        """Return r, z, n and the part of n that r multiplies, each of shape (words, size)."""
        sums = h @ self._recurrent
        inputs = self.table[tokens]
        two = 2 * self.size
        rz = sums[:, :two]
        rz += inputs[:, :two]
        rz *= 0.5  # the logistic function is (1 + tanh(x / 2)) / 2
        np.tanh(rz, out=rz)
        rz += 1
        rz *= 0.5
        r, z = rz[:, : self.size], rz[:, self.size :]
        inner = sums[:, two:]
        inner += self._bias
        n = r * inner
        n += inputs[:, two:]
        np.tanh(n, out=n)
        return r, z, n, inner

    def step(self, tokens: NDArray, h: Array) -> Array:
        """Return the next states of words, shape (words, size)."""
        _, z, n, _ = self.gates(tokens, h)
        next_h: Array = h - n
        next_h *= z
        next_h += n
        return next_h


class Speller:
    """The network with some weights.

    Parameters
    ----------
    weights : mapping of str to ndarray
        The twelve tensors by their names in the file.
    """

    def __init__(self, weights: Weights) -> None:
        self.encoder, self.decoder = Cell(weights, "enc"), Cell(weights, "dec")
        self._output, self._bias = weights["fc_w"].T, weights["fc_b"]

    def encode(self, words: Letters) -> Array:
        """Return the states after each word has been read, in the order of its rows."""
        h: Array = np.zeros((len(words.tokens), self.encoder.size), self._bias.dtype)
        for place, active in enumerate(words.active):
            h[:active] = self.encoder.step(words.tokens[:active, place], h[:active])
        return h

    def logits(self, h: Array) -> Array:
        """Return the scores of the next token, shape (words, tokens)."""
        return h @ self._output + self._bias

    def write(self, h: Array) -> Iterator[tuple[NDArray, NDArray, Array]]:
        """Write the most probable token of each word at a time, until every word has ended.

        Yields
        ------
        rows, tokens : ndarray of shape (n,)
            Which words go on, and the next token of each.
        states : ndarray of shape (n, size)
            The decoder's, which the tokens were chosen in.
        """
        rows, tokens = np.arange(len(h)), np.full(len(h), BEGIN)
        for _ in range(LONGEST):
            h = self.decoder.step(tokens, h)
            tokens = self.logits(h).argmax(axis=1)
            yield rows, tokens, h
            goes_on = tokens != END
            rows, tokens, h = rows[goes_on], tokens[goes_on], h[goes_on]
            if not len(rows):
                return

    def pronounce(self, words: Letters) -> NDArray[np.int64]:
        """Return the most probable phoneme at each step, shape (words, 20), `END` behind the last.

        The rows are in the order in which the words were given.
        """
        written = np.full((len(words.tokens), LONGEST), END)
        for place, (rows, tokens, _) in enumerate(self.write(self.encode(words))):
            written[words.order[rows], place] = tokens
        return written
