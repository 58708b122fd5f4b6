"""Losses of what the speller is to write, and their gradients by back-propagation."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from problems.pretrained.gru import BEGIN, END, Array, Cell, Letters, Speller, Weights


class Lesson:
    """What the decoder is to write after some words, the longest first.

    Parameters
    ----------
    words : Letters
    tokens : ndarray of shape (n, longest)
        Tokens that are written in turn.
    lengths : ndarray of shape (n,)
        How many of them count.
    shares : ndarray of shape (n, longest)
        The weight of each token's −log π in the loss.
    word_of : ndarray of shape (n,), optional
        Which of the words each is of; by default there is one of each.

    Attributes
    ----------
    active : list of int
        At each place, how many rows have a token there.
    rows : ndarray of shape (n,)
        The row of `words` that each is of.
    order : ndarray of shape (n,)
        Which of those given each is.
    """

    def __init__(
        self,
        words: Letters,
        tokens: NDArray[np.int64],
        lengths: NDArray[np.int64],
        shares: NDArray,
        word_of: NDArray[np.int64] | None = None,
    ) -> None:
        self.order, longest = np.argsort(-lengths, kind="stable"), int(lengths.max())
        row_of = np.argsort(words.order)
        self.words, self.rows = words, (row_of if word_of is None else row_of[word_of])[self.order]
        self.tokens = tokens[self.order, :longest]
        self.shares = shares[self.order, :longest].astype(np.float32)
        self.active = [int((lengths > place).sum()) for place in range(longest)]

    @classmethod
    def of_targets(
        cls, words: Letters, written: NDArray[np.int64], counts: NDArray | None = None
    ) -> Lesson:
        """Return one that teaches whole pronunciations and their end: the mean over tokens.

        Parameters
        ----------
        words : Letters
        written : ndarray of shape (n, longest)
            Phonemes of each of the given words, `END` behind the last.
        counts : ndarray of shape (n,), optional
            How often each word counts, by default once.
        """
        lengths = (written != END).sum(axis=1) + 1
        tokens = np.hstack([written, np.full((len(written), 1), END)])
        counts = np.ones(len(written)) if counts is None else counts
        shares = np.broadcast_to((counts / (counts @ lengths))[:, None], tokens.shape)
        return cls(words, tokens, lengths, shares)


class _Tape:
    """The steps of one cell, so that they can be gone through backwards."""

    def __init__(self, weights: Weights, part: str) -> None:
        self.cell, self._part, self._weights = Cell(weights, part), part, weights
        self._steps: list[tuple[NDArray, Array, tuple[Array, ...]]] = []
        self.gradient = {
            f"{part}_{name}": np.zeros_like(weights[f"{part}_{name}"]) for name in ("w_hh", "b_hh")
        }
        self._into_table = np.zeros_like(self.cell.table)

    def step(self, tokens: NDArray, h: Array) -> Array:
        """Return the next states, as `Cell.step` does."""
        gates = self.cell.gates(tokens, h)
        _, z, n, _ = gates
        self._steps.append((tokens, h, gates))
        return (h - n) * z + n

    def back(self, slope: Array) -> Array:
        """Return the slope of the state before the last step, which it takes off the tape."""
        tokens, h, (r, z, n, inner) = self._steps.pop()
        into_n = slope * (1 - z) * (1 - n * n)
        into_z = slope * (h - n) * z * (1 - z)
        into_r = into_n * inner * r * (1 - r)
        inputs = np.hstack([into_r, into_z, into_n])
        states = np.hstack([into_r, into_z, into_n * r])
        np.add.at(self._into_table, tokens, inputs)
        self.gradient[f"{self._part}_w_hh"] += states.T @ h
        self.gradient[f"{self._part}_b_hh"] += states.sum(axis=0)
        before: Array = slope * z + states @ self._weights[f"{self._part}_w_hh"]
        return before

    def close(self) -> dict[str, Array]:
        """Return the gradients of the cell's tensors."""
        part, weights = self._part, self._weights
        self.gradient[f"{part}_b_ih"] = self._into_table.sum(axis=0)
        self.gradient[f"{part}_w_ih"] = self._into_table.T @ weights[f"{part}_emb"]
        self.gradient[f"{part}_emb"] = self._into_table @ weights[f"{part}_w_ih"]
        return self.gradient


#: Takes log π of all tokens, shape (rows, tokens), the tokens written and their shares, each of
#: shape (rows,); returns the part of the loss and its slope by the scores.
Loss = Callable[[Array, NDArray, Array], tuple[float, Array]]


