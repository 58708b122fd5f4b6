"""The speller beside lines of its own, a word and a step at a time, in double precision."""

from __future__ import annotations

import numpy as np
import pytest

from problems.pretrained.gru import (
    BEGIN,
    END,
    FIRST_PHONEME,
    LONGEST,
    PHONEMES,
    Speller,
    letters,
    pretrained_weights,
)
from problems.pretrained.pronunciation import pronunciations

WORDS = [*list(pronunciations())[:40], "a", "antidisestablishmentarianism", "zzzzzzzzzzzzzzzz"]


def logistic(x):
    return 1 / (1 + np.exp(-x))


def cell(w, part, token, h):
    """One step of PyTorch's GRU, as its documentation has it."""
    gates_of_input = w[f"{part}_w_ih"] @ w[f"{part}_emb"][token] + w[f"{part}_b_ih"]
    gates_of_state = w[f"{part}_w_hh"] @ h + w[f"{part}_b_hh"]
    (ri, zi, ni), (rh, zh, nh) = gates_of_input.reshape(3, -1), gates_of_state.reshape(3, -1)
    z = logistic(zi + zh)
    return (1 - z) * np.tanh(ni + logistic(ri + rh) * nh) + z * h


def one_word(w, word):
    h = np.zeros(256)
    for token in [*(ord(letter) - ord("a") + 3 for letter in word), 2]:
        h = cell(w, "enc", token, h)
    written, token = [], BEGIN
    while len(written) < LONGEST:
        h = cell(w, "dec", token, h)
        token = int((w["fc_w"] @ h + w["fc_b"]).argmax())
        if token == END:
            break
        written.append(token)
    return written


def test_many_words_at_once_are_what_each_is_alone():
    weights = {name: tensor.astype(float) for name, tensor in pretrained_weights().items()}
    rows = Speller(pretrained_weights()).pronounce(letters(WORDS))
    assert [[int(t) for t in row if t != END] for row in rows] == [
        one_word(weights, word) for word in WORDS
    ]


def test_a_gru_of_pytorch_has_the_same_states():
    torch = pytest.importorskip("torch")
    weights = pretrained_weights()
    gru = torch.nn.GRU(256, 256, batch_first=True)
    names = {"weight_ih_l0": "w_ih", "weight_hh_l0": "w_hh", "bias_ih_l0": "b_ih"}
    names |= {"bias_hh_l0": "b_hh"}
    gru.load_state_dict({k: torch.tensor(weights[f"enc_{v}"]) for k, v in names.items()})
    words = letters(WORDS)
    for row, length in zip(words.tokens, map(len, sorted(WORDS, key=len)[::-1]), strict=True):
        inputs = torch.tensor(weights["enc_emb"][row[: length + 1]])[None]
        with torch.no_grad():
            theirs = gru(inputs)[1][0, 0].numpy()
        ours = Speller(weights).encode(letters(["".join(chr(t + 94) for t in row[:length])]))[0]
        assert ours == pytest.approx(theirs, abs=1e-5)


def test_it_writes_what_its_authors_say_it_writes():
    # g2p.py of g2p-en 2.1 was run on these words: its predict() gave the same.
    rows = Speller(pretrained_weights()).pronounce(letters(["activationist", "hello"]))
    shown = [" ".join(PHONEMES[t - FIRST_PHONEME] for t in row if t != END) for row in rows]
    assert shown == ["AE2 K T IH0 V EY1 SH AH0 N IH0 S T", "HH EH1 L OW0"]


def test_there_are_834_890_weights_and_70_phonemes():
    assert sum(tensor.size for tensor in pretrained_weights().values()) == 834_890
    assert len(PHONEMES) == 70
    assert sorted(PHONEMES) == PHONEMES
    assert pretrained_weights()["fc_b"].size == len(PHONEMES) + FIRST_PHONEME


def test_the_order_of_words_changes_nothing():
    speller = Speller(pretrained_weights())
    backwards = speller.pronounce(letters(WORDS[::-1]))
    assert (backwards[::-1] == speller.pronounce(letters(WORDS))).all()
