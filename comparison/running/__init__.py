"""A plan of runs and the processes that make them, on this machine or on a cluster."""

from __future__ import annotations

from typing import Literal

#: Which stored runs are made again on purpose.
Redo = Literal["failed", "timeout", "all"]
