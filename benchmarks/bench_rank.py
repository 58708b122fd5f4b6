"""The exact objective of `next-token-rank` beside a pass over every token of the text."""

from __future__ import annotations

import numpy as np
import pytest

import problems


def full_pass(problem, x):
    """Count errors token by token, as one would without distinct contexts."""
    k, size = problem.context, len(problem.symbols)
    tokens = problem.corpus.tokens
    a, b, c = problem.split(x)
    index = {tuple(row): i for i, row in enumerate(problem.counts.contexts.tolist())}
    radix = size ** np.arange(k - 1, -1, -1)
    of_code = np.zeros(size**k, dtype=np.int64)
    for context, i in index.items():
        of_code[int(np.dot(context, radix))] = i
    codes = sum(r * tokens[i : len(tokens) - k + i] for i, r in enumerate(radix))
    contexts, following = of_code[codes], tokens[k:]

    def errors():
        scores = a[contexts] @ b.T + c
        return int((scores.argmax(axis=1) != following).sum())

    return errors


@pytest.mark.parametrize("side", ["ours", "peer"])
@pytest.mark.parametrize("k", [1, 2, 3])
def test_exact_error(benchmark, k, side):
    benchmark.group = f"next-token-rank at k = {k}"
    problem = problems.make("next-token-rank", context=k, rank=2, held_out=0.0)
    x = problem.space.sample(np.random.default_rng(0), 1)[0]
    errors = full_pass(problem, x)
    assert round(problem.value(x) * problem.tokens) == errors()  # equal counts, or no benchmark
    benchmark.extra_info.update(side=side, bar=">= 50" if k == 3 else "none")
    if side == "ours":
        benchmark.pedantic(problem.value, (x,), rounds=50, warmup_rounds=3)
    else:
        benchmark.pedantic(errors, rounds=7, warmup_rounds=1)
