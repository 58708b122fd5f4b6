"""The top of the ladder: a decoder-only transformer that every method can search."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray

from problems.core.interval import Interval
from problems.core.reference import Reference
from problems.core.space import Box
from problems.core.start import Start
from problems.core.views import BoxRelaxation, Minibatch, Relaxation
from problems.naming.extra import require_extra
from problems.naming.options import checked_options
from problems.next_token.corpus import Corpus
from problems.next_token.ngram import evaluate, ladder
from problems.next_token.ngram_counts import count_sequences, visible_counts
from problems.next_token.split import HELD_OUT, TRAIN
from problems.next_token.text_problem import TextProblem

Loss = Literal["zero-one", "cross-entropy"]

#: A solution is shown by what it writes: so much text to begin with, so much added.
PROMPT, WRITTEN = 12, 30
#: Standard deviation of the first steps from the initial weights, a choice of this suite: the best
#: for most methods of 0.03, 0.1 and 0.3 on instance 0.
STEP = 0.3


class NextTokenTransformer(TextProblem):
    """Search all parameters of a small transformer for the fewest wrong predictions.

    The model is a decoder (pre-norm, causal multi-head attention, learned positions,
    GELU; Radford et al. 2019, see `Decoder`), a solution the vector of all its parameters. It sees
    sequences of `context` tokens and predicts, at each place, the token that comes
    next from those up to it. The data are `tokens` predictions on sequences drawn
    without overlap from the training part of the corpus, the same for one instance;
    `score` is the same loss on as many from the held-out part.

    value = share of tokens that are not the most probable one (zero-one, computed in
    float32 with whole error counts), or mean −log P in nats a token (cross-entropy,
    in float64, so that its gradient can be confirmed). Cross-entropy is the relaxation
    of both, and exact for the second. So small a sample is soon learned by heart: the
    score, and the n-gram models that learned from the same sample, show by how much.

    Parameters
    ----------
    loss : {"zero-one", "cross-entropy"}
    layers, heads, width : int
        `heads` divides `width`. The MLP is four times as wide.
    qk_norm : bool
        Normalise queries and keys and learn their scale (Henry et al. 2020, see `Block`).
    context : int
        Length of a sequence.
    tokens : int
        Predictions in the sample, rounded down to whole sequences; a text that has
        fewer gives all it has.
    **text
        The options of `TextProblem`. Documents follow one another in a sequence, parted by
        the boundary symbol; `instance` seeds the sample as well.

    Raises
    ------
    ValueError
        When an option is out of range or the corpus has no sequence of that length.
    ImportError
        Without the extra ``torch``.
    """

    space: Box

    @checked_options
    def __init__(
        self,
        *,
        loss: Loss = "zero-one",
        # Beyond the upper ends an evaluation takes minutes, not milliseconds.
        layers: Annotated[int, Interval(ge=1, le=8)] = 1,
        heads: Annotated[int, Interval(ge=1, le=64)] = 2,
        width: Annotated[int, Interval(ge=1, le=256)] = 16,
        qk_norm: bool = False,
        context: Annotated[int, Interval(ge=1, le=512)] = 32,
        tokens: Annotated[int, Interval(ge=1, le=1_000_000)] = 8192,
        **text: Any,
    ) -> None:
        require_extra("next-token-transformer", "torch")
        if width % heads:
            raise ValueError(f"heads={heads}: expected a divisor of width={width}")
        if tokens < context:
            raise ValueError(f"tokens={tokens}: expected at least one sequence, context={context}")
        super().__init__(**text)
        split = self.corpus.split(self.held_out, self.instance)
        rng = np.random.default_rng([self.instance, context, len(self.corpus.tokens)])
        most = tokens // context
        self.sequences = draw_sequences(self.corpus, split.runs(TRAIN), context, most, rng)
        if self.held_out:
            self.held_out_sequences = draw_sequences(
                self.corpus, split.runs(HELD_OUT), context, most, rng
            )
        from problems.next_token.transformer_model import FlatDecoder

        self.loss, self.context, self.layers, self.width = loss, context, layers, width
        self.objective = "top-1 error" if loss == "zero-one" else "cross-entropy (nats)"
        self.rows = len(self.sequences)
        self.tokens = self.rows * context
        shape = (len(self.symbols), context, layers, heads, width, qk_norm)
        self.model = FlatDecoder(shape, double=loss == "cross-entropy")
        centre, reach = self.model.centre, self.model.reach
        self.space = Box(centre - reach, centre + reach)

    @property
    def title(self) -> str:
        layers = "1 layer" if self.layers == 1 else f"{self.layers} layers"
        return (
            f"{layers} of width {self.width}, {self.space.dimension:,} parameters, "
            f"{self.corpus.title}, {len(self.symbols)} symbols, "
            f"{self.rows} sequences of {self.context}"
        )

    def _mean(self, points: NDArray, sequences: NDArray[np.int64]) -> NDArray[np.float64]:
        if self.loss == "cross-entropy":
            return self.model.losses(points, sequences)
        return self.model.errors(points, sequences) / (len(sequences) * self.context)

    def values(self, points: NDArray) -> NDArray[np.float64]:
        if not len(points):
            return np.empty(0)
        return self._mean(points, self.sequences)

    def _held_out_value(self, x: NDArray) -> float:
        return float(self._mean(x[None], self.held_out_sequences)[0])

    @cached_property
    def reference(self) -> Reference:
        best = best_by_beginning(self.sequences, len(self.symbols), self.loss)
        source = "sequences that begin alike get the same prediction"
        return Reference(best, "bound", source)

    @cached_property
    def anchors(self) -> dict[str, float]:
        """n-gram models, fitted to the sample's text and held against the held-out sample."""
        size, longest = len(self.symbols), min(2, self.context)
        tables = [count_sequences(self.sequences, k, size) for k in range(longest + 1)]
        where = "held-out " if self.held_out else ""
        hidden = self.held_out_sequences if self.held_out else self.sequences
        targets = visible_counts(hidden, longest, size)
        scores = {name: evaluate(model, targets) for name, model in ladder(tables).items()}
        if self.loss == "cross-entropy":
            return {f"{where}{name}": score.nats for name, score in scores.items()}
        del scores["uniform"]  # its arg-max is arbitrary
        return {f"{where}{name}": score.error for name, score in scores.items()}

    def start(self) -> Start:
        """Return the decoder's own initialisation, see `FlatDecoder`."""
        return Start(self.model.centre, scale=STEP, spread=self.model.spread)

    def relaxation(self) -> Relaxation:
        return _TransformerGradient(self)

    def describe(self, x: NDArray) -> str:
        """Show how the model continues the sample's first sequence, most probable first."""
        tokens = self.sequences[0, : min(PROMPT, self.context)].tolist()
        given = len(tokens)
        for _ in range(WRITTEN):
            seen = np.array([tokens[-self.context :]], dtype=np.int64)
            tokens.append(int(self.model.logits(x, seen)[0, -1].argmax()))
        spelled = [self.symbols[t] for t in tokens]
        shown = f"{''.join(spelled[:given])!r} goes on {''.join(spelled[given:])!r}"
        if self.loss == "zero-one":
            return shown
        by_token = np.bincount(self.sequences[:, 1:].ravel(), minlength=len(self.symbols))
        bits = self.bits_per_character(self.value(x), by_token)
        return f"{bits:.4f} bits per character; {shown}"


