"""The exact integer program of `next-token-ternary`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from problems.core.linear_model import LinearModel, Solution, assigned


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
