"""Round weights of a trained network down or up: the price of a proof on real weights."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from problems.core.bits import CoinFlips, bit_variables, logistic
from problems.core.constructible import Constructible
from problems.core.interval import Interval
from problems.core.linear_model import LinearModel, model_of_whole
from problems.core.reference import Reference
from problems.core.space import Box
from problems.core.start import Start
from problems.core.views import Minibatch, Relaxation
from problems.naming.options import checked_options
from problems.pretrained.gru import (
    FIRST_PHONEME,
    PHONEMES,
    Speller,
    digest_of_weights,
    letters,
    pretrained_weights,
)
from problems.pretrained.pronunciation import words_of_instance

#: Words whose states calibrate, and whose states are held out; each writes six to seven tokens.
WORDS = 400
#: Of a row so many weights are tried in all ways, by parts of so many roundings.
MOST_ENUMERATED, PART = 16, 2**13
#: AdaRound's stretch of the logistic function, so that 0 and 1 are reached.
STRETCH = 0.1
#: Weight of the pull to 0 and 1, beside the error of rounding to the nearest. A choice of this
#: suite, the best of 0.1 to 2 on instances 0 to 2: AdaRound's rises while it trains.
PULL = 2.0


class Rounding(Constructible):
    """Which weights of output rows are rounded down and which up, for the least error.

    A row of the output layer of g2p-en's decoder scores one phoneme, w · h + b. So many of its
    weights as `weights` are put on the grid of `bits` bits, k s for whole k, where s is the row's
    largest |w| over 2^(bits − 1) − 1: weight j becomes s (k_j + x_j), x_j = 1 being up and
    k_j = ⌊w_j / s⌋, or one less where that is the grid's last. With the decoder's states h_i on
    calibration words,

        value(x) = Σ_rows (1/m) Σ_i |Σ_j h_ij (s (k_j + x_j) − w_j)|,

    the mean error of the scores in nats. `score` is the same on states of other words. Rounding
    each weight to the nearest, where a search begins, is not the best: the errors of weights
    can cancel (Nagel et al. 2020, "Up or down? Adaptive rounding for post-training quantization",
    arXiv 2004.10568). A row is a mixed integer program of its own, `rows` of them are one whose
    proofs are summed, and rows of at most 16 weights are enumerated for the reference.

    The relaxation is like AdaRound's: soft roundings clip(1.2 σ(θ) − 0.1, 0, 1), begun at the
    weights themselves, which have no error, and pulled to 0 and 1.

    Parameters
    ----------
    weights : int
        Of each row, up to 256.
    rows : int
    bits : int
        Of the grid.
    states : int
        m, how many calibration states an evaluation goes through.
    instance : int
        Which phonemes, which of their weights, which words.
    """

    space: Box
    objective = "error of the output"

    @checked_options
    def __init__(
        self,
        *,
        weights: Annotated[int, Interval(ge=1, le=256)] = 20,
        rows: Annotated[int, Interval(ge=1, le=len(PHONEMES))] = 1,
        bits: Annotated[int, Interval(ge=2, le=8)] = 3,
        states: Annotated[int, Interval(ge=1, le=1000)] = 64,
        instance: int = 0,
    ) -> None:
        rng = np.random.default_rng([instance, rows, weights])
        self.phonemes = np.sort(rng.choice(len(PHONEMES), rows, replace=False))
        columns = np.array([rng.choice(256, weights, replace=False) for _ in range(rows)])
        table = pretrained_weights()["fc_w"][FIRST_PHONEME + self.phonemes].astype(float)
        top = 2 ** (bits - 1) - 1
        scale = np.abs(table).max(axis=1, keepdims=True) / top
        exact = np.take_along_axis(table, columns, axis=1) / scale
        #: By how much each weight is above the grid's point below it, in steps; above the last
        #: but one that is, as there is none above the last.
        self.fractions = exact - np.minimum(np.floor(exact), top - 1)
        training, unseen = (_states(tuple(w)) for w in words_of_instance(instance, WORDS, WORDS))
        # By row: what a step of each weight adds to the score, in each state.
        self.states, self.held_out_states = (
            (some[:, columns] * scale).swapaxes(0, 1)
            for some in (training[rng.permutation(len(training))[:states]], unseen)
        )
        self.instance, self.bits = instance, bits
        self.fingerprint = digest_of_weights().hex()[:12]
        self.space = Box(0, 1, rows * weights, integral=True)
        self.rows = states

    @property
    def title(self) -> str:
        rows, weights = self.fractions.shape
        phonemes = ", ".join(PHONEMES[i] for i in self.phonemes)
        return f"{rows} × {weights} weights of {phonemes} to {self.bits} bits, {self.rows} states"

    def values(self, points: NDArray) -> NDArray[np.float64]:
        return self._errors(points, self.states)

    def score(self, x: NDArray) -> float:
        return float(self._errors(x[None], self.held_out_states)[0])

    def _errors(self, points: NDArray, states: NDArray[np.float64]) -> NDArray[np.float64]:
        off = np.reshape(points, (-1, *self.fractions.shape)) - self.fractions
        errors = [np.abs(off[:, row] @ some.T).mean(axis=1) for row, some in enumerate(states)]
        return np.sum(errors, axis=0)

    def error_and_slope(self, soft: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """Return the error of soft roundings, from 0 to 1 each, and its slope by them."""
        off = np.reshape(soft, self.fractions.shape) - self.fractions
        change = np.einsum("rij,rj->ri", self.states, off)
        slope = np.einsum("rij,ri->rj", self.states, np.sign(change)) / self.rows
        return float(np.abs(change).sum() / self.rows), slope.ravel()

    def start(self) -> Start:
        """Return every weight rounded to the nearest."""
        return Start((self.fractions.ravel() > 0.5).astype(np.int64))

    @cached_property
    def anchors(self) -> dict[str, tuple[float, float]]:
        nearest = self.start().point
        return {"nearest rounding": (self.value(nearest), self.score(nearest))}

    @cached_property
    def reference(self) -> Reference | None:
        rows, weights = self.fractions.shape
        if weights > MOST_ENUMERATED:
            return None
        best = sum(_least(self.states[row], self.fractions[row], weights) for row in range(rows))
        return Reference(best, "certified", f"all 2^{weights} roundings of each row were tried")

    def relaxation(self) -> Relaxation:
        return _SoftRounding(self)

    def linear_model(self) -> LinearModel:
        """Return the program with a variable for each state's error, at least it and minus it."""
        import pulp

        program = pulp.LpProblem("rounding", pulp.LpMinimize)
        x = bit_variables(self.space.dimension)
        errors, changes = [], []
        for row, (of_row, fractions) in enumerate(zip(self.states, self.fractions, strict=True)):
            bits = x[row * len(fractions) : (row + 1) * len(fractions)]
            for i, state in enumerate(of_row.tolist()):
                errors.append(pulp.LpVariable(f"e{row}_{i}", 0))
                without = -float(np.dot(state, fractions))
                changes.append(
                    pulp.lpSum(h * bit for h, bit in zip(state, bits, strict=True)) + without
                )
        program += pulp.lpSum(errors)
        for error, change in zip(errors, changes, strict=True):
            program += error >= change
            program += error >= -change
        return model_of_whole(program, x, unit=1 / self.rows, integral=False)

    def describe(self, x: NDArray) -> str:
        arrows = ["".join("↓↑"[bit] for bit in row) for row in np.reshape(x, self.fractions.shape)]
        changed = int((np.asarray(x) != self.start().point).sum())
        return f"{' '.join(arrows)}; {changed} not to the nearest"


