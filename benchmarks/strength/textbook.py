"""Peers that textbooks have and no library is needed for, each in a few lines."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from benchmarks.strength.counted import Counted

Move = Callable[[NDArray, int, int], NDArray]


def reversal(x: NDArray, i: int, j: int) -> NDArray:
    """Reverse the part between two positions: 2-opt's move, two edges of a tour."""
    i, j = min(i, j), max(i, j)
    return np.concatenate([x[:i], x[i : j + 1][::-1], x[j + 1 :]])


def swap(x: NDArray, i: int, j: int) -> NDArray:
    """Exchange two items."""
    y = x.copy()
    y[i], y[j] = x[j], x[i]
    return y


def insertion(x: NDArray, i: int, j: int) -> NDArray:
    """Take an item out and put it at another position."""
    return np.insert(np.delete(x, i), j, x[i])


#: The move that textbooks use on each kind of permutation.
MOVES: dict[str, Move] = {"tour": reversal, "assignment": swap, "sequence": insertion}


def one_plus_one(f: Counted) -> None:
    """Keep the better of a point and its mutant: the (1+1) evolutionary algorithm.

    Bits, whole numbers and categories take another value with probability 1/n each, one of
    them at least; permutations make one random move. Real variables get Gaussian noise whose
    deviation follows the one-fifth rule, by the factors 1.5 and 1.5^(-1/4) of Auger (2009,
    "Benchmarking the (1+1) evolution strategy with one-fifth success rule on the BBOB-2009
    function testbed").
    """
    x, step = f.start(), 0.1
    value = f(x)
    while True:
        y = mutant(f, x, step)
        v = f(y)
        step = max(step * (1.5 if v < value else 1.5**-0.25), 1e-12)
        if v <= value:
            x, value = y, v


def mutant(f: Counted, x: NDArray, step: float) -> NDArray:
    """Return a mutant of a point; `step` is the deviation as a share of a real range."""
    if f.kind in MOVES:
        return MOVES[f.kind](x, *f.rng.choice(len(x), 2, replace=False))
    if f.kind == "real":
        noise = step * (f.high - f.low) * f.rng.standard_normal(len(x))
        return np.clip(x + noise, f.low, f.high)
    chosen = f.rng.random(len(x)) < 1 / len(x)
    chosen[f.rng.integers(len(x))] |= not chosen.any()
    return another_value(f, x, chosen)


def another_value(f: Counted, x: NDArray, chosen: NDArray[np.bool_]) -> NDArray:
    """Give each chosen whole variable another of its values."""
    values = (f.high - f.low + 1).astype(int)
    shift = f.rng.integers(1, np.maximum(values, 2))
    return np.where(chosen, f.low + (x - f.low + shift) % values, x).astype(int)


def climb(f: Counted) -> None:
    """Take the first move that improves, in random order, and begin anew where none does.

    On a tour this is 2-opt, on an assignment a climb by swaps, on a sequence by insertions.
    """
    move, ordered = MOVES[f.kind], f.kind == "sequence"
    n = f.space.dimension
    pairs = list((itertools.permutations if ordered else itertools.combinations)(range(n), 2))
    x = f.start()
    while True:
        value, fruitless = f(x), 0
        for i, j in forever(f, pairs):
            y = move(x, i, j)
            v = f(y)
            fruitless += 1
            if v < value:
                x, value, fruitless = y, v, 0
            if fruitless == len(pairs):
                break
        x = f.another_start()


def forever(f: Counted, pairs: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Go round all pairs in one random order, again and again."""
    order = f.rng.permutation(len(pairs))
    return itertools.cycle([pairs[k] for k in order])


def annealing(f: Counted) -> None:
    """Anneal once over the budget, by a geometric schedule from T to T / 1000.

    T is the mean change of the value over a random walk of 2 % of the budget, so that the
    average worsening is at first accepted with probability 1/e. A move changes one variable:
    a real one by Gaussian noise of a tenth of its range, which falls as the root of the
    temperature.
    """
    walk = [f.start()]
    for _ in range(max(2, f.evaluations // 50)):
        walk.append(neighbour(f, walk[-1], 0.1))
    changes = np.abs(np.diff([f(x) for x in walk]))
    hot = float(changes[np.isfinite(changes)].mean()) or 1.0
    x, steps = f.start(), f.evaluations - f.evaluated
    value = f(x)
    for k in itertools.count():
        cooled = 1000 ** -min(1.0, k / max(1, steps))
        y = neighbour(f, x, 0.1 * math.sqrt(cooled))
        v = f(y)
        if v <= value or f.rng.random() < math.exp((value - v) / (hot * cooled)):
            x, value = y, v


def neighbour(f: Counted, x: NDArray, step: float) -> NDArray:
    """Change one variable, or make one move of a permutation."""
    if f.kind in MOVES:
        return mutant(f, x, step)
    chosen = np.arange(len(x)) == f.rng.integers(len(x))
    if f.kind == "real":
        return np.where(chosen, mutant(f, x, step), x)
    return another_value(f, x, chosen)


def umda(f: Counted) -> None:
    """UMDA in eight lines: estimate each variable's frequencies from the best, and sample.

    A hundred points, the best half selected, frequencies kept off 0 and 1 by 1/n.
    """
    low, r = f.low.astype(int), int((f.high - f.low).max()) + 1
    x = f.starts(100)
    while True:
        best = x[np.argsort([f(each) for each in x], kind="stable")[:50]] - low
        p = np.maximum((best[:, :, None] == np.arange(r)).mean(0), 1 / (len(low) * (r - 1)))
        p = np.where(np.arange(r) <= (f.high - f.low)[:, None], p, 0)
        edges = (p / p.sum(1, keepdims=True)).cumsum(1)[:, :-1]
        x = low + (f.rng.random((100, len(low), 1)) >= edges).sum(2)


def spsa(f: Counted) -> None:
    """Descend by two evaluations a step, with the gains of Spall (1998).

    "Implementation of the simultaneous perturbation algorithm for stochastic optimization":
    a / (A + k)^0.602 and c / k^0.101, A a tenth of the steps, a such that a first step moves
    each variable by about 0.1. Variables are shares of their range, and c is 0.1.
    """
    low, width = f.low, f.high - f.low
    steps = f.evaluations // 2
    z = (f.start() - low) / width
    a = None
    for k in itertools.count(1):
        c, sign = 0.1 / k**0.101, f.rng.choice([-1.0, 1.0], len(z))
        up, down = (f(low + width * np.clip(z + side * c * sign, 0, 1)) for side in (1, -1))
        slope = (up - down) / (2 * c)
        if a is None and slope != 0:
            a = 0.1 * (0.1 * steps + 1) ** 0.602 / abs(slope)
        z = np.clip(z - (a or 0.0) / (0.1 * steps + k) ** 0.602 * slope * sign, 0, 1)
