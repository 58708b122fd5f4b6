"""A task as plain data."""

from __future__ import annotations

import json

import pytest

from comparison.running.task import Task, request
from problems import Budget
from tests.comparison.examples import task, user


@pytest.mark.parametrize("target", [None, 0.5])
def test_a_task_survives_json(target):
    sent = Task("genetic", "sphere", {"population": "7"}, {}, Budget(10, 1.5, target))
    assert Task.from_json(json.loads(json.dumps(sent.to_json(), allow_nan=False))) == sent


def test_a_request_names_the_action_and_the_instance():
    asked = request("try", task(), instance=3, cells=[])
    assert asked == {"action": "try", "task": task().to_json(), "instance": 3, "cells": []}


def test_who_names_a_file_or_sends_an_object_is_no_built_in():
    shipped = {"method": {"version": "1", "payload": ""}}
    assert task().built_in
    assert not task(user("honest")).built_in
    assert not task(problem=user("Fair")).built_in
    assert not task(shipped=shipped).built_in


def test_runs_are_kept_where_all_that_was_sent_has_a_version():
    def shipped(*versions):
        kinds = ("method", "problem")
        return task(
            shipped={
                k: {"version": v, "payload": ""} for k, v in zip(kinds, versions, strict=False)
            }
        )

    assert [each.kept for each in (shipped(), shipped("1"), shipped("1", "2"))] == [True] * 3
    assert [each.kept for each in (shipped(""), shipped("1", ""))] == [False] * 2
