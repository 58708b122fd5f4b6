"""The worker process: takes tasks as JSON lines, streams trace points, then the run.

It leads its own process group, so that killing the group ends the solvers it
started as well. It ends when its requests do, even in the middle of a run: a
parent that was killed leaves nothing behind.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import random
import signal
import threading
from collections.abc import Iterator
from dataclasses import astuple
from functools import lru_cache
from typing import IO, Any

import numpy as np

from comparison.results.run_json import run_to_json, spelled
from comparison.running import memory
from comparison.running.descendants import children, end_children
from comparison.running.random_value import random_value
from comparison.running.task import Preflight, Task, broken_run
from methods import METHODS
from methods.provenance import machine
from methods.result import Run
from methods.run import load_method, minimize
from problems import PROBLEMS, Budget, Problem, Unsupported, make
from problems.ledger import BrokenReference, TracePoint
from problems.options import resolve

#: Streamed points are sent this often, by a thread of their own, so that a run's
#: clock is not charged for them.
FLUSH_SECONDS = 0.2


class Usage(Exception):  # noqa: N818 - what was asked for is at fault
    """What the user asked for cannot be run; the message says why."""


def describe_problem(task: Task) -> dict[str, Any]:
    """Return the fields of a `Preflight` that are the problem's.

    Raises
    ------
    Usage
        When it cannot be built, for a reason that the user can mend.
    """
    with _as_usage(task.problem):
        entry, problem = PROBLEMS.entry(task.problem), _problem(task)
        return {
            "problem": entry.name,
            "problem_options": spelled(dict(problem.options)),
            "problem_identity": f"{problem.fingerprint} {entry.digest()}",
            "title": problem.title,
            "objective": problem.objective,
            "anchors": spelled(dict(problem.anchors)),
            "one_instance": problem.one_instance,
        }


def describe_method(task: Task) -> dict[str, Any]:
    """Return the fields of a `Preflight` that are the method's.

    Raises
    ------
    Usage
        When there is none of that name or with those options.
    """
    with _as_usage(task.method):
        entry = METHODS.entry(task.method)
        function = load_method(entry)
        return {
            "method": entry.name,
            "method_options": spelled(resolve(entry.name, function, task.method_options)),
            "method_identity": entry.digest(),
        }


@contextlib.contextmanager
def _as_usage(name: str) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise Usage(_one_line(error)) from error
    except (Exception, SystemExit) as error:
        raise Usage(f"{name}: {_one_line(error)}") from error


def attempt(task: Task, outbox: Outbox) -> str:
    """Try a cell at budget 0, so that views and a method's own checks are all touched.

    Returns
    -------
    str
        Why the method cannot run on this problem; empty if it can.

    Raises
    ------
    Usage
        When it could not, for a reason that the user can mend.
    """
    with _as_usage(task.problem):
        problem = _problem(task)
    outbox.send({"started": None})
    entry = METHODS.entry(task.method)
    try:
        minimize(problem, task.method, Budget(0, 0), **task.method_options)
    except Unsupported as reason:
        return str(reason)
    except ImportError as error:
        raise Usage(f"{entry.name}: {_one_line(error)}") from error
    except ValueError as error:
        # A method refuses its options before the first look. With nothing set
        # there is nothing to mend: the fault is its own, and its runs will say so.
        if task.method_options or entry.file is None:
            raise Usage(f"{entry.name}: {_one_line(error)}") from error
    except Exception:
        pass  # its runs will show it
    return ""


def perform(task: Task, found: Preflight, outbox: Outbox) -> Run:
    """Make a run; whatever the method or the problem does, a `Run` comes back."""
    counts = memory.forget_peak()
    run = _performed(task, found, outbox)
    run.memory = memory.peak() if counts else None
    return run


def _performed(task: Task, found: Preflight, outbox: Outbox) -> Run:
    try:
        changed = _changed(task, found)
        if changed:
            return broken_run(task, found, "killed", changed, [])
        problem = _problem(task)
        outbox.send({"started": None})  # building was not the method's doing
        run = minimize(
            problem,
            task.method,
            task.budget,
            seed=task.seed,
            listener=outbox.keep,
            **task.method_options,
        )
        outbox.send({"started": None})  # nor are looks at random points
        run.provenance = machine()
        run.random_value = _random_value(*_identity(task))
        return run
    except Unsupported as reason:
        return broken_run(task, found, "unsupported", str(reason), outbox.points)
    except BrokenReference as error:
        if error.run is None:
            return broken_run(task, found, "error", _one_line(error), outbox.points)
        run = error.run  # its value refutes what is called proven
        run.provenance = machine()
        return run
    except BaseException as error:
        return broken_run(task, found, "error", _one_line(error), outbox.points)


def _changed(task: Task, found: Preflight) -> str:
    """Say which file of the user's is not the one that was described, if any is."""
    now = {"method_file": METHODS.entry(task.method), "problem_file": PROBLEMS.entry(task.problem)}
    for which, digest in found.files().items():
        if now[which].digest() != digest:
            name = now[which].name
            return f"{name}: its file has changed meanwhile, or differs between machines"
    return ""


def _problem(task: Task) -> Problem:
    return _cached_problem(*_identity(task))


