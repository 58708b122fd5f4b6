"""The workers of a Dask cluster serve the requests, each in a worker process of ours.

Dask carries requests and answers, as plain data, and gives a request of a Dask worker
that died to another one. What a run does is contained where it is made, as on one
machine: a thread of a Dask worker drives a `Child` of its own, so that a run that hangs
or dies is ended with its partial curve kept, and the Dask worker is none the wiser.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.metadata
import logging
import threading
from collections.abc import Iterable, Iterator
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

from comparison.running import memory as machine
from comparison.running.child import Child, Limits, ready
from comparison.running.executor import Executor, ExecutorLost, Request
from problems.extra import MissingExtra, how_to_install
from problems.usage_error import UsageError

PACKAGE = "beyond-gradient"
#: How long is waited for the scheduler, and for an answer of all Dask workers.
ANSWER_SECONDS = 5.0
#: How long a comparison goes on while there is no Dask worker.
PATIENCE_SECONDS = 60.0
#: How often it is looked whether there are any, and whether there are answers.
HEALTH_SECONDS, POLL_SECONDS = 1.0, 0.01
#: Requests on their way, for each thread of the cluster, so that none waits for us.
AHEAD = 2


_LOG = logging.getLogger("distributed.client")


def _unheard(record: logging.LogRecord) -> bool:
    return False


def own_version() -> str:
    """Return the version of this package."""
    return importlib.metadata.version(PACKAGE)


class ClusterError(UsageError):
    """A cluster that cannot be used; the message says why."""


class Cluster(Executor):
    """A Dask cluster, by its scheduler's address.

    Every Dask worker needs this package in the same version, and the files that a
    comparison names (a user's methods, a corpus) under the same paths.

    Parameters
    ----------
    address : str
        Such as ``tcp://127.0.0.1:8786``.
    memory : float, optional
        Bytes that a run may hold; by default a thread's equal share of most of its Dask
        worker's memory limit, or of the machine's memory where there is none.
    timeout : float, optional
        See `Limits`.

    Raises
    ------
    MissingExtra
        On entering, when distributed is not installed.
    ClusterError
        On entering, when there is no scheduler, no Dask worker, or one that cannot make
        the same runs.
    """

    def __init__(
        self, address: str, memory: float | None = None, timeout: float | None = None
    ) -> None:
        self._address = address
        self._limits = memory, timeout
        self._token = uuid4().hex

    def __enter__(self) -> Cluster:
        try:
            import distributed
        except ImportError:
            how = how_to_install("cluster")
            raise MissingExtra(f"a cluster needs distributed: {how}") from None
        asyncio.run(self._check_scheduler())
        # A scheduler that is lost it tells in tracebacks; `ExecutorLost` says it in a line.
        _LOG.addFilter(_unheard)
        self._client = distributed.Client(
            self._address, timeout=ANSWER_SECONDS, set_as_default=False
        )
        try:
            self.jobs = self._threads()
            self._check_versions()
        except BaseException:
            self._close()
            raise
        self._seen = monotonic()
        return self

    async def _check_scheduler(self) -> None:
        """Refuse an address without a Dask scheduler, where a client would wait for long."""
        from distributed import rpc

        try:
            async with asyncio.timeout(ANSWER_SECONDS), rpc(self._address) as there:
                kind = (await there.identity())["type"]
        except Exception as error:  # whatever else answers there can send anything
            why = " ".join(str(error).split()) or f"no answer within {ANSWER_SECONDS:g} s"
            raise ClusterError(f"cluster {self._address}: no Dask scheduler: {why}") from None
        if kind != "Scheduler":
            raise ClusterError(f"cluster {self._address}: a Dask {kind.lower()}, not a scheduler")

    def _check_versions(self) -> None:
        """Refuse Dask workers that would not make the same runs."""
        # A function of Python's own is there whatever is installed.
        try:
            found = self._client.run(
                importlib.metadata.version,
                PACKAGE,
                on_error="return",
                callback_timeout=ANSWER_SECONDS,
            )
        except TimeoutError:
            late = f"not all of its workers answer within {ANSWER_SECONDS:g} s"
            raise ClusterError(f"cluster {self._address}: {late}") from None
        if not found:
            raise ClusterError(f"cluster {self._address}: it has no workers")
        own = own_version()
        for worker, version in found.items():
            if isinstance(version, Exception):
                how = f"install version {own} where that Dask worker runs"
                raise ClusterError(f"cluster {self._address}: {worker} has no {PACKAGE}: {how}")
            if version != own:
                both = f"{worker} has {PACKAGE} {version}, and this is {own}"
                raise ClusterError(f"cluster {self._address}: {both}: install the same everywhere")

    def __exit__(self, *exception: object) -> None:
        # The scheduler may be gone, or a Dask worker not answer.
        with contextlib.suppress(Exception):
            self._client.run(
                dismiss, self._token, on_error="ignore", callback_timeout=ANSWER_SECONDS
            )
        self._close()

    def _close(self) -> None:
        self._client.close()
        _LOG.removeFilter(_unheard)

    def serve(self, requests: Iterable[Request]) -> Iterator[tuple[Request, dict[str, Any]]]:
        """Serve requests and yield them with their answers, in no particular order."""
        from distributed import as_completed

        waiting, own = iter(requests), own_version()
        serving: dict[Any, Request] = {}
        answers = as_completed(loop=self._client.loop, with_results=True, raise_errors=False)
        try:
            while True:
                while len(serving) < AHEAD * self.jobs:
                    request = next(waiting, None)
                    if request is None:
                        break
                    future = self._client.submit(
                        serve, self._token, own, request.to_json(), *self._limits, pure=False
                    )
                    serving[future] = request
                    answers.add(future)
                if not serving:
                    return
                for future, result in self._ready(answers):
                    yield serving.pop(future), self._answer(future, result)
        finally:
            with contextlib.suppress(Exception):
                self._client.cancel(list(serving), force=True)

    def _ready(self, answers: Any) -> list[tuple[Any, Any]]:
        """Return the answers that have come, when there are any."""
        while not (ready := answers.next_batch(block=False)):
            self._check_health()
            sleep(POLL_SECONDS)
        return ready

    def _check_health(self) -> None:
        """Give up when there has been no Dask worker for long."""
        now = monotonic()
        if now < self._seen + HEALTH_SECONDS:
            return
        threads = self._threads()
        if threads:
            self.jobs, self._seen = threads, now
        elif now > self._seen + PATIENCE_SECONDS:
            raise ExecutorLost(
                f"cluster {self._address}: no workers for {PATIENCE_SECONDS:g} seconds"
            )
        else:
            sleep(HEALTH_SECONDS)

    def _threads(self) -> int:
        """Return the threads of all Dask workers, 0 where the scheduler does not answer."""
        try:
            return sum(self._client.nthreads(callback_timeout=ANSWER_SECONDS).values())
        except Exception:
            return 0

    def _answer(self, future: Any, result: Any) -> dict[str, Any]:
        if future.status == "finished":
            answer: dict[str, Any] = result
            return answer
        if future.status == "cancelled":
            raise ExecutorLost(f"cluster {self._address}: the scheduler is gone")
        error = result[1]
        if type(error).__name__ == "KilledWorker":
            why = f"the Dask worker died each time, the last of them {error.last_worker.address}"
        else:
            why = f"Dask could not serve it: {type(error).__name__}: {' '.join(str(error).split())}"
        return {"ended": "killed", "message": why}


# ------------------------------------------------------------- within a Dask worker

#: The worker processes of this Dask worker, and for whom they serve.
_idle: list[Child] = []
_busy: dict[Child, str] = {}
_dismissed: set[str] = set()
_lock = threading.Lock()


def serve(
    token: str, version: str, request: dict[str, Any], memory: float | None, timeout: float | None
) -> dict[str, Any]:
    """Serve one request for the comparison of that token, in a worker process.

    Raises
    ------
    ClusterError
        When this package's version is another one than the comparison's.
    """
    own = own_version()
    if version != own:
        raise ClusterError(f"a Dask worker has {PACKAGE} {own}, and the comparison {version}")
    with _lock:
        if token in _dismissed:
            return {"ended": "killed", "message": "the comparison is over"}
        child = ready(_idle)
        _busy[child] = token
    try:
        return child.serve(request, Limits(_share() if memory is None else memory, timeout))
    finally:
        with _lock:
            del _busy[child]
            if not child.ended:
                _idle.append(child)


def dismiss(token: str) -> None:
    """End what is being served for a comparison, and all idle worker processes."""
    with _lock:
        _dismissed.add(token)
        for child, owner in _busy.items():
            if owner == token:
                child.kill()
        idle = list(_idle)
        _idle.clear()
    for child in idle:
        child.end()


def _share() -> float:
    """Return the bytes that one of a Dask worker's runs may hold."""
    from distributed import get_worker

    worker = get_worker()
    limit, threads = worker.memory_manager.memory_limit, worker.state.nthreads
    return machine.SHARE * limit / threads if limit else machine.share(threads)
