"""Counts of next tokens after contexts, taken a piece of the text at a time.

A text of 100 million tokens takes 100 MB; the numbers of its contexts would take 800 more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from problems.next_token.split import HELD_OUT, TRAIN, UNUSED, Split, spread

#: Tokens that are counted at a time: few enough for the processor's cache.
PIECE = 1 << 18
#: Largest table of counts, contexts × symbols, before we ask for a smaller one.
MOST_CELLS = 50_000_000
#: Possible contexts up to which a table has a place for each; of more, those that occur are
#: sorted, which is several times slower.
MOST_PLACES = 1 << 24


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
class Predictions:
    """The predictions of a text after contexts of `k` tokens, gone through as often as is asked.

    A context is numbered by its digits to the base `size`, oldest first.

    Attributes
    ----------
    tokens : ndarray of shape (n,)
    starts : ndarray of shape (documents,)
        Where documents begin.
    boundary : int or None
        The symbol that stands before a document. Without one, no context reaches beyond
        the text, nor across an edge of the split.
    split : Split
    k, size : int
    """

    tokens: NDArray
    starts: NDArray[np.int64]
    boundary: int | None
    split: Split
    k: int
    size: int

    def pieces(self) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]]:
        """Yield contexts, the tokens that follow them, and the parts of these.

        The part is `UNUSED` where the context reaches too far.
        """
        starts = self.split.edges[:-1] if self.boundary is None else self.starts
        edges = np.append(starts, len(self.tokens))
        for begin in range(0, len(self.tokens), PIECE):
            end = min(begin + PIECE, len(self.tokens))
            first = max(0, begin - self.k)
            missing = np.zeros(self.k - (begin - first), dtype=np.int64)  # before the text
            tokens = np.concatenate([missing, self.tokens[first:end]])
            parts = self.split.of(begin, end)
            place = np.arange(begin, end) - spread(starts, edges, begin, end)
            context = np.zeros(end - begin, dtype=np.int64)
            for offset in range(self.k, 0, -1):
                earlier = tokens[self.k - offset : len(tokens) - offset]
                context *= self.size
                if self.boundary is not None:
                    earlier = np.where(place >= offset, earlier, self.boundary)
                context += earlier
            if self.boundary is None:
                parts[place < self.k] = UNUSED
            yield context, tokens[self.k :], parts


def count(predictions: Predictions, name: str, held_out: float) -> Counts:
    """Count next tokens, each part apart.

    Parameters
    ----------
    predictions : Predictions
    name, held_out : str, float
        The text's name and what share of it is held out, for errors.

    Raises
    ------
    ValueError
        When a part that is asked for has no predictions, or the table would be too large.
    """
    k, size = predictions.k, predictions.size
    few = size**k <= MOST_PLACES
    seen, hidden = _distinct(predictions, few)
    if not len(seen) or (held_out > 0 and not len(hidden)):
        totals = np.zeros(UNUSED + 1, dtype=np.int64)
        for _, _, parts in predictions.pieces():
            totals += np.bincount(parts, minlength=len(totals))
        raise ValueError(
            f"{name} is too short for context={k}, held_out={held_out:g}: "
            f"{totals[TRAIN]} predictions to learn from, {totals[HELD_OUT]} held out"
        )
    codes = np.concatenate([seen, np.setdiff1d(hidden, seen, assume_unique=True)])
    _refuse_many(len(codes), predictions)
    train = np.zeros((len(seen), size), dtype=np.int64)
    held = np.zeros((len(codes), size), dtype=np.int64)
    row_of = _Places(codes, size**k) if few else _Sorted(codes)
    for context, token, parts in predictions.pieces():
        cells = row_of(context) * size + token  # of unused contexts any row
        np.add.at(train.reshape(-1), cells[parts == TRAIN], 1)
        np.add.at(held.reshape(-1), cells[parts == HELD_OUT], 1)
    digits = codes[:, None] // size ** np.arange(k - 1, -1, -1, dtype=np.int64) % size
    return Counts(digits, train, held)


def _distinct(predictions: Predictions, few: bool) -> list[NDArray[np.int64]]:
    """Return the distinct contexts of the training and of the held-out part, in radix order."""
    if few:
        marks = np.zeros((UNUSED + 1, predictions.size**predictions.k), dtype=bool)
        for context, _, parts in predictions.pieces():
            marks[parts, context] = True
        return [np.flatnonzero(mark) for mark in marks[:UNUSED]]
    collected = [_Distinct(), _Distinct()]
    for context, _, parts in predictions.pieces():
        for part, distinct in enumerate(collected):
            distinct.add(context[parts == part])
            _refuse_many(len(distinct.codes), predictions, " or more")
    return [distinct.all() for distinct in collected]


def _refuse_many(contexts: int, predictions: Predictions, more: str = "") -> None:
    if contexts * predictions.size > MOST_CELLS:
        raise ValueError(
            f"context={predictions.k}: {contexts}{more} contexts × {predictions.size} symbols are "
            f"more than {MOST_CELLS:,} counts; choose a shorter context or alphabet=letters"
        )


class _Distinct:
    """Distinct numbers, sorted; new ones wait until they are many enough to be merged."""

    def __init__(self) -> None:
        self.codes = np.empty(0, dtype=np.int64)
        self._waiting: list[NDArray[np.int64]] = []
        self._room = 8 * PIECE

    def add(self, codes: NDArray[np.int64]) -> None:
        self._waiting.append(np.unique(codes))
        self._room -= len(self._waiting[-1])
        if self._room < 0:
            self.all()

    def all(self) -> NDArray[np.int64]:
        self.codes = np.unique(np.concatenate([self.codes, *self._waiting]))
        self._waiting, self._room = [], max(8 * PIECE, len(self.codes))
        return self.codes


class _Places:
    """The rows of contexts by a table with a place for every number below `most`."""

    def __init__(self, codes: NDArray[np.int64], most: int) -> None:
        self._row = np.zeros(most, dtype=np.int32)
        self._row[codes] = np.arange(len(codes))

    def __call__(self, codes: NDArray[np.int64]) -> NDArray[np.int64]:
        return self._row[codes].astype(np.int64)


class _Sorted:
    """The rows of contexts by bisection."""

    def __init__(self, codes: NDArray[np.int64]) -> None:
        self._order = np.argsort(codes, kind="stable")
        self._sorted = codes[self._order]

    def __call__(self, codes: NDArray[np.int64]) -> NDArray[np.int64]:
        at = np.minimum(np.searchsorted(self._sorted, codes), len(self._order) - 1)
        rows: NDArray[np.int64] = self._order[at]
        return rows
