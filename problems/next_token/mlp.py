"""The neural next-token model of Bengio et al. (2003), scored by what has no gradient."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray

from problems.core.interval import Count, Interval
from problems.core.parts import in_parts
from problems.core.reference import Reference
from problems.core.space import Box
from problems.core.start import Start
from problems.core.views import Minibatch, Relaxation
from problems.naming.options import checked_options
from problems.next_token.cross_entropy import CrossEntropyRelaxation, mean_loss, straight_through
from problems.next_token.next_token import NextToken

Loss = Literal["zero-one", "top-k", "cross-entropy"]
Weights = Literal["real", "ternary"]
Width = Annotated[int, Interval(ge=1, le=1000)]

#: Bound of every real parameter.
BOUND = 5.0
#: Scores computed at once over a population: few enough for the cache.
CHUNK = 200_000
#: Standard deviation of the first steps from the initial weights, a choice of this suite: the best
#: for most methods of 0.1, 0.3 and 1 on instance 0.
STEP = 0.3


class NextTokenMLP(NextToken):
    """Embeddings of the context, one tanh hidden layer, a softmax output.

    With E the embeddings (V, m), H_p one block (m, h) for each place p of the
    context, d (h), U (h, V) and b (V),

        a = tanh(d + Σ_p E[c_p] H_p),   scores = a U + b,

    which is Bengio, Ducharme, Vincent and Jauvin (2003), "A neural probabilistic
    language model", equation 1, without the optional direct connections. A solution
    lists E, H_1 … H_k, d, U, b. The value is exact on the whole training text, through
    its distinct contexts:

    * ``zero-one``: share of tokens that are not the arg-max;
    * ``top-k``: share of tokens that are not among the `top` highest scores;
    * ``cross-entropy``: −mean log softmax, in nats a token.

    Of equal scores the first counts as higher. Errors are counted in whole numbers
    from float32 scores; cross-entropy is in float64.

    The reference bounds the *training* value alone: no function of the same
    context beats the table of counts on the text that was counted. On held-out
    text (`score`) a network may well beat that table.

    Parameters
    ----------
    context : int
        k >= 1.
    embedding, hidden : int
        m and h.
    loss : {"zero-one", "top-k", "cross-entropy"}
    top : int
        How many guesses ``top-k`` allows, 1 … V; the other losses ignore it.
    weights : {"real", "ternary"}
        Parameters in [−5, 5], or in {−1, 0, +1}, biases included.
    **text
        The other options of `NextToken`.
    """

    space: Box
    objective = "next-token loss"

    @checked_options
    def __init__(
        self,
        *,
        context: Count = 3,
        embedding: Width = 4,
        hidden: Width = 16,
        loss: Loss = "zero-one",
        top: int = 5,
        weights: Weights = "real",
        **text: Any,
    ) -> None:
        super().__init__(context=context, **text)
        size = len(self.symbols)
        if loss == "top-k" and not 1 <= top <= size:
            raise ValueError(f"top={top}: expected 1 to {size}, the number of symbols")
        self.loss, self.weights = loss, weights
        self.top = top if loss == "top-k" else 1
        self.shapes: tuple[tuple[int, ...], ...] = (
            (size, embedding),
            (context, embedding, hidden),
            (hidden,),
            (hidden, size),
            (size,),
        )
        self._cuts = np.cumsum([int(np.prod(shape)) for shape in self.shapes])
        dimension = int(self._cuts[-1])
        ternary = weights == "ternary"
        bound = 1 if ternary else BOUND
        self.space = Box(-bound, bound, dimension, integral=ternary)
        self.objective = {
            "zero-one": "top-1 error",
            "top-k": f"top-{top} error",
            "cross-entropy": "cross-entropy (nats)",
        }[loss]

    @property
    def title(self) -> str:
        m, h = self.shapes[1][1:]
        return f"{self.weights} weights, embedding {m}, hidden {h}, {super().title}"

    def split(self, points: NDArray) -> list[NDArray]:
        """Return views of E, H, d, U, b in `points` of shape (…, dimension)."""
        parts = np.split(points, self._cuts[:-1], axis=-1)
        return [
            part.reshape(*points.shape[:-1], *shape)
            for part, shape in zip(parts, self.shapes, strict=True)
        ]

    def activations(self, points: NDArray, contexts: NDArray) -> NDArray:
        """Return the hidden layer, shape (n, contexts, h), in the points' own precision.

        E[c_p] H_p = (E H_p)[c_p], so that the first layer is k small products and
        then a sum of gathered rows.
        """
        e, blocks, d, _, _ = self.split(points)
        rows = np.matmul(e[:, None], blocks)
        rows[:, 0] += d[:, None]
        hidden = rows[:, 0].take(contexts[:, 0], axis=1)
        for place in range(1, self.context):
            hidden += rows[:, place].take(contexts[:, place], axis=1)
        return np.tanh(hidden, out=hidden)

    def scores(self, points: NDArray, contexts: NDArray) -> NDArray:
        """Return the scores of every token, shape (n, contexts, V)."""
        _, _, _, u, b = self.split(points)
        scores = np.matmul(self.activations(points, contexts), u)
        scores += b[:, None]
        return scores

    def predictions(self, points: NDArray, *, unseen: bool = False) -> NDArray[np.int64]:
        contexts = self.counts.contexts[: None if unseen else self.rows]
        return self.scores(np.asarray(points, dtype=np.float32), contexts).argmax(axis=-1)

    def values(self, points: NDArray) -> NDArray[np.float64]:
        return self._losses(points, self.counts.contexts[: self.rows], self.counts.train)

    def _held_out_value(self, x: NDArray) -> float:
        """Return the same loss on the held-out text, contexts never seen included."""
        return float(self._losses(x[None], self.counts.contexts, self.counts.held_out)[0])

    def _losses(self, points: NDArray, contexts: NDArray, counts: NDArray) -> NDArray[np.float64]:
        real = self.loss == "cross-entropy"
        points = np.ascontiguousarray(points, dtype=np.float64 if real else np.float32)

        def losses(some: NDArray) -> NDArray[np.float64]:
            scores = self.scores(some, contexts)
            return mean_loss(counts, scores) if real else _errors(scores, counts, self.top)

        return in_parts(losses, points, CHUNK // counts.size)

    @cached_property
    def reference(self) -> Reference:
        where = f"training text only: the table of counts after {self.context} tokens"
        if self.loss == "cross-entropy":
            return Reference(self.table_entropy, "bound", f"{where}, its conditional entropy")
        best = np.sort(self.counts.train, axis=1)[:, -self.top :].sum()
        guesses = "token" if self.top == 1 else f"{self.top} tokens"
        error = (self.tokens - int(best)) / self.tokens
        return Reference(error, "bound", f"{where} guesses its most frequent {guesses}")

    @cached_property
    def anchors(self) -> dict[str, float]:
        return self.error_anchors if self.loss == "zero-one" else {}

    def start(self) -> Start | None:
        """Return weights of the relaxation's spread; ternary ones have no start."""
        if self.weights == "ternary":
            return None
        spread = np.zeros(self.space.dimension)
        for part, ends in self.fans(spread):
            part += np.sqrt(2 / ends)
        return Start(np.zeros_like(spread), scale=STEP, spread=spread)

    def fans(self, theta: NDArray) -> list[tuple[NDArray, int]]:
        """Return the weights in `theta`, biases left out, with their inputs plus outputs."""
        e, blocks, _, u, _ = self.split(theta)
        places, m, h = blocks.shape
        return [(e, sum(e.shape)), (blocks, places * m + h), (u, sum(u.shape))]

    def relaxation(self) -> Relaxation:
        return _MLPGradient(self)

    def describe(self, x: NDArray) -> str:
        return self.show_predictions(self.predictions(x[None])[0])


