"""A chart as a picture, without a browser: PNG, SVG or PDF."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from comparison.figures.png import compact
from comparison.figures.theme import Scheme, Style, configuration
from comparison.harmless import for_vega, in_all_texts
from comparison.whole_file import write_whole
from problems.core.usage_error import UsageError

if TYPE_CHECKING:
    import altair as alt

Picture = Literal["png", "svg", "pdf"]
PICTURES: tuple[str, ...] = get_args(Picture)

#: Pixels of a PNG for one of the chart's: 2.5 of them are 240 an inch at 96.
SCALE = 2.5


def specification(chart: alt.TopLevelMixin) -> dict[str, Any]:
    """Return a chart's Vega-Lite specification, without a configuration: colours come later."""
    spec: dict[str, Any] = chart.to_dict()
    spec.pop("config", None)
    return {name: part if name == "datasets" else _escaped(part) for name, part in spec.items()}


def _escaped(part: Any) -> Any:
    """Return a part of a specification whose tooltips show every title as it is."""
    if isinstance(part, list):
        return [_escaped(each) for each in part]
    if not isinstance(part, dict):
        return part
    escaped = {name: _escaped(each) for name, each in part.items()}
    lines = escaped.get("tooltip")
    for line in lines if isinstance(lines, list) else [lines]:
        if isinstance(line, dict) and isinstance(line.get("title"), str):
            line["title"] = for_vega(line["title"])
    return escaped


def save(
    spec: dict[str, Any],
    path: str | Path,
    styles: Sequence[Style] = (),
    *,
    scheme: Scheme = "light",
) -> Path:
    """Write a chart to a file; the name's ending says how.

    Parameters
    ----------
    spec : dict
        See `specification`.
    path : str or Path
        Ends in .png, .svg or .pdf.
    styles : sequence of Style
        The styles of the contenders whose colours the chart has, in the order of its domain.
    scheme : {"light", "dark"}

    Returns
    -------
    Path

    Raises
    ------
    UsageError
        When the ending is none of these.
    """
    file = Path(path)
    kind = file.suffix.lstrip(".").lower()
    if kind not in PICTURES:
        raise UsageError(f"{file}: expected a name that ends in .{', .'.join(PICTURES)}")
    import vl_convert

    convert = getattr(vl_convert, f"vegalite_to_{kind}")
    more = {"scale": SCALE} if kind == "png" else {}
    config = in_all_texts(configuration(styles, scheme))
    picture = convert(in_all_texts(spec), config=config, **more)
    write_whole(file, compact(picture) if kind == "png" else picture)
    return file
