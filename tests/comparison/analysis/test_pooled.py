"""Numbers over all problems, on runs that can be followed by hand."""

from __future__ import annotations

import pytest

from comparison.analysis.curves import Evidence
from comparison.analysis.pooled import (
    contender_rows,
    data_profile_rows,
    ecdf_rows,
    performance_profile_rows,
    quality_rows,
)
from tests.comparison.analysis.small import made, step, stored

#: Both are at regret 0.1 (10 of 51 targets) early; who is quick is at the optimum at 10.
QUICK = [made("genetic", step(1, 1.0), step(10, 0.0), seed=i, ended="optimal") for i in (0, 1)]
SLOW = [made("hill-climb", step(4, 1.0), seed=i) for i in (0, 1)]
#: On another problem, only the slow one.
OTHER = made("hill-climb", step(1, 5.0), problem="rosenbrock")


def at_the_end(rows):
    return {row.contender: row for row in rows}


def test_the_ecdf_counts_what_a_contender_did_not_run_as_not_reached(tmp_path):
    evidence = Evidence(stored(tmp_path, *QUICK, *SLOW, OTHER))
    last = at_the_end(ecdf_rows(evidence, "work"))
    assert last["genetic"].share == pytest.approx(0.5)
    # 11 of 51 targets in two runs on one instance, 4 (1 to 0.5) in one on the other.
    assert last["hill-climb"].share == pytest.approx((11 + 11 + 4) / (3 * 51))
    sphere = Evidence(evidence.results.select(problems=["sphere"]))
    alone = at_the_end(ecdf_rows(sphere, "work"))
    assert alone["genetic"].share == 1.0
    assert alone["hill-climb"].share == pytest.approx(11 / 51)


def test_the_band_holds_the_share(tmp_path):
    evidence = Evidence(stored(tmp_path, *QUICK, *SLOW, OTHER))
    for row in ecdf_rows(evidence, "work"):
        assert 0 <= row.low <= row.share + 1e-12
        assert row.share <= row.high + 1e-12 <= 1 + 1e-11


def test_the_performance_profile_counts_every_target_as_a_problem(tmp_path):
    evidence = Evidence(stored(tmp_path, *QUICK, *SLOW))
    shares = {
        (row.contender, row.ratio): row.share for row in performance_profile_rows(evidence, "work")
    }
    assert shares["genetic", 1.0] == 1.0
    assert shares["hill-climb", 1.0] == 0.0
    last = max(ratio for _, ratio in shares)
    assert shares["hill-climb", last] == pytest.approx(11 / 51)
    below = max(ratio for _, ratio in shares if ratio < 3.99)
    assert shares["hill-climb", below] == 0.0


def test_the_data_profile_is_in_simplex_gradients(tmp_path):
    """Dimension 9: a cost of 10 is one simplex gradient."""
    evidence = Evidence(stored(tmp_path, *QUICK, *SLOW))
    rows = [row for row in data_profile_rows(evidence) if row.contender == "genetic"]
    assert rows[-1].budget == pytest.approx(1.0)
    assert rows[-1].share == 1.0
    assert rows[0].share == pytest.approx(11 / 51)


def test_quality_is_pooled_over_instances(tmp_path):
    runs = [made("genetic", step(1, value), instance=i) for i, value in enumerate((10.0, 4.0, 1.0))]
    runs.append(made("adam", ended="error", spent=1))
    rows = {row.contender: row.quality for row in quality_rows(Evidence(stored(tmp_path, *runs)))}
    assert rows == {"genetic": pytest.approx(0.6), "adam": None}


def test_each_contender_has_its_numbers(tmp_path):
    evidence = Evidence(stored(tmp_path, *QUICK, *SLOW, OTHER))
    rows = {row.contender: row for row in contender_rows(evidence)}
    quick = rows["genetic"]
    assert (quick.instances, quick.of) == (1, 2)
    assert (quick.iqm, quick.interval) == (1.0, (1.0, 1.0))
    # From 1 to 10 a fifth of the scale, from 10 to 100 the whole.
    assert quick.aocc_work == pytest.approx(0.09 * 0.2 + 0.9)
    assert (quick.solved, quick.solvable) == (2, 2)
    slow = rows["hill-climb"]
    # Half of 0.9, 0.9 and 0.5: the middle one and a quarter of either other.
    assert slow.iqm == pytest.approx((0.9 + (0.9 + 0.5) / 4) / 1.5)
    assert slow.aocc_work == pytest.approx((0.96 * 0.2 + 0.99 * 0.0602) / 2, rel=1e-3)
    assert (slow.solved, slow.solvable) == (0, 3)


def test_a_solver_has_no_area_on_an_axis_where_it_does_not_look(tmp_path):
    solver = made("integer-programming", step(0, 0.0), ended="optimal", bound=0.0)
    evidence = Evidence(stored(tmp_path, *SLOW, solver))
    on_work = {row.contender: row.aocc_work for row in contender_rows(evidence)}
    on_cpu = {row.contender: row.aocc_cpu for row in contender_rows(evidence)}
    assert on_work["integer-programming"] is None
    assert on_cpu["integer-programming"] == pytest.approx(1.0)


def test_a_contender_that_found_nothing_is_worth_a_random_point(tmp_path):
    evidence = Evidence(stored(tmp_path, *SLOW, made("adam", ended="error", spent=1)))
    rows = {row.contender: row for row in contender_rows(evidence)}
    assert rows["adam"].iqm == 0.0


def test_without_a_scale_there_is_nothing_to_pool(tmp_path):
    run = made("genetic", step(1, 3.0), random_value=0.0, reference=None)
    evidence = Evidence(stored(tmp_path, run))
    assert list(ecdf_rows(evidence, "work")) == []
    assert list(performance_profile_rows(evidence, "work")) == []
    assert list(data_profile_rows(evidence)) == []
    assert list(quality_rows(evidence)) == []
    row = next(contender_rows(evidence))
    assert row.iqm is row.aocc_work is None


def test_an_instance_of_unknown_dimension_is_left_out_of_the_data_profile(tmp_path):
    """As where all of its runs were killed, but had made evaluations."""
    other = tmp_path / "other"
    other.mkdir()
    killed = [made("adam", step(1, 1.0), dimension=0, ended="killed", instance=i) for i in (0, 1)]
    evidence = Evidence(stored(tmp_path, *killed, made("genetic", step(20, 0.0))))
    rows = [row for row in data_profile_rows(evidence) if row.contender == "genetic"]
    assert (rows[-1].budget, rows[-1].share) == (2.0, 1.0)
    assert not list(data_profile_rows(Evidence(stored(other, killed[0]))))


def test_what_all_failed_on_is_worth_a_random_point_where_there_is_a_reference(tmp_path):
    failed = made("genetic", ended="error", spent=3)
    (row,) = contender_rows(Evidence(stored(tmp_path, failed)))
    assert (row.iqm, row.aocc_work, row.par10) == (0.0, 0.0, pytest.approx(30))


@pytest.mark.parametrize("cost", [3, 7])
def test_a_data_profile_of_targets_that_were_all_reached_at_one_cost_is_there(tmp_path, cost):
    """The logarithm of 0.3 and back is 0.3 to the last digit only."""
    runs = [made("adam", step(cost, 1.0)), made("adam", step(cost, 1.0), problem="knapsack")]
    rows = list(data_profile_rows(Evidence(stored(tmp_path, *runs))))
    assert {row.contender for row in rows} == {"adam"}
    assert at_the_end(rows)["adam"].share == pytest.approx(11 / 51)
