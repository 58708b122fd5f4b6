"""What a method may change of its process, and what is there again when it has ended."""

from __future__ import annotations

import sys

from comparison.running.process_state import put_back


def test_the_tracer_and_the_depth_that_stood_before_are_back():
    before = sys.gettrace(), sys.getprofile(), sys.getrecursionlimit(), list(sys.path)
    with put_back():
        sys.settrace(lambda *event: None)
        sys.setprofile(lambda *event: None)
        sys.setrecursionlimit(before[2] + 7)
        sys.path.clear()
    assert (sys.gettrace(), sys.getprofile(), sys.getrecursionlimit(), sys.path) == before
