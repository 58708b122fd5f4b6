"""What a change of weights is, in all of them and in a subspace of seeded signs."""

from __future__ import annotations

import numpy as np
import pytest

from problems.pretrained.adaptation import AllWeights, Subspace, root_mean_square, signs

RNG = np.random.default_rng(0)
WEIGHTS = {
    "a": RNG.standard_normal((9, 8)).astype(np.float32),
    "v": RNG.standard_normal(4).astype(np.float32),
    "b": RNG.standard_normal((7, 10)).astype(np.float32),
}
ADAPTATIONS = [Subspace(WEIGHTS, 5, 7), AllWeights(WEIGHTS, ["a", "v"])]


def test_signs_are_the_raw_bits_of_a_published_generator():
    # The first outputs of PCG64 seeded with [1, 2] by numpy's SeedSequence, read as bits.
    raw = np.random.PCG64([1, 2]).random_raw()
    bits = [int(raw) >> i & 1 for i in range(6)]
    assert signs(np.random.PCG64([1, 2]), (2, 3)).ravel().tolist() == [2 * b - 1 for b in bits]


#: Of seed [0, 0], as numpy 2.4 on x86-64 gives them.
SIGNS = [1, 1, 1, 1, 1, -1, 1, -1, -1, 1, -1, -1]


def test_a_subspace_is_the_same_on_every_machine():
    weights = {"m": 2 * np.ones((2, 3), dtype=np.float32)}
    moved = Subspace(weights, 2, 0).weights(np.array([0.5, 0.25]))["m"]
    drawn = np.random.PCG64([0, 0])
    left, right = signs(drawn, (2, 2)), signs(drawn, (2, 3))
    assert moved == pytest.approx(2 + 2 * left @ np.diag([0.5, 0.25]) @ right, abs=1e-6)
    assert signs(np.random.PCG64([0, 0]), (1, 12)).ravel().tolist() == SIGNS


@pytest.mark.parametrize("adaptation", ADAPTATIONS, ids=lambda a: type(a).__name__)
def test_no_change_gives_the_trained_weights(adaptation):
    weights = adaptation.weights(np.zeros(adaptation.dimension))
    assert all((weights[name] == tensor).all() for name, tensor in WEIGHTS.items())


@pytest.mark.parametrize("adaptation", ADAPTATIONS, ids=lambda a: type(a).__name__)
def test_a_gradient_is_pulled_back(adaptation):
    cost = {name: RNG.standard_normal(tensor.shape) for name, tensor in WEIGHTS.items()}
    slopes = adaptation.pull_back(cost)
    for i, unit in enumerate(np.eye(adaptation.dimension)):
        moved = adaptation.weights(unit)
        gain = sum(float((cost[n] * (moved[n] - WEIGHTS[n])).sum()) for n in WEIGHTS)
        assert slopes[i] == pytest.approx(gain, abs=1e-5)


def test_all_weights_are_moved_in_units_of_their_root_mean_square():
    adaptation = AllWeights(WEIGHTS, ["v"])
    moved = adaptation.weights(np.array([1.0, 0, 0, -2]))
    unit = np.sqrt(np.mean(WEIGHTS["v"] ** 2))
    assert root_mean_square(WEIGHTS["v"]) == pytest.approx(unit)
    assert moved["v"] - WEIGHTS["v"] == pytest.approx(unit * np.array([1, 0, 0, -2]), abs=1e-6)
    assert (moved["a"] == WEIGHTS["a"]).all()


def test_matrices_share_the_variables_evenly_and_vectors_stay():
    moved = Subspace(WEIGHTS, 5, 0).weights(np.ones(5))
    ranks = {n: np.linalg.matrix_rank((moved[n] - WEIGHTS[n]).astype(float), 1e-4) for n in "ab"}
    assert ranks == {"a": 3, "b": 2}
    assert (moved["v"] == WEIGHTS["v"]).all()
