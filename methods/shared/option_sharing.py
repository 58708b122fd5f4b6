"""Options that several methods have: declared once, and part of every one's signature."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection
from typing import Any

Method = Callable[..., None]


def shares_options(
    source: Callable[..., Any], *, without: Collection[str] = ()
) -> Callable[[Method], Method]:
    """Decorate a method that takes ``**options``: they are the keyword-only ones of `source`.

    One that the method has itself, with another default, takes the place of the source's.

    Parameters
    ----------
    source : callable
        Another method, or a dataclass whose fields are keyword-only.
    without : collection of str
        Those of its options that the method does not have.
    """

    def decorate(method: Method) -> Method:
        own, shared = _keywords(method), _keywords(source)
        for name in without:
            shared.pop(name, None)
        options = {name: p for name, p in own.items() if name not in shared} | shared | own
        declare_options(method, options.values())
        return method

    return decorate


def _keywords(function: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    """Return the keyword-only parameters of a function by name."""
    parameters = inspect.signature(function, eval_str=True).parameters
    return {p.name: p for p in parameters.values() if p.kind is p.KEYWORD_ONLY}


def declare_options(method: Method, options: Collection[inspect.Parameter]) -> None:
    """Give a method that takes ``**options`` the signature ``(oracle, rng, *, name=default, ...)``.

    Parameters
    ----------
    method : callable
    options : collection of inspect.Parameter
        With their types, which are no text.
    """
    received = [
        inspect.Parameter("oracle", inspect.Parameter.POSITIONAL_OR_KEYWORD),
        inspect.Parameter("rng", inspect.Parameter.POSITIONAL_OR_KEYWORD),
    ]
    signature = inspect.Signature([*received, *options])
    method.__signature__ = signature  # type: ignore[attr-defined] # of any function
    method.__annotations__ = {option.name: option.annotation for option in options}
