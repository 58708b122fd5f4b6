"""A chart's PNG file in fewer bytes, and every pixel as it was."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

import numpy as np

#: What every PNG file begins with.
SIGNATURE = b"\x89PNG\r\n\x1a\n"
#: Bits a channel, and the kinds of colour, of the PNG specification.
DEPTH, RGB, RGBA = 8, 2, 6
#: The filter of a row whose pixels are stored as differences from the pixel to the left.
LEFT = 1


def compact(png: bytes) -> bytes:
    """Return the same picture in about a quarter of the bytes.

    The renderer stores differences between pixels, which suits photographs, and compresses them
    for speed. A chart is flat, and its rows repeat each other: they are stored as they are, and
    without a transparency that no pixel has.

    Parameters
    ----------
    png : bytes
        A whole file. It is returned unchanged where it is not the renderer's kind: 8 bits a
        channel, all rows filtered by the pixel to the left, and opaque.
    """
    chunks = dict(_chunks(png))
    header = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    width, height, depth, colours, _, _, interlaced = header
    if (depth, colours, interlaced) != (DEPTH, RGBA, 0):
        return png
    stored = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, -1)
    pixels = stored[:, 1:].reshape(height, width, 4).cumsum(axis=1, dtype=np.uint8)
    if (stored[:, 0] != LEFT).any() or (pixels[..., 3] != 255).any():
        return png
    rows = np.zeros((height, 1 + 3 * width), np.uint8)  # the first byte says: no filter
    rows[:, 1:] = pixels[..., :3].reshape(height, -1)
    chunks[b"IHDR"] = struct.pack(">IIBBBBB", width, height, DEPTH, RGB, 0, 0, 0)
    chunks[b"IDAT"] = zlib.compress(rows.tobytes(), 9)
    return SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks.items())


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the kind and the data of each part of a file, those of the pixels in one."""
    at, pixels = len(SIGNATURE), b""
    while at < len(png):
        length, kind = struct.unpack_from(">I4s", png, at)
        data = png[at + 8 : at + 8 + length]
        pixels += data * (kind == b"IDAT")
        yield kind, pixels if kind == b"IDAT" else data
        at += 12 + length


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
