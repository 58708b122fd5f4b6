"""The clocks of a run, which stand still while the harness works for itself."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from time import perf_counter

from problems.core.ledger import child_clock, cpu_clock


class Clocks:
    """CPU and wall clock of one run, and the wall clock's limit.

    Parameters
    ----------
    seconds : float
        Wall-clock limit.

    Attributes
    ----------
    deadline : float
        Reading of `perf_counter` that ends the run; later by all that was off the clock.
    child : int or None
        The process number of a solver that runs for the method.
    """

    def __init__(self, seconds: float) -> None:
        self.child: int | None = None
        self._off_wall = self._off_cpu = 0.0
        self._standing_at: tuple[float, float] | None = None
        self._latest_cpu = 0.0
        self._began_cpu = cpu_clock()
        self._began_wall = perf_counter()
        self.deadline = self._began_wall + seconds

    def clocks(self) -> tuple[float, float]:
        """Return CPU and wall seconds of the run, what was off the clock left out.

        They never fall: between a child's end and its parent's notice of it, the system
        counts the child's time to neither.
        """
        return self._standing_at or self._reading(cpu_clock(), perf_counter())

    def _reading(self, cpu: float, wall: float) -> tuple[float, float]:
        """Return CPU and wall seconds of the run at these readings of the system's clocks."""
        cpu -= self._began_cpu + self._off_cpu
        if self.child is not None:
            cpu += child_clock(self.child)
        self._latest_cpu = max(cpu, self._latest_cpu)
        return self._latest_cpu, wall - self._began_wall - self._off_wall

    @contextlib.contextmanager
    def counting_child(self, pid: int) -> Iterator[None]:
        """Count the CPU seconds of a child process while it runs."""
        self.child = pid
        try:
            yield
        finally:
            self.child = None

    @contextlib.contextmanager
    def off_the_clock(self) -> Iterator[None]:
        """Do the harness's own work without charging the method's time.

        Within it the clocks stand, and so they do within another one inside of it.
        """
        if self._standing_at is not None:
            yield
            return
        cpu, wall = cpu_clock(), perf_counter()
        self._standing_at = self._reading(cpu, wall)
        try:
            yield
        finally:
            self._standing_at = None
            spent = perf_counter() - wall
            self._off_wall += spent
            self.deadline += spent
            self._off_cpu += cpu_clock() - cpu
