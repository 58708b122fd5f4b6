"""A run's trace as columns: what is stored, and what statistics of many runs are made from."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from problems.core.ledger import TracePoint

#: The kinds of a `TracePoint`; files store their indices, so their order may not change.
KINDS = ("value", "measured", "bound", "restart", "claimed")

#: A trace point as a record, its fields in the order of `TracePoint`'s.
TRACE = np.dtype(
    [
        ("kind", "u1"),
        ("value", "<f8"),
        ("work", "<f8"),
        ("values", "<i8"),
        ("gradients", "<i8"),
        ("cpu_seconds", "<f8"),
        ("wall_seconds", "<f8"),
        ("tokens", "<i8"),
        ("gradient_work", "<f8"),
    ]
)

#: The most points of a stored trace, 62 MiB; a longer one is thinned, see `as_array`.
MOST_POINTS = 1_000_000
#: The most by which packing shrinks a large trace: clocks and values hardly shrink.
MOST_SHRUNK, LARGE = 100, 2**20

_FIELDS = attrgetter(*TRACE.names or ())


def as_array(points: Iterable[TracePoint]) -> NDArray:
    """Return trace points as an array of `TRACE`, shape (n,).

    Of more than `MOST_POINTS` every second, third … is kept, and the last of each kind.
    """
    rows = [_FIELDS(point) for point in points]
    if len(rows) > MOST_POINTS:
        last = {kind: i for i, (kind, *_) in enumerate(rows)}
        every = range(0, len(rows), 1 + len(rows) // (MOST_POINTS - len(KINDS)))
        rows = [rows[i] for i in sorted({*every, *last.values()})]
    return np.array([(KINDS.index(kind), *rest) for kind, *rest in rows], dtype=TRACE)


def as_points(array: NDArray) -> list[TracePoint]:
    """Invert `as_array`."""
    return [TracePoint(KINDS[kind], *rest) for kind, *rest in array.tolist()]


def pack(array: NDArray) -> bytes:
    """Return an array of `TRACE` as compressed bytes, one field after another.

    Raises
    ------
    ValueError
        When a number is not finite, as nothing of that kind is ever written.
    """
    for name in TRACE.names or ():
        if not np.isfinite(array[name]).all():
            raise ValueError(f"a trace whose {name} is not finite cannot be stored")
    columns = (np.ascontiguousarray(array[name]).tobytes() for name in TRACE.names or ())
    return zlib.compress(b"".join(columns), 1)


def unpack(data: bytes) -> NDArray:
    """Invert `pack`.

    Raises
    ------
    ValueError
        When the bytes are not a whole trace.
    """
    unpacking = zlib.decompressobj()
    try:
        raw = unpacking.decompress(data, MOST_POINTS * TRACE.itemsize + 1)
    except zlib.error as error:
        raise ValueError(f"a damaged trace: {error}") from None
    if len(raw) > MOST_POINTS * TRACE.itemsize:
        raise ValueError(f"a trace of more than {MOST_POINTS:,} points")
    if len(raw) > max(LARGE, MOST_SHRUNK * len(data)):
        raise ValueError(f"a trace of {len(raw):,} bytes from {len(data):,}: it is none of a run")
    if not unpacking.eof or unpacking.unused_data:
        raise ValueError("a damaged trace: it is not whole")
    n, rest = divmod(len(raw), TRACE.itemsize)
    if rest:
        raise ValueError(f"a damaged trace: {len(raw)} bytes, not a multiple of {TRACE.itemsize}")
    array, start = np.empty(n, TRACE), 0
    for name in TRACE.names or ():
        kind = TRACE[name]
        column = np.frombuffer(raw, kind, n, start)
        if kind.kind == "f" and not np.isfinite(column).all():
            raise ValueError(f"a damaged trace: its {name} is not finite")
        array[name] = column
        start += n * kind.itemsize
    if n and array["kind"].max() >= len(KINDS):
        raise ValueError(f"a damaged trace: no kind {array['kind'].max()}")
    return array
