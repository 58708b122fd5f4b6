"""What a library does to its process, kept from everyone else: random state, text, warnings."""

from __future__ import annotations

import contextlib
import io
import random
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np


@contextlib.contextmanager
def own_generators(rng: np.random.Generator) -> Iterator[None]:
    """Seed the global generators of `random` and numpy, and put them back afterwards.

    For a library that draws from them beside the seed that it is given.
    """
    states = random.getstate(), np.random.get_state()
    random.seed(int(rng.integers(2**63)))
    np.random.seed(int(rng.integers(2**32)))
    try:
        yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])


@contextlib.contextmanager
def silent() -> Iterator[None]:
    """Keep from the user what a library prints or warns of; it is not about their problem.

    Around calls of the library alone: what an objective prints is its user's affair.
    """
    with (
        warnings.catch_warnings(action="ignore"),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        yield


@contextlib.contextmanager
def library_call(entropy: np.random.Generator, *, seeds_itself: bool = True) -> Iterator[None]:
    """Be `silent`, and let nothing that a library draws depend on the system's entropy or time.

    Parameters
    ----------
    entropy : numpy.random.Generator
        Seeds the generators that the library makes without a seed.
    seeds_itself : bool
        Whether it may seed numpy's global generator, which else keeps its state. pycma seeds it by
        the time of day where it is given no seed.
    """
    seed, default_rng = np.random.seed, np.random.default_rng

    def seeded(given: Any = None) -> np.random.Generator:
        return default_rng(int(entropy.integers(2**63)) if given is None else given)

    changes: dict[str, Any] = {"default_rng": seeded}
    if not seeds_itself:
        changes["seed"] = lambda *given: None
    with silent():
        vars(np.random).update(changes)
        try:
            yield
        finally:
            vars(np.random).update(seed=seed, default_rng=default_rng)
