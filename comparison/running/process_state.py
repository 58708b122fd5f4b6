"""The state of a run's process beyond its objects: set before a run, and restored after it."""

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
    """Seed the global generators, so that a run that draws from them is the same each time.

    Copies of a process would else all draw the same numbers, whatever the seed.
    """
    random.seed(seed)
    np.random.seed(seed % 2**32)
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(seed)


@contextlib.contextmanager
def put_back() -> Iterator[None]:
    """Restore at the end what a method may have changed and the rest of the run needs.

    A thread of the method that is stopped by the oracle ends without a traceback.
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
