"""Where a solution lives: boxes and categories here, other spaces in files of their own.

Every space is seeded and vectorised, and every space can be searched by a
continuous method through its ``latent`` box: ``decode`` maps any real vector to
a member (rounding, arg-max a variable, arg-sort), ``encode`` maps a member back
to a vector that decodes to it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from problems.core.frozen import freeze


class Space(ABC):
    """The set of admissible solutions of a problem; its arrays are read-only.

    Attributes
    ----------
    dimension : int
        Length of a solution vector.
    dtype : numpy dtype
        ``float64`` where a variable is real, ``int64`` where all are whole.
    """

    dimension: int
    dtype: type[np.float64] | type[np.int64]

    @abstractmethod
    def sample(self, rng: np.random.Generator, n: int) -> NDArray:
        """Draw `n` members uniformly: an array of shape (n, dimension)."""

    @abstractmethod
    def contains(self, points: NDArray) -> bool:
        """Tell whether every row of `points`, shape (n, dimension), is a member."""

    @property
    @abstractmethod
    def latent(self) -> Box:
        """The box of reals that a continuous method searches in this space's place."""

    @abstractmethod
    def decode(self, z: ArrayLike) -> NDArray:
        """Map real vectors, shape (..., latent_dimension), to members (..., dimension)."""

    @abstractmethod
    def encode(self, x: ArrayLike) -> NDArray[np.float64]:
        """Map members, shape (..., dimension), to latent vectors that decode to them."""

    @property
    def real(self) -> NDArray[np.bool_]:
        """Which variables take any number of an interval, shape (dimension,)."""
        return np.zeros(self.dimension, dtype=bool)

    def few(self, most: int) -> NDArray[np.bool_]:
        """Tell which variables are better tried value by value, shape (dimension,).

        They are those whose values have no order, and whole numbers of at most `most` values.
        """
        return np.ones(self.dimension, dtype=bool)

    @property
    def latent_dimension(self) -> int:
        """Length of a latent vector."""
        return self.latent.dimension

    def describe(self, x: ArrayLike) -> str:
        """Show a member as a person would want to see it."""
        return np.array2string(np.asarray(x), precision=4, threshold=20)

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore a copy, whose arrays are read-only as those of the original are."""
        vars(self).update(state)
        freeze(self)

    def __contains__(self, x: object) -> bool:
        try:
            point = np.asarray(x)
        except ValueError:
            return False
        return point.shape == (self.dimension,) and self.contains(point[None])


class Box(Space):
    """Vectors between finite bounds, some or all of them whole numbers.

    Parameters
    ----------
    low, high : float or array-like of shape (dimension,)
        Inclusive bounds.
    dimension : int, optional
        Needed when both bounds are scalars.
    integral : bool or array-like of bool, shape (dimension,)
        Which variables take whole numbers only.

    Raises
    ------
    ValueError
        When a bound or the width is not finite, `low` exceeds `high`, no whole number
        lies between them where one must, or lengths disagree.

    Examples
    --------
    >>> Box(-5, 5, 10)
    Box(-5, 5, 10)
    >>> [2, 0] in Box(0, 3, 2, integral=True)
    True
    """

    def __init__(
        self,
        low: ArrayLike,
        high: ArrayLike,
        dimension: int | None = None,
        *,
        integral: ArrayLike = False,
    ) -> None:
        if dimension is None:
            dimension = max(np.size(low), np.size(high))
        if dimension < 1:
            raise ValueError(f"a Box needs at least one dimension, not {dimension}")
        self.dimension = int(dimension)
        shape = (self.dimension,)
        try:
            self.low = np.broadcast_to(np.asarray(low, dtype=float), shape).copy()
            self.high = np.broadcast_to(np.asarray(high, dtype=float), shape).copy()
            self.integral = np.broadcast_to(np.asarray(integral, dtype=bool), shape).copy()
        except ValueError as error:
            raise ValueError(f"the bounds of a {dimension}-dimensional Box: {error}") from None
        self._require(np.isfinite(self.low) & np.isfinite(self.high), "finite numbers")
        self._require(self.low <= self.high, "low <= high")
        with np.errstate(over="ignore"):
            self._require(np.isfinite(self.high - self.low), "a finite high - low")
        first, last = np.ceil(self.low), np.floor(self.high)
        self._require(~self.integral | (first <= last), "a whole number between them")
        self.low = np.where(self.integral, first, self.low)
        self.high = np.where(self.integral, last, self.high)
        self.dtype = np.int64 if self.integral.all() else np.float64
        freeze(self)

    def _require(self, kept: NDArray[np.bool_], expected: str) -> None:
        """Raise where a pair of bounds does not keep what is expected, naming the first."""
        if not kept.all():
            i = int(kept.argmin())
            pair = f"low={self.low[i]:g}, high={self.high[i]:g}"
            raise ValueError(f"the bounds of variable {i} of a Box, {pair}: expected {expected}")

    @property
    def real(self) -> NDArray[np.bool_]:
        return ~self.integral

    def few(self, most: int) -> NDArray[np.bool_]:
        return self.integral & (self.high - self.low < most)

    def sample(self, rng: np.random.Generator, n: int) -> NDArray:
        # Row by row from one stream, so that the first rows of a larger sample
        # are the rows of a smaller one: paired starts rely on it.
        u = rng.random((n, self.dimension))
        whole = np.minimum(self.low + np.floor(u * (self.high - self.low + 1)), self.high)
        real = self.low + u * (self.high - self.low)
        return np.where(self.integral, whole, real).astype(self.dtype)

    def contains(self, points: NDArray) -> bool:
        if points.dtype.kind not in "iufb":
            return False
        if not ((points >= self.low) & (points <= self.high)).all():
            return False
        if points.dtype.kind in "iub" or not self.integral.any():
            return True
        whole = points[:, self.integral]
        return bool((whole == np.rint(whole)).all())

    @cached_property
    def latent(self) -> Box:
        # Half a unit beyond whole bounds gives every whole number an equal share.
        half = np.where(self.integral, 0.5, 0.0)
        return Box(self.low - half, self.high + half)

    def decode(self, z: ArrayLike) -> NDArray:
        z = np.asarray(z, dtype=float)
        rounded = np.where(self.integral, np.rint(z), z)
        return np.clip(rounded, self.low, self.high).astype(self.dtype)

    def encode(self, x: ArrayLike) -> NDArray[np.float64]:
        return np.asarray(x, dtype=float)

    def __repr__(self) -> str:
        low, high = (f"{b[0]:g}" if (b == b[0]).all() else "[...]" for b in (self.low, self.high))
        whole = ", integral" if self.integral.all() else ", mixed" if self.integral.any() else ""
        return f"Box({low}, {high}, {self.dimension}{whole})"


class Categorical(Space):
    """Vectors whose variable ``d`` takes one of the values 0 … ``counts[d] - 1``.

    Parameters
    ----------
    counts : sequence of int
        How many categories each variable has.

    Notes
    -----
    Latent form: one real score a category; the largest wins.
    """

    dtype = np.int64

    def __init__(self, counts: Sequence[int]) -> None:
        self.counts = np.array(counts, dtype=np.int64)
        if self.counts.ndim != 1 or self.counts.size == 0:
            raise ValueError(f"counts={counts}: expected a list with one count >= 1 a variable")
        if (self.counts < 1).any():
            i = int((self.counts < 1).argmax())
            raise ValueError(f"counts[{i}]={self.counts[i]}: expected one count >= 1 a variable")
        self.dimension = int(self.counts.size)
        # Row d of this table addresses the latent scores of variable d; columns
        # beyond its own categories are padding.
        offsets = np.concatenate([[0], np.cumsum(self.counts)[:-1]])
        column = np.arange(self.counts.max())
        self._padding = column >= self.counts[:, None]
        self._index = np.where(self._padding, 0, offsets[:, None] + column)
        freeze(self)

    def sample(self, rng: np.random.Generator, n: int) -> NDArray:
        u = rng.random((n, self.dimension))
        return np.minimum((u * self.counts).astype(np.int64), self.counts - 1)

    def contains(self, points: NDArray) -> bool:
        if points.dtype.kind not in "iufb":
            return False
        inside = (points >= 0) & (points < self.counts) & (points == np.rint(points))
        return bool(inside.all())

    @cached_property
    def latent(self) -> Box:
        return Box(0, 1, int(self.counts.sum()))

    def decode(self, z: ArrayLike) -> NDArray:
        scores = np.where(self._padding, -np.inf, np.asarray(z, dtype=float)[..., self._index])
        return scores.argmax(axis=-1)

    def encode(self, x: ArrayLike) -> NDArray[np.float64]:
        x = np.asarray(x, dtype=np.int64)
        z = np.zeros((*x.shape[:-1], self.latent_dimension))
        np.put_along_axis(z, self._index[:, 0] + x, 1.0, axis=-1)
        return z

    def __repr__(self) -> str:
        return f"Categorical({self.dimension} variables, up to {self.counts.max()} categories)"
