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
from collections import Counter
from collections.abc import Iterable, Iterator
from time import monotonic, sleep
from typing import Any, Self
from uuid import uuid4

from comparison.running.dask_worker import PACKAGE, ClusterError, dismiss, serve
from comparison.running.executor import Executor, ExecutorLost, T
from comparison.running.task import Answer, Request
from methods.provenance import own_version
from problems.naming.extra import MissingExtra, how_to_install

#: How long the client waits for the scheduler, and for an answer of all Dask workers.
ANSWER_SECONDS = 30.0
#: How long a comparison goes on without any Dask worker.
PATIENCE_SECONDS = 60.0
#: How often the Dask workers are counted, and how often answers are asked for.
HEALTH_SECONDS, POLL_SECONDS = 1.0, 0.01
#: Requests that are sent ahead for each thread of the cluster, so that none waits for us.
AHEAD = 2
#: How many times a request is given to Dask when Dask cannot serve it.
TRIES = 2
#: A Dask worker may be silent at least this long before it counts as hanging.
HANG_SECONDS = 10.0


_LOG = logging.getLogger("distributed.client")


def _unheard(record: logging.LogRecord) -> bool:
    return False


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
    methods : iterable of str
        Those that are planned, see `Launcher`.

    Raises
    ------
    MissingExtra
        On entering, when distributed is not installed.
    ClusterError
        On entering, when there is no scheduler, no Dask worker, or one that cannot make
        the same runs.
    """

    def __init__(
        self,
        address: str,
        memory: float | None = None,
        timeout: float | None = None,
        methods: Iterable[str] = (),
    ) -> None:
        self._address = address
        self._limits = memory, timeout, tuple(methods)
        self._token = uuid4().hex
        #: Dask workers that get no requests: of another version, or they do not answer.
        self._left_out: set[str] = set()
        #: When the scheduler last heard from each, by its own clock, and when we learnt that.
        self._heard: dict[str, tuple[Any, float]] = {}

    def __enter__(self) -> Self:
        try:
            import distributed
        except ImportError:
            how = how_to_install("cluster")
            raise MissingExtra(f"a cluster needs distributed: {how}") from None
        asyncio.run(self._check_scheduler())
        # distributed logs a lost scheduler as tracebacks; `ExecutorLost` says it in a line.
        _LOG.addFilter(_unheard)
        self._client = distributed.Client(
            self._address, timeout=ANSWER_SECONDS, set_as_default=False
        )
        try:
            self._check_versions()
            self.jobs = sum(self._usable().values())
        except BaseException:
            self._close()
            raise
        self._seen = self._checked = monotonic()
        return self

    async def _check_scheduler(self) -> None:
        """Refuse an address without a Dask scheduler; a client would wait there for long."""
        from distributed import rpc

        try:
            async with asyncio.timeout(ANSWER_SECONDS), rpc(self._address) as there:
                kind = (await there.identity())["type"]
        except Exception as error:  # another kind of server can answer anything
            why = " ".join(str(error).split()) or f"no answer within {ANSWER_SECONDS:g} s"
            raise ClusterError(f"cluster {self._address}: no Dask scheduler: {why}") from None
        if kind != "Scheduler":
            raise ClusterError(f"cluster {self._address}: a Dask {kind.lower()}, not a scheduler")

    def _check_versions(self) -> None:
        """Refuse Dask workers of another version; leave out those that do not answer."""
        versions = self._versions()
        if not versions:
            raise ClusterError(f"cluster {self._address}: it has no workers")
        own = own_version()
        for worker, version in versions.items():
            if isinstance(version, TimeoutError):
                self._left_out.add(worker)
            elif isinstance(version, Exception):
                how = f"install version {own} where that Dask worker runs"
                raise ClusterError(f"cluster {self._address}: {worker} has no {PACKAGE}: {how}")
            elif version != own:
                both = f"{worker} has {PACKAGE} {version}, and this is {own}"
                raise ClusterError(f"cluster {self._address}: {both}: install the same everywhere")
        if len(self._left_out) == len(versions):
            late = f"none of its workers answers within {ANSWER_SECONDS:g} s"
            raise ClusterError(f"cluster {self._address}: {late}")

    def _versions(self) -> dict[str, Any]:
        """Return each Dask worker's version of this package, or the error that it gave."""

        def ask(workers: list[str] | None) -> dict[str, Any]:
            # A function of Python itself exists whatever is installed there.
            how: dict[str, Any] = {"on_error": "return", "callback_timeout": ANSWER_SECONDS}
            version = importlib.metadata.version
            return dict(self._client.run(version, PACKAGE, workers=workers, **how))

        try:
            return ask(None)
        except TimeoutError as error:  # find out which of them is late
            versions: dict[str, Any] = {}
            for worker in self._client.nthreads():
                try:
                    versions |= ask([worker])
                except TimeoutError:
                    versions[worker] = error
            return versions

    def __exit__(self, *exception: object) -> None:
        # The scheduler may be gone, or a Dask worker may not answer.
        with contextlib.suppress(Exception):
            self._client.run(
                dismiss,
                self._token,
                workers=list(self._usable()),
                on_error="ignore",
                callback_timeout=ANSWER_SECONDS,
            )
        self._close()

    def _close(self) -> None:
        self._client.close()
        _LOG.removeFilter(_unheard)

    def serve(self, requests: Iterable[tuple[T, Request]]) -> Iterator[tuple[T, Answer]]:
        """Serve requests and yield their answers, in no particular order."""
        from distributed import as_completed

        waiting = iter(requests)
        self._serving: dict[Any, tuple[Any, Request]] = {}
        self._answers = as_completed(loop=self._client.loop, with_results=True, raise_errors=False)
        tried: Counter[int] = Counter()
        try:
            while True:
                while len(self._serving) < AHEAD * self.jobs:
                    pair = next(waiting, None)
                    if pair is None:
                        break
                    self._submit(pair)
                if not self._serving:
                    return
                for future, result in self._ready():
                    if (pair := self._serving.pop(future, None)) is None:
                        continue  # another Dask worker has it now
                    tried[id(pair)] += 1
                    if future.status == "error" and self._again(result[1], tried[id(pair)]):
                        self._submit(pair)
                    else:
                        yield pair[0], self._answer(future, result)
        finally:
            with contextlib.suppress(Exception):
                self._client.cancel(list(self._serving), force=True)

    def _submit(self, pair: tuple[Any, Request]) -> None:
        """Give a request to a Dask worker that is not left out."""
        where = {}
        if self._left_out:
            usable = self._usable()
            if usable:
                where = {"workers": list(usable), "allow_other_workers": False}
        future = self._client.submit(
            serve, self._token, own_version(), pair[1], *self._limits, pure=False, **where
        )
        self._serving[future] = pair
        self._answers.add(future)

    def _again(self, error: BaseException, times: int) -> bool:
        """Whether a request that Dask could not serve is sent to another Dask worker.

        One that came later, with another version or none, is left out from now on.
        """
        if type(error).__name__ == "KilledWorker":
            return False
        own, before = own_version(), len(self._left_out)
        self._left_out |= {worker for worker, v in self._versions().items() if v != own}
        return bool(self._usable()) and (len(self._left_out) > before or times < TRIES)

    def _ready(self) -> list[tuple[Any, Any]]:
        """Wait until there are answers, and return them."""
        while not (ready := self._answers.next_batch(block=False)):
            self._check_health()
            sleep(POLL_SECONDS)
        answers: list[tuple[Any, Any]] = ready
        return answers

    def _check_health(self) -> None:
        """Leave out Dask workers that hang; give up when none is left for long."""
        now = monotonic()
        if now < self._checked + HEALTH_SECONDS:
            return
        self._checked = now
        self._leave_out_who_hangs(now)
        threads = sum(self._usable().values())
        if threads:
            self.jobs, self._seen = threads, now
        elif now > self._seen + PATIENCE_SECONDS:
            raise ExecutorLost(
                f"cluster {self._address}: no workers for {PATIENCE_SECONDS:g} seconds"
            )

    def _leave_out_who_hangs(self, now: float) -> None:
        """Send the requests of a Dask worker that has been silent for long to others.

        It may be silent for the time limit of a run, and for `HANG_SECONDS` at least.
        """
        try:
            workers = self._client.scheduler_info(n_workers=-1)["workers"]
        except Exception:  # the scheduler does not answer: `_ready` reports it
            return
        patience = max(HANG_SECONDS, self._limits[1] or PATIENCE_SECONDS)
        for worker, state in workers.items():
            seen, when = self._heard.get(worker, (None, now))
            self._heard[worker] = (state["last_seen"], when if seen == state["last_seen"] else now)
            if now - self._heard[worker][1] > patience and worker not in self._left_out:
                self._left_out.add(worker)
                self._give_to_others(worker)

    def _give_to_others(self, worker: str) -> None:
        has = self._client.processing([worker]).get(worker, ())
        theirs = [future for future in self._serving if future.key in has]
        for future in theirs:
            pair = self._serving.pop(future)
            self._client.cancel([future], force=True)
            self._submit(pair)

    def _usable(self) -> dict[str, int]:
        """Return the threads of each Dask worker that is not left out; {} without an answer."""
        try:
            threads = self._client.nthreads(callback_timeout=ANSWER_SECONDS)
        except Exception:
            return {}
        return {worker: n for worker, n in threads.items() if worker not in self._left_out}

    def _answer(self, future: Any, result: Any) -> Answer:
        if future.status == "finished":
            answer: Answer = result
            return answer
        if future.status == "cancelled":
            raise ExecutorLost(f"cluster {self._address}: the scheduler is gone")
        error = result[1]
        if type(error).__name__ == "KilledWorker":
            why = f"the Dask worker died each time, the last of them {error.last_worker.address}"
        else:
            why = f"Dask could not serve it: {type(error).__name__}: {' '.join(str(error).split())}"
        return {"ended": "killed", "message": why}
