"""Objects of the caller, such as a closure or a problem in a notebook, sent to runs.

They are sent to a run's process by cloudpickle with their code, and are registered there
under the name that the caller gave. Nothing else of the caller's process is sent.
"""

from __future__ import annotations

import base64
import hashlib
import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from comparison.running.task import Task
from methods import METHODS
from methods.shared.deferred import refuse_deferred
from problems import PROBLEMS, Problem
from problems.core.usage_error import UsageError
from problems.naming.registry import Entry

#: How the digest of an object begins, where a file's is a hash.
OBJECT = "object-"
#: The most characters of a name.
MOST_CHARACTERS = 100

CATALOGUES = {"method": METHODS, "problem": PROBLEMS}
#: Modules with these parts in their path are installed: a run's process has them.
_INSTALLED = ("site-packages", "dist-packages", sys.base_prefix)


@dataclass(frozen=True)
class Shipped(Entry):
    """An object of the caller with a name.

    Parameters
    ----------
    kind : str
        ``method`` or ``problem``.
    version : str
        Given by the caller: the same name and version are the same run. Without a version no
        run is stored in a results file.
    payload : str
        The object, by cloudpickle and base64.
    """

    kind: str = "method"
    version: str = ""
    payload: str = ""

    def load(self) -> Any:
        """Return the object."""
        import cloudpickle

        return cloudpickle.loads(base64.b64decode(self.payload))

    def preload(self) -> None:
        """Import nothing: the object is sent with what it needs."""

    def digest(self) -> str:
        """Return what identifies the object: its version, or else a hash of the pickle."""
        if self.version:
            return f"{OBJECT}{quote(self.version, safe='')}"
        return OBJECT + hashlib.sha256(self.payload.encode()).hexdigest()[:12]

    def to_json(self) -> dict[str, str]:
        """Return plain data, for a `Task`."""
        return {"version": self.version, "payload": self.payload}


def ship(thing: Callable[..., Any] | Problem | type, *, name: str = "", version: str = "") -> Entry:
    """Return an entry for a method or a problem that is an object of the caller's.

    Parameters
    ----------
    thing : callable, Problem or class
        A method ``method(oracle, rng, *, option=default, ...)``, a problem, which then has
        one instance, or a subclass of `Problem`.
    name : str
        How results call it; the object's own name by default.
    version : str
        By it the caller says that two objects of one name are the same: their runs are stored
        in the results file and used again. Without it runs are made each time, in memory only.

    Raises
    ------
    UsageError
        When it is neither, when its name is a built-in's, or when it cannot be pickled.

    Examples
    --------
    >>> ship(lambda oracle, rng: None, name="idle", version="1").name
    'idle'
    """
    is_problem = issubclass(thing if isinstance(thing, type) else type(thing), Problem)
    if not is_problem and (isinstance(thing, type) or not callable(thing)):
        raise UsageError(f"{thing!r}: expected a method (oracle, rng, *, ...) or a Problem")
    kind = "problem" if is_problem else "method"
    own = getattr(thing, "name", "") if isinstance(thing, Problem) else ""
    name = name or own or getattr(thing, "__name__", type(thing).__name__)
    if kind == "method":
        refuse_deferred(name, thing)
        if callable(thing) and len(inspect.signature(thing).parameters) < 2:
            raise UsageError(f"{name} is not a method: expected a function (oracle, rng, *, ...)")
    if CATALOGUES[kind].members(name):
        raise UsageError(f"name={name!r} is a built-in {kind}'s: give it another, name='my-{name}'")
    if len(name) > MOST_CHARACTERS or not name.isprintable() or set(name) & set(" :/+@="):
        expected = f"a word of up to {MOST_CHARACTERS} characters without any of ':/+@='"
        raise UsageError(f"name={name[:40]!r}: expected {expected}")
    payload = base64.b64encode(_pickled(name, thing)).decode()
    return Shipped(name, "", kind=kind, version=version, payload=payload)


def _pickled(name: str, thing: Any) -> bytes:
    """Pickle an object with its code, and with the caller's own modules that it uses."""
    import cloudpickle

    own = [module for module in list(sys.modules.values()) if _is_the_callers(module)]
    for module in own:
        cloudpickle.register_pickle_by_value(module)
    try:
        data: bytes = cloudpickle.dumps(thing)
    except Exception as error:
        why = " ".join(f"{type(error).__name__}: {error}".split())
        raise UsageError(f"{name} cannot be sent to a process of its own: {why}") from error
    finally:
        for module in own:
            cloudpickle.unregister_pickle_by_value(module)
    return data


def _is_the_callers(module: Any) -> bool:
    """Whether a module belongs to no installed package, not to this suite and not to Python."""
    name, place = getattr(module, "__name__", ""), getattr(module, "__file__", None)
    if (
        not isinstance(place, str)
        or name in ("", "__main__")
        or sys.modules.get(name) is not module
    ):
        return False
    ours = name.partition(".")[0] in ("problems", "methods", "comparison", "studies", "runner")
    return not ours and not any(part in place for part in _INSTALLED)


def register(task: Task) -> None:
    """Register the objects that are sent with a task in this process, under their names."""
    for kind, shipped in task.shipped.items():
        name, version, payload = getattr(task, kind), shipped["version"], shipped["payload"]
        entry = Shipped(name, "", kind=kind, version=version, payload=payload)
        CATALOGUES[kind].register(entry)
