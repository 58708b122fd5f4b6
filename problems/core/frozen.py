"""Read-only arrays: what a space or a problem hands out cannot be written to."""

from __future__ import annotations

from functools import cached_property
from typing import Any, TypeVar

import numpy as np

T = TypeVar("T")


def freeze(thing: T) -> T:
    """Make every array that `thing` holds read-only, at any depth, and return it.

    They are looked for in its attributes, in lists, tuples and dictionaries, and in the
    attributes of this package's objects. Arrays that only other objects hold, such as a
    library's or a user's, are left as they are.

    Examples
    --------
    >>> freeze([np.zeros(2)])[0].flags.writeable
    False
    """
    seen: set[int] = set()
    waiting: list[Any] = [thing]
    while waiting:
        held = waiting.pop()
        if id(held) in seen:
            continue
        seen.add(id(held))
        if isinstance(held, np.ndarray):
            held.flags.writeable = False
            waiting.append(held.base)
            if held.dtype == object:
                waiting += held.flat
        elif isinstance(held, dict):
            waiting += held.values()
        elif isinstance(held, (list, tuple, set, frozenset)):
            waiting += held
        elif hasattr(held, "__dict__") and (held is thing or is_ours(held)):
            waiting += vars(held).values()
    return thing


def is_ours(thing: object) -> bool:
    """Tell whether an object is of a class of this package."""
    return type(thing).__module__.partition(".")[0] == __name__.partition(".")[0]


class frozen_property(cached_property[T]):  # noqa: N801 - a decorator, as the one it extends
    """A `cached_property` whose arrays are read-only."""

    def __get__(self, instance: Any, owner: type[Any] | None = None) -> Any:
        return freeze(super().__get__(instance, owner))
