"""The numbers of a contender on an instance, by hand."""

from __future__ import annotations

import pytest

from comparison.analysis.curves import Evidence
from comparison.analysis.instance_numbers import instance_numbers, with_numbers
from comparison.analysis.pooled import contender_rows
from comparison.analysis.row import CurveNumbers
from comparison.analysis.rows import rows
from tests.comparison.analysis.small import made, step, stored

#: At regret 1 from the start; one is at 0 from cost 50 on, the other at 0.05 from 10 on.
RUNS = [
    made("genetic", step(1, 10.0), step(50, 0.0), seed=0),
    made("genetic", step(1, 10.0), step(10, 0.5), seed=1),
]


def numbers(tmp_path, *runs):
    return instance_numbers(Evidence(stored(tmp_path, *runs)))


def test_each_number_is_what_its_name_says(tmp_path):
    found = numbers(tmp_path, *RUNS)["sphere", 0, "genetic"]
    assert found.quality == pytest.approx(1 - 0.025)
    assert found.at_1 == 10.0  # both at cost 1
    assert found.at_10 == pytest.approx((10.0 + 0.5) / 2)
    assert found.ert_10 == (50 + 10) / 2
    assert found.ert_1 == 50 + 100
    assert found.par10 == (50 + 10 * 100) / 2
    log = pytest.approx((0.5 + 0.9 * 1.30103 / 5) / 2)
    assert found.aocc == log


def test_a_target_that_nobody_reached_has_no_expected_time_but_a_penalty(tmp_path):
    found = numbers(tmp_path, made("genetic", step(1, 9.0)))["sphere", 0, "genetic"]
    assert found.ert_10 is found.ert_1 is None
    assert found.par10 == 1000.0


def test_nobody_gains_by_giving_up(tmp_path):
    early = made("hill-climb", step(1, 9.0), spent=5, ended="converged")
    found = numbers(tmp_path, *RUNS, early)["sphere", 0, "hill-climb"]
    assert found.par10 == 1000.0


def test_a_solver_has_quality_only(tmp_path):
    solver = made("integer-programming", step(10, 0.0), ended="optimal")
    found = numbers(tmp_path, solver)["sphere", 0, "integer-programming"]
    assert found == CurveNumbers(quality=1.0)


def test_without_a_scale_there_are_values_only(tmp_path):
    run = made("genetic", step(1, 3.0), random_value=0.0, reference=None)
    found = numbers(tmp_path, run)["sphere", 0, "genetic"]
    assert found.at_10 == 3.0
    assert found.quality is found.aocc is found.ert_1 is found.par10 is None


def test_a_row_has_the_test_of_its_values_against_the_best(tmp_path):
    better = [made("genetic", step(1, 1.0 + i), seed=i) for i in range(6)]
    worse = [made("hill-climb", step(1, 8.0 + i / 10), seed=i) for i in range(6)]
    results = stored(tmp_path, *better, *worse)
    first, second = with_numbers(rows(results), Evidence(results))
    assert (first.method, first.numbers.p_better, first.numbers.p_holm) == ("genetic", None, None)
    assert second.numbers.p_better == 1.0
    assert second.numbers.p_holm == pytest.approx(2 / 924)  # one order of 12 choose 6, twice
    assert second.numbers.quality == pytest.approx(1 - 0.825)


def test_costs_are_pooled_as_shifted_geometric_means(tmp_path):
    """Of 10 and 20 s, and of a PAR10 of 1025 and 2000: sqrt((x + 1) (y + 1)) - 1."""
    runs = [*RUNS, made("genetic", step(1, 9.0), spent=200, instance=1)]
    row = next(contender_rows(Evidence(stored(tmp_path, *runs))))
    assert row.seconds == pytest.approx((11 * 21) ** 0.5 - 1)
    assert row.par10 == pytest.approx((1026 * 2001) ** 0.5 - 1)


#: 2 from cost 60 on, 8 from 6 on; the scale is 10, and each run is given 100.
LATE = made("genetic", step(6, 8.0), step(60, 2.0))


def test_values_are_read_off_at_shares_of_what_all_contenders_were_given(tmp_path):
    short = made("hill-climb", step(2, 5.0), spent=60)
    found = numbers(tmp_path, LATE, short)
    assert found["sphere", 0, "genetic"].at_10 == 8.0
    assert found["sphere", 0, "genetic"].at_1 is None
    assert found["sphere", 0, "hill-climb"].at_10 == 5.0


def test_a_share_is_read_off_where_it_is_and_not_at_a_point_of_the_grid(tmp_path):
    """A tenth of 99.9 is just below the grid's 10, whose neighbour is 8.6."""
    runs = made("genetic", step(1, 9.0), step(9, 3.0)), made("adam", step(9, 4.0), spent=99.9)
    found = numbers(tmp_path, *runs)
    assert {group[2]: each.at_10 for group, each in found.items()} == {"genetic": 3.0, "adam": 4.0}


def test_the_expected_running_time_counts_what_each_run_spent_itself(tmp_path):
    """Regret 0.1 is the value 1, which the last run alone reaches, at 50; the others spent 100."""
    runs = [LATE, made("genetic", step(1, 9.0), seed=1), made("genetic", step(50, 1.0), seed=2)]
    assert numbers(tmp_path, *runs)["sphere", 0, "genetic"].ert_10 == 50 + 100 + 100
