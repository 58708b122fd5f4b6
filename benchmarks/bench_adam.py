"""A step of `adam` on `next-token-mlp` beside the same step in PyTorch.

Both compute the cross-entropy of the same model on the same distinct contexts with
their counts, its gradient and Adam's update, on one thread; a minibatch is drawn by
the same code. PyTorch is timed in float64, as ours, and in float32, its default.
"""

from __future__ import annotations

import contextlib

import numpy as np
import pytest

import problems
from methods.adam import adam
from problems import Budget, Oracle, Stop

torch = pytest.importorskip("torch")

RATE = 0.1
#: Steps a round.
STEPS = 20
#: Observations of a minibatch.
BATCH = 512


def model():
    return problems.make("next-token-mlp", loss="cross-entropy")


def ours(problem, batch):
    """Return a function that runs STEPS steps of our method, and the loss that it ends at."""
    relaxation = problem.relaxation()
    losses = []
    plain = relaxation.loss_and_gradient

    def recorded(theta, rows=None):
        loss, slope = plain(theta, rows)
        losses.append(loss)
        return loss, slope

    relaxation.loss_and_gradient = recorded
    problem.relaxation = lambda: relaxation

    def steps():
        oracle = Oracle(problem, Budget(1e9, 1e6), (0,))
        rng = np.random.default_rng(0)
        losses.clear()
        # What is measured off the clock is no part of a step.
        oracle.record.measure = lambda x: None
        original = oracle.gradient

        def counted(theta, rows=None):
            if len(losses) > STEPS:
                raise Stop
            return original(theta, rows)

        oracle.gradient = counted
        with contextlib.suppress(Stop):
            adam(oracle, rng, learning_rate=RATE, batch=batch)
        return losses[STEPS]

    return steps


def peers(problem, batch, dtype):
    """Return a function that runs the same STEPS steps in PyTorch, and one forward pass."""
    torch.set_num_threads(1)
    relaxation = problem.relaxation()
    start = relaxation.start(np.random.default_rng([0, 1]))
    all_contexts = torch.tensor(problem.counts.contexts[: problem.rows])
    all_counts = torch.tensor(problem.counts.train, dtype=dtype)

    def steps():
        rng = np.random.default_rng(0)
        parts = [torch.tensor(p, dtype=dtype, requires_grad=True) for p in problem.split(start)]
        e, blocks, d, u, b = parts
        optimizer = torch.optim.Adam(parts, lr=RATE)
        for step in range(STEPS + 1):
            contexts, counts = all_contexts, all_counts
            if batch is not None:
                rows = relaxation.minibatch(rng, batch)
                contexts = all_contexts[torch.from_numpy(rows.rows)]
                counts = torch.from_numpy(rows.weights).to(dtype)
            optimizer.zero_grad()
            hidden = torch.tanh(e[contexts].flatten(1) @ blocks.flatten(0, 1) + d)
            loss = -(counts * torch.log_softmax(hidden @ u + b, dim=1)).sum() / counts.sum()
            if step < STEPS:
                loss.backward()
                optimizer.step()
        return loss.item()

    return steps


@pytest.mark.parametrize("side", ["ours", "peer"])
@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize("batch", [None, BATCH], ids=["all data", f"{BATCH} tokens"])
def test_step(benchmark, batch, precision, side):
    benchmark.group = f"a step of Adam on {batch or 'all'} tokens, PyTorch in {precision}"
    problem = model()
    dtype = getattr(torch, precision)
    mine, theirs = ours(problem, batch), peers(model(), batch, dtype)
    tolerance = 1e-9 if precision == "float64" else 1e-2
    assert mine() == pytest.approx(theirs(), abs=tolerance)  # the same steps, or no benchmark
    benchmark.extra_info.update(side=side, per=STEPS, bar="ratio <= 1.2")
    benchmark.pedantic(mine if side == "ours" else theirs, rounds=15, warmup_rounds=2)
