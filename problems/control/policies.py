"""Policies as flat parameter vectors: greedy for the objective, stochastic for REINFORCE."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from problems.core.views import Policy

#: Standard deviation of the noise that a continuous action explores with, as a
#: share of half the action's range.
EXPLORATION = 0.3


class NeuralPolicy(Policy):
    """A linear map or one tanh layer from observations to scores of actions.

    Discrete actions: the highest score acts; exploring, their softmax is drawn
    from. Continuous actions: tanh of the scores, scaled to the action's range;
    exploring, with Gaussian noise around it.

    Parameters
    ----------
    observations : int
        Length of an observation.
    action_space : gymnasium.spaces.Discrete or gymnasium.spaces.Box
    hidden : int
        Units of the hidden layer; 0 for a linear policy.
    bound : float
        Bound on every parameter of the problem's box.
    """

    def __init__(self, observations: int, action_space: Any, hidden: int, bound: float) -> None:
        self.discrete = hasattr(action_space, "n")
        outputs = int(action_space.n if self.discrete else np.prod(action_space.shape))
        if self.discrete:
            self._first = int(action_space.start)
        else:
            self._low, self._high = action_space.low, action_space.high
            low, high = self._low.ravel(), self._high.ravel()
            self._centre, self._half = (low + high) / 2.0, (high - low) / 2.0
            self._shape = action_space.shape
        sizes = (observations, hidden, outputs) if hidden else (observations, outputs)
        self._layers = list(itertools.pairwise(sizes))
        self._bound = bound
        self.dimension = sum((inputs + 1) * units for inputs, units in self._layers)

    def _weights(self, theta: NDArray) -> list[tuple[NDArray, NDArray]]:
        """Split parameters, shape (..., dimension), into (weights, biases) a layer."""
        split, at = [], 0
        for inputs, units in self._layers:
            matrix = theta[..., at : at + inputs * units]
            at += inputs * units
            bias = theta[..., at : at + units]
            at += units
            split.append((matrix.reshape(*theta.shape[:-1], inputs, units), bias))
        return split

    def scores(self, theta: NDArray, observations: NDArray) -> NDArray[np.float64]:
        """Return the scores of actions.

        Parameters
        ----------
        theta : ndarray of shape (dimension,) or (p, dimension)
        observations : ndarray of shape (n, observations) or (p, n, observations)

        Returns
        -------
        ndarray of shape (n, actions) or (p, n, actions)
        """
        signal = observations
        layers = self._weights(theta)
        for matrix, bias in layers[:-1]:
            signal = np.tanh(_affine(signal, matrix, bias))
        return _affine(signal, *layers[-1])

    def greedy(self, theta: NDArray, observations: NDArray) -> NDArray:
        """Return the best action after each observation, shapes as in `scores`."""
        scores = self.scores(theta, observations)
        if self.discrete:
            return self._first + scores.argmax(axis=-1)
        actions = self._centre + self._half * np.tanh(scores)
        return actions.reshape(*scores.shape[:-1], *self._shape)

    def start(self, rng: np.random.Generator) -> NDArray[np.float64]:
        return 0.1 * rng.standard_normal(self.dimension)

    def act(self, theta: NDArray, observation: NDArray, rng: np.random.Generator) -> Any:
        scores = self.scores(theta, np.asarray(observation, dtype=float).reshape(1, -1))[0]
        if self.discrete:
            return self._first + int((scores + rng.gumbel(size=len(scores))).argmax())
        noise = EXPLORATION * self._half * rng.standard_normal(len(scores))
        action = self._centre + self._half * np.tanh(scores) + noise
        # Unclipped, as its likelihood is the Gaussian's; `to_world` clips it.
        return action.reshape(self._shape)

    def to_world(self, action: Any) -> Any:
        # Worlds clip by themselves, but some charge for the action as it came.
        return action if self.discrete else np.clip(action, self._low, self._high)

    def log_gradient(
        self, theta: NDArray, observations: NDArray, actions: NDArray, weights: NDArray
    ) -> NDArray[np.float64]:
        scores = self.scores(theta, observations)
        if self.discrete:
            shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
            slope = -shifted / shifted.sum(axis=1, keepdims=True)
            slope[np.arange(len(actions)), actions.astype(int) - self._first] += 1.0
        else:
            squashed = np.tanh(scores)
            mean = self._centre + self._half * squashed
            deviation = actions.reshape(len(actions), -1) - mean
            variance = (EXPLORATION * self._half) ** 2
            slope = deviation / variance * self._half * (1 - squashed**2)
        return self._backward(theta, observations, slope * weights[:, None])

    def log_probabilities(
        self, theta: NDArray, observations: NDArray, actions: NDArray
    ) -> NDArray[np.float64]:
        scores = self.scores(theta, observations)
        if self.discrete:
            logs = _log_softmax(scores)
            return logs[np.arange(len(actions)), actions.astype(int) - self._first]
        deviation = actions.reshape(len(actions), -1) - self._centre - self._half * np.tanh(scores)
        return -0.5 * ((deviation / (EXPLORATION * self._half)) ** 2).sum(axis=1)

    def entropy_gradient(
        self, theta: NDArray, observations: NDArray, weights: NDArray
    ) -> NDArray[np.float64]:
        if not self.discrete:  # noise of one size has one entropy
            return np.zeros(self.dimension)
        logs = _log_softmax(self.scores(theta, observations))
        policy = np.exp(logs)
        entropy = -(policy * logs).sum(axis=1, keepdims=True)
        return self._backward(theta, observations, -policy * (logs + entropy) * weights[:, None])

    def _backward(
        self, theta: NDArray, observations: NDArray, slope: NDArray
    ) -> NDArray[np.float64]:
        """Carry a slope in the scores back to the parameters."""
        layers = self._weights(theta)
        signals = [np.asarray(observations, dtype=float)]
        for matrix, bias in layers[:-1]:
            signals.append(np.tanh(signals[-1] @ matrix + bias))
        parts: list[NDArray] = []
        for i in range(len(layers) - 1, -1, -1):
            parts[:0] = [(signals[i].T @ slope).ravel(), slope.sum(axis=0)]
            if i:  # the observations have no slope to carry on to
                slope = (slope @ layers[i][0].T) * (1 - signals[i] ** 2)
        return np.concatenate(parts)

    def decode(self, theta: NDArray) -> NDArray:
        # Scaling a linear policy leaves its arg-max as it is; clipping would not.
        if self.discrete and len(self._layers) == 1:
            largest = float(np.abs(theta).max())
            theta = theta * min(1.0, self._bound / largest) if largest > 0 else theta
        # The clip also takes off what a scaled parameter is rounded beyond the bound.
        return np.clip(theta, -self._bound, self._bound)


def _log_softmax(scores: NDArray) -> NDArray[np.float64]:
    shifted: NDArray[np.float64] = scores - scores.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def _affine(signal: NDArray, matrix: NDArray, bias: NDArray) -> NDArray:
    # One term after another instead of a matrix product: the same bits however
    # many policies are evaluated at once, which a rollout of 500 steps amplifies.
    total = bias[..., None, :]
    for i in range(matrix.shape[-2]):
        total = total + signal[..., i, None] * matrix[..., i, :][..., None, :]
    return total
