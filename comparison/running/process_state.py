"""What a run's process has beside its memory: what a run needs of it, and may leave changed."""

from __future__ import annotations

import contextlib
import random
import signal
import sys
import threading
from collections.abc import Iterator

import numpy as np

from problems.core.ledger import Stop


def seed_generators(seed: int) -> None:
    """Make a run that draws from a generator of all the process's the same each time.

    A copy of a process would else draw what every other copy draws, whatever its seed.
    """
    random.seed(seed)
    np.random.seed(seed % 2**32)
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(seed)


@contextlib.contextmanager
def put_back() -> Iterator[None]:
    """Have at the end again what a method may have changed and what is left to do needs.

    A thread that a method leaves ends without a word where that is the end of the run.
    """
    depth, path = sys.getrecursionlimit(), list(sys.path)
    tracer, profiler = sys.gettrace(), sys.getprofile()
    threading.excepthook = _unless_stopped
    try:
        yield
    finally:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)  # of `signal.alarm` as well
        sys.setprofile(profiler)
        sys.settrace(tracer)
        sys.setrecursionlimit(depth)
        sys.path[:] = path


def _unless_stopped(ended: threading.ExceptHookArgs) -> None:
    if not issubclass(ended.exc_type, Stop):
        threading.__excepthook__(ended)
