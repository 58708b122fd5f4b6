"""What runs in a Dask worker: it serves a comparison's requests, each in its own process."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence

from comparison.running import memory as machine
from comparison.running.child import Limits
from comparison.running.launcher import Launcher
from comparison.running.task import Answer, Request
from methods.provenance import own_version
from problems.core.usage_error import UsageError

PACKAGE = "beyond-gradient"


class ClusterError(UsageError):
    """A cluster that cannot be used; the message says why."""


#: By the token of a comparison: what serves its requests here, and how many are being served.
_launchers: dict[str, Launcher] = {}
_serving: Counter[str] = Counter()
_dismissed: set[str] = set()
_lock = threading.Lock()


def serve(
    token: str,
    version: str,
    request: Request,
    memory: float | None,
    timeout: float | None,
    methods: Sequence[str] = (),
) -> Answer:
    """Serve one request of the comparison with this token, in a process of its own.

    Parameters
    ----------
    token : str
    version : str
        Of this suite, where the comparison runs.
    request : dict
        See `comparison.running.task.request`.
    memory : float or None
        Bytes that a run may hold; by default its share of the Dask worker's.
    timeout : float or None
        See `Limits`.
    methods : sequence of str
        Those that are planned, see `Launcher`.

    Raises
    ------
    ClusterError
        When this package's version is another one than the comparison's.
    """
    own = own_version()
    if version != own:
        raise ClusterError(f"a Dask worker has {PACKAGE} {own}, and the comparison {version}")
    limits = Limits(_share() if memory is None else memory, timeout)
    with _lock:
        if token in _dismissed:
            return {"ended": "killed", "message": "the comparison is over"}
        if token not in _launchers:
            _end_idle()  # a runner that was killed never dismisses its launcher
            _launchers[token] = Launcher(limits, methods)
        launcher = _launchers[token]
        _serving[token] += 1
    try:
        return launcher.serve(request)
    finally:
        with _lock:
            _serving[token] -= 1


def dismiss(token: str) -> None:
    """End the processes of a comparison, and those of all others that serve no request."""
    with _lock:
        _dismissed.add(token)
        _serving.pop(token, None)
        _end_idle()


def _end_idle() -> None:
    for token in [token for token in _launchers if not _serving[token]]:
        _launchers.pop(token).close()


def _share() -> float:
    """Return the bytes that one of a Dask worker's runs may hold."""
    from distributed import get_worker

    worker = get_worker()
    limit, threads = worker.memory_manager.memory_limit, worker.state.nthreads
    return machine.SHARE * limit / threads if limit else machine.share(threads)
