"""The moves of a permutation: how an item, a segment or a pair changes its place."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from problems.core.permutation import Permutation, PermutationKind

Move = Literal["reversal", "insertion", "swap"]

#: Of each kind what changes least of what it is about. A reversal of a segment replaces two edges
#: of a tour (2-opt; Croes 1958, "A method for solving traveling-salesman problems"), an insertion
#: three, as or-opt does, whose longer segments were no better here (hill-climb at 2,000 evaluations
#: of travelling-salesman, a median of 7,703 with them, 7,108 without). An insertion leaves the
#: order of the others as it is, a swap their positions.
MOVES: dict[PermutationKind | None, tuple[Move, ...]] = {
    "tour": ("reversal", "insertion"),
    "sequence": ("insertion",),
    "assignment": ("swap",),
    None: ("reversal", "insertion", "swap"),
}


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
