"""Options that a file or a name leaves unused are never a reason to refuse it."""

import pytest

import problems


@pytest.mark.parametrize(
    ("problem", "text", "unused"),
    [
        ("knapsack", "1 2 1 0 6 7 1 2 3", {"items": 0, "instance": 7}),
        ("max-cut", "2 1\n1 2 1\n", {"nodes": 0, "density": 9.0, "topology": "torus"}),
        ("graph-colouring", "p edge 2 1\ne 1 2\n", {"nodes": 0, "degree": -1.0}),
        ("max-sat", "p cnf 2 1\n1 2 0\n", {"variables": 0, "ratio": 0.0, "width": 0}),
        ("set-cover", "1 2 1 1 2 1 2", {"rows": 0, "columns": 0, "density": 0.0}),
        (
            "travelling-salesman",
            "TYPE: TSP\nDIMENSION: 3\nEDGE_WEIGHT_TYPE: EUC_2D\n"
            "NODE_COORD_SECTION\n1 0 0\n2 0 1\n3 1 0\n",
            {"cities": 0},
        ),
        ("quadratic-assignment", "2 0 1 1 0 0 1 1 0", {"facilities": 0}),
        ("job-shop", "1 1\n0 5\n", {"jobs": 0, "machines": 10**9}),
    ],
)
def test_a_file_leaves_the_options_of_the_generator_unused(tmp_path, problem, text, unused) -> None:
    file = tmp_path / "tiny"
    file.write_text(text)
    needed = {"colours": 2} if problem == "graph-colouring" else {}
    assert "tiny" in problems.make(problem, file=str(file), **needed, **unused).title


@pytest.mark.parametrize(
    ("problem", "options"),
    [
        ("max-cut", {"graph": "petersen", "nodes": 0}),
        ("graph-colouring", {"graph": "petersen", "nodes": 0, "degree": -1.0}),
        ("max-sat", {"formula": "signs-2", "variables": 0}),
        ("set-cover", {"system": "steiner-9", "rows": 0}),
        ("travelling-salesman", {"data": "burma14", "cities": 0}),
        ("job-shop", {"data": "ft06", "jobs": 0}),
    ],
)
def test_so_does_a_name(problem, options) -> None:
    assert problems.make(problem, **options).title
