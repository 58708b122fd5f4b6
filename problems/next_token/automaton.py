"""Deterministic finite automata over a corpus's symbols, built from glob patterns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: States of the largest automaton that a pattern may have.
MOST_STATES = 200


@dataclass(frozen=True, eq=False)
class Automaton:
    """A complete deterministic finite automaton; state 0 is the start.

    Attributes
    ----------
    step : ndarray of shape (Q, V)
        The state after reading each symbol in each state.
    accepting : ndarray of bool, shape (Q,)
    """

    step: NDArray[np.int64]
    accepting: NDArray[np.bool_]

    def read(self, string: Sequence[int]) -> int:
        """Return the state after the symbols of `string`."""
        state = 0
        for symbol in string:
            state = int(self.step[state, symbol])
        return state


def glob(pattern: str, symbols: Sequence[str]) -> Automaton:
    """Return the automaton of the whole strings that match a glob `pattern`.

    Parameters
    ----------
    pattern : str
        ``*`` is any string, ``?`` any symbol, ``[abc]`` one of them, ``[a-e]`` a
        range, ``[!abc]`` one of the others; all else stands for itself.
    symbols : sequence of str
        The alphabet.

    Raises
    ------
    ValueError
        When a bracket has no end, a range ends before it begins, a symbol does not
        occur in the alphabet, or the automaton would have more than 200 states.

    Notes
    -----
    The subset construction (Rabin and Scott 1959, "Finite automata and their decision
    problems"): a state is a set of positions
    in the pattern, and one at a ``*`` is also behind it.
    """
    parts = _parts(pattern, symbols)

    def closed(positions: set[int]) -> frozenset[int]:
        reached = set(positions)
        for i in sorted(positions):
            while i < len(parts) and parts[i] is None:
                i += 1
                reached.add(i)
        return frozenset(reached)

    states = [closed({0})]
    number = {states[0]: 0}
    step: list[list[int]] = []
    for state in states:  # grows as new states are reached
        row = []
        for v in range(len(symbols)):
            reached = set()
            for i in state:
                part = parts[i] if i < len(parts) else frozenset()
                if part is None:
                    reached.add(i)
                elif v in part:
                    reached.add(i + 1)
            target = closed(reached)
            if target not in number:
                number[target] = len(states)
                states.append(target)
                if len(states) > MOST_STATES:
                    raise ValueError(f"pattern={pattern}: more than {MOST_STATES} states")
            row.append(number[target])
        step.append(row)
    accepting = np.array([len(parts) in state for state in states])
    return Automaton(np.array(step, dtype=np.int64), accepting)


def _parts(pattern: str, symbols: Sequence[str]) -> list[frozenset[int] | None]:
    """Return what each position matches: a set of symbols, or None for any string."""
    index = {symbol: v for v, symbol in enumerate(symbols)}
    every = frozenset(index.values())
    parts: list[frozenset[int] | None] = []
    for match in re.finditer(r"\[!?[^\]]*\]|.", pattern, re.DOTALL):
        piece = match.group()
        if piece == "*":
            parts.append(None)
        elif piece == "?":
            parts.append(every)
        elif len(piece) > 1:
            negated = piece[1] == "!"
            listed = _listed(piece[1 + negated : -1], pattern, index)
            parts.append(every - listed if negated else listed)
        elif piece == "[":
            raise ValueError(f"pattern={pattern}: expected ] after [")
        else:
            parts.append(_listed(piece, pattern, index))
    return parts


def _listed(inside: str, pattern: str, index: dict[str, int]) -> frozenset[int]:
    """Return the symbols of the inside of a bracket."""
    listed: set[int] = set()
    for item in re.finditer(r"(.)-(.)|.", inside, re.DOTALL):
        first, last = item.group(1) or item.group(), item.group(2) or item.group()
        if first > last:
            raise ValueError(
                f"pattern={pattern}: the range {item.group()} ends before it begins; "
                f"expected {last}-{first}"
            )
        inner = {v for symbol, v in index.items() if first <= symbol <= last}
        if not inner:
            raise ValueError(f"pattern={pattern}: {item.group()!r} is not in the alphabet")
        listed |= inner
    if not listed:
        raise ValueError(f"pattern={pattern}: expected a symbol between [ and ]")
    return frozenset(listed)
