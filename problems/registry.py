"""Names, options and user files: how ``"genetic"`` or ``"my.py:Mine"`` becomes code.

A keyword-only signature, with its types and defaults, is the configuration
schema of a method or a problem; nothing is declared twice.
"""

from __future__ import annotations

import difflib
import functools
import importlib
import importlib.util
import inspect
import operator
import types
import typing
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from problems.extra import MissingExtra, require_extra
from problems.user_file import import_file


class UnknownName(ValueError):  # noqa: N818 - reads as what it says
    """No such method, problem or option; the message offers the closest one."""


class OptionError(ValueError):
    """An option's value is of the wrong type."""


@dataclass(frozen=True)
class Entry:
    """One name: where its code is and what a table says of it before loading it.

    Parameters
    ----------
    name : str
        Canonical name.
    target : str
        ``module:attribute``, imported on first use; for a user's file
        ``path.py:attribute``.
    family : str
        What the table groups it by.
    aliases : tuple of str
    needs : tuple of str
        Views of a problem without which the method cannot run.
    native : tuple of str
        Space classes that the method searches directly, and views through which it
        searches any; others through their latent box. Empty: all.
    seeded : bool
        False for a method that draws no random numbers: it runs once an instance.
    white_box : bool
        True for a method that is given the model instead of looks at it.
    groups : tuple of str
        Group names that stand for this entry among others.
    small : mapping
        Options of a problem's instance that the contract suite checks in no time.
    extra : str
        The optional dependency that it cannot be used without, if any.
    """

    name: str
    target: str
    family: str = "user"
    aliases: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    native: tuple[str, ...] = ()
    seeded: bool = True
    white_box: bool = False
    groups: tuple[str, ...] = ()
    small: Mapping[str, Any] = field(default_factory=dict)
    extra: str = ""

    @property
    def missing(self) -> str:
        """What is not installed and how to install it; empty where it can be used."""
        try:
            require_extra(self.name, self.extra)
        except MissingExtra as reason:
            return str(reason)
        return ""

    @property
    def file(self) -> Path | None:
        """The user's file this entry comes from, None for a built-in."""
        path = self.target.rpartition(":")[0]
        return Path(path) if path.endswith(".py") else None

    def load(self) -> Any:
        """Import and return the object.

        Raises
        ------
        ValueError
            When a user's file is missing, raises on import or lacks the name.
        """
        where, _, attribute = self.target.rpartition(":")
        module = importlib.import_module(where) if self.file is None else import_file(where).module
        try:
            return getattr(module, attribute)
        except AttributeError:
            public = [n for n in vars(module) if not n.startswith("_")]
            raise UnknownName(f"{where} has no {attribute!r}{closest(attribute, public)}") from None

    def digest(self) -> str:
        """Return a hash of the user's file and the neighbours it imports, empty for a built-in."""
        return "" if self.file is None else import_file(str(self.file)).digest


class Registry:
    """The names of one kind of thing ("method" or "problem")."""

    def __init__(self, kind: str, entries: Iterable[Entry]) -> None:
        self.kind = kind
        self._entries = {entry.name: entry for entry in entries}
        self._aliases = {alias: e for e in self._entries.values() for alias in e.aliases}

    def names(self) -> list[str]:
        """Return the canonical names, in order of declaration."""
        return list(self._entries)

    def groups(self) -> list[str]:
        """Return the names of the groups, in order of declaration."""
        return list({group: None for e in self._entries.values() for group in e.groups})

    def entry(self, name: str) -> Entry:
        """Look up a canonical name, an alias or ``path/to/file.py:thing``."""
        if name in self._entries:
            return self._entries[name]
        if name in self._aliases:
            return self._aliases[name]
        path, colon, attribute = name.rpartition(":")
        if colon and path.endswith(".py") and attribute.isidentifier():
            full = Path(path).expanduser().resolve()
            if not full.is_file():
                raise ValueError(f"{self.kind} {name!r}: there is no file {path}")
            return Entry(f"{full.name}:{attribute}", f"{full}:{attribute}")
        known = [*self._entries, *self._aliases]
        hint = closest(name, known) or f"; known: {', '.join(self._entries)}"
        raise UnknownName(f"unknown {self.kind} {name!r}{hint}")

    def expand(self, names: Iterable[str]) -> list[Entry]:
        """Look up names and groups, in order, each entry once.

        A group leaves out what is not installed (see `left_out`).

        Raises
        ------
        MissingExtra
            When something asked for by name, or all of a group, is not installed.
        """
        found: dict[str, Entry] = {}
        for name in names:
            group = self._group(name) or [self.entry(name)]
            usable = [entry for entry in group if not entry.missing]
            if not usable:
                raise MissingExtra("; ".join(entry.missing for entry in group))
            found.update((entry.target, entry) for entry in usable)
        chosen = [entry.name for entry in found.values()]
        for name in chosen:
            if chosen.count(name) > 1:
                raise ValueError(f"two files give the {self.kind} {name}: rename one of them")
        return list(found.values())

    def left_out(self, names: Iterable[str]) -> list[Entry]:
        """Return the members of the groups among `names` that are not installed."""
        members = [entry for name in names for entry in self._group(name)]
        return list({entry.target: entry for entry in members if entry.missing}.values())

    def members(self, name: str) -> list[str]:
        """Return the canonical names that a name, an alias or a group stands for."""
        if name in self._entries or name in self._aliases:
            return [self.entry(name).name]
        return [entry.name for entry in self._group(name)]

    def _group(self, name: str) -> list[Entry]:
        return [entry for entry in self._entries.values() if name in entry.groups]


