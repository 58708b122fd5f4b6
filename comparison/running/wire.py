"""Messages to the processes that are copied: JSON, together with open files."""

from __future__ import annotations

import json
import os
import socket
import struct
from collections.abc import Sequence
from typing import Any

_LENGTH = struct.Struct("!Q")
#: The most open files that come with a message.
_FILES = 5


def send(channel: socket.socket, message: dict[str, Any], files: Sequence[int] = ()) -> None:
    """Send a message and copies of open files, by their descriptors.

    Raises
    ------
    OSError
        When nobody is there to receive it.
    """
    data = json.dumps(message).encode()
    socket.send_fds(channel, [_LENGTH.pack(len(data))], list(files))
    channel.sendall(data)


def receive(channel: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """Return the next message and the descriptors of its files; None where there are no more."""
    head, files, _, _ = socket.recv_fds(channel, _LENGTH.size, _FILES)
    data = _whole(channel, head, _LENGTH.size)
    if data is not None:
        data = _whole(channel, b"", _LENGTH.unpack(data)[0])
    if data is None:
        for descriptor in files:
            os.close(descriptor)
        return None
    return json.loads(data), files


def _whole(channel: socket.socket, data: bytes, size: int) -> bytes | None:
    parts, missing = [data], size - len(data)
    while missing:
        part = channel.recv(min(missing, 1 << 20))
        if not part:
            return None
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)
