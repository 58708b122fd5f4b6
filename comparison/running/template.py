"""A process that is copied for every request, so that no run inherits from another.

The first one imports what the planned built-in methods use, and nothing of a user's. A
template of a problem is a copy of it that has built the problem and warmed what all runs
read; its runs are copies of that. A copy costs some milliseconds where importing would
cost a second. What a run changes in itself, in modules or in the problem ends with its
process.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import socket
import sys
from collections.abc import Callable, Iterator
from typing import Any

from comparison.running import outbox, wire
from comparison.running.guard import (
    Guarded,
    adopt_orphans,
    children,
    end_children,
    guarded,
    guarded_in_turn,
)

#: What a copy does with a request: it is given its channel and a file for trace points.
Serve = Callable[[dict[str, Any], socket.socket, int], object]
#: What a template itself answers to a question.
Answer = Callable[[dict[str, Any]], dict[str, Any]]


def main() -> None:
    """Serve requests on the socket that is standard input, until its other end is closed."""
    channel = socket.socket(fileno=os.dup(0))
    # A user's print, a solver's banner or a child that reads must not reach a channel.
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    os.dup2(2, 1)
    with contextlib.suppress(ConnectionError):  # the runner was killed meanwhile
        make_copies(channel, _serve, _preload)


def _preload(planned: dict[str, Any]) -> dict[str, Any]:
    """Import what planned methods use and what serving requests needs; answer with the threads.

    Then let go of the folder and the standard error that were the caller's at the start.
    """
    from comparison.running import worker
    from methods import METHODS
    from methods.provenance import machine, versions

    machine(), versions(), worker
    for module in planned["modules"]:
        importlib.import_module(module)
    for name in planned["methods"]:
        with contextlib.suppress(ValueError):
            entry = METHODS.entry(name)
            if entry.file is None:
                entry.preload()
    _share_all_pages()
    for descriptor in (1, 2):
        os.dup2(0, descriptor)
    os.chdir("/")
    return {"threads": threads()}


def _serve(request: dict[str, Any], channel: socket.socket, points: int) -> None:
    from comparison.running import worker

    worker.serve(request, channel, points)


def threads() -> int:
    """Return how many threads this process has, 2 where the system does not tell."""
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return 2


def why_not_copied() -> str:
    """Say why a copy of this process would not be safe; empty if it is.

    A fork has only the thread that forks, so that a lock that another thread held is never
    released; a child process or a device would be shared by all copies.
    """
    if (number := threads()) > 1:
        return f"it has {number} threads when it is built"
    if children(os.getpid()):
        return "it starts a process when it is built"
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        return "it uses a GPU when it is built"
    return ""


def make_copies(channel: socket.socket, serve: Serve, answer: Answer | None = None) -> None:
    """Fork a guarded copy of this process for every request, until the channel ends.

    A request comes with three files: the copy's channel, its leash, and one for trace points;
    to a base with two more, see `_move`. A message with one file, a channel, starts a guard that
    stays and forks a copy for each request on that channel in turn. A question, without files,
    is answered here in a line.
    """
    guards: set[int] = set()
    adopt_orphans()  # the orphans of a run that has killed its guard
    _share_all_pages()
    while (received := wire.receive(channel)) is not None:
        request, files = received
        guards -= {guard for guard in guards if _waited_for(guard)}
        end_children(guards)
        if not files:
            said = answer(request) if answer is not None else {}
            channel.sendall(json.dumps(said).encode() + b"\n")
            continue
        if len(files) == 1:
            turns = socket.socket(fileno=files[0])
            guards.add(guarded_in_turn(_turns(turns, channel, serve)))
            turns.close()
        else:
            leash, act, let_go = _copy(request, files, [channel], serve)
            guards.add(guarded(leash, act))
            let_go()


def _share_all_pages() -> None:
    """Exempt all objects from collections, which would touch, and so copy, pages in copies."""
    gc.collect()
    gc.freeze()


def _turns(turns: socket.socket, channel: socket.socket, serve: Serve) -> Iterator[Guarded]:
    """Yield what a guard that stays is to fork, request by request; called in the guard."""
    channel.close()
    with contextlib.suppress(ConnectionError):  # the runner was killed meanwhile
        while (received := wire.receive(turns)) is not None:
            yield _copy(*received, [turns], serve)


def _copy(
    request: dict[str, Any], files: list[int], others: list[socket.socket], serve: Serve
) -> Guarded:
    """Return a copy's leash, its action, and what closes the files that only it may hold."""
    answers, leash, points, *place = files
    theirs = socket.socket(fileno=answers)

    def act() -> None:
        for other in others:
            other.close()
        if place:
            _move(*place)
        if request["action"] == "describe problem":
            adopt_orphans()  # those of the template, so that `why_not_copied` finds them
        try:
            serve(request, theirs, points)
        except BaseException as error:  # whatever a method has done to this process
            outbox.give_up(theirs, error)

    def let_go() -> None:
        theirs.close()
        for descriptor in (points, *place):
            os.close(descriptor)

    return socket.socket(fileno=leash), act, let_go


def _move(errors: int, folder: int) -> None:
    """Take a file for all that is printed, and a folder to work in."""
    for descriptor in (1, 2):
        os.dup2(errors, descriptor)
    os.fchdir(folder)
    os.close(errors)
    os.close(folder)


def _waited_for(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True


if __name__ == "__main__":
    main()
