"""Tiny problems whose every evaluation can be predicted, and a clock that a test turns by hand."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from problems import Box, Minibatch, Problem, Reference
from problems.core.views import BoxRelaxation, Relaxation


class Toy(Problem):
    """f(x) = x₁ + x₂ on [−5, 5]², or whatever `answer` says; `calls` lists the points."""

    space = Box(-5, 5, 2)

    def __init__(
        self,
        answer: Callable[[NDArray], Any] | None = None,
        reference: Reference | None = None,
    ) -> None:
        self.answer = answer or (lambda x: float(np.sum(x)))
        self.reference = reference
        self.calls: list[NDArray] = []

    def value(self, x: NDArray) -> Any:
        self.calls.append(np.array(x))
        return self.answer(x)

    def relaxation(self) -> Relaxation:
        return Slope(self.space)


class Batch(Toy):
    """The same, evaluated a batch at a time."""

    def values(self, points: NDArray) -> Any:
        self.calls += list(np.array(points))
        return np.array([self.answer(x) for x in points], dtype=float)


class Exact(Toy):
    """The same with a gradient of its own, which yields the value."""

    def relaxation(self) -> Relaxation:
        slope = Slope(self.space)
        slope.exact = slope.yields_value = True
        return slope


class Constrained(Toy):
    """The same subject to x₁ >= 0 and x₂ >= 0; `limits` may replace the constraints."""

    ceiling = 10.0

    def __init__(self, limits: Callable[[NDArray], Any] | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.limits = limits or (lambda x: -np.asarray(x, dtype=float))

    def constraints(self, x: NDArray) -> Any:
        return self.limits(x)


class Slope(BoxRelaxation):
    """Loss x₁ + x₂ and its gradient; a minibatch touches `size` of 24 rows."""

    def start(self, rng: np.random.Generator) -> NDArray[np.float64]:
        return self.space.sample(rng, 1)[0]

    def loss_and_gradient(
        self, theta: NDArray[np.float64], rows: Minibatch | None = None
    ) -> tuple[float, NDArray[np.float64]]:
        return float(theta.sum()), np.ones_like(theta)

    def minibatch(self, rng: np.random.Generator, size: int) -> Minibatch:
        return batch_of(size / 24, tokens=size)


def batch_of(share: float, tokens: int = 1) -> Minibatch:
    """Return a minibatch that costs `share` of a pass."""
    return Minibatch(np.arange(2), np.ones(2), share, tokens)


class Clock:
    """Stands in for `perf_counter`: time passes when a test says so."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        for module in ("clocks", "account", "record", "oracle", "evaluation", "pace"):
            monkeypatch.setattr(f"problems.core.{module}.perf_counter", self)
        monkeypatch.setattr("problems.core.clocks.cpu_clock", self)

    def __call__(self) -> float:
        return self.now


def grid(values: tuple[int, ...], dimension: int) -> NDArray[np.int64]:
    """Return all vectors of `dimension` entries out of `values`."""
    return np.array(list(product(values, repeat=dimension)), dtype=np.int64)


def slope_by_differences(
    loss: Callable[[NDArray], float], theta: NDArray[np.float64], step: float = 1e-6
) -> NDArray[np.float64]:
    """Return the gradient of `loss` by central differences."""
    shifts = step * np.eye(len(theta))
    return np.array([(loss(theta + s) - loss(theta - s)) / (2 * step) for s in shifts])
