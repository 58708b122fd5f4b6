"""The note on contenders that learnt by heart."""

from __future__ import annotations

from comparison.analysis.overfitted import overfitted
from comparison.analysis.rows import rows
from tests.comparison.analysis.small import made, step, stored

ANCHORS = {"the start": [0.5, 0.6], "a guess": 0.9}


def seeds(method, values, scores, **changes):
    pairs = zip(values, scores, strict=True)
    return [
        made(method, step(1, v), seed=i, value=v, score=s, **{"anchors": ANCHORS, **changes})
        for i, (v, s) in enumerate(pairs)
    ]


def notes(folder, *runs):
    return overfitted(rows(stored(folder, *runs)))


def test_a_better_value_and_a_worse_held_out_one_are_told(tmp_path):
    runs = [
        *seeds("cg", [0.3, 0.4, 0.45], [0.7, 0.65, 0.5]),
        *seeds("tabu", [0.3, 0.4, 0.45], [0.5, 0.55, 0.9]),
        *seeds("genetic", [0.5, 0.5, 0.5], [0.7, 0.7, 0.7]),
    ]
    assert notes(tmp_path, *runs) == [
        "on sphere, better in value than the start but worse on held-out data (medians): cg."
    ]


def test_the_instance_is_named_where_it_is_not_the_first(tmp_path):
    (note,) = notes(tmp_path, *seeds("cg", [0.3], [0.7], instance=2))
    assert note.startswith("on sphere (instance 2), better in value than the start")


def test_anchors_without_a_held_out_value_give_nobody_away(tmp_path):
    assert notes(tmp_path, *seeds("cg", [0.3], [0.7], anchors={"a guess": 0.9})) == []
    assert notes(tmp_path, *seeds("cg", [0.3], [0.7], anchors={})) == []
    assert notes(tmp_path, *seeds("cg", [0.3], [0.7], anchors={"text": ["a", "b"]})) == []
