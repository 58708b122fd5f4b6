"""Which part of a text each token is in: learned from, held out, or left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: The parts of a text; what is in no part is not used.
TRAIN, HELD_OUT, UNUSED = 0, 1, 2
#: Held-out text is taken in blocks of this many characters, fewer where a text is
#: so short that it would not have `LEAST_BLOCKS` of them.
BLOCK = 1000
LEAST_BLOCKS = 50
#: What an instance but the first has of a text: this share of its sections, more where
#: that would be fewer tokens than `LEAST_SAMPLE`, but never more than half.
SAMPLE = 0.1
LEAST_SAMPLE = 10_000
MOST_SAMPLE = 0.5
#: Sections of a text, fewer where they would be shorter than 100 tokens.
#: Each has its own subject, so that two samples differ by more than blocks drawn one by one.
SECTIONS, LEAST_SECTIONS = 100, 20


@dataclass(frozen=True, eq=False)
class Split:
    """A text in runs, neighbours of different parts: as short as the parts are coarse.

    Attributes
    ----------
    edges : ndarray of shape (R + 1,)
        Run r is the tokens from edges[r] up to edges[r + 1].
    parts : ndarray of shape (R,)
        `TRAIN`, `HELD_OUT` or `UNUSED`.
    """

    edges: NDArray[np.int64]
    parts: NDArray[np.uint8]

    def of(self, begin: int, end: int) -> NDArray[np.uint8]:
        """Return the part of each token from `begin` up to `end`."""
        return spread(self.parts, self.edges, begin, end)

    def mask(self, part: int) -> NDArray[np.bool_]:
        """Mark the tokens of one part, shape (n,)."""
        return self.of(0, int(self.edges[-1])) == part

    def runs(self, part: int) -> NDArray[np.int64]:
        """Return where the runs of one part begin and end, shape (runs, 2)."""
        ends = np.stack([self.edges[:-1], self.edges[1:]], axis=1)
        return ends[self.parts == part]


def spread(values: NDArray, edges: NDArray[np.int64], begin: int, end: int) -> NDArray:
    """Return, for each token from `begin` up to `end`, the value of the stretch that it is in.

    Parameters
    ----------
    values : ndarray of shape (S,)
    edges : ndarray of shape (S + 1,)
        Stretch s is the tokens from edges[s] up to edges[s + 1].
    begin, end : int
    """
    first = np.searchsorted(edges, begin, side="right") - 1
    last = np.searchsorted(edges, end, side="left")
    cut = np.clip(edges[first : last + 1], begin, end)
    return np.repeat(values[first:last], cut[1:] - cut[:-1])


def draw_split(
    name: str,
    length: int,
    starts: NDArray[np.int64] | None,
    held_out: float,
    instance: int,
    sampled: bool,
) -> Split:
    """Hold out random blocks of a text or of a sample of it.

    Never its tail alone, which is another distribution.

    Parameters
    ----------
    name : str
        The text's, for errors.
    length : int
        How many tokens it has.
    starts : ndarray of shape (documents,) or None
        Where its documents begin: each belongs to the block in which it begins. One whole
        text is cut every `BLOCK` tokens.
    held_out : float
        Share of blocks to hold out, in [0, 1).
    instance : int
        Seeds the choice of sections and of blocks.
    sampled : bool
        Whether to leave out all but a sample of the text's sections.

    Raises
    ------
    ValueError
        When the share is not in [0, 1) or the text is too short for it.
    """
    if not 0 <= held_out < 1:
        raise ValueError(f"held_out={held_out:g}: expected a share in [0, 1)")
    share = min(MOST_SAMPLE, max(SAMPLE, LEAST_SAMPLE / length)) if sampled else 1.0
    size = max(1, min(BLOCK, int(share * length) // LEAST_BLOCKS))
    begins = np.arange(0, length, size) if starts is None else starts
    parts = np.full(len(begins), UNUSED, dtype=np.uint8)
    used = _sample(begins, length, share, instance) if sampled else np.arange(len(begins))
    # Only blocks in which a document begins can be chosen.
    numbers, block = np.unique(begins[used] // size, return_inverse=True)
    blocks = len(numbers)
    chosen = round(held_out * blocks)
    if sampled and held_out > 0:
        chosen = max(1, chosen)  # of ten documents a sample has too few for a tenth of them
    if held_out > 0 and not 0 < chosen < blocks:
        raise ValueError(
            f"held_out={held_out:g}: {name} has only {blocks} blocks of {size} "
            f"characters to choose from; use held_out=0 or a longer text"
        )
    part = np.full(blocks, TRAIN, dtype=np.uint8)
    part[np.random.default_rng([instance, blocks]).permutation(blocks)[:chosen]] = HELD_OUT
    parts[used] = part[block]
    new = np.flatnonzero(np.diff(parts, prepend=parts[0] + 1))  # where neighbours differ
    return Split(np.append(begins[new], length), parts[new])


def _sample(
    begins: NDArray[np.int64], length: int, share: float, instance: int
) -> NDArray[np.int64]:
    """Return which blocks or documents, by where they begin, are in a share of the sections."""
    sections = min(SECTIONS, max(LEAST_SECTIONS, length // 100))
    numbers, section = np.unique(begins * sections // length, return_inverse=True)
    chosen = max(1, round(share * len(numbers)))
    drawn = np.random.default_rng([instance, length]).permutation(len(numbers))[:chosen]
    return np.flatnonzero(np.isin(section, drawn))
