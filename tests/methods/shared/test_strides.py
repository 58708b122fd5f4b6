from __future__ import annotations

import numpy as np
import pytest

from methods.shared.strides import deviations, search_box
from problems import Box, Categorical, Permutation
from tests.methods.examples import spaces


@pytest.mark.parametrize(
    ("space", "share", "expected"),
    [
        (Box([0, -5], [1, 5]), 0.02, [0.02, 0.2]),
        (Box(0, 1, 2, integral=True), 0.02, [0.5, 0.5]),
        (Box([0, 0], [99, 1], integral=[True, False]), 0.1, [10.0, 0.1]),
        (Categorical([2, 1]), 0.02, [0.5] * 3),
        (Permutation(5, 2), 0.02, [0.1] * 5),
        (Permutation(50), 0.25, [0.25] * 50),
    ],
    ids=str,
)
def test_steps_are_shares_of_the_range_but_never_too_small_to_be_noticed(space, share, expected):
    np.testing.assert_allclose(deviations(space, share), expected)


def test_real_boxes_are_searched_directly_and_everything_else_encoded():
    for space in spaces().values():
        direct = isinstance(space, Box) and not space.integral.any()
        assert search_box(space) is (space if direct else space.latent)


@pytest.mark.parametrize("space", spaces().values(), ids=spaces())
def test_such_steps_change_what_is_decoded_often_but_not_always(space):
    """Around an encoded point; where there is one point only, nothing can change."""
    rng = np.random.default_rng(0)
    start = space.sample(rng, 1)[0]
    noise = rng.standard_normal((400, space.latent_dimension))
    decoded = space.decode(space.encode(start) + deviations(space, 0.02) * noise)
    changed = (decoded != start).any(axis=1).mean()
    several = len(np.unique(space.sample(rng, 50), axis=0)) > 1
    assert (changed > 0.1) if several else (changed == 0)
