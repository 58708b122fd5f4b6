"""A policy's steps are in units of the scale of the problem's start."""

from __future__ import annotations

import types

import numpy as np
import pytest

import problems
from methods.shared.world_policy import USUAL_SCALE, WorldPolicy

REWARD = problems.make(
    "next-token-reward", corpus="markov:length=500,symbols=5", length=4, longest=4
)
DIMENSION = REWARD.space.dimension


def moved(scale):
    """Return the gradient of a few steps, and where a unit step leads from zero."""
    oracle = types.SimpleNamespace(previous=np.zeros(DIMENSION), scale=scale, value=lambda x: 0.0)
    actor = WorldPolicy(REWARD.policy(), REWARD.environment(None), oracle, np.random.default_rng(0))
    _, lengths, steps = actor.play(3)
    gradient = actor.gradient(steps, np.ones(lengths.sum()))
    actor.move(np.ones(DIMENSION))
    return gradient, actor.parameters


def test_a_start_of_a_tenth_of_the_scale_makes_steps_a_tenth_as_long():
    gradient, reached = moved(None)
    assert reached == pytest.approx(np.ones(DIMENSION))
    smaller, near = moved(np.full(DIMENSION, USUAL_SCALE / 10))
    assert near == pytest.approx(np.full(DIMENSION, 0.1))
    assert smaller == pytest.approx(gradient / 10)


def test_the_usual_scale_and_one_of_other_variables_change_nothing():
    for scale in (np.full(DIMENSION, USUAL_SCALE), np.ones(DIMENSION + 1)):
        gradient, reached = moved(scale)
        assert gradient == pytest.approx(moved(None)[0])
        assert reached == pytest.approx(np.ones(DIMENSION))
