"""The world in which a speller writes a word a phoneme at a time, and the speller as a policy."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from problems.core.space import Box
from problems.core.views import Policy
from problems.pretrained.adaptation import Adaptation
from problems.pretrained.gru import BEGIN, END, LONGEST, TOKENS, Speller, letters
from problems.pretrained.gru_gradient import (
    Lesson,
    Loss,
    log_probabilities,
    loss_and_gradient,
    negative_entropy,
    negative_log_likelihood,
)


class SpellerWorld(gymnasium.Env[NDArray[np.int64], np.int64]):
    """An episode writes the pronunciation of a random word; the last step pays 1 if it is right.

    The observation is the word's number and the twenty tokens written so far, `END` where there
    is none yet; an action is the next token. An episode ends with `END` or the twentieth token.

    Parameters
    ----------
    targets : ndarray of shape (words, 20)
        What is right for each word, `END` behind the last phoneme.
    """

    def __init__(self, targets: NDArray[np.int64]) -> None:
        self._targets = targets
        self.action_space = gymnasium.spaces.Discrete(TOKENS)
        self.observation_space = gymnasium.spaces.MultiDiscrete([len(targets), *[TOKENS] * LONGEST])
        self._observation = np.full(1 + LONGEST, END)
        self._place = LONGEST

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.int64], dict[str, Any]]:
        super().reset(seed=seed)
        self._observation = np.full(1 + LONGEST, END)
        self._observation[0] = self.np_random.integers(len(self._targets))
        self._place = 0
        return self._observation.copy(), {}

    def step(self, action: Any) -> tuple[NDArray[np.int64], float, bool, bool, dict[str, Any]]:
        if self._place == LONGEST:
            raise gymnasium.error.ResetNeeded("the episode has ended: call reset() first")
        self._place += 1
        self._observation[self._place] = action
        if action == END:
            self._place = LONGEST
        ended = self._place == LONGEST
        word, written = self._observation[0], self._observation[1:]
        reward = float(ended and (written == self._targets[word]).all())
        return self._observation.copy(), reward, ended, False, {}


class SpellerPolicy(Policy):
    """The network draws the next token by its softmax; its parameters are the solution.

    Parameters
    ----------
    space : Box
    adaptation : Adaptation
    words : list of str
        By the number that an observation begins with.
    """

    def __init__(self, space: Box, adaptation: Adaptation, words: list[str]) -> None:
        self.dimension = space.dimension
        self._space, self._adaptation, self._words = space, adaptation, words
        self._theta = np.full(self.dimension, np.nan)
        self._written: tuple[int, ...] = ()
        self._speller = Speller(adaptation.weights(np.zeros(self.dimension)))
        self._state: NDArray = np.empty((1, 0))

    def start(self, rng: np.random.Generator) -> NDArray[np.float64]:
        return np.zeros(self.dimension)

    def act(self, theta: NDArray, observation: NDArray, rng: np.random.Generator) -> int:
        scores = self._speller_at(theta).logits(self._state_after(observation))[0]
        return int((scores + rng.gumbel(size=len(scores))).argmax())

    def _speller_at(self, theta: NDArray) -> Speller:
        if not np.array_equal(theta, self._theta):
            self._theta, self._written = np.array(theta), ()
            self._speller = Speller(self._adaptation.weights(self.decode(theta)))
        return self._speller

    def _state_after(self, observation: NDArray) -> NDArray:
        """Return the state from which the next token is drawn: one step, or all from the word."""
        seen = observation.astype(int)
        written = (*seen[:1], *_written(seen))
        if not (len(written) > 1 and written[:-1] == self._written):
            self._state = self._speller.encode(letters([self._words[written[0]]]))
            steps = [BEGIN, *written[1:]]
        else:
            steps = [written[-1]]
        for token in steps:
            self._state = self._speller.decoder.step(np.array([token]), self._state)
        self._written = written
        return self._state

    def log_gradient(
        self, theta: NDArray, observations: NDArray, actions: NDArray, weights: NDArray
    ) -> NDArray[np.float64]:
        return self._gradient(theta, observations, actions, weights, negative_log_likelihood)

    def entropy_gradient(
        self, theta: NDArray, observations: NDArray, weights: NDArray
    ) -> NDArray[np.float64]:
        actions = np.full(len(observations), END)
        return self._gradient(theta, observations, actions, weights, negative_entropy)

    def _gradient(
        self,
        theta: NDArray,
        observations: NDArray,
        actions: NDArray,
        weights: NDArray,
        loss: Loss,
    ) -> NDArray[np.float64]:
        lesson, _ = self._lesson(observations, actions, weights)
        _, gradient = loss_and_gradient(self._adaptation.weights(self.decode(theta)), lesson, loss)
        return -self._adaptation.pull_back(gradient)

    def log_probabilities(
        self, theta: NDArray, observations: NDArray, actions: NDArray
    ) -> NDArray[np.float64]:
        lesson, at = self._lesson(observations, actions, np.zeros(len(actions)))
        return log_probabilities(self._adaptation.weights(self.decode(theta)), lesson)[at]

    def _lesson(
        self, observations: NDArray, actions: NDArray, weights: NDArray
    ) -> tuple[Lesson, tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Return steps as a lesson, those that go on with the step before in one row with it.

        Returns
        -------
        lesson : Lesson
        at : tuple of ndarray
            The row and the place of each step.
        """
        episodes: list[list[int]] = []
        before: list[int] = []
        at = np.empty((2, len(actions)), dtype=int)
        for i, (seen, action) in enumerate(zip(observations.astype(int), actions, strict=True)):
            written = [*seen[:1], *_written(seen)]
            if len(written) == 1 or written != before:
                episodes.append(written)
            before = [*written, int(action)]
            episodes[-1] = before
            at[:, i] = len(episodes) - 1, len(before) - 2
        lengths = np.array([len(episode) - 1 for episode in episodes])
        tokens = np.full((len(episodes), lengths.max()), END)
        for row, episode in zip(tokens, episodes, strict=True):
            row[: len(episode) - 1] = episode[1:]
        shares = np.zeros(tokens.shape)
        shares[at[0], at[1]] = weights
        numbers, word_of = np.unique([episode[0] for episode in episodes], return_inverse=True)
        words = letters([self._words[number] for number in numbers])
        return Lesson(words, tokens, lengths, shares, word_of), (at[0], at[1])

    def decode(self, theta: NDArray) -> NDArray:
        return self._space.decode(theta)


def _written(observation: NDArray[np.int64]) -> list[int]:
    """Return the tokens written so far: no `END` is among them, as that ends the episode."""
    tokens = observation[1:]
    return [int(token) for token in tokens[: int((tokens != END).sum())]]
