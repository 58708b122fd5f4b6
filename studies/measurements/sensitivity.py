"""How much a final loss depends on the learning rate."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

import problems
from methods.result import Run
from studies.framework.rows import measured
from studies.framework.study import Row


def rate_sensitivities(rows: Sequence[Row], by: Sequence[str]) -> list[Row]:
    """Return the sensitivity to the learning rate, and the best loss of any.

    The mean over learning rates of min(loss, initial loss) − best loss (Wortsman et al. 2023,
    "Small-scale proxies for large-scale Transformer training instabilities", section 2.2): 0
    where every rate does as well as the best one. Where the rates are evenly spaced in their
    logarithm, it is the mean over that.

    Parameters
    ----------
    rows : sequence of dict
        A row a run: ``loss``, the final one, ``initial``, that before training, and the columns
        of `by`.
    by : sequence of str
        What tells one curve of loss against rate from another, such as the seed.

    Returns
    -------
    list of dict
        The columns of `by`, ``best`` and ``sensitivity``, in nats as the losses are.
    """

    def sensitivity(members: Sequence[Row]) -> Row:
        losses = [min(row["loss"], row["initial"]) for row in members]
        best = min(losses)
        return {"best": best, "sensitivity": sum(losses) / len(losses) - best}

    return measured(rows, by, sensitivity)


def final_losses(runs: Iterable[Run]) -> Iterator[tuple[Run, Row]]:
    """Yield runs of descent on next-token problems with the loss that they came to.

    Yields
    ------
    run : Run
    row : dict
        ``seed``; ``loss``, over all data at the last iterate, but no more than ``initial``,
        which is that before training and what a run that diverged came to; ``entropy``, that of
        the text's source, None where it is not known. All are in nats a token. Where training
        begins is random, and the loss there much the same: it is taken once for each problem.
    """
    before: dict[str, Row] = {}
    for run in runs:
        key = json.dumps(run.problem_options, sort_keys=True)
        if key not in before:
            problem: Any = problems.make(run.problem, **run.problem_options)
            relaxation, source = problem.relaxation(), problem.corpus.source
            initial = relaxation.loss(relaxation.start(np.random.default_rng(0)))
            entropy = None if source is None else source.entropy_rate
            before[key] = {"initial": initial, "entropy": entropy}
        most = before[key]["initial"]
        loss = most if run.surrogate is None else min(run.surrogate, most)
        yield run, {"seed": run.seed, "loss": loss, **before[key]}
