"""The steps of bound and incumbent."""

from __future__ import annotations

from comparison.analysis.bounds import bound_rows
from comparison.analysis.curves import Evidence
from tests.comparison.analysis.small import made, step, stored


def test_bounds_rise_incumbents_fall_and_both_go_on_to_the_end(tmp_path):
    trace = [
        step(1, 9.0),
        step(2, -5.0, kind="bound"),
        step(3, -6.0, kind="bound"),
        step(4, 2.0),
        step(5, 2.0, kind="bound"),
    ]
    solver = made("integer-programming", *trace, bound=2.0, ended="optimal", spent=10)
    other = made("genetic", step(1, 3.0))
    rows = list(bound_rows(Evidence(stored(tmp_path, solver, other))))
    assert {row.contender for row in rows} == {"integer-programming"}
    steps = {
        what: [(row.seconds, row.value) for row in rows if row.what == what]
        for what in ("bound", "incumbent")
    }
    assert steps["bound"] == [(0.4, -5.0), (1.0, 2.0), (2.0, 2.0)]
    assert steps["incumbent"] == [(0.2, 9.0), (0.8, 2.0), (2.0, 2.0)]


def test_one_seed_stands_for_all(tmp_path):
    runs = [
        made("seeded-integer-programming", step(1, -1.0, kind="bound"), bound=-1.0, seed=seed)
        for seed in (1, 0)
    ]
    rows = list(bound_rows(Evidence(stored(tmp_path, *runs))))
    assert {row.seed for row in rows} == {0}
