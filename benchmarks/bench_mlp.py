"""The exact error of `next-token-mlp` beside PyTorch's forward pass over every token."""

from __future__ import annotations

import numpy as np
import pytest

import problems

torch = pytest.importorskip("torch")

#: Tokens a forward pass.
BATCH = 4096


def full_pass(problem, x):
    """Return a function that counts errors as a plain PyTorch model would, batch by batch."""
    torch.set_num_threads(1)
    e, blocks, d, u, b = map(torch.from_numpy, problem.split(x.astype(np.float32)))
    blocks = blocks.flatten(0, 1)
    # One batch of all tokens leaves the cache and takes twice as long or more.
    tokens = problem.corpus.tokens.astype(np.int64)
    windows = torch.tensor(tokens).unfold(0, problem.context + 1, 1)
    contexts, following = windows[:, :-1].contiguous(), windows[:, -1].contiguous()

    @torch.no_grad()
    def errors():
        wrong = 0
        for seen, token in zip(contexts.split(BATCH), following.split(BATCH), strict=True):
            hidden = torch.tanh(e[seen].flatten(1) @ blocks + d)
            wrong += int(((hidden @ u + b).argmax(dim=1) != token).sum())
        return wrong

    return errors


@pytest.mark.parametrize("side", ["ours", "peer"])
def test_exact_error(benchmark, side):
    benchmark.group = "next-token-mlp at k = 3, python-docs"
    problem = problems.make("next-token-mlp", held_out=0.0)
    x = problem.relaxation().start(np.random.default_rng(0))
    errors = full_pass(problem, x)
    assert round(problem.value(x) * problem.tokens) == errors()  # equal counts, or no benchmark
    benchmark.extra_info.update(side=side, per=problem.tokens, bar=">= 100")
    if side == "ours":
        benchmark.pedantic(problem.value, (x,), rounds=50, warmup_rounds=3)
    else:
        benchmark.pedantic(errors, rounds=7, warmup_rounds=1)
