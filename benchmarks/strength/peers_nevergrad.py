"""Peers of nevergrad, by its own ask and tell, with the variables that its guide has for each kind.

Real ones are a bounded `Array`, bits and whole numbers the same with integer casting, which is
five times as fast here as a `TransitionChoice` of few values and on bits as good; categories are
a `Choice`. nevergrad has no permutations: these are random keys in a bounded `Array`.
"""

from __future__ import annotations

import contextlib
import random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.strength.counted import Counted


def minimize(f: Counted, *, optimizer: str) -> None:
    """Run an optimizer of nevergrad's registry; its first candidate is our start."""
    import nevergrad
    from nevergrad.optimization import metamodel

    # It makes a number of an array of one, which numpy no longer does, and NGOpt ends there.
    metamodel.float = lambda prediction: np.asarray(prediction, dtype=float).item()
    random.seed(f.seed())
    np.random.seed(f.seed())
    parameter, first = _parameter(f)
    parameter.random_state = np.random.RandomState(f.seed())
    searcher = nevergrad.optimizers.registry[optimizer](parameter, budget=f.evaluations)
    with contextlib.suppress(nevergrad.common.errors.TellNotAskedNotSupportedError):
        searcher.suggest(first)
    while True:
        candidate = searcher.ask()
        searcher.tell(candidate, f(_point(f, candidate.value)))


def _parameter(f: Counted) -> tuple[Any, Any]:
    """Return nevergrad's parameter, and the start as a value of it."""
    from nevergrad import p

    start, size = f.start(), f.space.dimension
    if f.kind == "real":
        return p.Array(init=(f.low + f.high) / 2).set_bounds(f.low, f.high), start
    if f.kind in ("bits", "integers"):  # half a unit beyond: every value has the same share
        middle = p.Array(init=(f.low + f.high) / 2)
        return middle.set_bounds(f.low - 0.5, f.high + 0.5).set_integer_casting(), start
    if f.kind == "categories":
        choice = p.Choice(list(range(int(f.high.max()) + 1)), repetitions=size)
        return choice, tuple(start.tolist())
    return p.Array(init=np.full(size, 0.5)).set_bounds(0, 1), f.space.encode(start)


def _point(f: Counted, value: Any) -> NDArray:
    if f.kind in ("tour", "sequence", "assignment"):
        return f.space.decode(value)
    return np.clip(value, f.low, f.high)
