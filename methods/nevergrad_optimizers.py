"""Every optimizer of nevergrad's registry by name, by its own ask and tell."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from methods.shared.library_guard import library_call, own_generators, silent
from methods.shared.named_choices import built, require_named
from problems.core.mixed import Mixed
from problems.core.oracle import Oracle
from problems.core.permutation import Permutation
from problems.core.space import Box, Categorical, Space

#: Values that a whole variable has at least to be a rounded real one. With fewer, says
#: nevergrad's `set_integer_casting`, "you should rather use a TransitionChoice instead".
FEWEST_ROUNDED = 10
#: Seconds in which a library that nevergrad runs in a thread has to end when told to.
THREAD_SECONDS = 2.0
_SEVERAL_OBJECTIVES = (
    "it ranks points by several objectives, and there is one; use PymooCMAES or DE"
)
#: Why an optimizer cannot be used here, and what can.
NO_OPTIMIZER = {
    "PymooNSGA2": _SEVERAL_OBJECTIVES,
    **dict.fromkeys(
        ("ChainMetaModelDSSQP", "DS14", "DS4", "DS6", "DS9", "MetaModelDSproba", "MultiDS"),
        "it draws from one generator in two threads at once, so that no seed repeats a run; "
        "use DSproba or NgDS",
    ),
}
#: Evaluations, at most, that an optimizer is told it has which is asked only once.
MOST_OF_ANOTHER = 10_000


def nevergrad_optimizer(
    oracle: Oracle, rng: np.random.Generator, *, optimizer: str = "NGOpt"
) -> None:
    """Run an optimizer of nevergrad, one candidate after another, until the budget is spent.

    Real variables are a bounded `Array`, whole ones an `Array` with integer casting, those
    of fewer than ten values a `TransitionChoice`, and categories a `Choice`. A variable on the log
    scale of a `Mixed` space is a `Log`, rounded where whole. Permutations are searched through
    their latent vectors. Everything else is nevergrad's default: the middle of the box as initial
    value, a sixth of it as standard deviation.

    The first candidate is the seeded start, by `suggest`. An optimizer that cannot be told of a
    candidate that it has not asked for goes on without it, and begins there: nevergrad's
    adapters to other libraries take the start, and in a chain all take the previous method's
    best point, as initial value.

    Parameters
    ----------
    optimizer : str
        A name in `nevergrad.optimizers.registry`. NGOpt, nevergrad's recommendation, chooses one
        by the number and kind of variables and by the budget.

    Raises
    ------
    ValueError
        When there is none of that name, or it cannot search this space, or needs a library
        that is not installed: with what nevergrad says.
    """
    with silent():
        import nevergrad

    registry = nevergrad.optimizers.registry
    usable = [name for name in registry if name not in NO_OPTIMIZER]
    require_named("optimizer", optimizer, usable, "nevergrad", NO_OPTIMIZER)
    space = oracle.space
    start = oracle.start(1)[0]
    searched = space.encode(start) if isinstance(space, Permutation) else start.astype(float)
    recast = getattr(registry[optimizer], "recast", False)
    begins_there = recast or oracle.previous is not None
    with silent(), own_generators(np.random.default_rng(0)):  # parameters seed themselves by them
        blocks = _blocks(space, searched if begins_there else None)
        several = len(blocks) > 1
        parameters = [block.parameter for block in blocks]
        parameter = nevergrad.p.Tuple(*parameters) if several else (parameters or [None])[0]
    if parameter is None:
        oracle.value(start)
        return
    seed = int(rng.integers(2**32))

    def suggestion() -> Any:
        values = [block.value_at(searched) for block in blocks]
        return tuple(values) if several else values[0]

    def point(candidate: Any) -> NDArray:
        values = candidate.value if several else [candidate.value]
        for block, value in zip(blocks, values, strict=True):
            searched[block.columns] = value
        if isinstance(space, Categorical):
            return searched.astype(space.dtype)
        if isinstance(space, Mixed):
            return space.restore(space.rescale(searched))
        return space.decode(searched)

    budget = max(1, int(oracle.remaining))

    def make() -> Any:
        parameter.random_state = np.random.RandomState(seed)
        made = registry[optimizer](parameter, budget=budget, num_workers=1)
        made.suggest(suggestion())
        return made

    def ask_another() -> Any:
        """Ask an optimizer that is not used: what it lacks it says when it is first asked."""
        copy = parameter.copy()
        copy.random_state = np.random.RandomState(0)
        return registry[optimizer](copy, budget=min(budget, MOST_OF_ANOTHER)).ask()

    entropy = rng.spawn(1)[0]
    not_asked = nevergrad.common.errors.TellNotAskedNotSupportedError
    with _threads_ended(), silent(), own_generators(np.random.default_rng(0)):
        built("optimizer", optimizer, "nevergrad", ask_another)
    with _threads_ended(), _single_predictions(), own_generators(rng):
        with library_call(entropy, seeds_itself=False):
            searcher = built("optimizer", optimizer, "nevergrad", make)
        x = start
        while oracle.remaining >= 1.0:
            with library_call(entropy, seeds_itself=False):
                candidate = searcher.ask()
            x = point(candidate)
            value = oracle.value(x)
            with library_call(entropy, seeds_itself=False), contextlib.suppress(not_asked):
                searcher.tell(candidate, value)
        oracle.value(x)  # nothing is left to evaluate with: this ends the run


@dataclass(frozen=True)
class _Block:
    """Variables that nevergrad has one parameter for.

    Attributes
    ----------
    columns : ndarray of int
        Which of a solution's variables, or of its latent vector's.
    parameter : nevergrad.p.Parameter
    discrete : bool
        Whether the parameter's value is a tuple of choices rather than an array.
    scalar : bool
        Whether it is one number.
    """

    columns: NDArray[np.intp]
    parameter: Any
    discrete: bool = False
    scalar: bool = False

    def value_at(self, point: NDArray) -> Any:
        """Return the parameter's value at a point."""
        part = point[self.columns]
        if self.scalar:
            return float(part[0])
        return tuple(part.astype(int).tolist()) if self.discrete else part


