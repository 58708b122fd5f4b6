"""Where an ordered selection lives, and what its order says."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cached_property
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from problems.core.space import Box, Space

#: What the order of a permutation says: which items are next to each other on a cycle, which
#: come before which, or which item has which position.
PermutationKind = Literal["tour", "sequence", "assignment"]


class Permutation(Space):
    """Ordered selections of `length` different items out of 0 … `n` - 1.

    Parameters
    ----------
    n : int
        Number of items.
    length : int, optional
        How many of them a solution lists; all by default.
    kind : {"tour", "sequence", "assignment"}, optional
        What the value depends on, by which methods choose how they move: which items are next
        to each other, in either direction round a cycle; which come before which; or which
        item has which position. By default nothing is said, and methods try every move.

    Raises
    ------
    ValueError
        When the length is not one of 1 … `n`, or there is no such kind.

    Notes
    -----
    Latent form: one random key an item (Bean 1994, "Genetic algorithms and random keys
    for sequencing and optimization"); the smallest `length` keys, in order, are the
    solution.
    """

    dtype = np.int64

    def __init__(
        self, n: int, length: int | None = None, *, kind: PermutationKind | None = None
    ) -> None:
        length = n if length is None else length
        if n < 1 or not 1 <= length <= n:
            raise ValueError(f"Permutation needs 1 <= length <= n, not n={n}, length={length}")
        if kind is not None and kind not in (kinds := get_args(PermutationKind)):
            close = get_close_matches(str(kind), kinds, n=1)
            meant = f"; did you mean {close[0]!r}?" if close else ""
            raise ValueError(f"kind={kind!r}: expected one of {', '.join(kinds)}, or None{meant}")
        self.kind = kind
        self.n = int(n)
        self.dimension = int(length)

    def sample(self, rng: np.random.Generator, n: int) -> NDArray:
        return self.decode(rng.random((n, self.n)))

    def contains(self, points: NDArray) -> bool:
        if points.dtype.kind not in "iuf":
            return False
        if not ((points >= 0) & (points < self.n) & (points == np.rint(points))).all():
            return False
        ordered = np.sort(points, axis=-1)
        return bool((ordered[:, 1:] != ordered[:, :-1]).all())

    def complete(self, x: ArrayLike) -> NDArray[np.int64]:
        """Append the items that rows of `x` leave out, in ascending order: (..., n)."""
        return np.argsort(self.encode(x), axis=-1, kind="stable")

    @cached_property
    def latent(self) -> Box:
        return Box(0, 1, self.n)

    def decode(self, z: ArrayLike) -> NDArray:
        order = np.argsort(np.asarray(z, dtype=float), axis=-1, kind="stable")
        return order[..., : self.dimension]

    def encode(self, x: ArrayLike) -> NDArray[np.float64]:
        x = np.asarray(x, dtype=np.int64)
        z = np.ones((*x.shape[:-1], self.n))
        keys = np.broadcast_to(np.arange(self.dimension) / self.n, x.shape)
        np.put_along_axis(z, x, keys, axis=-1)
        return z

    def __repr__(self) -> str:
        chosen = "" if self.dimension == self.n else f", {self.dimension}"
        kind = "" if self.kind is None else f", kind={self.kind!r}"
        return f"Permutation({self.n}{chosen}{kind})"