def negative_log_likelihood(logs: Array, tokens: NDArray, shares: Array) -> tuple[float, Array]:
    """Return the sum of −log π of the tokens, each by its share, and the slope by the scores."""
    target = np.arange(len(tokens)), tokens
    slope = np.exp(logs)
    slope[target] -= 1
    slope *= shares[:, None]
    return -float(logs[target] @ shares), slope


def negative_entropy(logs: Array, tokens: NDArray, shares: Array) -> tuple[float, Array]:
    """Return minus the sum of the entropies at each step, by their shares, and its slope."""
    policy = np.exp(logs)
    information = (policy * logs).sum(axis=1)
    slope: Array = policy * (logs - information[:, None]) * shares[:, None]
    return float(information @ shares), slope


def teacher_forced(weights: Weights, lesson: Lesson) -> Iterator[Array]:
    """Yield log π of all tokens at each place, shape (rows with a token there, tokens)."""
    speller = Speller(weights)
    h = speller.encode(lesson.words)[lesson.rows]
    before = np.full(len(h), BEGIN)
    for place, active in enumerate(lesson.active):
        h = speller.decoder.step(before[:active], h[:active])
        yield _logs(speller.logits(h))
        before = lesson.tokens[:, place]


def log_probabilities(weights: Weights, lesson: Lesson) -> NDArray[np.float64]:
    """Return log π of every token, shape (n, longest), 0 beyond the end, in the order given."""
    written = np.zeros(lesson.tokens.shape)
    for place, logs in enumerate(teacher_forced(weights, lesson)):
        rows = np.arange(len(logs))
        written[rows, place] = logs[rows, lesson.tokens[rows, place]]
    return written[np.argsort(lesson.order)]


def divergences(p: Weights, q: Weights, lesson: Lesson) -> tuple[float, float]:
    """Return KL(p ‖ q) and KL(q ‖ p) of the next token in nats, the mean over a lesson's."""
    forward = backward = 0.0
    pairs = zip(teacher_forced(p, lesson), teacher_forced(q, lesson), strict=True)
    for of_p, of_q in pairs:
        forward += float((np.exp(of_p) * (of_p - of_q)).sum())
        backward += float((np.exp(of_q) * (of_q - of_p)).sum())
    return forward / sum(lesson.active), backward / sum(lesson.active)


def cross_entropy(weights: Weights, lesson: Lesson) -> float:
    """Return the sum of −log π of the tokens, each by its share."""
    return -float((log_probabilities(weights, lesson)[lesson.order] * lesson.shares).sum())


def loss_and_gradient(
    weights: Weights, lesson: Lesson, loss: Loss = negative_log_likelihood
) -> tuple[float, dict[str, Array]]:
    """Return a loss, and its gradient by the name of each tensor."""
    speller, encoder, decoder = Speller(weights), _Tape(weights, "enc"), _Tape(weights, "dec")
    words = lesson.words
    h: Array = np.zeros((len(words.tokens), encoder.cell.size), weights["fc_w"].dtype)
    for place, active in enumerate(words.active):
        # Not in place: the tape keeps the states that were.
        h = np.vstack([encoder.step(words.tokens[:active, place], h[:active]), h[active:]])
    states, slopes = [h[lesson.rows]], []
    total, before = 0.0, np.full(len(lesson.rows), BEGIN)
    for place, active in enumerate(lesson.active):
        states.append(decoder.step(before[:active], states[-1][:active]))
        before = lesson.tokens[:, place]
        logs = _logs(speller.logits(states[-1]))
        part, slope = loss(logs, before[:active], lesson.shares[:active, place])
        total += part
        slopes.append(slope)
    into_output, into_bias = np.zeros_like(weights["fc_w"]), np.zeros_like(weights["fc_b"])
    back = h[:0]
    for slope, state in zip(reversed(slopes), reversed(states[1:]), strict=True):
        into_output += slope.T @ state
        into_bias += slope.sum(axis=0)
        into_state = slope @ weights["fc_w"]
        into_state[: len(back)] += back
        back = decoder.back(into_state)
    into_h = np.zeros_like(h)
    np.add.at(into_h, lesson.rows, back)
    for active in reversed(words.active):
        into_h[:active] = encoder.back(into_h[:active])
    gradient = {**encoder.close(), **decoder.close(), "fc_w": into_output, "fc_b": into_bias}
    return total, gradient


def _logs(scores: Array) -> Array:
    scores = scores - scores.max(axis=1, keepdims=True)
    logs: Array = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return logs
