"""What a value has cost, read from a trace."""

from __future__ import annotations

import pytest

from comparison.results.trace import as_array
from studies import framework as fw
from tests.comparison.analysis.small import step


def test_the_cost_of_a_target_is_read_from_the_trace():
    trace = as_array(
        [step(1, 9.0), step(4, 5.0), step(6, 1.0, kind="measured"), step(9, 2.0), step(20, 1.5)]
    )
    assert fw.cost_to_reach(trace, 5.0) == 4
    assert fw.cost_to_reach(trace, 2.0) == 9  # what was measured off the clock was not found
    assert fw.cost_to_reach(trace, 2.0, "cpu_seconds") == pytest.approx(0.9)
    assert fw.cost_to_reach(trace, 1.0) is None


def test_a_trace_is_thinned_evenly_in_the_logarithm_of_work():
    trace = as_array([step(work, 1000.0 - work) for work in range(1, 1001)])
    found = fw.thinned(trace, 4)
    assert [point["work"] for point in found] == [1, 10, 100, 1000]
    assert fw.thinned(trace[:0], 4) == []


def test_the_best_value_by_some_work_is_read_from_the_trace():
    trace = as_array([step(1, 9.0), step(4, 5.0), step(6, 1.0, kind="measured"), step(9, 2.0)])
    assert [fw.best_by(trace, work) for work in (0.5, 1, 8, 9)] == [None, 9.0, 5.0, 2.0]
