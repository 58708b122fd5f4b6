"""Options that several methods share are in every one's signature, checked as its own are."""

from __future__ import annotations

import inspect

import pytest

from methods import METHODS
from methods.adam import adam
from methods.smooth_solvers import slsqp, slsqp_gradient
from problems.naming.options import options_of, resolve

TRAINING = ["batch", "epochs", "steps", "schedule", "warmup", "clip"]


def test_shared_options_follow_a_methods_own():
    assert list(options_of(adam)) == ["learning_rate", "beta1", "beta2", "epsilon", *TRAINING]
    assert list(inspect.signature(adam).parameters)[:2] == ["oracle", "rng"]


@pytest.mark.parametrize("name", ["cg", "bfgs", "l-bfgs-b", "tnc"])
def test_a_twin_has_the_same_options_but_for_a_default_of_its_own(name):
    twin = options_of(METHODS.entry(f"{name}-gradient").load())
    options = options_of(METHODS.entry(name).load())
    assert list(twin) == list(options)
    assert twin.pop("restarts").default is False
    assert options.pop("restarts").default is True
    assert twin == options


def test_an_option_may_be_left_out():
    assert [*options_of(slsqp)] == ["ftol", "margin", "restarts"]
    assert [*options_of(slsqp_gradient)] == ["ftol", "restarts"]


def test_a_shared_option_is_parsed_and_its_range_kept():
    assert resolve("adam", adam, {"batch": "20"})["batch"] == 20
    with pytest.raises(ValueError, match=r"adam.warmup=2: expected a number in \[0, 1\] or none"):
        resolve("adam", adam, {"warmup": 2})