class _TransformerGradient(BoxRelaxation):
    """Cross-entropy of the same logits by automatic differentiation."""

    yields_value = True  # the forward pass has the logits that errors are counted from

    def __init__(self, problem: NextTokenTransformer) -> None:
        super().__init__(problem.space)
        self.exact = problem.loss == "cross-entropy"
        self._problem = problem

    def start(self, rng: np.random.Generator) -> NDArray[np.float64]:
        model = self._problem.model
        return model.centre + model.spread * rng.standard_normal(self.dimension)

    def loss_and_gradient(
        self, theta: NDArray[np.float64], rows: Minibatch | None = None
    ) -> tuple[float, NDArray[np.float64]]:
        return self._problem.model.loss_and_gradient(theta, *self._sample(rows))

    def loss(self, theta: NDArray[np.float64], rows: Minibatch | None = None) -> float:
        return self._problem.model.loss(theta, *self._sample(rows))

    def _sample(self, rows: Minibatch | None) -> tuple[NDArray[np.int64], NDArray | None]:
        """Return sequences, and how often each counts if not once."""
        sequences = self._problem.sequences
        return (sequences, None) if rows is None else (sequences[rows.rows], rows.weights)

    def minibatch(self, rng: np.random.Generator, size: int) -> Minibatch:
        """Draw `size` sequences with replacement."""
        total = self._problem.rows
        rows, weights = np.unique(rng.integers(0, total, size), return_counts=True)
        return Minibatch(rows, weights, len(rows) / total, size * self._problem.context)


def draw_sequences(
    corpus: Corpus,
    runs: NDArray[np.int64],
    context: int,
    most: int,
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Draw sequences of `context` + 1 tokens, at most `most`, from one part of a corpus.

    Each run is cut every `context` tokens, so that no token is predicted twice; a
    sequence's last token is the next one's first.

    Parameters
    ----------
    corpus : Corpus
    runs : ndarray of shape (n, 2)
        Where the runs of the part begin and end, see `Split.runs`.
    context, most : int
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of shape (n, context + 1)

    Raises
    ------
    ValueError
        When no run is long enough.
    """
    starts = np.concatenate(
        [np.arange(begin, end - context, context) for begin, end in runs.tolist()]
        or [np.empty(0, dtype=np.int64)]
    )
    if not len(starts):
        raise ValueError(
            f"context={context}: a part of {corpus.name} has no {context + 1} tokens in a row; "
            f"use a shorter context, held_out=0 or a longer text"
        )
    chosen = rng.permutation(len(starts))[:most]
    return corpus.tokens[starts[chosen, None] + np.arange(context + 1)].astype(np.int64)


def best_by_beginning(sequences: NDArray[np.int64], size: int, loss: str) -> float:
    """Return the least loss of any model that sees a sequence only up to its target.

    Sequences that begin alike get the same prediction; at best it is the most
    frequent next token (zero-one) or their distribution (cross-entropy).

    Parameters
    ----------
    sequences : ndarray of shape (n, time + 1)
    size : int
        V, the number of symbols.
    loss : {"zero-one", "cross-entropy"}
    """
    n, length = sequences.shape
    beginning, total = np.zeros(n, dtype=np.int64), 0.0
    for t in range(length - 1):
        beginning = np.unique(beginning * size + sequences[:, t], return_inverse=True)[1].ravel()
        cells, counts = np.unique(beginning * size + sequences[:, t + 1], return_counts=True)
        group = cells // size
        if loss == "zero-one":
            most = np.zeros(n, dtype=np.int64)
            np.maximum.at(most, group, counts)
            total += n - most.sum()
        else:
            total -= float((counts * np.log(counts / np.bincount(beginning)[group])).sum())
    return float(total / (n * (length - 1)))
