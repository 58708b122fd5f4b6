"""Tables of runs and of trace points: what is written is what was stored."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import weakref

import numpy as np
import pandas
import pyarrow.parquet
import pytest

import comparison
from comparison.analysis.rows import rows
from comparison.export import tidy
from comparison.export.tidy import POINT_KINDS, tables, write_csv, write_parquet
from comparison.terminal.formats import as_csv
from problems.core.ledger import Budget, Ledger, TracePoint
from problems.core.reference import Reference
from problems.naming.extra import MissingExtra
from tests.comparison.examples import certificate, run
from tests.comparison.export.stored import evaluated, stored

AWKWARD = 'a "quoted", comma\nand a second line; naïve → ✓'


@pytest.fixture
def results(tmp_path):
    full = evaluated(
        "genetic",
        (1, 0.1 + 0.2),
        (7, 1e-300),
        work=40,
        last=0.5,
        measures={"drift": 0.25, "off-task score": None},
        bound=-1.5,
        surrogate=2.25,
        random_value=3.0,
        memory=2**40,
        seed=3,
        instance=2,
        method_options={"population": 50, "rate": "inf"},
        problem_options={"dimension": 3},
        budget=Budget(100, 20.0, -2.0),
        title="a title",
        description="x = (1, 2)",
        message=AWKWARD,
        fingerprint="5ecbeac1ba99",
        versions={"python": "3.11", "numpy": "2.0"},
        provenance={
            "cpu": "a chip",
            "cores": "2",
            "system": "Linux",
            "commit": "abc-dirty",
            "jobs": "4",
            "method_file": "cafe",
        },
        ledger=Ledger(40, 9, 4, 3, 5, 1, 7, 2**40, 6, 8, 2, 10, 11, 12, 0.1, 0.7),
    )
    bare = run("random-search", None, problem="rastrigin", message="", ended="budget")
    solver = certificate(
        2.0, problem="rastrigin", trace=[TracePoint("bound", 1.0, 0, 0, 0, 0.1, 0.2)]
    )
    return stored(tmp_path, full, bare, solver)


def read(path):
    """Return the rows of a CSV file as they stand: text."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_run_is_a_row_of_all_that_is_known_of_it(results, tmp_path):
    assert write_csv(results, tmp_path) == [
        "runs.csv: 3 runs",
        "traces.csv: 3 trace points",
        "summary.csv: 3 rows",
    ]
    row = next(row for row in read(tmp_path / "runs.csv") if row["method"] == "genetic")
    kinds = tables(results)["runs"].kinds
    assert list(row) == list(kinds)
    expected = {
        "key": "0" * 24,
        "problem": "sphere",
        "contender": "genetic",
        "problem_name": "sphere",
        "method": "genetic",
        "family": "evolutionary",
        "white_box": "False",
        "instance": "2",
        "seed": "3",
        "title": "a title",
        "dimension": "3",
        "budget_work": "100",
        "budget_seconds": "20.0",
        "budget_target": "-2.0",
        "value": "1e-300",
        "last": "0.5",
        "score": "1.0",
        "measures.drift": "0.25",
        "measures.off-task score": "",
        "bound": "-1.5",
        "reference": "0.0",
        "reference_kind": "closed form",
        "reference_source": "an argument",
        "gap": "1e-300",
        "random_value": "3.0",
        "surrogate": "2.25",
        "work": "40.0",
        "gradient_work": "9.0",
        "values": "4",
        "gradients": "3",
        "losses": "5",
        "passes": "1",
        "rows": "7",
        "tokens": str(2**40),
        "steps": "6",
        "restarts": "8",
        "samples": "2",
        "nodes": "10",
        "iterations": "11",
        "invalid": "12",
        "cpu_seconds": "0.1",
        "wall_seconds": "0.7",
        "ended": "budget",
        "message": AWKWARD,
        "description": "x = (1, 2)",
        "memory": str(2**40),
        "fingerprint": "5ecbeac1ba99",
        "cpu": "a chip",
        "cores": "2",
        "system": "Linux",
        "commit": "abc-dirty",
        "jobs": "4",
        "method_file": "cafe",
        "problem_file": "",
    }
    decoded = {"method_options", "problem_options", "versions"}
    assert set(expected) | decoded == set(kinds)
    for name, text in expected.items():
        kind = kinds[name]
        assert row[name] == text or (kind == "number" and float(row[name]) == float(text)), name
    assert json.loads(row["method_options"]) == {"population": 50, "rate": "inf"}
    assert json.loads(row["problem_options"]) == {"dimension": 3}
    assert json.loads(row["versions"]) == {"python": "3.11", "numpy": "2.0"}


