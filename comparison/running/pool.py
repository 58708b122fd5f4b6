"""Processes side by side on this machine: one that hangs or dies does not delay the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from comparison.running import memory as machine
from comparison.running.child import Limits
from comparison.running.executor import Executor, T
from comparison.running.launcher import Launcher
from comparison.running.task import Answer, Request


class Pool(Executor):
    """Serves requests in processes side by side, each of which a thread watches.

    Parameters
    ----------
    jobs : int
        How many requests are served at a time.
    memory : float, optional
        Bytes that each process may hold with all that it starts; by default an equal share of
        most of the machine's memory. A process that holds more is killed.
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
        self.launcher = Launcher(limits, methods, shared=True)
        self._threads = ThreadPoolExecutor(jobs)

    def __exit__(self, *exception: object) -> None:
        self.launcher.close()
        self._threads.shutdown()
        self.launcher.close()  # what a thread began in the meantime

    def serve(self, requests: Iterable[tuple[T, Request]]) -> Iterator[tuple[T, Answer]]:
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
            if serving:  # the caller does not want the other answers
                self.launcher.close()
