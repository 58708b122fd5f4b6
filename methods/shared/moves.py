"""The moves of a permutation: how an item, a segment or a pair changes its place."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from problems.core.permutation import Permutation, PermutationKind

Move = Literal["reversal", "insertion", "swap"]

#: Of each kind what changes least of what it is about. A reversal of a segment replaces two edges
#: of a tour (2-opt; Croes 1958, "A method for solving traveling-salesman problems"), an insertion
#: three, as or-opt does, whose longer segments were no better here (random moves, climbing for
#: 2,000 evaluations of travelling-salesman: a median of 7,703 with them, 7,108 without). An
#: insertion leaves the order of the others as it is, a swap their positions.
MOVES: dict[PermutationKind | None, tuple[Move, ...]] = {
    "tour": ("reversal", "insertion"),
    "sequence": ("insertion",),
    "assignment": ("swap",),
    None: ("reversal", "insertion", "swap"),
}
#: The moves whose neighbourhoods a local search goes through. Of a tour 2-opt alone, as it goes
#: through all of it before it ends: iterated-local-search has a median of 6,731 on
#: travelling-salesman at 2,000 evaluations, of 7,175 with insertions.
CLIMBED = {**MOVES, "tour": ("reversal",)}


def move(items: NDArray, i: int, j: int, how: Move, length: int) -> None:
    """Change the order of `items` between the positions `i` and `j`, in place.

    Parameters
    ----------
    items : ndarray of shape (n,)
        All items, those that a selection leaves out at its end.
    i, j : int
        Two positions.
    how : {"reversal", "insertion", "swap"}
        Reverse the segment between them; move the item at `i` to `j`; or exchange the two.
    length : int
        How many of the items are selected. One that is left out is brought in by exchanging it
        with one that is not, whatever the move.
    """
    if how == "swap" or max(i, j) >= length:
        items[i], items[j] = items[j], items[i]
    elif how == "reversal":
        segment = slice(min(i, j), max(i, j) + 1)
        items[segment] = items[segment][::-1].copy()
    else:
        item = items[i]
        if i < j:
            items[i:j] = items[i + 1 : j + 1].copy()
        else:
            items[j + 1 : i + 1] = items[j:i].copy()
        items[j] = item


def all_moves(space: Permutation) -> NDArray[np.int32]:
    """Return the moves of `CLIMBED`, each neighbour once.

    Where nothing is said of the kind, a reversal of three is a swap as well.

    Returns
    -------
    ndarray of shape (moves, 3)
        What `moved` takes: which of the kind's moves, and the positions `i` and `j`. Where
        there are no neighbours there is one, which changes nothing.
    """
    n, length = space.n, space.dimension
    i, j = np.indices((length, n), dtype=np.int32).reshape(2, -1)
    outside, nearby = j >= length, abs(i - j) == 1
    rows = []
    for which, how in enumerate(CLIMBED[space.kind]):
        kept = (i != j) & (i != j + 1) if how == "insertion" else i < j
        if which:  # items left out are exchanged by every move, neighbours within by every move
            kept &= ~(outside | nearby)
        if space.kind == "tour" and length == n:  # of two segments, whose reversals are one tour
            kept &= (i > 0) & (j - i < n - 2)
        rows.append(np.stack([np.full(kept.sum(), which, np.int32), i[kept], j[kept]], axis=1))
    return np.concatenate(rows) if any(map(len, rows)) else np.zeros((1, 3), np.int32)


def moved(space: Permutation, points: NDArray, which: int, i: int, j: int) -> NDArray:
    """Return changed copies of `points`, of shape (1, dimension), after one of `all_moves`."""
    items = space.complete(points)
    move(items[0], i, j, CLIMBED[space.kind][which], space.dimension)
    return items[:, : space.dimension]


def rearrange(
    space: Permutation, points: NDArray, chosen: NDArray, rng: np.random.Generator
) -> NDArray:
    """Move the item at each chosen position elsewhere, one after the other.

    Parameters
    ----------
    space : Permutation
    points : ndarray of shape (n, dimension)
    chosen : ndarray of bool, shape (n, dimension)
    rng : Generator

    Returns
    -------
    ndarray of shape (n, dimension)
        Changed copies.
    """
    n, length, moves = space.n, space.dimension, MOVES[space.kind]
    items = points.copy() if length == n else space.complete(points)
    rows, positions = chosen.nonzero()
    others = (positions + rng.integers(1, max(2, n), len(rows))) % n
    drawn = rng.integers(0, len(moves), len(rows)) if len(moves) > 1 else np.zeros_like(rows)
    steps = np.stack([rows, positions, others, drawn], axis=1).tolist()
    for row, i, j, which in steps:
        move(items[row], i, j, moves[which], length)
    return items[:, :length]
