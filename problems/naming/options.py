"""Options: how text becomes a keyword argument of a method or a problem.

A keyword-only signature, with its types, the ranges of its numbers and its defaults, is
the configuration schema; nothing is declared twice.
"""

from __future__ import annotations

import contextlib
import difflib
import functools
import inspect
import operator
import types
import typing
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Annotated, Any, Literal, TypeVar, cast

from problems.core.interval import Interval
from problems.core.usage_error import UsageError

Constructor = TypeVar("Constructor", bound=Callable[..., None])


class UnknownName(UsageError):  # noqa: N818 - reads as what it says
    """No such method, problem or option; the message offers the closest one."""


class OptionError(UsageError):
    """An option's value is of the wrong type, or out of its range."""


def closest(name: str, names: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"`` or an empty string."""
    match = difflib.get_close_matches(name, list(names), n=1, cutoff=0.5)
    return f"; did you mean {match[0]!r}?" if match else ""


def require_choice(name: str, value: Any, choices: Collection[Any]) -> None:
    """Raise `OptionError`, with the closest choice, where `value` is none of `choices`."""
    if value not in choices:
        texts = [str(choice) for choice in choices]
        hint = closest(str(value), texts)
        raise OptionError(f"{name}={value}: expected one of {', '.join(texts)}{hint}")


def options_of(target: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    """Return the options of a method or of a problem class, each with its type and default.

    A class whose constructor hands ``**options`` on to its base has the base's
    options as well. ``instance`` is not an option: the grid sets it.
    """
    options: dict[str, inspect.Parameter] = {}
    for function in _signatures(target):
        hints = _hints(function)
        for parameter in inspect.signature(function).parameters.values():
            if parameter.kind is parameter.KEYWORD_ONLY and parameter.name != "instance":
                option = parameter.replace(annotation=hints.get(parameter.name))
                options.setdefault(parameter.name, option)
    return options


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    """Return type hints; one that only a type checker can read is left out."""
    while isinstance(function, functools.partial):
        function = function.func
    if not inspect.isroutine(function):
        function = type(function).__call__
    function = inspect.unwrap(getattr(function, "__func__", function))
    hints = {}
    for name, hint in getattr(function, "__annotations__", {}).items():
        stub = types.SimpleNamespace(__annotations__={name: hint})
        try:
            scope = getattr(function, "__globals__", {})
            hints.update(typing.get_type_hints(stub, scope, include_extras=True))
        except NameError:
            continue
    return hints


def _signatures(target: Callable[..., Any]) -> Iterable[Callable[..., Any]]:
    if not isinstance(target, type):
        yield target
        return
    for cls in target.__mro__:
        init = cls.__dict__.get("__init__")
        if isinstance(init, types.FunctionType):
            yield init
            kinds = [p.kind for p in inspect.signature(init).parameters.values()]
            if inspect.Parameter.VAR_KEYWORD not in kinds:
                return


def resolve(name: str, target: Callable[..., Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return every option of `target`: those given, checked and parsed, and the defaults.

    Raises
    ------
    UnknownName
        When an option does not exist.
    OptionError
        When a value does not have the option's type, or is out of its range.
    """
    options = options_of(target)
    for key in given:
        if key not in options:
            hint = closest(key, options) or (
                f"; it has {', '.join(options)}" if options else "; it has none"
            )
            raise UnknownName(f"{name} has no option {key!r}{hint}")
    if isinstance(target, functools.partial):  # what it has bound is given as well
        bound = {key: value for key, value in target.keywords.items() if key in options}
        given = {**bound, **given}
    resolved = {}
    for key, option in options.items():
        if key in given:
            resolved[key] = parse(f"{name}.{key}", given[key], option.annotation)
        elif option.default is inspect.Parameter.empty:
            raise OptionError(f"{name} needs the option {key}")
        else:
            resolved[key] = option.default
    return resolved


def checked_options(constructor: Constructor) -> Constructor:
    """Decorate a constructor: the options that it is given are parsed by their types.

    `make` and the command line parse options themselves, but a class that is called by itself
    would take a misspelt choice for another, or a number out of range.
    """

    @functools.wraps(constructor)
    def init(self: Any, **given: Any) -> None:
        hints = _hints(constructor)
        parsed = {name: parse(name, value, hints.get(name)) for name, value in given.items()}
        constructor(self, **parsed)

    return cast("Constructor", init)


def changed(target: Callable[..., Any], chosen: Mapping[str, Any]) -> list[str]:
    """Return the names of the options whose resolved values are not their defaults."""
    defaults = {name: option.default for name, option in options_of(target).items()}
    return [
        name
        for name, value in chosen.items()
        if name not in defaults or str(value) != str(defaults[name])
    ]


def parse(label: str, value: Any, annotation: Any, within: Iterable[Interval] = ()) -> Any:
    """Convert `value`, text or not, to the annotated type, and check that it is in range.

    Parameters
    ----------
    label : str
        What the value is of, for the message.
    value
    annotation : type
        One that is not parsed, such as a class, is not checked.
    within : iterable of Interval
        In all of which a number must lie, beside those that the annotation has.

    Raises
    ------
    OptionError
        Naming the value, what was expected and the closest valid choice.
    """
    origin, members = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Annotated:
        own = [each for each in members[1:] if isinstance(each, Interval)]
        return parse(label, value, members[0], [*within, *own])
    if origin is Literal:
        value = next((c for c in members if value == c or str(value) == str(c)), value)
        require_choice(label, value, members)
        return value
    if origin in (types.UnionType, typing.Union):
        return _parse_any(label, value, members, within)
    if annotation not in _PARSERS:
        return value
    expected, convert = _PARSERS[annotation]
    with contextlib.suppress(TypeError, ValueError, KeyError, OverflowError):
        number = convert(value)
        if all(number in interval for interval in within):
            return number
    raise OptionError(f"{label}={value}: expected {' '.join([expected, *map(str, within)])}")


def _parse_any(label: str, value: Any, members: Iterable[Any], within: Iterable[Interval]) -> Any:
    """Convert `value` to the first of several types that it can be of; none is tried first."""
    optional = type(None) in members
    if optional and (value is None or str(value).lower() == "none"):
        return None
    accepted = []
    for member in members:
        if member is not type(None):
            try:
                return parse(label, value, member, within)
            except OptionError as error:
                accepted.append(str(error).partition(": expected ")[2])
    expected = " or ".join([*accepted, "none"] if optional else accepted)
    raise OptionError(f"{label}={value}: expected {expected}")


def _whole(value: Any) -> int:
    if isinstance(value, bool):
        raise ValueError
    try:
        return operator.index(value) if not isinstance(value, str) else int(value)
    except (TypeError, ValueError):
        number = float(value)  # 1e4 is a whole number as well
        if number != int(number):
            raise ValueError from None
        return int(number)


def _real(value: Any) -> float:
    number = float(value)
    if isinstance(value, bool) or number != number:
        raise ValueError
    return number


_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_PARSERS: dict[Any, tuple[str, Callable[[Any], Any]]] = {
    int: ("a whole number", _whole),
    float: ("a number", _real),
    bool: ("true or false", lambda value: _TRUTH[str(value).lower()]),
    str: ("text", str),
}
