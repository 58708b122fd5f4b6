"""A report of a results file: a page with its figures."""

from __future__ import annotations

import numpy as np

from comparison.analysis.axis import GradientPrice
from comparison.results import Results, load
from comparison.whole_file import write_whole
from problems.core.usage_error import UsageError


def page(
    results: Results,
    output: str,
    gradient_price: GradientPrice = 3.0,
    figures: str | None = None,
    kind: str = "png",
) -> str:
    """Write a report's page and, where a folder is given, its figures.

    Parameters
    ----------
    results : Results
    output : str
        The page's file; see `write_whole`.
    gradient_price : float or "dimension"
    figures : str, optional
        A folder for the charts as pictures.
    kind : {"png", "svg", "pdf"}

    Returns
    -------
    str
        The files that were written, in a sentence each.

    Raises
    ------
    UsageError
        When nothing can be written.
    """
    from comparison.analysis.curves import Evidence
    from comparison.report.figures import write_figures
    from comparison.report.gather import gather
    from comparison.report.page import render

    # Means of the largest numbers are infinite, and no warning.
    with np.errstate(over="ignore", invalid="ignore"):
        content = gather(Evidence(results, gradient_price), gradient_price)
    page = render(content)
    try:
        write_whole(output, page)
    except OSError as error:
        raise UsageError(f"page {output}: {error.strerror}") from None
    written = f"{output}: {len(page.encode()) / 1e6:.1f} MB, opens in any browser"
    if figures is not None:
        written += f"\n{figures}: {len(write_figures(content, figures, kind))} figures"
    return written


def runs_of(source: str) -> Results:
    """Return the runs of a results file.

    Raises
    ------
    UsageError
        When they cannot be read, or there are none.
    """
    results = load(source)
    if not len(results):
        raise UsageError(f"results file {source}: it has no runs yet")
    return results
