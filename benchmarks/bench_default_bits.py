"""Why `next-token-ternary` has 4 bits: certified within 10 s on each of the instances 0 … 9."""

from __future__ import annotations

import pytest

import problems
from methods import minimize

DEFAULT = problems.make("next-token-ternary").bits


@pytest.mark.parametrize("bits", [DEFAULT, DEFAULT + 1])
def test_certificates(benchmark, bits, measuring):
    numbers, limit = (range(10), 12) if measuring else (range(1), 1)
    made = [problems.make("next-token-ternary", bits=bits, instance=i) for i in numbers]
    runs = []

    def certify():
        runs.extend(minimize(problem, "integer-programming", seconds=limit) for problem in made)

    benchmark.group = f"certificates at {bits} bits, instances 0 … 9"
    benchmark.pedantic(certify, rounds=1)
    seconds = [run.ledger.wall_seconds if run.certified else None for run in runs]
    shown = ", ".join("none in 12 s" if s is None else f"{s:.1f} s" for s in seconds)
    benchmark.extra_info.update(side="ours", bar="<= 10 s each at the default", shown=shown)
    assert runs
