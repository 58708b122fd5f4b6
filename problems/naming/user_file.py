"""A user's own Python file as a module, and the hash of the code that ran."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
import types
from dataclasses import dataclass
from pathlib import Path

from problems.core.usage_error import UsageError


@dataclass(frozen=True)
class Imported:
    """A user's file that was run.

    Attributes
    ----------
    module : module
    sources : dict of Path to bytes
        The file, and the files of its folder that it imported on import, as they
        were then.
    """

    module: types.ModuleType
    sources: dict[Path, bytes]

    @property
    def current(self) -> bool:
        """Whether the files are still what was run."""
        return all(file.is_file() and file.read_bytes() == s for file, s in self.sources.items())

    @property
    def digest(self) -> str:
        """Hash of all the code that was run."""
        return hashlib.sha256(b"\0".join(self.sources.values())).hexdigest()[:12]


_imported: dict[str, Imported] = {}
#: Which folder a module that a user's file imported is from.
_neighbours: dict[str, Path] = {}
#: Users' folders that were put at the end of the path, the latest first.
_folders: list[str] = []


def import_file(path: str) -> Imported:
    """Import a file by its full path; again only if it, or what it imports, has changed.

    Raises
    ------
    UsageError
        When it is not a Python file or raises on import.
    """
    earlier = _imported.get(path)
    if earlier is not None and earlier.current:
        return earlier
    file = Path(path)
    name = f"user_file_{hashlib.sha256(path.encode()).hexdigest()[:12]}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise UsageError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    _make_way(file.parent, stale=earlier is not None)
    before = set(sys.modules)
    sys.modules[name] = module  # dataclasses and pickle look a class's module up here
    source = file.read_bytes()
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise UsageError(f"{path} raises on import: {type(error).__name__}: {error}") from error
    finally:
        for neighbour in set(sys.modules) - before - {name}:
            origin = getattr(sys.modules[neighbour], "__file__", None)
            if origin and file.parent in Path(origin).parents:
                _neighbours[neighbour] = file.parent
    own = sorted(n for n, home in _neighbours.items() if home == file.parent and n in sys.modules)
    files = [Path(sys.modules[n].__file__ or "") for n in own]
    sources = {file: source, **{f: f.read_bytes() for f in files if f.is_file() and f != file}}
    _imported[path] = Imported(module, sources)
    return _imported[path]


def _make_way(folder: Path, *, stale: bool) -> None:
    """Let a file import its neighbours, and not those of the same name from elsewhere.

    The folder comes last on the path, so that its files cannot shadow the suite's, but
    before other users' folders. `stale` neighbours of its own are to be imported anew.
    """
    for name, home in list(_neighbours.items()):
        top = name.partition(".")[0]
        theirs = home != folder and ((folder / f"{top}.py").exists() or (folder / top).is_dir())
        if theirs or (stale and home == folder):
            sys.modules.pop(name, None)
            del _neighbours[name]
    if str(folder) in sys.path and str(folder) not in _folders:
        return  # it is there for another reason, such as a script that runs from it
    others = [entry for entry in _folders if entry != str(folder)]
    _folders[:] = [str(folder), *others]
    sys.path[:] = [*(entry for entry in sys.path if entry not in _folders), *_folders]