def test_what_does_not_exist_is_empty(results, tmp_path):
    write_csv(results, tmp_path)
    rows = {row["method"]: row for row in read(tmp_path / "runs.csv")}
    missing = ("value", "last", "score", "bound", "surrogate", "random_value", "memory", "jobs")
    assert {rows["random-search"][name] for name in missing} == {""}
    assert rows["random-search"]["dimension"] == ""  # an old file does not know it
    assert rows["random-search"]["work"] == "40.0"


def test_a_white_box_solver_has_no_work(results, tmp_path):
    write_csv(results, tmp_path)
    row = next(row for row in read(tmp_path / "runs.csv") if row["white_box"] == "True")
    assert (row["work"], row["gradient_work"]) == ("", "")
    assert row["cpu_seconds"] == "0.5"
    point = next(p for p in read(tmp_path / "traces.csv") if p["key"] == row["key"])
    assert (point["kind"], point["value"], point["work"]) == ("bound", "1.0", "")


def test_a_trace_point_is_a_row_of_its_costs(results, tmp_path):
    write_csv(results, tmp_path)
    rows = [row for row in read(tmp_path / "traces.csv") if row["contender"] == "genetic"]
    assert [list(row) for row in rows] == [list(POINT_KINDS)] * 2
    assert rows[1] == {
        "key": "0" * 24,
        "problem": "sphere",
        "contender": "genetic",
        "instance": "2",
        "seed": "3",
        "kind": "value",
        "value": "1e-300",
        "work": "7.0",
        "values": "7",
        "gradients": "0",
        "cpu_seconds": "0.07",
        "wall_seconds": "0.14",
        "tokens": "0",
        "gradient_work": "0.0",
    }


def test_the_summary_is_the_table_of_a_comparison(results, tmp_path):
    write_csv(results, tmp_path)
    printed = csv.DictReader(io.StringIO(as_csv(rows(results))))
    summary, kinds = read(tmp_path / "summary.csv"), tables(results)["summary"].kinds
    assert len(summary) == 3
    for row, expected in zip(summary, printed, strict=True):
        assert list(row) == list(expected)
        for name, text in row.items():
            number = kinds[name] == "number" and text
            assert float(text) == float(expected[name]) if number else text == expected[name]


def test_csv_and_parquet_hold_the_same(results, tmp_path):
    assert write_parquet(results, tmp_path)[0] == "runs.parquet: 3 runs"
    write_csv(results, tmp_path)
    for name, (columns, _) in tables(results).items():
        table = pyarrow.parquet.read_table(tmp_path / f"{name}.parquet")
        assert table.column_names == list(columns)
        for exact, text in zip(table.to_pylist(), read(tmp_path / f"{name}.csv"), strict=True):
            for column, kind in columns.items():
                if exact[column] is None:
                    assert text[column] == ""
                elif kind == "number":
                    assert float(text[column]) == exact[column]
                else:
                    assert text[column] == str(exact[column])


def test_parquet_is_typed(results, tmp_path):
    write_parquet(results, tmp_path)
    types = {"text": "string", "integer": "int64", "number": "double", "flag": "bool"}
    for name, (columns, _) in tables(results).items():
        schema = pyarrow.parquet.read_schema(tmp_path / f"{name}.parquet")
        assert {f.name: str(f.type) for f in schema} == {c: types[k] for c, k in columns.items()}


def test_every_number_is_written_exactly(tmp_path):
    values = np.random.default_rng(0).lognormal(sigma=200, size=50)
    points = [(i + 1.0, float(v)) for i, v in enumerate(values)]
    write_csv(stored(tmp_path, evaluated("genetic", *points, work=50)), tmp_path)
    assert [float(row["value"]) for row in read(tmp_path / "traces.csv")] == values.tolist()


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1 is wrong", "@x", "\t=1", "\r=1"])
def test_no_text_of_a_users_becomes_a_formula(tmp_path, text):
    """A spreadsheet runs a cell that begins so; Parquet, which none runs, is exact."""
    results = stored(tmp_path, evaluated(text, (1, -2.0), work=1, reference=None, message=text))
    write_csv(results, tmp_path)
    write_parquet(results, tmp_path)
    (row,), (point,) = read(tmp_path / "runs.csv"), read(tmp_path / "traces.csv")
    assert row["message"] == row["method"] == row["contender"] == point["contender"] == f"'{text}"
    assert row["value"] == point["value"] == "-2.0"
    exact = pyarrow.parquet.read_table(tmp_path / "runs.parquet").to_pylist()[0]
    assert exact["message"] == exact["method"] == text