def _identity(task: Task) -> tuple[str, int, str]:
    """Return what a task's problem is built from; a user's problem itself may have no hash."""
    return task.problem, task.instance, json.dumps(task.problem_options, sort_keys=True)


@lru_cache(maxsize=4)
def _cached_problem(name: str, instance: int, options: str) -> Problem:
    return make(name, instance=instance, **json.loads(options))


@lru_cache(maxsize=4)
def _random_value(name: str, instance: int, options: str) -> float | None:
    return random_value(_cached_problem(name, instance, options))


def _one_line(error: BaseException) -> str:
    text = " ".join(str(error).split()) or "no message"
    return text if isinstance(error, ValueError) else f"{type(error).__name__}: {text}"


class Outbox:
    """Sends JSON lines to the parent; trace points in bunches, from a thread."""

    def __init__(self, descriptor: int) -> None:
        self.points: list[Any] = []
        self._sent = 0
        self._pipe = os.fdopen(descriptor, "w", encoding="utf-8")
        self._lock = threading.Lock()
        self._owner = os.getpid()
        os.register_at_fork(after_in_child=self._silence)
        threading.Thread(target=self._flush_regularly, daemon=True).start()

    def keep(self, point: TracePoint) -> None:
        """Take a trace point, to be sent soon."""
        self.points.append(astuple(point))

    def reset(self) -> None:
        """Forget the points of the run before."""
        with self._lock:
            self.points, self._sent = [], 0

    def _silence(self) -> None:
        """Let go of the pipe in a copy of the process, which a method may fork.

        What it had to say would be said twice, and the parent would wait for its end.
        """
        self._lock = threading.Lock()  # a thread may have held it, and there are none here
        if not self._pipe.closed:
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._pipe.fileno())

    def send(self, message: dict[str, Any]) -> None:
        """Send one message now; a copy that reached the end of the run ends instead."""
        if os.getpid() != self._owner:
            os._exit(0)
        with self._lock:
            self._pipe.write(json.dumps(message, allow_nan=False, default=str) + "\n")
            self._pipe.flush()

    def answer(self, message: dict[str, Any]) -> None:
        """Send the answer to a request; points sent after it would seem the next one's."""
        with self._lock:
            self._sent = len(self.points)
        self.send(message)

    def _flush_regularly(self) -> None:
        pause = threading.Event()
        while not pause.wait(FLUSH_SECONDS):
            with self._lock:
                fresh = self.points[self._sent :]
                self._sent += len(fresh)
                if fresh:
                    # A point that is no number, by a problem's own fault, is told by the run.
                    with contextlib.suppress(ValueError):
                        self._pipe.write(json.dumps({"points": fresh}, allow_nan=False) + "\n")
                    self._pipe.flush()


def _read_requests(inbox: IO[str], requests: queue.Queue[dict[str, Any]]) -> None:
    for line in inbox:
        requests.put(json.loads(line))
    os.killpg(0, signal.SIGKILL)  # the parent is gone


@contextlib.contextmanager
def contained() -> Iterator[None]:
    """Put back what all runs of this process share, and end the processes they started."""
    state, numpy_state, errors, folder = (
        random.getstate(),
        np.random.get_state(),
        np.geterr(),
        os.getcwd(),
    )
    besides = children(os.getpid())
    try:
        yield
    finally:
        end_children(besides)
        random.setstate(state)
        np.random.set_state(numpy_state)
        np.seterr(**errors)
        os.chdir(folder)


def main() -> None:
    """Serve requests until standard input ends."""
    # The pipes to the parent move away from descriptors 0 and 1, where a user's print, a
    # solver's banner or a child that reads would break the protocol.
    inbox, outbox = os.fdopen(os.dup(0), encoding="utf-8"), Outbox(os.dup(1))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    requests: queue.Queue[dict[str, Any]] = queue.Queue()
    threading.Thread(target=_read_requests, args=(inbox, requests), daemon=True).start()
    while True:
        request = requests.get()
        task = Task.from_json(request["task"])
        outbox.reset()
        with contained():
            answer = _answer(request["do"], task, request["found"], outbox)
        try:
            outbox.answer(answer)
        except ValueError as error:  # a problem describes itself by nan, for example
            outbox.answer(_unsendable(request, task, _one_line(error)))


def _answer(do: str, task: Task, found: dict[str, Any] | None, outbox: Outbox) -> dict[str, Any]:
    try:
        if do == "problem":
            return {"described": describe_problem(task)}
        if do == "method":
            return {"described": describe_method(task)}
        if do == "attempt":
            return {"unsupported": attempt(task, outbox)}
        return {"run": run_to_json(perform(task, Preflight(**(found or {})), outbox))}
    except Usage as error:
        return {"usage": str(error)}


def _unsendable(request: dict[str, Any], task: Task, why: str) -> dict[str, Any]:
    """Return what to answer instead of something that is no plain data."""
    if request["do"] != "run":
        return {"usage": f"{task.problem}: what it says of itself cannot be stored: {why}"}
    why = f"what it gave cannot be stored: {why}"
    run = broken_run(task, Preflight(**request["found"]), "error", why, [])
    return {"run": run_to_json(run)}


if __name__ == "__main__":
    main()
