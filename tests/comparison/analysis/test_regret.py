"""The parts of a regret, added up by hand."""

from __future__ import annotations

import pytest

from comparison.analysis.curves import Evidence
from comparison.analysis.regret import regret_rows
from tests.comparison.analysis.small import made, step, stored

#: Descended furthest, to a point worth 3 of an objective whose optimum is 0.
BEST_DESCENT = made("adam", step(1, 2.5), last=3.0, surrogate=0.1)
OTHER_DESCENT = made("gradient-descent", step(1, 4.0), last=4.0, surrogate=0.2)
DIRECT = [made("hill-climb", step(1, value), seed=i) for i, value in enumerate((0.5, 1.0, 2.0))]


def test_the_parts_add_up_to_the_held_out_regret(tmp_path):
    evidence = Evidence(stored(tmp_path, BEST_DESCENT, OTHER_DESCENT, *DIRECT))
    rows = {row.contender: row for row in regret_rows(evidence)}
    for row in rows.values():
        parts = row.wrong_objective + row.weak_search + row.generalization_gap
        assert parts == pytest.approx(row.total)
        assert row.wrong_objective == 3.0
        assert row.generalization_gap == 0.5
    assert rows["gradient-descent"].weak_search == 1.0
    assert rows["adam"].weak_search == -0.5
    assert rows["hill-climb"].weak_search == -2.0
    assert rows["hill-climb"].total == 1.5


@pytest.mark.parametrize(
    "runs",
    [
        DIRECT,
        [made("adam", step(1, 2.5), last=3.0, surrogate=0.1, reference=None)],
        [made("adam", step(1, 2.5), last=3.0, surrogate=0.1, score=None)],
    ],
    ids=["nobody descended", "no optimum is known", "no held-out value"],
)
def test_there_is_no_split_where_a_part_is_missing(tmp_path, runs):
    assert list(regret_rows(Evidence(stored(tmp_path, *runs)))) == []
