"""Tests between contenders, on values whose p can be counted."""

from __future__ import annotations

import pytest

from comparison.analysis.curves import Evidence
from comparison.analysis.differences import instance_rows, pair_rows, ranking
from problems.core.reference import Reference
from tests.comparison.analysis.small import made, step, stored


def on_instances(method, values, **changes):
    return [made(method, step(1, v), instance=i, **changes) for i, v in enumerate(values)]


def seeds(method, values):
    return [made(method, step(1, v), seed=i) for i, v in enumerate(values)]


def test_contenders_are_ranked_on_every_instance(tmp_path):
    runs = [
        *on_instances("adam", (1.0, 1.0, 1.0)),
        *on_instances("genetic", (2.0, 2.0, 0.5)),
        *on_instances("tabu", (3.0, 3.0, 3.0)),
        *on_instances("counting", (0.0,)),
    ]
    found = ranking(Evidence(stored(tmp_path, *runs)))
    assert list(found.ranks.items()) == [
        ("adam", pytest.approx(4 / 3)),
        ("genetic", pytest.approx(5 / 3)),
        ("tabu", 3.0),
    ]
    assert found.blocks == 3
    assert found.left_out == ["counting"]
    # Demšar 2006, table 5: q = 2.343 for three methods; CD = q sqrt(3 * 4 / (6 * 3)).
    assert found.critical_difference == pytest.approx(2.343 * (12 / 18) ** 0.5, abs=1e-3)
    assert found.cliques == [["adam", "genetic", "tabu"]]


def test_one_contender_has_no_rank(tmp_path):
    assert ranking(Evidence(stored(tmp_path, *on_instances("adam", (1.0, 2.0))))) is None


def test_one_instance_ranks_without_telling_apart(tmp_path):
    runs = on_instances("adam", (1.0,)) + on_instances("genetic", (2.0,))
    found = ranking(Evidence(stored(tmp_path, *runs)))
    assert found.ranks == {"adam": 1.0, "genetic": 2.0}
    assert found.critical_difference is None
    assert found.p is None
    assert found.cliques == []


def test_pairs_are_tested_over_instances_and_corrected(tmp_path):
    """With six pairs all of one sign p = 2 / 2^6."""
    runs = [
        *on_instances("adam", (1.0, 1.1, 1.2, 1.3, 1.4, 1.5)),
        *on_instances("genetic", (2.0, 2.2, 2.4, 2.6, 2.8, 3.0)),
    ]
    row = pair_rows(Evidence(stored(tmp_path, *runs)))[0]
    assert (row.better, row.worse, row.n) == ("adam", "genetic", 6)
    assert row.p == row.p_holm == pytest.approx(2 / 64)
    assert row.reason == ""


def test_who_found_nothing_is_worse_than_any(tmp_path):
    runs = on_instances("adam", (1.0, 2.0, 3.0, 4.0, 5.0, 6.0))
    runs += [made("genetic", instance=i, ended="error") for i in range(6)]
    row = pair_rows(Evidence(stored(tmp_path, *runs)))[0]
    assert row.better == "adam"
    assert row.p == pytest.approx(2 / 64)


def test_too_few_instances_give_a_reason_and_no_p(tmp_path):
    runs = on_instances("adam", (1.0, 1.0)) + on_instances("genetic", (2.0, 2.0))
    row = pair_rows(Evidence(stored(tmp_path, *runs)))[0]
    assert row.p is row.p_holm is None
    assert "0.5" in row.reason


def test_holms_correction_has_to_be_able_to_reach_the_level(tmp_path):
    """Three pairs of six instances: p = 2 / 64 at best, which is not below 0.05 / 3."""
    runs = [
        run
        for method, value in (("adam", 1.0), ("genetic", 2.0), ("tabu", 3.0))
        for run in on_instances(method, [value + i / 10 for i in range(6)])
    ]
    rows = pair_rows(Evidence(stored(tmp_path, *runs)))
    assert [row.p for row in rows] == [None] * 3
    assert "0.017" in rows[0].reason


