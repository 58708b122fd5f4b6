"""The exact integer program of `next-token-vocabulary`."""

from __future__ import annotations

import numpy as np

from problems.core.linear_model import LinearModel, Solution, assigned
from problems.next_token.segmentation import Segmentation


def vocabulary_program(segmentation: Segmentation, size: int) -> LinearModel:
    """Return the program: which tokens, and where they are used in each piece.

    Parameters
    ----------
    segmentation : Segmentation
    size : int
        K, the number of tokens to choose.

    Notes
    -----
    y_t = 1 chooses token t and z_a = 1 uses it at occurrence a, which saves
    |t| − 1 tokens each time the piece occurs:

        max Σ_a n_a (|t_a| − 1) z_a
        Σ_t y_t = K,   z_a <= y_t(a),   Σ_{a covers a character} z_a <= 1,

    the last for every character of a piece at which an occurrence ends that
    overlaps with others. It is the path formulation with its flows eliminated: for
    chosen tokens the remaining matrix has consecutive ones in its columns, so it is
    totally unimodular (Fulkerson and Gross 1965, "Incidence matrices and interval
    graphs", section 8) and z need not be whole. Where
    nothing competes with an occurrence, z_a = y_t.
    """
    import pulp

    s = segmentation
    program = pulp.LpProblem("vocabulary", pulp.LpMinimize)
    choose = [pulp.LpVariable(f"y_{t}", cat=pulp.LpBinary) for t in range(len(s.tokens))]
    worth = np.zeros(len(s.tokens), dtype=np.int64)
    saving = s.counts[s.row] * (s.length - 1)
    by_row = np.argsort(s.row, kind="stable")
    first = np.searchsorted(s.row[by_row], np.arange(len(s.pieces) + 1))
    terms, limits = [], []
    for piece in range(len(s.pieces)):
        arcs = by_row[first[piece] : first[piece + 1]]  # by end, then length
        if len(arcs) == 1:
            worth[s.token[arcs[0]]] += saving[arcs[0]]
            continue
        use = []
        for a in arcs.tolist():
            use.append(pulp.LpVariable(f"z_{a}", 0, 1))
            terms.append((use[-1], -int(saving[a])))
            limits.append(use[-1] <= choose[s.token[a]])
        begins, ends = (s.end - s.length)[arcs], s.end[arcs]
        for last in np.unique(ends):  # a maximal clique is met at some interval's last character
            covering = np.flatnonzero((begins < last) & (ends >= last))
            if len(covering) > 1:
                limits.append(pulp.lpSum(use[i] for i in covering) <= 1)
    terms += [(y, -int(w)) for y, w in zip(choose, worth, strict=True)]
    program += pulp.LpAffineExpression(terms)
    program += pulp.lpSum(choose) == size
    for limit in limits:
        program += limit

    def read(values: Solution) -> np.ndarray:
        share = np.array([values[y] for y in choose])
        return np.sort(np.argsort(-share, kind="stable")[:size])

    def write(x: np.ndarray) -> dict[pulp.LpVariable, float]:
        return assigned(choose, np.isin(np.arange(len(choose)), x))

    return LinearModel(program, read, unit=1 / s.characters, offset=1.0, integral=True, write=write)


def linear_bound(model: LinearModel) -> float:
    """Return what the problem's value would be if variables need not be whole.

    It is a lower bound on the value of every solution. Constraints are equations or
    upper limits, as above.

    Raises
    ------
    RuntimeError
        When the solver, HiGHS through scipy, fails.
    """
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    variables, limits = model.program.variables(), list(model.program.constraints.values())
    column = {variable: i for i, variable in enumerate(variables)}
    cells = [(i, column[v], weight) for i, each in enumerate(limits) for v, weight in each.items()]
    rows, columns, weights = zip(*cells, strict=True)
    matrix = csr_array((weights, (rows, columns)), shape=(len(limits), len(variables)))
    limit = np.array([-each.constant for each in limits])
    exact = np.array([each.sense == 0 for each in limits])
    result = linprog(
        [model.program.objective.get(variable, 0) for variable in variables],
        A_ub=matrix[~exact],
        b_ub=limit[~exact],
        A_eq=matrix[exact],
        b_eq=limit[exact],
        bounds=[(variable.lowBound, variable.upBound) for variable in variables],
        method="highs",
    )
    if result.status != 0:
        raise RuntimeError(f"the linear programme was not solved: {result.message}")
    return model.offset + model.unit * float(result.fun)
