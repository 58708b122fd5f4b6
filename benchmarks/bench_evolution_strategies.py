"""An evaluation by `cma-es` beside bare pycma, by `openai-es` beside nevergrad's fastest."""

from __future__ import annotations

import time
import warnings

import numpy as np
import pytest

import problems
from methods import minimize
from problems.core.points import unchecked

DIMENSION = 10
#: Fewer than pycma needs to meet the sphere's reference, so that neither side ends early.
CMA_EVALUATIONS = 1200
EVALUATIONS, PEER_EVALUATIONS = 20_000, 1000
#: The fastest of forty optimizers of nevergrad's registry, tried on this sphere.
PEERS = ("OptimisticDiscreteOnePlusOne", "TBPSA", "LhsDE", "OnePlusOne", "PSO")


@pytest.mark.benchmark(timer=time.process_time)  # a fifth is less than a busy machine's noise
@pytest.mark.parametrize("side", ["ours", "bare"])
def test_cma_es(benchmark, side):
    import cma

    problem = problems.make("sphere", dimension=DIMENSION)
    start = problem.space.sample(np.random.default_rng(0), 1)[0]

    def ours():
        minimize(problem, "cma-es", CMA_EVALUATIONS)

    def bare():
        draws = np.random.default_rng(0)
        options = {
            "bounds": [problem.space.low.tolist(), problem.space.high.tolist()],
            "randn": lambda *shape: draws.standard_normal(shape),
            "seed": np.nan,
            "verbose": -9,
            "verb_log": 0,
            "maxfevals": CMA_EVALUATIONS,
        }
        width = float(problem.space.high[0] - problem.space.low[0])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            strategy = cma.CMAEvolutionStrategy(start, width / 4, options)
            while not strategy.stop():
                points = strategy.ask()
                strategy.tell(points, unchecked(problem, "values")(np.array(points)).tolist())

    benchmark.group = f"an evaluation of cma-es, {DIMENSION}-D sphere"
    benchmark.extra_info.update(
        side="ours" if side == "ours" else "peer", per=CMA_EVALUATIONS, bar="ratio <= 1.2"
    )
    benchmark.pedantic(ours if side == "ours" else bare, rounds=15, warmup_rounds=2)


@pytest.mark.parametrize("peer", PEERS)
@pytest.mark.parametrize("side", ["ours", "peer"])
def test_openai_es(benchmark, side, peer):
    problem = problems.make("sphere", dimension=DIMENSION)
    low, high = float(problem.space.low[0]), float(problem.space.high[0])

    def ours():
        minimize(problem, "openai-es", EVALUATIONS)

    def theirs():
        import nevergrad

        parameter = nevergrad.p.Array(shape=(DIMENSION,)).set_bounds(low, high)
        optimizer = nevergrad.optimizers.registry[peer](parameter, budget=PEER_EVALUATIONS)
        for _ in range(PEER_EVALUATIONS):
            candidate = optimizer.ask()
            optimizer.tell(candidate, unchecked(problem, "value")(candidate.value))

    benchmark.group = f"an evaluation of openai-es beside nevergrad's {peer}, {DIMENSION}-D sphere"
    evaluations = EVALUATIONS if side == "ours" else PEER_EVALUATIONS
    benchmark.extra_info.update(side=side, per=evaluations, bar=">= 10")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        benchmark.pedantic(ours if side == "ours" else theirs, rounds=5, warmup_rounds=1)