def test_contenders_without_a_shared_instance_are_no_pair(tmp_path):
    runs = [made("adam", step(1, 1.0)), made("genetic", step(1, 1.0), instance=1)]
    assert pair_rows(Evidence(stored(tmp_path, *runs))) == []


def test_the_best_on_an_instance_is_tested_against_every_other(tmp_path):
    """Five seeds all below five others: p = 2 / C(10, 5), twice by Holm."""
    runs = [
        *seeds("adam", (1.0, 1.1, 1.2, 1.3, 1.4)),
        *seeds("genetic", (2.0, 2.1, 2.2, 2.3, 2.4)),
        *seeds("tabu", (1.0, 1.1, 1.2, 1.3, 2.0)),
    ]
    rows = {row.worse: row for row in instance_rows(Evidence(stored(tmp_path, *runs)))}
    assert set(rows) == {"genetic", "tabu"}
    assert rows["genetic"].p == pytest.approx(2 / 252)
    assert rows["genetic"].p_holm == pytest.approx(4 / 252)
    assert rows["genetic"].improvement == 1.0
    assert rows["tabu"].improvement == pytest.approx((4.5 + 3.5 + 2.5 + 1.5 + 1) / 25)
    assert {row.better for row in rows.values()} == {"adam"}


def test_too_few_seeds_give_a_reason_and_no_p(tmp_path):
    runs = seeds("adam", (1.0, 1.1)) + seeds("genetic", (2.0, 2.1))
    row = next(instance_rows(Evidence(stored(tmp_path, *runs))))
    assert row.p is row.p_holm is None
    assert row.reason


def test_a_contender_alone_is_tested_against_nobody(tmp_path):
    assert list(instance_rows(Evidence(stored(tmp_path, *seeds("adam", (1.0, 2.0)))))) == []


def test_without_a_scale_instances_are_not_pooled(tmp_path):
    runs = [
        made(method, step(1, value), reference=None, random_value=0.0)
        for method, value in (("adam", 1.0), ("genetic", 2.0))
    ]
    assert pair_rows(Evidence(stored(tmp_path, *runs))) == []


def test_a_method_without_chance_is_a_constant_that_the_seeds_are_tested_against(tmp_path):
    """Six seeds all above it: p = 2 / 2^6, whichever of the two is better."""
    runs = [
        made("integer-programming", step(1, 0.0), ended="optimal"),
        *seeds("adam", (1.0, 1.1, 1.2, 1.3, 1.4, 1.5)),
        made("counting", step(1, 3.0)),
    ]
    rows = {row.worse: row for row in instance_rows(Evidence(stored(tmp_path, *runs)))}
    assert rows["adam"].better == "integer-programming"
    assert rows["adam"].p == rows["adam"].p_holm == pytest.approx(2 / 64)
    assert rows["counting"].p is None
    assert "no chance" in rows["counting"].reason


def test_the_constant_may_be_the_worse(tmp_path):
    runs = [*seeds("adam", (1.0, 1.1, 1.2, 1.3, 1.4, 1.5)), made("counting", step(1, 3.0))]
    row = next(instance_rows(Evidence(stored(tmp_path, *runs))))
    assert (row.better, row.worse) == ("adam", "counting")
    assert row.p == pytest.approx(2 / 64)


def test_a_difference_below_the_tolerance_of_the_reference_is_none(tmp_path):
    """Values from 1.0 to 1.05 are tied where the reference holds to 0.1, and 1.2 is not."""
    near = Reference(1.0, "closed form", "by hand", tolerance=0.1)
    values = {"adam": 1.0, "genetic": 1.05, "tabu": 1.2}
    runs = [
        made(method, step(1, value), instance=i, seed=seed, reference=near)
        for method, value in values.items()
        for i in range(2)
        for seed in range(3)
    ]
    evidence = Evidence(stored(tmp_path, *runs))
    assert ranking(evidence).ranks == {"adam": 1.5, "genetic": 1.5, "tabu": 3.0}
    improvements = {row.worse: row.improvement for row in instance_rows(evidence)}
    assert improvements == {"genetic": 0.5, "tabu": 1.0}
