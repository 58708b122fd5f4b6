"""Worker processes of this machine, reused: none that hangs or dies holds up the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

from comparison.running import memory as machine
from comparison.running.child import Child, Limits, ready
from comparison.running.executor import Executor, Request


class Pool(Executor):
    """Workers side by side; a thread for each reads it and watches it.

    Parameters
    ----------
    jobs : int
        How many requests are served at a time.
    memory : float, optional
        Bytes that each may hold, all that it starts included; an equal share of most of
        the machine's by default. Beyond it is killed, before the system kills something
        else.
    timeout : float, optional
        See `Limits`.
    """

    def __init__(
        self, jobs: int = 1, memory: float | None = None, timeout: float | None = None
    ) -> None:
        self.jobs = jobs
        self._limits = Limits(machine.share(jobs) if memory is None else memory, timeout)
        self._threads = ThreadPoolExecutor(jobs)
        self._idle: list[Child] = []
        self._busy: set[Child] = set()

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *exception: object) -> None:
        for child in list(self._busy):
            child.kill()
        self._threads.shutdown()
        for child in [*self._idle, *self._busy]:
            child.end()

    def serve(self, requests: Iterable[Request]) -> Iterator[tuple[Request, dict[str, Any]]]:
        """Serve requests and yield them with their answers, in no particular order."""
        waiting = iter(requests)
        serving: dict[Future[dict[str, Any]], tuple[Child, Request]] = {}
        try:
            while True:
                while len(serving) < self.jobs and (request := next(waiting, None)) is not None:
                    child = ready(self._idle)
                    self._busy.add(child)
                    future = self._threads.submit(child.serve, request.to_json(), self._limits)
                    serving[future] = child, request
                if not serving:
                    return
                done, _ = wait(serving, return_when=FIRST_COMPLETED)
                for future in done:
                    child, request = serving.pop(future)
                    self._busy.remove(child)
                    if not child.ended:
                        self._idle.append(child)
                    yield request, future.result()
        finally:
            for child, _ in serving.values():
                child.kill()
