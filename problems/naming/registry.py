"""Names and user files: how ``"genetic"`` or ``"my.py:Mine"`` becomes code."""

from __future__ import annotations

import contextlib
import importlib
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from problems.core.usage_error import UsageError
from problems.naming.extra import MissingExtra, require_extra
from problems.naming.options import UnknownName, closest
from problems.naming.user_file import import_file


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
        True for a method that is given the model and evaluates nothing.
    assumes : str
        Of a problem, without which the method can be worse than random draws; a sentence.
    groups : tuple of str
        Group names that stand for this entry among others.
    space : str
        The class of a built-in problem's space; a user's problem is built and asked.
    small : mapping
        Options of a problem's instance that the contract suite checks in no time.
    extra : str
        The optional dependency that it cannot be used without, if any.
    imports : tuple of str
        Modules, libraries' above all, that its code imports only when it is used.
    """

    name: str
    target: str
    family: str = "user"
    aliases: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    native: tuple[str, ...] = ()
    seeded: bool = True
    white_box: bool = False
    assumes: str = ""
    groups: tuple[str, ...] = ()
    space: str = ""
    small: Mapping[str, Any] = field(default_factory=dict)
    extra: str = ""
    imports: tuple[str, ...] = ()

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
        UsageError
            When a user's file is missing, raises on import or lacks the name.
        """
        where, _, attribute = self.target.rpartition(":")
        module = importlib.import_module(where) if self.file is None else import_file(where).module
        try:
            return getattr(module, attribute)
        except AttributeError:
            public = [n for n in vars(module) if not n.startswith("_")]
            raise UnknownName(f"{where} has no {attribute!r}{closest(attribute, public)}") from None

    def preload(self) -> None:
        """Import all that using it would import, so that no run pays for it.

        A user's file is never imported; what is not installed is left out. What a library warns
        of as it is imported, such as that it cannot plot, concerns no run.
        """
        own = () if self.file is not None else (self.target.rpartition(":")[0],)
        for module in (*own, *self.imports):
            with contextlib.suppress(ImportError), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                importlib.import_module(module)

    def digest(self) -> str:
        """Return a hash of the user's file and the neighbours it imports, empty for a built-in."""
        return "" if self.file is None else import_file(str(self.file)).digest


class Registry:
    """The names of one kind of thing ("method" or "problem")."""

    def __init__(self, kind: str, entries: Iterable[Entry]) -> None:
        self.kind = kind
        self._entries = {entry.name: entry for entry in entries}
        self._aliases = {alias: e for e in self._entries.values() for alias in e.aliases}

    def register(self, entry: Entry) -> None:
        """Make an entry known in this process, under its name."""
        self._entries[entry.name] = entry

    def names(self) -> list[str]:
        """Return the canonical names, in order of declaration."""
        return list(self._entries)

    def groups(self) -> list[str]:
        """Return the names of the groups, in order of declaration."""
        return list({group: None for e in self._entries.values() for group in e.groups})

    def named(self, name: str) -> Entry | None:
        """Look up a canonical name or an alias, and no file: None for any other name."""
        return self._entries.get(name) or self._aliases.get(name)

    def entry(self, name: str) -> Entry:
        """Look up a canonical name, an alias or ``path/to/file.py:thing``."""
        entry = self.named(name)
        if entry is not None:
            return entry
        path, colon, attribute = name.rpartition(":")
        if colon and path.endswith(".py") and attribute.isidentifier():
            full = Path(path).expanduser().resolve()
            if not full.is_file():
                raise UsageError(f"{self.kind} {name!r}: there is no file {path}")
            return Entry(f"{full.name}:{attribute}", f"{full}:{attribute}")
        names = [*self._entries, *self._aliases]
        hint = closest(name, names) or f"; known: {', '.join(self._entries)}"
        raise UnknownName(f"unknown {self.kind} {name!r}{hint}")

    def expand(self, names: Iterable[str]) -> list[Entry]:
        """Look up names and groups, in order, each entry once.

        A group leaves out what is not installed (see `left_out`).

        Raises
        ------
        MissingExtra
            When something asked for by name, or all of a group, is not installed.
        """
        entries: dict[str, Entry] = {}
        for name in names:
            group = self._group(name) or [self.entry(name)]
            usable = [entry for entry in group if not entry.missing]
            if not usable:
                raise MissingExtra("; ".join(entry.missing for entry in group))
            entries.update((entry.target, entry) for entry in usable)
        chosen = [entry.name for entry in entries.values()]
        for name in chosen:
            if chosen.count(name) > 1:
                raise UsageError(f"two files give the {self.kind} {name}: rename one of them")
        return list(entries.values())

    def left_out(self, names: Iterable[str]) -> list[Entry]:
        """Return the members of the groups among `names` that are not installed."""
        members = [entry for name in names for entry in self._group(name)]
        return list({entry.target: entry for entry in members if entry.missing}.values())

    def members(self, name: str) -> list[str]:
        """Return the canonical names that a name, an alias or a group stands for."""
        entry = self.named(name)
        return [each.name for each in ([entry] if entry else self._group(name))]

    def _group(self, name: str) -> list[Entry]:
        return [entry for entry in self._entries.values() if name in entry.groups]
