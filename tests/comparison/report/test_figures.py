"""Every chart of a report as a file."""

from __future__ import annotations

import pytest

from comparison.report.figures import drawings, write_figures
from tests.comparison.report.example import content


@pytest.fixture(scope="module")
def shown():
    """The styles of every figure, by its name."""
    return {name: styles for name, _, styles in drawings(content())}


def test_there_is_one_of_each_kind_and_of_each_problem_and_axis(shown):
    assert list(shown) == [
        "quality-next-token-rank-work",
        "quality-next-token-rank-cpu",
        "quality-next-token-ternary-work",
        "quality-next-token-ternary-cpu",
        "bounds-next-token-ternary",
        "ecdf-work",
        "performance-profile-work",
        "performance-profile-cpu",
        "data-profile",
        "critical-difference",
        "heat-map",
        "unit-flips",
    ]


def test_a_legend_has_the_best_on_top(shown):
    assert shown["quality-next-token-rank-work"][0].contender == "counting"
    assert shown["ecdf-work"][0].contender == "integer-programming"
    assert shown["ecdf-work"][-1].contender == "gradient-descent"


def test_they_are_written(tmp_path):
    folder = tmp_path / "new" / "figures"
    written = write_figures(content(), folder, "svg")
    assert len(written) == 12
    assert sorted(folder.iterdir()) == sorted(written)
    assert all(path.read_text("utf-8").startswith("<svg") for path in written)


def test_another_kind_is_refused_with_the_closest(tmp_path):
    with pytest.raises(ValueError, match=r"figure format=jpg: expected one of png, svg, pdf"):
        write_figures(content(), tmp_path, "jpg")


def test_a_folder_that_cannot_be_made_is_told_in_a_line(tmp_path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(ValueError, match=r"^figures in .*taken: File exists$"):
        write_figures(content(), tmp_path / "taken")
