"""Requests served side by side on this machine: none that hangs or dies holds up the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

from comparison.running import memory as machine
from comparison.running.child import Limits
from comparison.running.executor import Answer, Executor, T
from comparison.running.launcher import Launcher


class Pool(Executor):
    """Processes side by side; a thread for each asks it and watches it.

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
    methods : iterable of str
        Those that are planned, see `Launcher`.
    """

    def __init__(
        self,
        jobs: int = 1,
        memory: float | None = None,
        timeout: float | None = None,
        methods: Iterable[str] = (),
    ) -> None:
        self.jobs = jobs
        limits = Limits(machine.share(jobs) if memory is None else memory, timeout)
        self.launcher = Launcher(limits, methods)
        self._threads = ThreadPoolExecutor(jobs)

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *exception: object) -> None:
        self.launcher.close()
        self._threads.shutdown()
        self.launcher.close()  # what a thread had begun meanwhile

    def serve(self, requests: Iterable[tuple[T, dict[str, Any]]]) -> Iterator[tuple[T, Answer]]:
        """Serve requests and yield their answers, in no particular order."""
        waiting = iter(requests)
        serving: dict[Future[Answer], T] = {}
        try:
            while True:
                while len(serving) < self.jobs and (pair := next(waiting, None)) is not None:
                    serving[self._threads.submit(self.launcher.serve, pair[1])] = pair[0]
                if not serving:
                    return
                done, _ = wait(serving, return_when=FIRST_COMPLETED)
                for future in done:
                    yield serving.pop(future), future.result()
        finally:
            if serving:  # nobody waits for the rest
                self.launcher.close()
