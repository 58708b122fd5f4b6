"""What a study says of itself: the docstring of its class, read in its source.

A list of studies imports none of them, and ``python -OO`` drops docstrings.
"""

from __future__ import annotations

import ast
import importlib.util
import inspect
import sys
from pathlib import Path

from problems.naming.registry import Entry
from studies.framework.study import Study


def first_line(entry: Entry) -> str:
    """Return the title of a study, without importing it."""
    module, _, name = entry.target.rpartition(":")
    spec = importlib.util.find_spec(module)
    return "" if spec is None else _title_and_text(_docstring(spec.origin, name))[0]


def title_and_text(study: Study) -> tuple[str, str]:
    """Return the first paragraph of a study's docstring, in one line, and the rest."""
    kind = type(study)
    file = getattr(sys.modules.get(kind.__module__), "__file__", None)
    return _title_and_text(inspect.cleandoc(kind.__doc__ or _docstring(file, kind.__name__)))


def _title_and_text(text: str) -> tuple[str, str]:
    title, _, rest = text.partition("\n\n")
    return " ".join(title.split()), rest


def _docstring(file: str | None, name: str) -> str:
    """Return the docstring of a class of a file, empty where there is none."""
    if file is None:
        return ""
    for node in ast.walk(ast.parse(Path(file).read_bytes())):
        if isinstance(node, ast.ClassDef) and node.name == name:
            return ast.get_docstring(node) or ""
    return ""
