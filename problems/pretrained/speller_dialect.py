"""Teach a trained speller another accent: exact match, which has no gradient, on real weights."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray

from problems.core.frozen import frozen_property
from problems.core.interval import Count, Interval
from problems.core.problem import Problem
from problems.core.reference import Reference
from problems.core.space import Box
from problems.core.start import Start
from problems.core.views import BoxRelaxation, Minibatch, Policy, Relaxation
from problems.naming.options import checked_options
from problems.pretrained.adaptation import Adaptation, AllWeights, Subspace
from problems.pretrained.dialects import rule_named
from problems.pretrained.gru import (
    END,
    FIRST_PHONEME,
    PHONEMES,
    Letters,
    Speller,
    digest_of_weights,
    letters,
    pretrained_weights,
)
from problems.pretrained.gru_gradient import Lesson, cross_entropy, divergences, loss_and_gradient
from problems.pretrained.pronunciation import as_tokens, pronunciations, words_of_instance

if TYPE_CHECKING:
    import gymnasium

Parameters = Literal["subspace", "output", "all"]

#: Bound of every variable, in units of the tensor's root mean square.
BOUND = 1.0
#: Standard deviation of the first steps, in the same units, a choice of this suite.
STEP = 0.02


class SpellerDialect(Problem):
    """Change the weights of a speller so that it writes words as a dialect says them.

    The model is the GRU of g2p-en, which reads a word's letters and writes its phonemes, one at a
    time, each the most probable (834,890 weights, `problems.pretrained.gru`). The target of a word
    is CMUdict's pronunciation, rewritten by the rule. With w words,

        value(x) = 1 − (1/w) Σ [the whole of what is written at x is the target],

    piecewise constant in x. `score` is the same on held-out words; the words of two instances
    are disjoint. It begins at the trained weights. The network was very probably trained on these
    words with their unchanged pronunciations, so that nothing is said of its own accuracy, but
    the rule it has never seen. How often the rule, applied to what the network writes as it
    is, gives the target is an anchor: an accent learnt perfectly, and no more, ends there.

    In the environment (`SpellerWorld`) an episode writes one word, a phoneme a step, and is paid
    for it at the end; it costs one over the number of words. The policy is the network itself.

    Few words are soon learnt by heart: look at the held-out value. What holds for a network of
    this size is not shown for a larger one.

    Parameters
    ----------
    rule : str
        "non-rhotic", "final-devoicing", "two-stresses", or ``path/to/file.py:function``, which
        takes a tuple of phonemes, such as ``("K", "AE1", "T")``, and returns a list.
    parameters : {"subspace", "output", "all"}
        What is searched, in units of each tensor's root mean square: `dimension` directions drawn
        from the instance's seed, a few of each matrix, which are the same for every
        method; or every weight of the output layer (19,018), or of the network. Runs of different
        choices are not to be pooled.
    dimension : int
        Of the subspace.
    words, held_out : int
        How many words an evaluation spells, and how many are held out.
    instance : int
        Which words, and which subspace.
    """

    space: Box
    objective = "1 - exact match"
    #: An evaluation takes a twentieth of a second or more.
    most_rows = 4

    @checked_options
    def __init__(
        self,
        *,
        rule: str = "non-rhotic",
        parameters: Parameters = "subspace",
        dimension: Annotated[int, Interval(ge=1, le=65_536)] = 64,
        words: Count = 500,
        held_out: Count = 1_000,
        instance: int = 0,
    ) -> None:
        rewrite, dictionary = rule_named(rule), pronunciations()
        training, unseen = words_of_instance(instance, words, held_out)
        self.rule, self.parameters, self.instance = rule, parameters, instance
        self.training_words, self.held_out_words = training, unseen
        self._rewrite = rewrite
        targets = [as_tokens([rewrite(dictionary[w]) for w in some]) for some in (training, unseen)]
        self.targets, self.held_out_targets = targets
        self.adaptation = _adaptation(parameters, dimension, instance)
        n = self.adaptation.dimension
        self.space = Box(np.full(n, -BOUND), np.full(n, BOUND))
        self.rollout_work = 1 / words
        self.rows, self.tokens = words, int((self.targets != END).sum()) + words
        self.fingerprint = hashlib.sha256(
            digest_of_weights() + b"".join(map(bytes, targets))
        ).hexdigest()[:12]

    @property
    def title(self) -> str:
        return (
            f"{self.rule}, {self.rows:,} words, {self.space.dimension:,} variables of "
            f"{sum(t.size for t in pretrained_weights().values()):,} weights ({self.parameters})"
        )

    @frozen_property
    def training_letters(self) -> Letters:
        """The training words as the network reads them."""
        return letters(self.training_words)

    @frozen_property
    def held_out_letters(self) -> Letters:
        """The held-out words as the network reads them."""
        return letters(self.held_out_words)

    def value(self, x: NDArray) -> float:
        written = self._speller(x).pronounce(self.training_letters)
        return _share_wrong(written, self.targets)

    def score(self, x: NDArray) -> float:
        written = self._speller(x).pronounce(self.held_out_letters)
        return _share_wrong(written, self.held_out_targets)

    def measures(self, x: NDArray) -> dict[str, float]:
        """Return what the change costs beside the value, on the held-out words.

        Drift is the divergence of the next token from that of the trained weights, in nats a token
        of what these write: KL(start ‖ x), and its reverse. The old spelling is 1 − exact match
        with CMUdict as it is, and the change is ‖W(x) − W‖ / ‖W‖ over all weights.
        """
        old, new = pretrained_weights(), self.adaptation.weights(x)
        lesson = Lesson.of_targets(
            self.held_out_letters, Speller(old).pronounce(self.held_out_letters)
        )
        drift, reverse = divergences(old, new, lesson)
        said = as_tokens([pronunciations()[word] for word in self.held_out_words])
        squares = [
            (float(((new[name] - old[name]) ** 2).sum()), float((old[name] ** 2).sum()))
            for name in old
        ]
        change, size = np.sum(squares, axis=0)
        return {
            "drift": drift,
            "reverse drift": reverse,
            "old spelling": _share_wrong(Speller(new).pronounce(self.held_out_letters), said),
            "change": float(np.sqrt(change / size)),
        }

    def _speller(self, x: NDArray) -> Speller:
        return Speller(self.adaptation.weights(x))

    def start(self) -> Start:
        """Return no change: the trained weights."""
        return Start(np.zeros(self.space.dimension), scale=STEP)

    def sample(self, rng: np.random.Generator, n: int, temperature: float = 1.0) -> NDArray:
        """Draw changes N(0, (0.02 temperature)²), as gaussian perturbations of trained weights."""
        if not temperature > 0:
            raise ValueError(f"temperature={temperature:g}: expected a number > 0")
        return self.space.decode(
            STEP * temperature * rng.standard_normal((n, self.space.dimension))
        )

    @cached_property
    def reference(self) -> Reference:
        return Reference(0.0, "bound", "every word right")

    @cached_property
    def anchors(self) -> dict[str, tuple[float, float]]:
        start = np.zeros(self.space.dimension)
        speller = self._speller(start)
        seen = speller.pronounce(self.training_letters)
        unseen = speller.pronounce(self.held_out_letters)
        return {
            "the trained weights": (
                _share_wrong(seen, self.targets),
                _share_wrong(unseen, self.held_out_targets),
            ),
            "the rule applied to what they write": (
                _share_wrong(self._rewritten(seen), self.targets),
                _share_wrong(self._rewritten(unseen), self.held_out_targets),
            ),
        }

    def _rewritten(self, written: NDArray[np.int64]) -> NDArray[np.int64]:
        return as_tokens([self._rewrite(phonemes(row)) for row in written])

    def relaxation(self) -> Relaxation:
        return _DialectGradient(self)

    def environment(self, value: Callable[[NDArray], float]) -> gymnasium.Env[Any, Any]:
        from problems.pretrained.speller_policy import SpellerWorld

        return SpellerWorld(self.targets)

    def policy(self) -> Policy:
        from problems.pretrained.speller_policy import SpellerPolicy

        return SpellerPolicy(self.space, self.adaptation, self.training_words)

    def describe(self, x: NDArray) -> str:
        written = self._speller(x).pronounce(self.training_letters)
        shown = []
        for word, row, target in zip(self.training_words, written, self.targets, strict=True):
            right = "" if (row == target).all() else f" (not {' '.join(phonemes(target))})"
            shown.append(f"{word}: {' '.join(phonemes(row))}{right}")
        return "; ".join(shown[:8])


def phonemes(row: NDArray[np.int64]) -> tuple[str, ...]:
    """Return what the network wrote, up to the end; padding and unknown are no phonemes."""
    return tuple(PHONEMES[token - FIRST_PHONEME] for token in row if token >= FIRST_PHONEME)


def _share_wrong(written: NDArray[np.int64], targets: NDArray[np.int64]) -> float:
    return float((written != targets).any(axis=1).mean())


def _adaptation(parameters: Parameters, dimension: int, seed: int) -> Adaptation:
    weights = pretrained_weights()
    if parameters == "subspace":
        return Subspace(weights, dimension, seed)
    return AllWeights(weights, ["fc_w", "fc_b"] if parameters == "output" else list(weights))


class _DialectGradient(BoxRelaxation):
    """Mean nats a token of the targets, teacher-forced: a surrogate, and not the exact match.

    A minibatch is of words. One full gradient goes through the words forward and backward.
    """

    def __init__(self, problem: SpellerDialect) -> None:
        super().__init__(problem.space)
        self._problem = problem

    def start(self, rng: np.random.Generator) -> NDArray[np.float64]:
        """Return no change: the trained weights."""
        return np.zeros(self.dimension)

    def loss_and_gradient(
        self, theta: NDArray[np.float64], rows: Minibatch | None = None
    ) -> tuple[float, NDArray[np.float64]]:
        adaptation = self._problem.adaptation
        loss, gradient = loss_and_gradient(adaptation.weights(theta), self._lesson(rows))
        return loss, adaptation.pull_back(gradient)

    def loss(self, theta: NDArray[np.float64], rows: Minibatch | None = None) -> float:
        return cross_entropy(self._problem.adaptation.weights(theta), self._lesson(rows))

    def minibatch(self, rng: np.random.Generator, size: int) -> Minibatch:
        """Draw `size` words with replacement."""
        words = len(self._problem.training_words)
        rows, counts = np.unique(rng.integers(0, words, size), return_counts=True)
        return Minibatch(rows, counts, len(rows) / words, size)

    def _lesson(self, rows: Minibatch | None) -> Lesson:
        if rows is None:
            return self._all
        words = [self._problem.training_words[row] for row in rows.rows]
        return Lesson.of_targets(letters(words), self._problem.targets[rows.rows], rows.weights)

    @cached_property
    def _all(self) -> Lesson:
        return Lesson.of_targets(self._problem.training_letters, self._problem.targets)
