"""Which weights of a network are searched: all of some tensors, or a random subspace.

A change x is measured in units of each tensor's root mean square s, so that one step size suits
them all. Weights are always made from the pretrained ones and x, never by undoing a change, so
that a point has the same value bit for bit whenever it is evaluated.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from problems.pretrained.gru import Array, Weights


class Adaptation(ABC):
    """A map from a change x to weights.

    Attributes
    ----------
    dimension : int
        Of x.
    """

    dimension: int

    @abstractmethod
    def weights(self, x: NDArray) -> Weights:
        """Return the weights at `x`; at zero they are the pretrained ones."""

    @abstractmethod
    def pull_back(self, gradient: Weights) -> NDArray[np.float64]:
        """Return the gradient in x, shape (dimension,), of a loss whose gradient is given."""


class AllWeights(Adaptation):
    """Every weight of some tensors is a variable: W + s x.

    Parameters
    ----------
    pretrained : mapping of str to ndarray
    names : sequence of str
        Of the tensors.
    """

    def __init__(self, pretrained: Weights, names: Sequence[str]) -> None:
        self._pretrained, self._names = pretrained, tuple(names)
        self._units = [root_mean_square(pretrained[name]) for name in names]
        sizes = [pretrained[name].size for name in names]
        self._cuts, self.dimension = np.cumsum(sizes)[:-1], sum(sizes)

    def weights(self, x: NDArray) -> Weights:
        parts = np.split(np.asarray(x, dtype=np.float32), self._cuts)
        changed = dict(self._pretrained)
        for name, unit, part in zip(self._names, self._units, parts, strict=True):
            old = self._pretrained[name]
            changed[name] = old + unit * part.reshape(old.shape)
        return changed

    def pull_back(self, gradient: Weights) -> NDArray[np.float64]:
        parts = zip(self._names, self._units, strict=True)
        return np.concatenate([unit * gradient[name].ravel() for name, unit in parts]).astype(float)


class Subspace(Adaptation):
    """Each matrix moves in a few directions that a seed has drawn: W + s A diag(x) B.

    A and B hold signs, the bits of PCG64's raw output in order, so that a seed gives the same
    directions on every machine and with every version of numpy. The variables are shared out
    evenly among the matrices. After Li et al. (2018, "Measuring the intrinsic dimension of
    objective landscapes"), whose directions are dense and Gaussian; these have rank one, and a
    point costs a product of thin matrices.

    Parameters
    ----------
    pretrained : mapping of str to ndarray
        The matrices move, the vectors stay.
    dimension : int
    seed : int
    """

    def __init__(self, pretrained: Weights, dimension: int, seed: int) -> None:
        self._pretrained, self.dimension = pretrained, dimension
        names = [name for name, tensor in pretrained.items() if tensor.ndim == 2]
        self._parts: list[tuple[str, NDArray[np.int64], Array, Array]] = []
        shares = np.array_split(np.arange(dimension), len(names))
        for number, (name, share) in enumerate(zip(names, shares, strict=True)):
            rows, columns = pretrained[name].shape
            generator = np.random.PCG64([seed, number])
            unit = root_mean_square(pretrained[name])
            left = unit * signs(generator, (rows, len(share)))
            self._parts.append((name, share, left, signs(generator, (len(share), columns))))

    def weights(self, x: NDArray) -> Weights:
        x = np.asarray(x, dtype=np.float32)
        changed = dict(self._pretrained)
        for name, share, left, right in self._parts:
            moved = (left * x[share]) @ right
            moved += self._pretrained[name]
            changed[name] = moved
        return changed

    def pull_back(self, gradient: Weights) -> NDArray[np.float64]:
        slopes = np.zeros(self.dimension)
        for name, share, left, right in self._parts:
            slopes[share] = ((left.T @ gradient[name]) * right).sum(axis=1)
        return slopes


def root_mean_square(tensor: Array) -> np.float32:
    """Return the root mean square of a tensor's entries."""
    return np.float32(np.sqrt(np.mean(tensor.astype(float) ** 2)))


def signs(generator: np.random.PCG64, shape: tuple[int, int]) -> Array:
    """Return −1 and 1 from a generator's raw bits, the lowest of each first."""
    count = shape[0] * shape[1]
    raw = np.asarray(generator.random_raw(-(-count // 64)), dtype="<u8")
    bits = np.unpackbits(raw.view(np.uint8), bitorder="little")[:count]
    return (2 * bits.astype(np.float32) - 1).reshape(shape)
