"""Prints, after pytest-benchmark's own tables, each bar: ours beside the peer in one run."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(scope="session")
def measuring(request: pytest.FixtureRequest) -> bool:
    """Whether figures are wanted; `--benchmark-disable` only shows that the benchmarks run."""
    return not request.config.getoption("benchmark_disable")


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    session = getattr(config, "_benchmarksession", None)
    groups: dict[str, dict[str, Any]] = {}
    for bench in getattr(session, "benchmarks", []):
        groups.setdefault(bench.group, {})[bench.extra_info.get("side", "")] = bench
    terminalreporter.section("bars")
    for group, sides in groups.items():
        terminalreporter.write_line(f"{group}: {_verdict(sides)}")


def _verdict(sides: dict[str, Any]) -> str:
    """Say what the quickest rounds give: a difference in microseconds, or a ratio.

    The quickest is the one that the rest of the machine disturbed least.
    """

    def micros(side: str) -> float:
        bench = sides[side]
        return bench.stats.min * 1e6 / bench.extra_info.get("per", 1)

    shown = next((b.extra_info["shown"] for b in sides.values() if "shown" in b.extra_info), "")
    if shown:
        return f"{shown} (bar: {sides['ours'].extra_info['bar']})"
    shown = ", ".join(f"{side} {micros(side):.3f} µs" for side in sides)
    bar = next(bench.extra_info["bar"] for bench in sides.values() if "bar" in bench.extra_info)
    if "bare" in sides and bar.startswith("over"):
        return f"{shown}; over bare: {micros('ours') - micros('bare'):.3f} µs (bar: {bar})"
    slow, fast = ("ours", "peer") if bar.startswith("ratio") else ("peer", "ours")
    return f"{shown}; {slow} / {fast}: {micros(slow) / micros(fast):.2f} (bar: {bar})"
