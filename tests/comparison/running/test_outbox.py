"""What a process says: answers as lines, and a curve that outlives it."""

from __future__ import annotations

import json
import os
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from comparison.running.outbox import Outbox, give_up, read_points
from problems.core.ledger import TracePoint

POINT = TracePoint("measured", 1.0, 2.0, 3, 4, 5.0, 6.0, 7, 8.0)


@pytest.fixture
def outbox(tmp_path):
    ours, theirs = socket.socketpair()
    with open(tmp_path / "points", "w+b") as file, ours, theirs:
        made = Outbox(theirs, file.fileno())
        made.ours, made.file = ours, file.fileno()
        yield made


def test_messages_are_json_lines(outbox):
    outbox.send({"a": 1, "path": Path("x")})
    assert outbox.ours.recv(100).endswith(b"}\n")
    outbox.send({"b": 2})
    assert json.loads(outbox.ours.recv(100)) == {"b": 2}
    with pytest.raises(ValueError, match="JSON"):
        outbox.send({"a": float("nan")})


def test_points_are_kept_at_once_in_their_order(outbox):
    points = [replace(POINT, kind=kind, values=n) for n, kind in enumerate(("value", "bound"))]
    for point in points:
        outbox.keep(point)
        assert read_points(outbox.file)[-1] == point
    assert read_points(outbox.file) == points
    assert outbox.points() == points


def test_a_point_that_is_no_number_is_left_out(outbox):
    for value in (float("nan"), float("inf"), None, "7"):
        outbox.keep(replace(POINT, value=value))
    outbox.keep(replace(POINT, values=1.5))
    outbox.keep(replace(POINT, tokens=1 << 70))
    outbox.keep(POINT)
    assert read_points(outbox.file) == [POINT]


def test_a_half_written_or_foreign_record_is_no_point(outbox):
    os.write(outbox.file, b"\xff" * 65 + b"x")
    assert read_points(outbox.file) == []


def test_a_copy_of_the_process_neither_answers_nor_keeps_points(outbox):
    """Such a copy is forked where methods that fork are tested; here it is played."""

    def ends(code):
        raise SystemExit(code)

    outbox._leave = ends
    outbox._owner = -1
    outbox.keep(POINT)
    assert read_points(outbox.file) == []
    with pytest.raises(SystemExit) as end:
        outbox.send({"run": 1})
    assert end.value.code == 0


def test_giving_up_survives_an_error_that_has_no_message_to_give(outbox):
    class Unreadable(Exception):  # noqa: N818 - reads as what it is
        def __str__(self):
            raise ValueError

    give_up(outbox.channel, Unreadable())
    said = json.loads(outbox.ours.recv(1000))
    assert said["ended"] == "error"
    assert said["message"].endswith(
        "Unreadable: its message cannot be read: __str__ raises ValueError"
    )
