"""A user's own Python file as a module."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
import types
from pathlib import Path


def import_file(path: str) -> types.ModuleType:
    """Import a file by its full path, once.

    Raises
    ------
    ValueError
        When it is not a Python file or raises on import.
    """
    name = f"user_file_{hashlib.sha256(path.encode()).hexdigest()[:12]}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ValueError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and pickle look a class's module up here
    folder = str(Path(path).parent)
    if folder not in sys.path:
        sys.path.append(folder)  # last, so that its files cannot shadow the suite's
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise ValueError(f"{path} raises on import: {type(error).__name__}: {error}") from error
    return module
