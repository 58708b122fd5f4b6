"""What the rules make of words that everybody knows."""

from __future__ import annotations

import pytest

from problems.core.usage_error import UsageError
from problems.naming.options import OptionError
from problems.pretrained.dialects import RULES, rule_named
from problems.pretrained.gru import TOKEN
from problems.pretrained.pronunciation import pronunciations


@pytest.mark.parametrize(
    ("rule", "said", "rewritten"),
    [
        ("non-rhotic", "K AA1 R", "K AA1"),
        ("non-rhotic", "K EH1 R IY0", "K EH1 R IY0"),
        ("non-rhotic", "F ER1 DH ER0", "F AH1 DH AH0"),
        ("non-rhotic", "HH AA1 R D", "HH AA1 D"),
        ("non-rhotic", "B AA1 R UW", "B AA1 R UW"),
        ("final-devoicing", "D AO1 G", "D AO1 K"),
        ("final-devoicing", "B IH1 G ER0", "B IH1 G ER0"),
        ("final-devoicing", "HH AW1 Z", "HH AW1 S"),
        ("two-stresses", "AE2 K T AH0 V EY1 T", "AE0 K T AH0 V EY1 T"),
    ],
)
def test_a_word_is_rewritten(rule, said, rewritten):
    assert rule_named(rule)(tuple(said.split())) == rewritten.split()


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_makes_phonemes_of_phonemes_and_goes_no_further_when_it_is_done(rule):
    apply = RULES[rule]
    for said in list(pronunciations().values())[:2000]:
        once = apply(said)
        assert set(once) <= TOKEN.keys()
        assert rule != "final-devoicing" or list(apply(tuple(once))) == once


def test_a_rule_of_the_users(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text("def backwards(phonemes):\n    return list(phonemes)[::-1]\n")
    assert rule_named(f"{file}:backwards")(("K", "AE1", "T")) == ["T", "AE1", "K"]
    with pytest.raises(UsageError, match=r"there is no file \S*none.py"):
        rule_named(f"{tmp_path / 'none.py'}:backwards")
    with pytest.raises(UsageError, match="has no function 'forwards'"):
        rule_named(f"{file}:forwards")


@pytest.mark.parametrize("returned", ["'KAT'", "['X']", "['K'] * 21", "None"])
def test_a_rule_that_makes_no_pronunciation_is_refused(tmp_path, returned):
    file = tmp_path / "wrong.py"
    file.write_text(f"def rule(phonemes):\n    return {returned}\n")
    with pytest.raises(UsageError, match=r"of K AE1 T: expected a list of at most 20 phonemes"):
        rule_named(f"{file}:rule")(("K", "AE1", "T"))


def test_an_unknown_rule_names_the_closest():
    with pytest.raises(OptionError, match="did you mean 'non-rhotic'"):
        rule_named("non-rotic")
