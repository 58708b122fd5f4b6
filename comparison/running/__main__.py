"""The base, of which all other processes of a comparison are copies."""

from __future__ import annotations

import contextlib
import importlib
import os
import socket
from typing import Any

from comparison.running.copies import make_copies, share_all_pages, threads
from comparison.running.worker import serve
from methods import METHODS
from methods.provenance import machine, versions


def main() -> None:
    """Serve requests on the socket that is standard input, until its other end is closed."""
    channel = socket.socket(fileno=os.dup(0))
    # A user's print, a solver's banner or a child that reads must not reach a channel.
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    os.dup2(2, 1)
    with contextlib.suppress(ConnectionError):  # the runner was killed meanwhile
        make_copies(channel, serve, _preload)


def _preload(planned: dict[str, Any]) -> dict[str, Any]:
    """Import what planned methods use and what serving requests needs; answer with the threads.

    Then let go of the folder and the standard error that were the caller's at the start.
    """
    machine(), versions()
    for module in planned["modules"]:
        importlib.import_module(module)
    for name in planned["methods"]:
        with contextlib.suppress(ValueError):
            entry = METHODS.entry(name)
            if entry.file is None:
                entry.preload()
    share_all_pages()
    for descriptor in (1, 2):
        os.dup2(0, descriptor)
    os.chdir("/")
    return {"threads": threads()}


if __name__ == "__main__":
    main()
