"""Optimal segmentation of words into tokens: shortest paths, many words at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray


class Segmentation:
    """Fewest tokens that spell each word, out of chosen tokens and all characters.

    Words are first cut wherever no candidate crosses, which loses nothing: what is
    left of a word are *pieces*, runs of overlapping candidates, and single
    characters, which cost one token each. Equal pieces are merged. The fewest
    tokens of the first e characters of a piece are then

        f(0) = 0,   f(e) = 1 + min(f(e − 1), min {f(e − |t|) : t chosen, t ends at e}),

    computed for all pieces and all choices together, one array operation for each
    end e and token length |t|.

    Parameters
    ----------
    words : mapping from str to int
        Word types with their counts.
    tokens : sequence of str
        Candidates, distinct, of two characters or more.

    Attributes
    ----------
    pieces : list of str
        Distinct pieces.
    counts : ndarray of shape (P,)
        How often each piece occurs.
    characters : int
        Length of all words with their counts.
    row, end, length, token : ndarray of shape (arcs,)
        Each occurrence of a candidate in a piece, ordered by end, then length.
    """

    def __init__(self, words: Mapping[str, int], tokens: Sequence[str]) -> None:
        self.tokens = tuple(tokens)
        self.characters = sum(len(word) * count for word, count in words.items())
        index = {token: i for i, token in enumerate(tokens)}
        lengths = sorted({len(token) for token in tokens})
        pieces: Counter[str] = Counter()
        for word, count in words.items():
            for piece in _pieces(word, index, lengths):
                pieces[piece] += count
        self.pieces = list(pieces)
        self.counts = np.array(list(pieces.values()), dtype=np.int64)
        self._sizes = np.array([len(piece) for piece in self.pieces], dtype=np.int64)
        arcs = np.array(
            [
                (end, length, row, index[piece[end - length : end]])
                for row, piece in enumerate(self.pieces)
                for end in range(2, len(piece) + 1)
                for length in lengths
                if length <= end and piece[end - length : end] in index
            ],
            dtype=np.int64,
        ).reshape(-1, 4)
        order = np.lexsort(arcs.T[::-1])
        self.end, self.length, self.row, self.token = arcs[order].T

    def total(self, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return the number of tokens of all words, shape (n,).

        Parameters
        ----------
        chosen : ndarray of bool, shape (n, tokens)
            Which candidates may be used.
        """
        return self.characters - self.saved(chosen)

    def saved(self, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return how many tokens fewer than characters there are, shape (n,)."""
        if not len(self.pieces):
            return np.zeros(len(chosen), dtype=np.int64)
        fewest = self._fewest(chosen[:, self.token], self.row, self.end, self.length, self._sizes)
        return (self._sizes - fewest) @ self.counts

    def gains(self, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return how many tokens each candidate would save beside those `chosen`.

        Parameters
        ----------
        chosen : ndarray of bool, shape (tokens,)

        Returns
        -------
        ndarray of shape (tokens,)
            Zero for the chosen ones.

        Notes
        -----
        A candidate changes only the pieces it occurs in: one shortest path for each
        pair of a piece and a candidate in it, instead of all pieces a candidate.
        """
        gains = np.zeros(len(self.tokens), dtype=np.int64)
        if not len(self.pieces):
            return gains
        pairs = np.unique(self.row * len(self.tokens) + self.token)
        piece, focus = np.divmod(pairs, len(self.tokens))
        # Join pairs with the arcs of their piece.
        by_row = np.argsort(self.row, kind="stable")
        first = np.searchsorted(self.row[by_row], np.arange(len(self.pieces) + 1))
        many = (first[1:] - first[:-1])[piece]
        pair = np.repeat(np.arange(len(pairs)), many)
        place = np.arange(len(pair)) - np.repeat(np.cumsum(many) - many, many)
        arc = by_row[first[piece[pair]] + place]
        order = np.argsort(arc, kind="stable")  # by end, then length, as arcs are
        pair, arc = pair[order], arc[order]
        active = chosen[self.token[arc]] | (self.token[arc] == focus[pair])
        with_it = self._fewest(
            active[None], pair, self.end[arc], self.length[arc], self._sizes[piece]
        )[0]
        without = self._fewest(
            chosen[None, self.token], self.row, self.end, self.length, self._sizes
        )[0]
        np.add.at(gains, focus, (without[piece] - with_it) * self.counts[piece])
        return gains

    @staticmethod
    def _fewest(
        active: NDArray[np.bool_],
        row: NDArray[np.int64],
        end: NDArray[np.int64],
        length: NDArray[np.int64],
        sizes: NDArray[np.int64],
    ) -> NDArray[np.int64]:
        """Return the fewest tokens of rows of given `sizes`, shape (n, rows).

        Arcs are ordered by end, then length; `active` says which may be used.
        """
        longest = int(sizes.max())
        cost = np.empty((longest + 1, len(active), len(sizes)), dtype=np.int64)
        cost[0] = 0
        key = end * (longest + 1) + length
        cuts = np.flatnonzero(np.diff(key)) + 1
        group = 0
        starts = np.concatenate([[0], cuts]).tolist()
        stops = np.concatenate([cuts, [len(key)]]).tolist()
        for e in range(1, longest + 1):
            # Beyond its own end a row goes on one token a character, taken off below.
            cost[e] = cost[e - 1] + 1
            while group < len(starts) and len(key) and end[starts[group]] == e:
                arcs = slice(starts[group], stops[group])
                rows = row[arcs]  # distinct: one token of one length ends at e
                shorter = cost[e - int(length[starts[group]])][:, rows] + 1
                here = cost[e][:, rows]
                cost[e][:, rows] = np.where(active[:, arcs], np.minimum(here, shorter), here)
                group += 1
        return cost[longest] - (longest - sizes)

    def spell(self, word: str, chosen: NDArray[np.bool_]) -> list[str]:
        """Return the fewest tokens that spell `word`; of equals, the longest last token."""
        usable = {token for token, use in zip(self.tokens, chosen, strict=True) if use}
        longest = max((len(token) for token in usable), default=1)
        best: list[tuple[int, int]] = [(0, 0)]
        for end in range(1, len(word) + 1):
            best.append(
                min(
                    (best[end - n][0] + 1, -n)
                    for n in range(1, min(longest, end) + 1)
                    if n == 1 or word[end - n : end] in usable
                )
            )
        spelled, end = [], len(word)
        while end:
            start = end + best[end][1]
            spelled.append(word[start:end])
            end = start
        return spelled[::-1]


def _pieces(word: str, index: Mapping[str, int], lengths: Sequence[int]) -> list[str]:
    """Return the maximal runs of `word` in which candidates overlap."""
    pieces: list[str] = []
    begin, reach = 0, 0
    for start in range(len(word)):
        if start >= reach:  # no candidate crosses this position
            if reach > begin:
                pieces.append(word[begin:reach])
            begin = reach = start
        for length in lengths:
            if start + length <= len(word) and word[start : start + length] in index:
                reach = max(reach, start + length)
    if reach > begin:
        pieces.append(word[begin:reach])
    return pieces