def closest(name: str, known: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"`` or an empty string."""
    match = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"; did you mean {match[0]!r}?" if match else ""


def require_choice(name: str, value: Any, choices: Collection[Any]) -> None:
    """Raise `OptionError`, with the closest choice, where `value` is none of `choices`.

    For a constructor: `parse` checks what `make` and the command line are given, but
    a class that is called by itself would take a misspelt choice for another.
    """
    if value not in choices:
        texts = [str(choice) for choice in choices]
        hint = closest(str(value), texts)
        raise OptionError(f"{name}={value}: expected one of {', '.join(texts)}{hint}")


# ------------------------------------------------------------------ options


@dataclass(frozen=True)
class Option:
    """One keyword-only argument: its type and its default."""

    name: str
    annotation: Any
    default: Any


def options_of(target: Callable[..., Any]) -> dict[str, Option]:
    """Return the options of a method or of a problem class, defaults included.

    A class whose constructor hands ``**options`` on to its base has the base's
    options as well. ``instance`` is not an option: the grid sets it.
    """
    found: dict[str, Option] = {}
    for function in _signatures(target):
        hints = _hints(function)
        for parameter in inspect.signature(function).parameters.values():
            if parameter.kind is parameter.KEYWORD_ONLY and parameter.name != "instance":
                option = Option(parameter.name, hints.get(parameter.name), parameter.default)
                found.setdefault(parameter.name, option)
    return found


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    """Return type hints; one that only a type checker can read is left out."""
    while isinstance(function, functools.partial):
        function = function.func
    if not inspect.isroutine(function):
        function = type(function).__call__
    function = inspect.unwrap(getattr(function, "__func__", function))
    found = {}
    for name, hint in getattr(function, "__annotations__", {}).items():
        stub = types.SimpleNamespace(__annotations__={name: hint})
        try:
            found.update(typing.get_type_hints(stub, getattr(function, "__globals__", {})))
        except NameError:
            continue
    return found


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
        When a value does not have the option's type.
    """
    options = options_of(target)
    for key in given:
        if key not in options:
            hint = closest(key, options) or (
                f"; it has {', '.join(options)}" if options else "; it has none"
            )
            raise UnknownName(f"{name} has no option {key!r}{hint}")
    resolved = {}
    for key, option in options.items():
        if key in given:
            resolved[key] = parse(f"{name}.{key}", given[key], option.annotation)
        elif option.default is inspect.Parameter.empty:
            raise OptionError(f"{name} needs the option {key}")
        else:
            resolved[key] = option.default
    return resolved


def parse(label: str, value: Any, annotation: Any) -> Any:
    """Convert `value`, text or not, to the annotated type.

    Raises
    ------
    OptionError
        Naming the value, what was expected and the closest valid choice.
    """
    origin = typing.get_origin(annotation)
    if origin is Literal:
        choices = typing.get_args(annotation)
        value = next((c for c in choices if value == c or str(value) == str(c)), value)
        require_choice(label, value, choices)
        return value
    if origin in (types.UnionType, typing.Union):
        members = typing.get_args(annotation)
        if type(None) in members and (value is None or str(value).lower() == "none"):
            return None
        accepted = ["none"] if type(None) in members else []
        for member in members:
            if member is not type(None):
                try:
                    return parse(label, value, member)
                except OptionError as error:
                    accepted.insert(-1, str(error).partition(": expected ")[2])
        raise OptionError(f"{label}={value}: expected {' or '.join(accepted)}")
    if annotation in _PARSERS:
        expected, convert = _PARSERS[annotation]
        try:
            return convert(value)
        except (TypeError, ValueError, KeyError, OverflowError):
            raise OptionError(f"{label}={value}: expected {expected}") from None
    return value


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
