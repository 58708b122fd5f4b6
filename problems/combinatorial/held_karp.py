"""Held and Karp's two answers on the travelling salesman: the optimum of few, a bound for many."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray


def shortest_tour_length(lengths: NDArray[np.int64]) -> int:
    """Return the length of a shortest tour by dynamic programming.

    best[S, j] is the shortest path from the last city through all of the set S to
    j ∈ S; best[S, j] = min over i of best[S∖j, i] + d(i, j). Time n² 2ⁿ, memory
    n 2ⁿ: for some 15 cities. Held and Karp (1962), "A dynamic programming approach
    to sequencing problems".

    Parameters
    ----------
    lengths : ndarray of shape (n, n)
    """
    home = len(lengths) - 1
    sets = np.arange(1 << home)
    member = (sets[:, None] >> np.arange(home)) & 1
    size = member.sum(axis=1)
    best = np.full((1 << home, home), np.inf)
    best[1 << np.arange(home), np.arange(home)] = lengths[home, :home]
    for count in range(2, home + 1):
        for j in range(home):
            chosen = sets[(size == count) & (member[:, j] == 1)]
            before = best[chosen ^ (1 << j)]  # inf where a city is not in the set
            best[chosen, j] = (before + lengths[:home, j]).min(axis=1)
    return int((best[-1] + lengths[:home, home]).min())


def one_tree_bound(lengths: NDArray[np.int64], trees: int) -> int:
    """Return a lower bound on the length of every tour.

    A tour is a 1-tree (a spanning tree and two edges at one city) in which every
    city has degree 2. For any multipliers π the shortest 1-tree with lengths
    d(i, j) + π_i + π_j, less 2 Σ π, is a bound; π rises where the degree is
    above 2 and falls where it is below, with shrinking steps. Held and Karp
    (1970), "The traveling-salesman problem and minimum spanning trees".

    Parameters
    ----------
    lengths : ndarray of shape (n, n)
    trees : int
        How many 1-trees are built; each takes time n².
    """
    n = len(lengths)
    price = np.zeros(n)
    bound = -math.inf
    step = 0.0
    for k in range(trees):
        total, degree = _one_tree(lengths + price[:, None] + price)
        bound = max(bound, total - 2.0 * float(price.sum()))
        if k == 0:
            step = 0.5 * total / n
        price += step * 0.97**k * (degree - 2) / max(1.0, float(np.abs(degree - 2).sum()) / 4)
    return math.ceil(bound - 1e-6 * max(1.0, abs(bound)))  # lengths are whole numbers


def _one_tree(lengths: NDArray[np.float64]) -> tuple[float, NDArray[np.int64]]:
    """Return the total length and the degrees of the shortest 1-tree at city 0."""
    n = len(lengths)
    degree = np.zeros(n, dtype=np.int64)
    two = np.argsort(lengths[0, 1:], kind="stable")[:2] + 1
    degree[0] = 2
    degree[two] += 1
    total = float(lengths[0, two].sum())
    # Prim's algorithm over cities 1 … n-1; inf marks those inside the tree.
    distance = lengths[1].copy()
    distance[:2] = np.inf
    nearest = np.ones(n, dtype=np.int64)
    outside = np.ones(n, dtype=bool)
    outside[:2] = False
    for _ in range(n - 2):
        city = int(distance.argmin())
        total += float(distance[city])
        degree[city] += 1
        degree[nearest[city]] += 1
        outside[city] = False
        distance[city] = np.inf
        closer = outside & (lengths[city] < distance)
        distance[closer] = lengths[city, closer]
        nearest[closer] = city
    return total, degree
