"""Runs in the formats of others: CSV, Parquet, IOHprofiler, COCO."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from comparison.export.new_folder import new_folder
from problems.core.usage_error import UsageError

#: What writes each format: a function of the `Results` and of the folder to write into, which
#: returns lines that say what it wrote and what it left out.
FORMATS = {
    "csv": "comparison.export.tidy:write_csv",
    "parquet": "comparison.export.tidy:write_parquet",
    "iohprofiler": "comparison.export.iohprofiler:write_iohprofiler",
    "coco": "comparison.export.coco:write_coco",
}


def export(path: str | Path, format: str, to: str | Path | None = None) -> tuple[Path, list[str]]:
    """Write the runs of a results file in another format.

    Parameters
    ----------
    path : str or Path
        The results file.
    format : str
        One of `FORMATS`.
    to : str or Path, optional
        A folder that does not exist yet; by default it stands beside the file and is named
        after it, as in ``comparison-csv``.

    Returns
    -------
    folder : Path
    lines : list of str
        What was written, and what was left out and why.

    Raises
    ------
    UsageError
        When the folder exists, or the file has no runs that the format can hold.
    MissingExtra
        When the format needs a library that is not installed.
    """
    from comparison.results import load

    path = Path(path)
    results = load(path)
    if not len(results):
        raise UsageError(f"results file {path}: it has no runs to export")
    module, _, name = FORMATS[format].partition(":")
    write = getattr(import_module(module), name)
    target = path.with_name(f"{path.stem}-{format}") if to is None else Path(to)
    with new_folder(target) as folder:
        lines = write(results, folder)
    return target, lines
