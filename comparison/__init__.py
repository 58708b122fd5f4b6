"""Who spent it best, over a grid of runs: schedule, store, tabulate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from comparison.results import Results, load

__all__ = ["Results", "load"]


def __getattr__(name: str) -> Any:
    """Import what scripts use when it is asked for: `import comparison` stays quick."""
    if name in __all__:
        from comparison import results

        return getattr(results, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
