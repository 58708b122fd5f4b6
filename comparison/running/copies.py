"""A process that is copied for every request, so that no run inherits from another.

The first one, the base, imports what the planned built-in methods use, and nothing of a user's. A
template of a problem is a copy of it that has built the problem and warmed what all runs
read; its runs are copies of that. A copy costs some milliseconds where importing would
cost a second. What a run changes in itself, in modules or in the problem ends with its
process.
"""

from __future__ import annotations

import contextlib
import gc
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
)

#: What a copy does with a request: it is given its channel and a file for trace points.
Serve = Callable[[dict[str, Any], socket.socket, int], object]
#: What a template itself answers to a question.
Answer = Callable[[dict[str, Any]], dict[str, Any]]


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


def make_copies(channel: socket.socket, serve: Serve, answer: Answer) -> None:
    """Fork guarded copies of this process for requests, until the channel ends.

    A message with a file, which is a channel as well, starts a guard that forks a copy for each
    request on that channel in turn; to a base it has two files more, see `_move`. A question,
    without files, is answered here in a line.
    """
    guards: set[int] = set()
    adopt_orphans()  # the orphans of a run that has killed its guard
    share_all_pages()
    while (received := wire.receive(channel)) is not None:
        question, files = received
        guards -= {guard for guard in guards if _waited_for(guard)}
        end_children(guards)
        if files:
            guards.add(guarded(_requests(files, channel, serve)))
            for descriptor in files:
                os.close(descriptor)
        else:
            channel.sendall(json.dumps(answer(question)).encode() + b"\n")


def share_all_pages() -> None:
    """Exempt all objects from collections, which would touch, and so copy, pages in copies."""
    gc.collect()
    gc.freeze()


def _requests(files: list[int], channel: socket.socket, serve: Serve) -> Iterator[Guarded]:
    """Yield what a guard is to fork, request by request; called in the guard.

    A request comes with three files: the copy's channel, its leash, and one for trace points.
    """
    channel.close()
    requests = socket.socket(fileno=files[0])
    if place := files[1:]:
        _move(*place)

    def guarded_copy(request: dict[str, Any], files: list[int]) -> Guarded:
        answers, leash, points = files
        theirs = socket.socket(fileno=answers)

        def act() -> None:
            requests.close()
            if request["action"] == "describe problem":
                adopt_orphans()  # those of the template, so that `why_not_copied` finds them
            try:
                serve(request, theirs, points)
            except BaseException as error:  # whatever a method has done to this process
                outbox.give_up(theirs, error)

        def let_go() -> None:
            theirs.close()
            os.close(points)

        return socket.socket(fileno=leash), act, let_go

    with contextlib.suppress(ConnectionError):  # the runner was killed meanwhile
        while (received := wire.receive(requests)) is not None:
            yield guarded_copy(*received)


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