def _least(states: NDArray, fractions: NDArray, weights: int) -> float:
    """Return the least error of a row over all roundings of its weights."""
    best, places = np.inf, np.arange(weights)
    for first in range(0, 2**weights, PART):
        numbers = np.arange(first, min(first + PART, 2**weights))
        change = (numbers[:, None] >> places & 1) - fractions
        best = min(best, float(np.abs(change @ states.T).mean(axis=1).min()))
    return best


@lru_cache(maxsize=8)
def _states(words: tuple[str, ...]) -> NDArray[np.float64]:
    """Return the decoder's states while it writes words, one a token, shape (tokens, 256)."""
    speller = Speller(pretrained_weights())
    states = [h for _, _, h in speller.write(speller.encode(letters(words)))]
    return np.vstack(states).astype(float)


class _SoftRounding(CoinFlips):
    """The error of soft roundings, pulled to 0 and 1 by 1 − (2h − 1)²."""

    def __init__(self, problem: Rounding) -> None:
        super().__init__(problem.space.dimension)
        self._problem = problem
        nearest, _ = problem.anchors["nearest rounding"]
        self._pull = PULL * nearest / self.dimension

    def start(self, rng: np.random.Generator) -> NDArray[np.float64]:
        """Return the weights as they are: each soft rounding is its fraction of a step."""
        share = (self._problem.fractions.ravel() + STRETCH) / (1 + 2 * STRETCH)
        return np.log(share / (1 - share))

    def loss_and_gradient(
        self, theta: NDArray[np.float64], rows: Minibatch | None = None
    ) -> tuple[float, NDArray[np.float64]]:
        share = logistic(theta)
        soft = np.clip((1 + 2 * STRETCH) * share - STRETCH, 0, 1)
        error, slope = self._problem.error_and_slope(soft)
        loss = error + self._pull * float((1 - (2 * soft - 1) ** 2).sum())
        slope = slope - self._pull * 4 * (2 * soft - 1)
        inside = (soft > 0) & (soft < 1)
        return loss, slope * inside * (1 + 2 * STRETCH) * share * (1 - share)
