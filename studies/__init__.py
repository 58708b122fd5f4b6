"""The studies: one short file each, the experiment behind a figure of `docs/studies.md`.

`STUDIES` has them by name, in the order of the lecture that they grew from. `framework` is
what all share: how a study is declared, made, drawn and written up. `measurements` has what
single studies measure with.
"""

from problems.naming.registry import Entry, Registry

__all__ = ["STUDIES"]


def _study(name: str, extra: str = "") -> Entry:
    """Return the entry of a study, whose file and class have its name."""
    module = name.replace("-", "_")
    target = f"studies.{module}:{name.title().replace('-', '')}"
    return Entry(name, target, groups=("all",), extra=extra)


STUDIES = Registry(
    "study",
    [
        _study("differentiable"),
        _study("counting"),
        _study("loss-surface"),
        _study("batch-size"),
        _study("unlikely-sequences"),
        _study("warmup", extra="torch"),
        _study("epochs"),
        _study("surrogate-gap"),
        _study("price-of-proof"),
        _study("dimension"),
        _study("units"),
        _study("best-of-n"),
        _study("tuning"),
    ],
)
