"""The tables for a paper."""

from __future__ import annotations

import re

from comparison import load
from comparison.analysis.rows import rows
from comparison.analysis.sections import sections
from comparison.harmless import for_latex
from comparison.results.store import Store
from comparison.terminal.latex import as_latex
from problems.core.reference import Reference
from tests.comparison.examples import BOUND, certificate, comparison, run, unsupported


def made():
    return comparison(
        run("adam", 0.5, last=0.75, title="50 % of a_b & {c}"),
        run("genetic", 0.25),
        certificate(0.25),
        unsupported("counting"),
        run("mine.py:a|b", None, ended="error"),
        run("genetic", 1.0, problem="knapsack", reference=BOUND),
    )


def latex():
    return as_latex(made(), rows(made()), ["a note\nin two lines"])


def lines_of(text, method):
    return [line for line in text.splitlines() if line.startswith(f"{method} &")]


def test_it_uses_booktabs_with_a_table_an_instance():
    text = latex()
    assert text.startswith("% \\usepackage{booktabs}\n% a note in two lines\n")
    for rule in ("toprule", "midrule", "bottomrule"):
        assert text.count(rf"\{rule}") == 2
    assert text.count(r"\begin{table}") == text.count(r"\end{table}") == 2


def test_every_line_has_as_many_cells_as_there_are_columns():
    for block in latex().split(r"\begin{tabular}")[1:]:
        columns = re.match(r"\{([lr]+)\}", block).group(1)
        cells = [line.count(" & ") + 1 for line in block.splitlines() if line.endswith(r" \\")]
        assert set(cells) == {len(columns)}


def test_the_best_is_bold_and_what_attains_a_proven_optimum_has_a_star():
    text = latex()
    assert r"\textbf{0.2500}$^{\star}$" in lines_of(text, "genetic")[0]
    assert r"\textbf{0.2500}$^{\star}$" in lines_of(text, "integer-programming")[0]
    assert r"& 0.5000 &" in lines_of(text, "adam")[0]
    # A bound that is not attained has none.
    assert lines_of(text, "genetic")[1].startswith(r"genetic & \textbf{1.0000} &")
    assert text.count("attains the proven optimum") == 1


def test_who_found_nothing_attains_nothing():
    assert not any(row.at_optimum for row in rows(comparison(run("adam", None))))


def test_all_signs_are_escaped():
    assert r"50 \% of a\_b \& \{c\}" in latex()
    assert for_latex("a|b\n#1 ~ ^ \\ <x> — …") == (
        r"a\textbar{}b \#1 \textasciitilde{} \textasciicircum{} \textbackslash{} "
        r"\textless{}x\textgreater{} --- \ldots{}"
    )


def test_a_results_file_gives_the_same_rows(tmp_path):
    with Store(tmp_path / "r.sqlite") as store:
        for i, one in enumerate(each for each in made() if each.ended != "unsupported"):
            store.add(f"k{i}", one.problem, one)
    results = load(tmp_path / "r.sqlite")
    text = as_latex(results, rows(results))
    for method in ("adam", "genetic", "integer-programming"):
        assert sorted(lines_of(text, method)) == sorted(lines_of(latex(), method))


def test_the_title_is_that_of_a_run_that_could_tell_it(tmp_path):
    with Store(tmp_path / "results.sqlite") as store:
        store.add("a", "sphere", run("adam", None, ended="killed"))
        store.add("b", "sphere", run("genetic", 1.0, title="3-D"))
    results = load(tmp_path / "results.sqlite")
    (section,) = sections(results, rows(results))
    assert section.lines[0] == "3-D, instance 0; minimised: value"


def test_the_star_the_gap_and_solved_agree_on_the_tolerance_of_the_reference():
    near = Reference(1.0, "closed form", "an argument", tolerance=0.1)
    results = comparison(run("adam", 1.05, reference=near), run("genetic", 1.2, reference=near))
    adam, genetic = rows(results)
    assert (adam.at_optimum, adam.at_reference, adam.solved) == (True, True, 1)
    assert (genetic.at_optimum, genetic.at_reference, genetic.solved) == (False, False, 0)
    text = as_latex(results, rows(results))
    assert r"\textbf{1.0500}$^{\star}$ & 2.0500 & 0 &" in lines_of(text, "adam")[0]
    assert "& 0.2000 &" in lines_of(text, "genetic")[0]
