"""Which words an instance has."""

from __future__ import annotations

import pytest

from problems.core.usage_error import UsageError
from problems.pretrained.gru import END, TOKEN
from problems.pretrained.pronunciation import as_tokens, pronunciations, words_of_instance


def test_the_first_pronunciation_is_the_words():
    # CMUdict: "read R EH1 D", and "read(2) R IY1 D".
    assert pronunciations()["read"] == ("R", "EH1", "D")
    assert pronunciations()["aalborg"] == ("AO1", "L", "B", "AO0", "R", "G")  # has a comment
    assert all(word.isalpha() and word.isascii() for word in pronunciations())
    assert all(0 < len(said) <= 20 for said in pronunciations().values())


def test_instances_share_no_word():
    lists = [words_of_instance(i, 30, 20) for i in range(4)]
    assert {(len(some), len(others)) for some, others in lists} == {(30, 20)}
    every = [word for pair in lists for some in pair for word in some]
    assert len(set(every)) == len(every) == 200


def test_there_are_so_many_instances_and_no_more():
    most = len(pronunciations()) // 1500
    assert len(words_of_instance(most - 1, 500, 1000)[1]) == 1000
    with pytest.raises(UsageError, match=f"instance={most}: expected 0 to {most - 1}"):
        words_of_instance(most, 500, 1000)


def test_more_words_than_there_are_are_refused():
    with pytest.raises(UsageError, match="words=200000, held_out=5: expected at most 117,"):
        words_of_instance(0, 200_000, 5)


def test_tokens_end():
    (row,) = as_tokens([["K", "AE1", "T"]])
    assert row.tolist() == [TOKEN["K"], TOKEN["AE1"], TOKEN["T"], *[END] * 17]
