"""The flagship: ternary weights, top-1 error, and an integer program that proves the optimum."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray

from problems.core.constructible import Constructible
from problems.core.interval import Interval
from problems.core.linear_model import LinearModel, Solution, assigned
from problems.core.reference import Reference
from problems.core.space import Box
from problems.core.views import Minibatch, Relaxation
from problems.naming.options import checked_options
from problems.next_token.cross_entropy import CrossEntropyRelaxation, straight_through
from problems.next_token.next_token import NextToken

if TYPE_CHECKING:
    import pulp

Surrogate = Literal["straight-through", "tanh"]

#: Bits that are drawn an instance; a problem uses the first few.
MOST_BITS = 7


class NextTokenTernary(NextToken, Constructible):
    """A next-token model with weights in {−1, 0, +1} on random codes of the context.

    The scores after context i are s_i · W with s_i ∈ {−1, +1}^bits fixed and
    W ∈ {−1, 0, +1}^(bits × V). The prediction is the *strict* arg-max: a tie for
    the highest score is an error. value = share of training tokens that are
    predicted wrong. Contexts with the same code are merged, exactly.

    The codes of one instance are the first rows of a single 7 × V draw, one for
    each place of the context, multiplied over the places; so more bits can only
    help.

    Parameters
    ----------
    bits : int
        Length of a code, 1 … 7. The default is the largest that integer programming
        certifies within 10 s on each of the instances 0 … 9 (benchmarks/).
    surrogate : {"straight-through", "tanh"}
        The relaxation: gradients through rounded weights as if rounding were the
        identity inside [−1, 1] (see `straight_through`), or tanh weights that are
        rounded at the end.
    **text
        The options of `NextToken`.
    """

    space: Box
    objective = "top-1 error"

    @checked_options
    def __init__(
        self,
        *,
        bits: Annotated[int, Interval(ge=1, le=MOST_BITS)] = 4,
        surrogate: Surrogate = "straight-through",
        **text: Any,
    ) -> None:
        super().__init__(**text)
        self.bits, self.surrogate = bits, surrogate
        size = len(self.symbols)
        self.space = Box(-1, 1, bits * size, integral=True)
        rng = np.random.default_rng([self.instance, size])
        draws = 2 * rng.integers(0, 2, (max(1, self.context), MOST_BITS, size)) - 1
        context_codes = np.ones((len(self.counts.contexts), bits), dtype=np.int64)
        for place in range(self.context):
            context_codes *= draws[place, :bits, self.counts.contexts[:, place]]
        seen = context_codes[: self.rows]
        self.codes, merged_row = np.unique(seen, axis=0, return_inverse=True)
        self._context_row = merged_row.ravel()
        self.merged = np.zeros((len(self.codes), size), dtype=np.int64)
        np.add.at(self.merged, self._context_row, self.counts.train)
        self._held_out_codes = context_codes
        self.rows = len(self.codes)

    @property
    def title(self) -> str:
        return f"{self.bits} bits, {self.rows} codes, {super().title}"

    def _correct(self, points: NDArray, codes: NDArray, counts: NDArray) -> NDArray[np.int64]:
        """Count right predictions of each row of `points`."""
        # Scores are small whole numbers: exact in float32, and BLAS is fast there.
        weights = np.reshape(points, (-1, self.bits, len(self.symbols))).astype(np.float32)
        scores = np.matmul(codes.astype(np.float32), weights)
        top = scores == scores.max(axis=-1, keepdims=True)
        alone = top.sum(axis=-1) == 1
        # Where the top is alone, the masked counts hold just the predicted token's.
        return ((top * counts).sum(axis=-1) * alone).sum(axis=-1)

    def values(self, points: NDArray) -> NDArray[np.float64]:
        return (self.tokens - self._correct(points, self.codes, self.merged)) / self.tokens

    def _held_out_value(self, x: NDArray) -> float:
        held_out = self.counts.held_out
        total = held_out.sum()
        return float((total - self._correct(x, self._held_out_codes, held_out)[0]) / total)

    def predictions(self, points: NDArray, *, unseen: bool = False) -> NDArray[np.int64]:
        codes = self._held_out_codes if unseen else self.codes
        weights = np.reshape(points, (-1, self.bits, len(self.symbols))).astype(np.float32)
        scores = np.matmul(codes.astype(np.float32), weights)
        top = scores == scores.max(axis=-1, keepdims=True)
        predicted = np.where(top.sum(axis=-1) == 1, top.argmax(axis=-1), -1)
        return predicted if unseen else predicted[:, self._context_row]

    @cached_property
    def reference(self) -> Reference:
        correct = int(self.merged.max(axis=1).sum())
        source = "every code predicts its most frequent token"
        return Reference((self.tokens - correct) / self.tokens, "bound", source)

    @cached_property
    def anchors(self) -> dict[str, float]:
        return {"table": self.table_error, **self.error_anchors}

    def relaxation(self) -> Relaxation:
        return _TernaryGradient(self)

    def linear_model(self) -> LinearModel:
        return ternary_program(self.codes, self.merged)

    def describe(self, x: NDArray) -> str:
        return self.show_predictions(self.predictions(x[None])[0])


class _TernaryGradient(CrossEntropyRelaxation):
    """Cross-entropy of the scores of weights that are rounded, or squashed, real parameters."""

    def __init__(self, problem: NextTokenTernary) -> None:
        super().__init__(problem.space, problem.merged)
        self._codes, self._bits = problem.codes, problem.bits
        # The forward pass of straight-through has the solution's own weights.
        self.yields_value = problem.surrogate == "straight-through"
        self._weights = straight_through if self.yields_value else _squashed

    def start(self, rng: np.random.Generator) -> NDArray[np.float64]:
        return rng.uniform(-1, 1, self.dimension)

    def loss_and_gradient(
        self, theta: NDArray[np.float64], rows: Minibatch | None = None
    ) -> tuple[float, NDArray[np.float64]]:
        weights, passed = self._weights(theta)
        codes = self._codes if rows is None else self._codes[rows.rows]
        loss, slope = self._loss.loss_and_slope(codes @ weights.reshape(self._bits, -1), rows)
        return loss, (codes.T @ slope).ravel() * passed

    def decode(self, theta: NDArray[np.float64]) -> NDArray:
        return self.space.decode(self._weights(theta)[0])


def _squashed(theta: NDArray) -> tuple[NDArray, NDArray]:
    """Return weights in (−1, 1), and the slope that is passed backward."""
    squashed = np.tanh(theta)
    return squashed, 1 - squashed**2


def ternary_program(codes: NDArray[np.int64], counts: NDArray[np.int64]) -> LinearModel:
    """Return the program: weights, one threshold a code, one indicator a right prediction.

    Parameters
    ----------
    codes : ndarray of shape (C, bits)
        Distinct codes s_c, of −1 and +1.
    counts : ndarray of shape (C, V)
        How often each token follows each code.

    Notes
    -----
    y_cj = 1 says that code c predicts token j strictly. With S_cj = s_c · W_j and
    M = 2 bits + 1:

        S_cj >= t_c − M (1 − y_cj),   S_cj <= t_c − 1 + M y_cj,   Σ_j y_cj <= 1,

    so that y_cj = 1 puts S_cj at the threshold or above and every other score
    below it. The objective counts, negatively, the tokens predicted right.
    """
    import pulp

    bits, size = codes.shape[1], counts.shape[1]
    big = 2 * bits + 1
    program = pulp.LpProblem("ternary", pulp.LpMinimize)
    weight = [
        [pulp.LpVariable(f"w_{b}_{j}", -1, 1, pulp.LpInteger) for j in range(size)]
        for b in range(bits)
    ]
    right: list[pulp.LpVariable] = []
    gain: list[int] = []
    for c, code in enumerate(codes.tolist()):
        threshold = pulp.LpVariable(f"t_{c}", -bits, bits + 1)
        predicts = [pulp.LpVariable(f"y_{c}_{j}", cat=pulp.LpBinary) for j in range(size)]
        for j in range(size):
            score = pulp.lpSum(sign * weight[b][j] for b, sign in enumerate(code))
            program += score >= threshold - big * (1 - predicts[j])
            program += score <= threshold - 1 + big * predicts[j]
        program += pulp.lpSum(predicts) <= 1
        right += predicts
        gain += counts[c].tolist()
    program += pulp.lpSum(-n * y for n, y in zip(gain, right, strict=True))

    def read(values: Solution) -> NDArray:
        return np.array([round(values[w]) for row in weight for w in row], dtype=np.int64)

    def write(x: NDArray) -> dict[pulp.LpVariable, float]:
        scores = codes @ np.asarray(x).reshape(bits, size)
        best = scores == scores.max(axis=1, keepdims=True)
        predicted = best & (best.sum(axis=1, keepdims=True) == 1)
        weights = assigned((w for row in weight for w in row), x)
        return weights | assigned(right, predicted.ravel())

    return LinearModel(program, read, unit=1 / counts.sum(), offset=1.0, write=write)
