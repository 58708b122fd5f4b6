"""Training with one batch of shuffled text in it: a method that a study's runs are made by."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comparison.results import Results
from comparison.results.trace import KINDS
from methods import METHODS
from methods.run import load_method
from problems.core.oracle import Oracle
from problems.core.views import Minibatch
from studies.framework.rows import measured
from studies.framework.study import Row

#: The method's name in a plan; what runs are stored by.
SHOCKED = f"{Path(__file__).resolve()}:shocked"
#: What pairs of runs are called, without and with the option `clip`.
CLIPPINGS = ("not clipped", "clipped")


def shocked(
    oracle: Oracle,
    rng: np.random.Generator,
    *,
    descent: str = "gradient-descent",
    learning_rate: float = 0.1,
    clip: float | None = None,
    batch: int = 512,
    at: int = 1000,
    watched: int = 50,
    shuffle: bool = True,
) -> None:
    """Train by minibatches, the next tokens of one of which are shuffled.

    From that step on the problem's value is measured at every iterate, off the clock; see
    `watched_values`. Without `shuffle` the run is the same, batch for batch, but for that
    one, and what the shuffled one does is the difference.

    Parameters
    ----------
    descent : str
        The method that descends, a registered one with the options that follow.
    learning_rate, clip, batch
        Its options.
    at : int
        Which step has the shuffled batch, counted from 1.
    watched : int
        How many steps are made after it.
    shuffle : bool
        Whether the batch is shuffled.
    """
    # A generator of its own for the shuffling leaves the batches as they were.
    chance = rng.spawn(1)[0] if shuffle else None
    descend, step = oracle.gradient, 0

    def gradient(theta: NDArray[np.float64], rows: Minibatch) -> tuple[float, NDArray[np.float64]]:
        nonlocal step
        step += 1
        if step == at and chance is not None:
            rows = shuffled(rows, chance)
        loss, slope = descend(theta, rows)
        if step >= at:
            oracle.record.measure(oracle.relaxation.decode(theta))
        return loss, slope

    vars(oracle).update(gradient=gradient)
    options = {"learning_rate": learning_rate, "clip": clip, "batch": batch}
    load_method(METHODS.entry(descent))(oracle, rng, **options, steps=at + watched)


def shuffled(rows: Minibatch, rng: np.random.Generator) -> Minibatch:
    """Return a minibatch with its next tokens permuted.

    Contexts and tokens occur as often as before; which token follows which context is chance.

    Parameters
    ----------
    rows : Minibatch
        Its weights are counts, shape (contexts, V), as those of next-token models are.
    rng : numpy.random.Generator
    """
    cells = np.repeat(np.arange(rows.weights.size), rows.weights.ravel())
    contexts, tokens = np.divmod(cells, rows.weights.shape[1])
    weights = np.zeros_like(rows.weights)
    np.add.at(weights, (contexts, rng.permutation(tokens)), 1)
    return Minibatch(rows.rows, weights, rows.share, rows.tokens)


def losses_above(results: Results) -> list[Row]:
    """Return how far runs of `shocked` are above those whose batch was not shuffled.

    Parameters
    ----------
    results : Results
        With both runs of each pair; those of other methods are passed over.

    Returns
    -------
    list of dict
        ``descent``, ``rate``, ``clip`` (one of `CLIPPINGS`), ``seed``, ``step`` and
        ``above``. Step 0 is where the shuffled batch was met, step 1 where it led.
    """
    values: dict[Any, dict[bool, NDArray]] = {}
    for run, trace in results.traces([r for r in results if "shuffle" in r.method_options]):
        how = run.method_options
        clip = CLIPPINGS[how["clip"] is not None]
        key = how["descent"], how["learning_rate"], clip, run.seed
        values.setdefault(key, {})[how["shuffle"]] = watched_values(trace, how["at"])
    names = ("descent", "rate", "clip", "seed", "step", "above")
    return [
        dict(zip(names, (*key, step, float(above)), strict=True))
        for key, pair in values.items()
        for step, above in enumerate(pair[True] - pair[False])
    ]


def damages(above: Sequence[Row]) -> list[Row]:
    """Return the peak of `losses_above` after each shock.

    Returns
    -------
    list of dict
        ``descent``, ``rate``, ``clip``, ``seed`` and ``damage``.
    """

    def damage(rows: Sequence[Row]) -> Row:
        return {"damage": max(row["above"] for row in rows if row["step"])}

    return measured(above, ("descent", "rate", "clip", "seed"), damage)


def watched_values(trace: NDArray, at: int) -> NDArray[np.float64]:
    """Return the values of a run of `shocked` around its shuffled batch.

    Parameters
    ----------
    trace : ndarray of `comparison.results.trace.TRACE`
    at : int
        The run's option.

    Returns
    -------
    ndarray of shape (watched + 1,)
        That from which the step with the shuffled batch was made, then those after each step.
    """
    seen = trace[(trace["kind"] == KINDS.index("measured")) & (trace["gradients"] >= at)]
    # A gradient's iterate may also be measured on the grid that all methods have, and the
    # last iterate after the last gradient.
    first = np.unique(seen["gradients"], return_index=True)[1]
    return seen["value"][first]
