"""Libraries that read docstrings when they are imported, under `python -OO`, which drops them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType


def keep_docstrings(package: str) -> None:
    """Let a package that is to be imported have its docstrings, whatever Python was told.

    altair refuses to be imported without, and cma fails; neither has to know.
    """
    if sys.flags.optimize >= 2 and package not in sys.modules:
        sys.meta_path.insert(0, _Finder(package))


class _Finder:
    def __init__(self, package: str) -> None:
        self._package = package

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] != self._package:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


class _Loader(SourceFileLoader):
    """Compiles as `python -O` does; what `python -OO` has cached lacks the docstrings."""

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        source = self.get_data(path)
        code: CodeType = compile(source, path, "exec", dont_inherit=True, optimize=1)
        return code
