"""Reinforcement learning of a language model whose every expectation is known exactly."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from numpy.typing import NDArray

from problems.core.interval import Interval
from problems.core.ledger import GRADIENT_PRICE
from problems.core.reference import Reference
from problems.core.space import Box
from problems.core.start import Start
from problems.core.views import Policy, Relaxation
from problems.naming.options import checked_options
from problems.next_token.automaton import glob
from problems.next_token.best_of_n_kl import best_of_n_kl, best_of_n_kl_bound
from problems.next_token.next_token import NextToken
from problems.next_token.reward_chain import INITIAL, RegularizedReward, RewardChain
from problems.next_token.words import count_words

if TYPE_CHECKING:
    import gymnasium

VOWELS = "aeiou"
#: N of the best-of-N that stands beside the results.
DRAWS = 16
#: Part of the bound within which a value counts as there: rewards may be as rare as
#: 10⁻¹⁰, and then so small are all values.
NEAR = 1e-9
#: What rounding may add to a difference of two values, and take from a value.
ROUNDING, LOST = 1e-15, 1e-12


#: Standard deviation of the first steps from the model's logits, a choice of this suite: the best
#: for most methods of 0.1, 0.3, 1 and 3 on instance 0.
STEP = 0.3


class NextTokenReward(NextToken):
    """Tune a bigram language model towards a sequence reward without leaving its language.

    A policy π is a table of logits x[a, b], one for each last symbol a and next
    symbol b, softmax in each row. It writes strings s = s_1 … s_m, m <= `length`,
    from the boundary symbol (`Corpus.edge`) until it writes that again; at the greatest
    length it stops by itself. R(s) = 1 when s has all the asked properties, else 0.

        value(x) = −E_π[R] + β KL(π ‖ p),   KL(π ‖ p) = E_π Σ_t KL(π(· | s_t) ‖ p(· | s_t)),

    in nats over whole strings, p being the add-one smoothed bigram model of the
    training text. Both are computed exactly, by dynamic programming over the
    product of the policy's chain and the reward's automaton (`RewardChain`), and so
    is the gradient. Over *all* distributions on strings the minimum is

        −β log Z,  Z = Σ_s p(s) e^{R(s)/β} = 1 + P_p(R = 1)(e^{1/β} − 1),

    attained by p(s) e^{R(s)/β} / Z alone (Korbak, Perez and Buckley 2022, "RL with KL
    penalties is better viewed as Bayesian inference"). A bigram policy is such a distribution,
    so this is a proven bound on its value; it can be attained only if the optimum
    is a bigram model itself, as when strings have one symbol. The *projection*, the
    bigram model with the optimum's own expected transitions, minimises
    KL(optimum ‖ π); where its value meets the bound, to a billionth of the bound, the
    reference is the optimum. Where no string is rewarded, p itself is, with value 0.

    Minibatches of the relaxation are REINFORCE: the score-function gradient of
    sampled strings with a leave-one-out baseline, an unbiased estimate of the exact
    gradient that full batches give. The environment (`RewardWorld`) pays single
    strings, and an episode costs what one string costs a minibatch. `score` takes
    the held-out text's bigram model for p.

    Parameters
    ----------
    beta : float
        β, 0.005 to 100: the price of a nat.
    length : int
        Longest string, 1 to 64.
    new : bool
        A rewarded string is no word of the training text.
    shortest, longest : int
        A rewarded string has this many symbols.
    vowel : bool
        A rewarded string ends in a, e, i, o or u.
    pattern : str
        A rewarded string matches this glob: ``*``, ``?``, ``[abc]``, ``[!abc]``.
    **text
        The options of `NextToken`; `context` stays 1.
    """

    space: Box
    objective = "-E[reward] + beta KL"

    @checked_options
    def __init__(
        self,
        *,
        beta: Annotated[float, Interval(ge=0.005, le=100)] = 0.1,
        length: Annotated[int, Interval(ge=1, le=64)] = 12,
        new: bool = True,
        shortest: Annotated[int, Interval(ge=0)] = 4,
        longest: int = 8,
        vowel: bool = True,
        pattern: str = "*",
        **text: Any,
    ) -> None:
        if shortest > longest:
            raise ValueError(f"shortest={shortest}: expected 0 to {longest} (longest)")
        if longest > length:
            raise ValueError(f"longest={longest}: expected at most {length} (length)")
        super().__init__(**text)
        if self.context != 1:
            raise ValueError(f"context={self.context}: the policy is a bigram model, context=1")
        self.beta, self.length = beta, length
        self.require_single_symbols("rewards are for strings spelled in single symbols")
        edge = self.corpus.edge
        automaton = glob(pattern, self.symbols)
        rewarded = np.zeros((length + 1, len(automaton.step), len(self.symbols)), dtype=bool)
        rewarded[shortest : longest + 1] = automaton.accepting[:, None]
        if vowel:
            rewarded[:, :, [symbol not in VOWELS for symbol in self.symbols]] = False
        words = count_words(self.corpus, self.held_out, self.instance).train
        index = {symbol: v for v, symbol in enumerate(self.symbols)}
        spelled = [tuple(index[c] for c in word) for word in words if len(word) <= longest]
        excluded = [word for word in spelled if edge not in word] if new else []
        self.chain = RewardChain(automaton, edge, rewarded, excluded)
        self.model = self.bigram_log_probabilities(self.counts.train)
        self._held_out_model = self.bigram_log_probabilities(self.counts.held_out)
        self.regularized = RegularizedReward(self.chain, self.model, beta)
        self.space = self.regularized.space
        self.rows = len(automaton.step) * len(self.symbols)
        self.tokens = 0  # an evaluation goes through states, not through the text
        # A string touches one state a symbol, and costs what it does in a minibatch.
        self.rollout_work = min(1.0, GRADIENT_PRICE / self.rows)
        asked = ["new"] * new + [f"{shortest} to {longest} symbols"] + ["ends in a vowel"] * vowel
        self._asked = ", ".join(asked + [f"matches {pattern}"] * (pattern != "*"))

    @property
    def title(self) -> str:
        edge = self.symbols[self.chain.edge]
        ends = "" if self.corpus.alphabet == "letters" else f" before {edge!r}"
        return f"reward: {self._asked}{ends}; beta {self.beta:g}, {super().title}"

    def values(self, points: NDArray) -> NDArray[np.float64]:
        return self.regularized.costs(points)

    def _held_out_value(self, x: NDArray) -> float:
        reward, kl = self.regularized.reward_and_kl(np.asarray(x)[None], self._held_out_model)
        return float(self.beta * kl[0] - reward[0])

    def start(self) -> Start:
        """Return the text's own model, where learning from a reward begins."""
        return Start(self.model.ravel(), scale=STEP, spread=INITIAL)

    def sample(self, rng: np.random.Generator, n: int, temperature: float = 1.0) -> NDArray:
        """Draw policies around the text's own model: its logits plus noise N(0, temperature²)."""
        if not temperature > 0:
            raise ValueError(f"temperature={temperature:g}: expected a number > 0")
        noise = temperature * rng.standard_normal((n, self.space.dimension))
        return self.space.decode(self.model.ravel() + noise)

    @cached_property
    def base_success(self) -> float:
        """P_p(R = 1), the expected reward of the text's own model."""
        return float(self.regularized.reward_and_kl(self.model.ravel()[None])[0][0])

    @cached_property
    def log_z(self) -> float:
        """log Σ_s p(s) e^{R(s)/β}."""
        return math.log1p(self.base_success * math.expm1(1 / self.beta))

    def projection(self) -> NDArray[np.float64]:
        """Return the bigram policy with the expected transitions of p(s) e^{R(s)/β} / Z."""
        policy = np.exp(self.model)
        mass = self.chain.forward(policy[None])
        moves = self.chain.visits(mass)[0][:, None] * policy
        moves += math.expm1(1 / self.beta) * self.chain.rewarded_moves(policy, mass[0])
        moves = np.maximum(moves, 0.0)
        total = moves.sum(axis=1, keepdims=True)
        share = np.where(total > 0, moves / np.where(total > 0, total, 1.0), policy)
        with np.errstate(divide="ignore"):
            logits = np.log(share)
        # The largest logit of a row is set to 0, which leaves all the box's range below it.
        return self.space.decode((logits - logits.max(axis=1, keepdims=True)).ravel())

    @cached_property
    def _projected(self) -> float:
        """The projection's value, which no run pays for."""
        return float(self.regularized.costs(self.projection()[None])[0])

    @cached_property
    def reference(self) -> Reference:
        bound = -self.beta * self.log_z
        source = "-beta log Z, the KL-regularized optimum p exp(R/beta)/Z over all distributions"
        if not self.chain.rewarded_strings():
            return Reference(0.0, "closed form", "no string is rewarded: the text's own model")
        gap = max(self._projected - bound, ROUNDING)
        near = NEAR * min(1.0, -bound)
        if gap <= -NEAR * bound:
            source = f"{source}, which is a bigram model here"
            return Reference(bound, "closed form", source, near, LOST)
        source = f"{source}; a bigram policy need not reach it"
        return Reference(bound, "bound", source, near, LOST)

    @cached_property
    def anchors(self) -> dict[str, float]:
        p = self.base_success
        best = 1 - (1 - p) ** DRAWS
        kl = best_of_n_kl([1 - p, p], [0, 1], DRAWS)
        bound = best_of_n_kl_bound(DRAWS)
        return {
            "the text's own model": -p,
            "the optimum's projection on bigrams": self._projected,
            f"best of {DRAWS} strings, exact KL {kl:.3f}": self.beta * kl - best,
            f"the same with KL's upper bound {bound:.3f}": self.beta * bound - best,
        }

    def relaxation(self) -> Relaxation:
        from problems.next_token.reward_gradient import RewardGradient

        return RewardGradient(self.regularized)

    def environment(self, value: Callable[[NDArray], float]) -> gymnasium.Env[Any, Any]:
        from problems.next_token.reward_policy import RewardWorld

        return RewardWorld(self.regularized)

    def policy(self) -> Policy:
        from problems.next_token.reward_policy import RewardPolicy

        return RewardPolicy(self.regularized)

    def measures(self, x: NDArray) -> dict[str, float]:
        """Return the two halves of the value: E_π[R], and KL(π ‖ p) in nats a string."""
        reward, kl = self.regularized.reward_and_kl(np.asarray(x)[None])
        return {"reward": float(reward[0]), "KL": float(kl[0])}

    def describe(self, x: NDArray) -> str:
        measures = self.measures(x)
        uniforms = np.random.default_rng(0).random((12, self.length))
        shown = []
        for row in self.chain.draw(np.exp(self.regularized.log_policy(x)[0]), uniforms):
            string = [int(v) for v in row if v != self.chain.edge]
            mark = "*" * self.chain.reward(string)
            shown.append("".join(self.symbols[v] for v in string) + mark)
        return (
            f"expected reward {measures['reward']:.4f}, KL {measures['KL']:.4f} nats; "
            f"twelve strings (* rewarded): {', '.join(shown)}"
        )
