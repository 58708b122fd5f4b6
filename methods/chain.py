"""Chains: ``adam@500+hill-climb`` runs one method from where the one before it stopped."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from methods.shared.option_sharing import Method, declare_options
from problems.core.oracle import Oracle
from problems.core.usage_error import UsageError
from problems.naming.options import options_of
from problems.naming.registry import Entry, Registry


@dataclass(frozen=True)
class Part:
    """One method of a chain, and the work that it may spend; None for an equal share."""

    entry: Entry
    work: float | None = None

    def spelled(self, name: str) -> str:
        """Return the part as a user writes it."""
        return name if self.work is None else f"{name}@{self.work:g}"


@dataclass(frozen=True)
class Chain(Entry):
    """The entry of a chain; what it needs is what all of its methods need."""

    parts: tuple[Part, ...] = ()

    @property
    def file(self) -> Path | None:
        """The first user's file among its methods."""
        return next((part.entry.file for part in self.parts if part.entry.file), None)

    @property
    def missing(self) -> str:
        """What any of its methods needs that is not installed."""
        reasons = dict.fromkeys(part.entry.missing for part in self.parts)
        return "; ".join(reason for reason in reasons if reason)

    def preload(self) -> None:
        """Import all that using its methods would import, a user's files left out."""
        for part in self.parts:
            part.entry.preload()

    def digest(self) -> str:
        return "+".join(part.entry.digest() for part in self.parts).strip("+")

    def load(self) -> Method:
        """Return the method that runs them in turn; see `in_turn`."""
        return in_turn(self.parts)


def parse_chain(name: str, lookup: Callable[[str], Entry]) -> Chain:
    """Read ``first@work+second@work+third``.

    A name without ``@`` gets an equal share of the work that is left, the last one all
    of it. A solver that is given the model obeys seconds instead, so it gets an equal
    share of those.

    Raises
    ------
    UsageError
        When a method does not exist, when what follows ``@`` is no amount of work, or
        when the last method is given one.
    """
    parts = []
    for text in name.split("+"):
        method, at, work = text.rpartition("@") if "@" in text else (text, "", "")
        try:
            amount = float(work) if at else None
        except ValueError:
            amount = -1.0
        if not method.strip() or (amount is not None and not 0 < amount < np.inf):
            raise UsageError(
                f"chain {name!r}: {text!r} is no part of one; expected METHOD or METHOD@WORK, "
                "as in adam@500+hill-climb"
            )
        parts.append(Part(lookup(method.strip()), amount))
    if parts[-1].work is not None:
        raise UsageError(
            f"chain {name!r}: its last method has all the work that is left; "
            f"expected {parts[-1].entry.name} without @{parts[-1].work:g}"
        )
    entries = [part.entry for part in parts]
    natives = [set(entry.native) for entry in entries if entry.native]
    return Chain(
        "+".join(part.spelled(part.entry.name) for part in parts),
        "+".join(
            part.spelled(part.entry.name if part.entry.file is None else part.entry.target)
            for part in parts
        ),
        family="chain",
        needs=tuple(dict.fromkeys(view for entry in entries for view in entry.needs)),
        native=tuple(sorted(set.intersection(*natives))) if natives else (),
        seeded=any(entry.seeded for entry in entries),
        white_box=any(entry.white_box for entry in entries),
        imports=tuple(dict.fromkeys(name for entry in entries for name in entry.imports)),
        parts=tuple(parts),
    )


def in_turn(parts: tuple[Part, ...]) -> Method:
    """Return a method that runs `parts` one after the other, on one ledger and one budget.

    Each starts from the best point of those before it, where it starts from a point.
    The last one has all that is left. The options are those of the methods, with the
    method's name before them: ``adam_learning_rate``; of a method's second appearance,
    ``adam_2_learning_rate``.
    """
    functions = [part.entry.load() for part in parts]
    prefixes = _prefixes([part.entry.name for part in parts])
    own = [options_of(function) for function in functions]
    options = {
        f"{prefix}_{name}": option
        for prefix, theirs in zip(prefixes, own, strict=True)
        for name, option in theirs.items()
    }

    def chain(oracle: Oracle, rng: np.random.Generator, **chosen: Any) -> None:
        if any(part.entry.white_box for part in parts):
            oracle.expect_own_proof()  # else the solver might never begin
        for i, (part, function, stream) in enumerate(
            zip(parts, functions, rng.spawn(len(parts)), strict=True)
        ):
            named = {name: f"{prefixes[i]}_{name}" for name in own[i]}
            settings = {name: chosen[long] for name, long in named.items() if long in chosen}
            if i == len(parts) - 1:
                function(oracle, stream, **settings)
                return
            share = 1 / (len(parts) - i)
            work = oracle.remaining * share if part.work is None else part.work
            seconds = oracle.remaining_seconds * (share if part.entry.white_box else 1)
            with oracle.stage(work, seconds):
                function(oracle, stream, **settings)

    kind = inspect.Parameter.KEYWORD_ONLY
    parameters = [
        inspect.Parameter(name, kind, default=option.default, annotation=option.annotation)
        for name, option in options.items()
    ]
    declare_options(chain, parameters)
    return chain


def _prefixes(names: list[str]) -> list[str]:
    """Return what each method's options begin with, as an identifier."""
    prefixes: list[str] = []
    for i, name in enumerate(names):
        plain = "".join(c if c.isalnum() else "_" for c in name)
        before = names[:i].count(name)
        prefixes.append(plain if before == 0 else f"{plain}_{before + 1}")
    return prefixes


class Methods(Registry):
    """The methods by name, and chains of them: ``adam@500+hill-climb``."""

    def named(self, name: str) -> Entry | None:
        """Look up a name, an alias or a chain of those, and no file."""
        if "+" not in name:
            return super().named(name)
        try:
            return parse_chain(name, self._part)
        except ValueError:
            return None

    def _part(self, name: str) -> Entry:
        entry = super().named(name)
        if entry is None:
            raise ValueError(f"{name!r} is no name of a method")
        return entry

    def entry(self, name: str) -> Entry:
        """Look up a name, an alias, ``path/to/file.py:function`` or a chain of those."""
        return parse_chain(name, super().entry) if "+" in name else super().entry(name)
