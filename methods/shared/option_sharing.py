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

    Parameters
    ----------
    source : callable
        Another method, or a dataclass whose fields are keyword-only.
    without : collection of str
        Those of its options that the method does not have.
    """

    def decorate(method: Method) -> Method:
        options = [
            parameter
            for function in (method, source)
            for parameter in inspect.signature(function, eval_str=True).parameters.values()
            if parameter.kind is parameter.KEYWORD_ONLY and parameter.name not in without
        ]
        declare_options(method, options)
        return method

    return decorate


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
