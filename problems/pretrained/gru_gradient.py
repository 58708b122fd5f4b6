"""Cross-entropy of the speller on given pronunciations, and its gradient by back-propagation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from problems.pretrained.gru import BEGIN, END, Array, Cell, Letters, Speller, Weights


class Lesson:
    """Words with the pronunciations that the decoder is taught, the longest of these first.

    Parameters
    ----------
    words : Letters
    written : ndarray of shape (n, longest)
        Phonemes of each of the given words, `END` behind the last.
    counts : ndarray of shape (n,), optional
        How much each word counts, by default one.

    Attributes
    ----------
    tokens : ndarray of shape (n, longest + 1)
        Phonemes and the end.
    active : list of int
        At each place, how many of the words have a token there.
    rows : ndarray of shape (n,)
        The row of `words` that each is of.
    shares : ndarray of shape (n,)
        What a token of each is of the mean over all tokens.
    """

    def __init__(
        self, words: Letters, written: NDArray[np.int64], counts: NDArray | None = None
    ) -> None:
        lengths = (written != END).sum(axis=1) + 1
        order, longest = np.argsort(-lengths, kind="stable"), int(lengths.max())
        ends = np.full((len(written), 1), END)
        counts = np.ones(len(written)) if counts is None else counts
        row_of = np.argsort(words.order)
        self.words, self.rows = words, row_of[order]
        self.tokens = np.hstack([written, ends])[order, :longest]
        self.active = [int((lengths > place).sum()) for place in range(longest)]
        self.shares = (counts / (counts @ lengths))[order].astype(np.float32)


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


def cross_entropy(weights: Weights, lesson: Lesson) -> float:
    """Return the mean nats a token of the given pronunciations, teacher-forced."""
    speller = Speller(weights)
    h = speller.encode(lesson.words)[lesson.rows]
    total, before = 0.0, np.full(len(h), BEGIN)
    for place, active in enumerate(lesson.active):
        h = speller.decoder.step(before[:active], h[:active])
        target = np.arange(active), lesson.tokens[:active, place]
        total -= float(_logs(speller.logits(h))[target] @ lesson.shares[:active])
        before = lesson.tokens[:, place]
    return total


def loss_and_gradient(weights: Weights, lesson: Lesson) -> tuple[float, dict[str, Array]]:
    """Return the same, and its gradient by the name of each tensor."""
    speller, encoder, decoder = Speller(weights), _Tape(weights, "enc"), _Tape(weights, "dec")
    n, words = len(lesson.rows), lesson.words
    h: Array = np.zeros((n, encoder.cell.size), weights["fc_w"].dtype)
    for place, active in enumerate(words.active):
        # Not in place: the tape keeps the states that were.
        h = np.vstack([encoder.step(words.tokens[:active, place], h[:active]), h[active:]])
    states = [h[lesson.rows]]
    total, before, slopes = 0.0, np.full(n, BEGIN), []
    for place, active in enumerate(lesson.active):
        states.append(decoder.step(before[:active], states[-1][:active]))
        logs = _logs(speller.logits(states[-1]))
        target = np.arange(active), lesson.tokens[:active, place]
        total -= float(logs[target] @ lesson.shares[:active])
        slope = np.exp(logs)
        slope[target] -= 1
        slopes.append(slope * lesson.shares[:active, None])
        before = lesson.tokens[:, place]
    into_output, into_bias = np.zeros_like(weights["fc_w"]), np.zeros_like(weights["fc_b"])
    back = h[:0]
    for slope, state in zip(reversed(slopes), reversed(states[1:]), strict=True):
        into_output += slope.T @ state
        into_bias += slope.sum(axis=0)
        into_state = slope @ weights["fc_w"]
        into_state[: len(back)] += back
        back = decoder.back(into_state)
    into_h = np.zeros_like(h)
    into_h[lesson.rows] = back
    for active in reversed(words.active):
        into_h[:active] = encoder.back(into_h[:active])
    gradient = {**encoder.close(), **decoder.close(), "fc_w": into_output, "fc_b": into_bias}
    return total, gradient


def _logs(scores: Array) -> Array:
    scores = scores - scores.max(axis=1, keepdims=True)
    logs: Array = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return logs
