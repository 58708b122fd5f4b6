"""Rules that rewrite a pronunciation: how people of another accent, or a notation, would say it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from problems.core.usage_error import UsageError
from problems.naming.options import require_choice
from problems.naming.user_file import import_file
from problems.pretrained.gru import LONGEST, TOKEN
from problems.pretrained.pronunciation import Pronunciation

Rule = Callable[[Pronunciation], Sequence[str]]

DEVOICED = {
    "B": "P", "D": "T", "G": "K", "V": "F", "Z": "S", "ZH": "SH", "JH": "CH", "DH": "TH",
}  # fmt: skip


def is_vowel(phoneme: str) -> bool:
    """Tell whether a phoneme is a vowel, as ARPAbet marks it by its stress."""
    return phoneme[-1].isdigit() or phoneme == "UW"


def non_rhotic(phonemes: Pronunciation) -> list[str]:
    """Drop R unless a vowel follows, and say ER as AH: "car", "further", but "carry".

    Roughly as in the south of England, with the vowels that ARPAbet has (Wells 1982, "Accents
    of English", on R-dropping; cited from memory).
    """
    following = [*phonemes[1:], ""]
    return [
        f"AH{phoneme[2:]}" if phoneme.startswith("ER") else phoneme
        for phoneme, after in zip(phonemes, following, strict=True)
        if phoneme != "R" or (after and is_vowel(after))
    ]


def final_devoicing(phonemes: Pronunciation) -> list[str]:
    """Say a voiced obstruent at the end without voice: "dog" as "dock", as in German."""
    return [*phonemes[:-1], *(DEVOICED.get(last, last) for last in phonemes[-1:])]


def two_stresses(phonemes: Pronunciation) -> list[str]:
    """Write secondary stress as none, as a dictionary that marks the main stress alone does."""
    return [f"{each[:-1]}0" if each.endswith("2") else each for each in phonemes]


RULES: dict[str, Rule] = {
    "non-rhotic": non_rhotic,
    "final-devoicing": final_devoicing,
    "two-stresses": two_stresses,
}


def rule_named(name: str) -> Rule:
    """Return a rule by its name, or a function of the user's: ``path/to/file.py:function``.

    Raises
    ------
    UsageError
        When there is none.
    """
    path, colon, function = name.rpartition(":")
    if not (colon and path.endswith(".py")):
        require_choice("rule", name, [*RULES, "a file.py:function"] if name not in RULES else RULES)
        return RULES[name]
    file = Path(path).expanduser().resolve()
    if not file.is_file():
        raise UsageError(f"rule={name}: there is no file {path}")
    rule = getattr(import_file(str(file)).module, function, None)
    if not callable(rule):
        raise UsageError(f"rule={name}: {path} has no function {function!r}")
    return _checked(name, rule)


def _checked(name: str, rule: Rule) -> Rule:
    def apply(phonemes: Pronunciation) -> list[str]:
        rewritten = rule(phonemes)
        right = isinstance(rewritten, Sequence) and not isinstance(rewritten, str)
        if right and len(rewritten) <= LONGEST and all(each in TOKEN for each in rewritten):
            return list(rewritten)
        raise UsageError(
            f"rule={name} makes {rewritten!r:.80} of {' '.join(phonemes)}: expected a list of at "
            f"most {LONGEST} phonemes of ARPAbet, such as ['K', 'AE1', 'T']"
        )

    return apply