def _blocks(space: Space, initial: NDArray | None) -> list[_Block]:
    """Return a block for each kind of variables of a space; fixed ones are in none.

    Parameters
    ----------
    space : Space
    initial : ndarray or None
        A point to begin at, nevergrad's own initial values without one.
    """
    from nevergrad import p

    blocks = []
    counts = space.counts if isinstance(space, Categorical) else np.zeros(0)
    if isinstance(space, Mixed):
        counts = np.where(space.nominal, space.high + 1, 0)
        for i in np.flatnonzero(space.logarithmic):
            log = p.Log(lower=float(space.low[i]), upper=float(space.high[i]))
            blocks.append(_Block(np.array([i]), log, scalar=True))
    for count in np.unique(counts[counts > 1]):
        columns = np.flatnonzero(counts == count)
        blocks.append(_Block(columns, p.Choice(int(count), len(columns)), discrete=True))
    if not isinstance(space, Categorical):
        box = space if isinstance(space, Box | Mixed) else space.latent
        width = box.high - box.low
        if isinstance(space, Mixed):
            width[space.nominal | space.logarithmic] = 0.0  # which have theirs
        narrow = box.integral & (width + 1 < FEWEST_ROUNDED) & (width > 0)
        for low, high in np.unique(np.array([box.low, box.high])[:, narrow], axis=1).T:
            columns = np.flatnonzero(narrow & (box.low == low) & (box.high == high))
            values = range(int(low), int(high) + 1)
            parameter = p.TransitionChoice(values, repetitions=len(columns))
            blocks.append(_Block(columns, parameter, discrete=True))
        for whole in (True, False):
            columns = np.flatnonzero((box.integral == whole) & ~narrow & (width > 0))
            if columns.size:
                bounds = {"lower": box.low[columns], "upper": box.high[columns]}
                array = p.Array(shape=columns.shape, **bounds)
                blocks.append(_Block(columns, array.set_integer_casting() if whole else array))
    if initial is not None:
        for block in blocks:
            block.parameter.value = block.value_at(initial)
    return blocks


@contextlib.contextmanager
def _single_predictions() -> Iterator[None]:
    """Let nevergrad's metamodels, which NGOpt chooses too, read the one number they predict.

    They convert an array of one number by `float`, which numpy warned of (nevergrad's issue 1612)
    and refuses since its version 2.4.
    """
    from nevergrad.optimization import metamodel

    names = vars(metamodel)
    names["float"] = lambda number: np.asarray(number).item()
    try:
        yield
    finally:
        names.pop("float", None)


@contextlib.contextmanager
def _threads_ended() -> Iterator[None]:
    """End the threads in which nevergrad runs other libraries, which outlive an optimizer."""
    from nevergrad.optimization.recaster import _MessagingThread

    before = set(threading.enumerate())
    try:
        yield
    finally:
        for thread in set(threading.enumerate()) - before:
            if isinstance(thread, _MessagingThread):
                thread.stop()
                thread.join(THREAD_SECONDS)