def _errors(scores: NDArray, counts: NDArray[np.int64], top: int) -> NDArray[np.float64]:
    """Return the share outside the `top` highest of `scores`, (n, C, V), which it overwrites."""
    flat, offset = counts.ravel(), np.arange(len(counts)) * counts.shape[1]
    total = counts.sum()
    wrong = np.full(len(scores), total)
    for guess in range(top):
        best = scores.argmax(axis=-1)
        wrong -= flat[best + offset].sum(axis=-1)
        if guess + 1 < top:
            np.put_along_axis(scores, best[..., None], -np.inf, axis=-1)
    return wrong / total


class _MLPGradient(CrossEntropyRelaxation):
    """Cross-entropy by back-propagation, straight through the rounding of ternary weights."""

    def __init__(self, problem: NextTokenMLP) -> None:
        super().__init__(problem.space, problem.counts.train)
        self._problem = problem
        self._ternary = problem.weights == "ternary"
        self.exact = problem.loss == "cross-entropy" and not self._ternary

    def start(self, rng: np.random.Generator) -> NDArray[np.float64]:
        """Draw uniform weights of width √(6 / (inputs + outputs)), biases zero.

        Glorot and Bengio (2010), "Understanding the difficulty of training deep
        feedforward neural networks", equation 16. Ternary weights are drawn uniformly
        from [−1, 1]: at that width all would round to zero.
        """
        theta = rng.uniform(-1, 1, self.dimension)
        if self._ternary:
            return theta
        for part, ends in self._problem.fans(theta):
            part *= np.sqrt(6 / ends)
        _, _, d, _, b = self._problem.split(theta)
        d[:], b[:] = 0, 0
        return theta

    def loss_and_gradient(
        self, theta: NDArray[np.float64], rows: Minibatch | None = None
    ) -> tuple[float, NDArray[np.float64]]:
        problem = self._problem
        weights, passed = straight_through(theta) if self._ternary else (theta, None)
        contexts = self._contexts(rows)
        e, blocks, _, u, _ = problem.split(weights)
        hidden = problem.activations(weights[None], contexts)[0]
        loss, slope = self._loss.loss_and_slope(self._logits(weights, hidden), rows)
        gradient = np.zeros_like(theta)
        into_e, into_blocks, into_d, into_u, into_b = problem.split(gradient)
        into_u[:], into_b[:] = hidden.T @ slope, slope.sum(axis=0)
        inner = slope @ u.T
        inner *= 1 - hidden**2
        into_d[:] = inner.sum(axis=0)
        groups = self._all_groups if rows is None else _groups(contexts)
        for place, (order, starts, symbols) in enumerate(groups):
            # The slope of the rows (E H_p): summed over the contexts with each symbol there.
            of_rows = np.zeros((len(e), inner.shape[1]))
            of_rows[symbols] = np.add.reduceat(inner[order], starts, axis=0)
            into_e += of_rows @ blocks[place].T
            into_blocks[place] = e.T @ of_rows
        return loss, gradient if passed is None else gradient * passed

    def loss(self, theta: NDArray[np.float64], rows: Minibatch | None = None) -> float:
        weights = straight_through(theta)[0] if self._ternary else theta
        hidden = self._problem.activations(weights[None], self._contexts(rows))[0]
        return self._loss.loss(self._logits(weights, hidden), rows)

    def _contexts(self, rows: Minibatch | None) -> NDArray[np.int64]:
        contexts = self._problem.counts.contexts
        return contexts[: self._problem.rows] if rows is None else contexts[rows.rows]

    def _logits(self, weights: NDArray, hidden: NDArray) -> NDArray[np.float64]:
        """Return a U + b, shape (contexts, V), column by column in memory.

        Sums and maxima over a row's few tokens are then sums of long columns.
        """
        _, _, _, u, b = self._problem.split(weights)
        columns = u.T @ hidden.T
        columns += b[:, None]
        return columns.T

    @cached_property
    def _all_groups(self) -> list[tuple[NDArray, NDArray, NDArray]]:
        return _groups(self._contexts(None))


def _groups(contexts: NDArray[np.int64]) -> list[tuple[NDArray, NDArray, NDArray]]:
    """Group contexts, (n, k), by the symbol at each place.

    Returns for each place the order that sorts them, where each group starts in it,
    and the symbols of the groups.
    """
    groups = []
    for place in contexts.T:
        order = np.argsort(place, kind="stable")
        symbols, starts = np.unique(place[order], return_index=True)
        groups.append((order, starts, symbols))
    return groups
