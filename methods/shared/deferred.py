"""Methods that would run none of their code: generators, async functions and their like."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Awaitable, Iterator
from concurrent.futures import Future
from typing import Any

from problems.core.usage_error import UsageError


def refuse_deferred(name: str, thing: Any) -> None:
    """Refuse a generator or async function, or what a call of one returned.

    Raises
    ------
    UsageError
        Since calling one runs none of its code.
    """
    call = getattr(type(thing), "__call__", None)  # noqa: B004 - of an object, its own
    for part in (thing, call):
        yields = inspect.isgeneratorfunction(part) or inspect.isasyncgenfunction(part)
        if yields or inspect.isgenerator(part) or inspect.isasyncgen(part):
            raise UsageError(
                f"{name} is a generator: calling it runs nothing. "
                "Expected a plain function (oracle, rng, *, ...), without yield"
            )
        if inspect.iscoroutinefunction(part) or inspect.iscoroutine(part):
            if inspect.iscoroutine(part):
                part.close()  # or Python warns that it was never awaited
            raise UsageError(
                f"{name} is an async function: calling it runs nothing. "
                "Expected a plain function (oracle, rng, *, ...), with def alone"
            )


def refuse_to_wait(name: str, returned: Any) -> None:
    """Refuse what a method returned if its work is yet to be done: nobody will ask for it.

    Raises
    ------
    UsageError
        Where it is an iterator, such as a `map`, or something to await.
    """
    refuse_deferred(name, returned)
    if isinstance(returned, (Iterator, AsyncIterator, Awaitable, Future)):
        raise UsageError(
            f"{name} returned a {type(returned).__name__}, which nobody goes through or waits "
            "for: expected a function that has done all its work when it returns, and returns "
            "nothing"
        )
