"""Which tokens should a vocabulary have? Compression as a choice of substrings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from numpy.typing import NDArray

from problems.core.frozen import frozen_property
from problems.core.interval import Interval
from problems.core.linear_model import LinearModel
from problems.core.parts import in_parts
from problems.core.permutation import Permutation
from problems.core.reference import Reference
from problems.naming.options import checked_options
from problems.next_token.byte_pair import byte_pair_encoding
from problems.next_token.segmentation import Segmentation
from problems.next_token.text_problem import TextProblem
from problems.next_token.vocabulary_program import linear_bound, vocabulary_program
from problems.next_token.words import count_words

if TYPE_CHECKING:
    import gymnasium

#: Choices evaluated at once: each needs one number a character of every distinct piece.
CHUNK = 1_000_000
#: Occurrences of candidates up to which the linear programme is solved for its bound,
#: in a tenth of a second; 5,000 take half a second, 20,000 half a minute.
MOST_ARCS = 3_000


class NextTokenVocabulary(TextProblem):
    """Choose K tokens that spell the words of a text with the fewest tokens.

    Tokens are substrings of words; all single characters are always available
    besides. value = Σ_w n_w f_w(S) / Σ_w n_w |w|, tokens a character, where f_w(S)
    is the length of the shortest path through word w whose arcs are its characters
    and the occurrences of the chosen tokens S, and n_w how often w occurs. Spaces
    are not counted: no token crosses the end of a word. To choose S is NP-hard
    (Whittington, Bachmann and Pimentel 2024, "Tokenisation is NP-complete").

    A solution is an ordered selection of K different candidates, whose order does
    not matter. More tokens never hurt, so exactly K loses nothing against at most
    K; and unlike 0/1 variables with Σ x = K, of which random ones almost never
    meet the constraint, every selection is feasible, so no family of methods
    spends its evaluations on repairing.

    The candidates are the substrings of 2 to `longest` characters that save most
    when each is the only token: (|t| − 1) × its non-overlapping occurrences.
    Others are left out, so optima are optima among the candidates.

    `score` is the same vocabulary on the words of the held-out text.

    Parameters
    ----------
    size : int
        K.
    candidates : int
        How many candidates to keep, >= K.
    longest : int
        Most characters of a candidate.
    **text
        The options of `TextProblem`.
    """

    space: Permutation
    objective = "tokens per character"

    @checked_options
    def __init__(
        self,
        *,
        size: Annotated[int, Interval(ge=1, le=5000)] = 32,
        candidates: Annotated[int, Interval(ge=1, le=5000)] = 200,
        longest: Annotated[int, Interval(ge=2, le=32)] = 6,
        **text: Any,
    ) -> None:
        if candidates < size:
            raise ValueError(f"candidates={candidates}: expected {size} (size) to 5000")
        super().__init__(**text)
        self.require_single_symbols("a vocabulary is chosen for words spelled in single symbols")
        self.words = count_words(self.corpus, self.held_out, self.instance)
        if not self.words.train or (self.held_out > 0 and not self.words.held_out):
            raise ValueError(
                f"{self.corpus.name}, held_out={self.held_out:g}: {len(self.words.train)} whole "
                f"words to learn from, {len(self.words.held_out)} held out; expected both, so use "
                "held_out=0 or a text with more white space"
            )
        saved = _saved_alone(self.words.train, longest)
        if len(saved) < size:
            name = self.corpus.name
            raise ValueError(f"size={size}: the words of {name} have {len(saved)} substrings")
        ranked = sorted(saved, key=lambda token: (-saved[token], token))[:candidates]
        self.segmentation = Segmentation(self.words.train, ranked)
        self.saved_alone = np.array([saved[token] for token in ranked])
        self.space = Permutation(len(ranked), size, kind="assignment")
        self.size = size
        self.rows = len(self.segmentation.pieces)
        self.tokens = self.segmentation.characters

    @property
    def title(self) -> str:
        return (
            f"{self.size} of {self.space.n} candidates, {self.corpus.title}, "
            f"{len(self.words.train):,} words, {self.tokens:,} characters"
        )

    def chosen(self, points: NDArray) -> NDArray[np.bool_]:
        """Return which candidates each row of `points` chooses, shape (n, candidates)."""
        points = np.asarray(points, dtype=np.int64)
        chosen = np.zeros((len(points), self.space.n), dtype=bool)
        np.put_along_axis(chosen, points, True, axis=1)
        return chosen

    def values(self, points: NDArray) -> NDArray[np.float64]:
        longest = max(map(len, self.segmentation.pieces))
        return in_parts(self._tokens, points, CHUNK // (self.rows * longest)) / self.tokens

    def _tokens(self, points: NDArray) -> NDArray[np.int64]:
        return self.segmentation.total(self.chosen(points))

    @frozen_property
    def _held_out(self) -> Segmentation:
        return Segmentation(self.words.held_out, self.segmentation.tokens)

    def _held_out_value(self, x: NDArray) -> float:
        chosen = self.chosen(np.asarray(x)[None])
        return float(self._held_out.total(chosen)[0] / self._held_out.characters)

    def sample(self, rng: np.random.Generator, n: int, temperature: float = 1.0) -> NDArray:
        """Draw candidates in proportion to what each saves alone, without replacement.

        What it saves is taken to the power 1 / `temperature`.
        """
        if not temperature > 0:
            raise ValueError(f"temperature={temperature:g}: expected a number > 0")
        # The largest of logits plus Gumbel noise, in order, are draws without replacement.
        noise = rng.gumbel(size=(n, self.space.n))
        return self.space.decode(-np.log(self.saved_alone) / temperature - noise)

    def greedy(self) -> NDArray[np.int64]:
        """Return the selection that adds, each time, the token that saves most."""
        chosen = np.zeros(self.space.n, dtype=bool)
        order: list[int] = []
        for _ in range(self.size):
            gains = np.where(chosen, -1, self.segmentation.gains(chosen))
            order.append(int(gains.argmax()))
            chosen[order[-1]] = True
        return np.array(order, dtype=np.int64)

    @cached_property
    def reference(self) -> Reference:
        # A token used m times, never overlapping itself, saves at most what it saves alone.
        most = int(np.sort(self.saved_alone)[::-1][: self.size].sum())
        every = int(self.segmentation.saved(np.ones((1, self.space.n), dtype=bool))[0])
        if every < most:
            source = "all candidates at once"
        else:
            source = "the K tokens that save most alone, as if they never overlapped"
        return Reference((self.tokens - min(most, every)) / self.tokens, "bound", source)

    @cached_property
    def anchors(self) -> dict[str, float]:
        merged, own = byte_pair_encoding(self.words.train, self.size)
        best = Segmentation(self.words.train, merged).total(np.ones((1, len(merged)), dtype=bool))
        anchors = {
            "characters only": 1.0,
            "greedy": self.value(self.greedy()),
            "byte-pair encoding, its own merges": own / self.tokens,
            "byte-pair encoding, segmented optimally": float(best[0]) / self.tokens,
        }
        if len(self.segmentation.token) <= MOST_ARCS:
            anchors["linear programme's bound"] = linear_bound(self.linear_model())
        return anchors

    def environment(self, value: Callable[[NDArray], float]) -> gymnasium.Env[Any, Any]:
        from problems.core.environment import Construction

        prior = np.tile(np.log(self.saved_alone), (self.size + 1, 1))
        return Construction(self.space, value, prior=prior)

    def linear_model(self) -> LinearModel:
        return vocabulary_program(self.segmentation, self.size)

    def describe(self, x: NDArray) -> str:
        chosen = self.chosen(np.asarray(x)[None])[0]
        tokens = " ".join(self.segmentation.tokens[t] for t in np.asarray(x))
        frequent = sorted(self.words.train, key=lambda w: (-self.words.train[w], w))
        long = [word for word in frequent if len(word) > 5][:4]
        spelled = ", ".join("·".join(self.segmentation.spell(word, chosen)) for word in long)
        return f"{tokens}; {spelled}" if spelled else tokens


def _saved_alone(words: Counter[str], longest: int) -> Counter[str]:
    """Return how many tokens each substring saves when it is the only token."""
    saved: Counter[str] = Counter()
    for word, count in words.items():
        size = len(word)
        substrings = {
            word[i : i + n] for n in range(2, min(longest, size) + 1) for i in range(size - n + 1)
        }
        for token in substrings:
            saved[token] += count * word.count(token) * (len(token) - 1)
    return saved
