"""A trace as columns: what is packed comes out, and damage is told."""

from __future__ import annotations

import contextlib
import zlib
from dataclasses import astuple, fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comparison.results.trace import KINDS, TRACE, as_array, as_points, pack, unpack
from problems.core.ledger import TracePoint

POINTS = [
    TracePoint("value", 2.5, 1.0, 1, 0, 0.25, 0.5, 100, 0.0),
    TracePoint("bound", -1.0, 4.0, 1, 1, 0.5, 0.75, 200, 3.0),
    TracePoint("claimed", 0.1, 4.0, 1, 1, 0.5, 0.75, 200, 3.0),
]

counts = st.integers(0, 2**63 - 1)
amounts = st.floats(0, allow_infinity=False)
points = st.builds(
    TracePoint,
    kind=st.sampled_from(KINDS),
    value=st.floats(allow_nan=False, allow_infinity=False),
    work=amounts,
    values=counts,
    gradients=counts,
    cpu_seconds=amounts,
    wall_seconds=amounts,
    tokens=counts,
    gradient_work=amounts,
)


def test_a_record_has_the_fields_of_a_trace_point_in_their_order():
    assert list(TRACE.names) == [field.name for field in fields(TracePoint)]


def test_an_array_has_a_column_a_field():
    array = as_array(POINTS)
    assert array.dtype == TRACE
    assert array.shape == (3,)
    assert array["kind"].tolist() == [0, 2, 4]
    assert array["value"].tolist() == [2.5, -1.0, 0.1]
    assert array["tokens"].tolist() == [100, 200, 200]
    assert array["gradient_work"].tolist() == [0.0, 3.0, 3.0]


def test_points_are_what_a_problem_gave_and_no_type_of_numpy():
    for point in as_points(as_array(POINTS)):
        assert [type(value) for value in astuple(point)] == [
            *(str, float, float, int, int, float, float, int, float)
        ]


def test_the_kinds_have_the_numbers_under_which_files_hold_them():
    assert KINDS == ("value", "measured", "bound", "restart", "claimed")


def test_bytes_are_one_column_after_another():
    raw = zlib.decompress(pack(as_array(POINTS)))
    assert len(raw) == 3 * TRACE.itemsize == 3 * 65
    assert raw[:3] == bytes([0, 2, 4])
    assert np.frombuffer(raw[3:27], "<f8").tolist() == [2.5, -1.0, 0.1]


def test_a_trace_without_points_comes_out_as_such():
    assert as_points(unpack(pack(as_array([])))) == []
    assert as_array([]).dtype == TRACE


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.lists(points, max_size=20))
def test_whatever_is_packed_comes_out(trace):
    array = as_array(trace)
    assert as_points(array) == trace
    assert as_points(unpack(pack(array))) == trace


def test_a_view_with_strides_is_packed_as_it_reads():
    array = as_array(POINTS * 2)[::2]
    assert as_points(unpack(pack(array))) == [POINTS[0], POINTS[2], POINTS[1]]


def test_what_was_unpacked_may_be_changed():
    array = unpack(pack(as_array(POINTS)))
    array["work"] *= 2
    assert array["work"].tolist() == [2.0, 8.0, 8.0]


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="not in tuple"):
        as_array([TracePoint("guess", 1.0, 1.0, 1, 0, 0.0, 0.0)])


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
@pytest.mark.parametrize("name", ["value", "work", "wall_seconds"])
def test_what_is_no_number_is_never_packed(name, bad):
    array = as_array(POINTS)
    array[name][1] = bad
    with pytest.raises(ValueError, match=f"{name} is not finite"):
        pack(array)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "a damaged trace"),
        (b"no trace", "a damaged trace"),
        (pack(as_array(POINTS))[:-1], "a damaged trace"),
        (pack(as_array(POINTS))[1:], "a damaged trace"),
        (zlib.compress(b"x"), "a damaged trace: 1 bytes, not a multiple of 65"),
        (zlib.compress(bytes([9]) + bytes(64)), "a damaged trace: no kind 9"),
    ],
)
def test_what_is_no_whole_trace_is_refused(data, why):
    with pytest.raises(ValueError, match=why):
        unpack(data)


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_byte_that_changed_is_told(place, change):
    data = bytearray(pack(as_array(POINTS)))
    data[place % len(data)] ^= change
    found = POINTS
    with contextlib.suppress(ValueError):  # unless it is a flag that changes nothing
        found = as_points(unpack(bytes(data)))
    assert found == POINTS