def test_text_that_is_no_unicode_is_written_with_escapes(tmp_path):
    results = stored(tmp_path, evaluated("genetic", (1, 1.0), work=1, message="caf\udce9\0"))
    write_csv(results, tmp_path)
    write_parquet(results, tmp_path)
    assert read(tmp_path / "runs.csv")[0]["message"] == "caf\\udce9\\x00"
    table = pyarrow.parquet.read_table(tmp_path / "runs.parquet")
    assert table["message"].to_pylist() == ["caf\\udce9\0"]


def test_nothing_infinite_and_no_nan_is_written(tmp_path):
    far = Reference(-1.7e308, "best published", "a paper")
    bad = evaluated("genetic", (1, 1.7e308), work=1, reference=far)
    results = stored(tmp_path, bad)
    write_csv(results, tmp_path)
    write_parquet(results, tmp_path)
    assert read(tmp_path / "runs.csv")[0]["gap"] == ""  # the difference overflows
    assert pyarrow.parquet.read_table(tmp_path / "runs.parquet")["gap"].to_pylist() == [None]


def test_parquet_is_written_group_by_group(tmp_path, monkeypatch):
    monkeypatch.setattr(tidy, "ROW_GROUP", 5)
    runs = [evaluated("genetic", (1, 3.0), (2, 2.0), (3, 1.0), work=5, seed=s) for s in range(5)]
    write_parquet(stored(tmp_path, *runs), tmp_path)
    file = pyarrow.parquet.ParquetFile(tmp_path / "traces.parquet")
    sizes = [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)]
    assert sizes[:2] == [6, 6]
    assert sum(sizes) == 15


def test_traces_are_not_kept_while_csv_is_written(tmp_path, monkeypatch):
    runs = [evaluated("genetic", (1, 3.0), (2, 2.0), work=5, seed=s) for s in range(5)]
    results = stored(tmp_path, *runs)
    held, most = [], 0

    def one_by_one(original=results.traces):
        nonlocal most
        for one, trace in original():
            held.append(weakref.ref(trace))
            yield one, trace
            most = max(most, sum(trace() is not None for trace in held))

    monkeypatch.setattr(results, "traces", one_by_one)
    write_csv(results, tmp_path)
    assert len(held) == 5
    assert most <= 2


def test_runs_without_a_trace_make_an_empty_table(tmp_path):
    results = stored(tmp_path, run("random-search", None))
    assert write_csv(results, tmp_path)[1] == "traces.csv: 0 trace points"
    assert write_parquet(results, tmp_path)[1] == "traces.parquet: 0 trace points"
    assert read(tmp_path / "traces.csv") == []
    assert len(pyarrow.parquet.read_table(tmp_path / "traces.parquet")) == 0


def test_a_frame_has_the_same_rows_and_types(results, tmp_path):
    frame = results.to_frame()
    kinds = tables(results)["runs"].kinds
    assert list(frame.columns) == list(kinds)
    assert len(frame) == 3
    types = {"text": "string", "integer": "Int64", "number": "float64", "flag": "bool"}
    assert {c: str(t) for c, t in frame.dtypes.items()} == {
        c: types[kind] for c, kind in kinds.items()
    }
    write_parquet(results, tmp_path)
    rows = pyarrow.parquet.read_table(tmp_path / "runs.parquet").to_pylist()
    for (_, series), row in zip(frame.iterrows(), rows, strict=True):
        for name, value in row.items():
            assert pandas.isna(series[name]) if value is None else series[name] == value


def test_a_script_loads_a_frame_in_two_lines(results):
    frame = comparison.load(results.path).to_frame()
    assert frame.groupby("contender")["value"].median().to_dict()["integer-programming"] == 2.0


@pytest.mark.parametrize(
    ("write", "why"),
    [
        (write_parquet, r"Parquet needs pyarrow: pip install -e '.\[parquet\]'"),
        (
            lambda results, _: results.to_frame(),
            r"to_frame needs pandas: pip install -e '.\[pandas\]'",
        ),
    ],
    ids=["pyarrow", "pandas"],
)
def test_a_library_that_is_missing_is_named_with_what_to_type(
    results, tmp_path, monkeypatch, write, why
):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=why):
        write(results, tmp_path)
