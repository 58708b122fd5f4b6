"""The speller in numpy beside PyTorch's GRU of the same weights, and its problem beside both."""

from __future__ import annotations

import numpy as np
import pytest

import problems
from problems.pretrained.gru import BEGIN, END, LONGEST, Speller, letters, pretrained_weights
from problems.pretrained.pronunciation import pronunciations

WORDS = list(pronunciations())[:1_000]
DECODING = "decoding 1,000 words, one thread"


def test_decoding(benchmark):
    words, speller = letters(WORDS), Speller(pretrained_weights())
    benchmark.group = DECODING
    benchmark.extra_info.update(side="ours", per=len(WORDS), bar=">= 1.0")
    benchmark.pedantic(lambda: speller.pronounce(words), rounds=9, warmup_rounds=1)


def test_pytorch_decodes_the_same(benchmark):
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)
    pronounce = of_pytorch(torch)
    words = letters(WORDS)
    assert (pronounce() == Speller(pretrained_weights()).pronounce(words)[words.order]).all()
    benchmark.group = DECODING
    benchmark.extra_info.update(side="peer", per=len(WORDS), bar=">= 1.0")
    benchmark.pedantic(pronounce, rounds=9, warmup_rounds=1)


def of_pytorch(torch):
    """Return what decodes the words by `torch.nn.GRU`: packed, and no further than they go."""
    weights = {name: torch.tensor(tensor) for name, tensor in pretrained_weights().items()}
    cells = {}
    for part in ("enc", "dec"):
        cells[part] = torch.nn.GRU(256, 256, batch_first=True)
        names = ("weight_ih_l0", "w_ih"), ("weight_hh_l0", "w_hh")
        names += ("bias_ih_l0", "b_ih"), ("bias_hh_l0", "b_hh")
        cells[part].load_state_dict({theirs: weights[f"{part}_{own}"] for theirs, own in names})
    words = letters(WORDS)
    tokens = torch.tensor(words.tokens)
    lengths = torch.tensor([len(WORDS[i]) + 1 for i in words.order])

    @torch.no_grad()
    def pronounce():
        inputs = weights["enc_emb"][tokens]
        packed = torch.nn.utils.rnn.pack_padded_sequence(inputs, lengths, batch_first=True)
        h = cells["enc"](packed)[1]
        rows, last = torch.arange(len(tokens)), torch.full((len(tokens), 1), BEGIN)
        written = torch.full((len(tokens), LONGEST), END)
        for place in range(LONGEST):
            states, h = cells["dec"](weights["dec_emb"][last], h)
            last = (states[:, 0] @ weights["fc_w"].T + weights["fc_b"]).argmax(1, keepdim=True)
            written[rows, place] = last[:, 0]
            on = last[:, 0] != END
            rows, last, h = rows[on], last[on], h[:, on]
            if not len(rows):
                break
        return written.numpy()

    return pronounce


@pytest.mark.parametrize("words", [100, 1_000])
@pytest.mark.parametrize("population", [1, 100])
@pytest.mark.parametrize("side", ["ours", "peer"])
def test_a_population_costs_what_its_decodings_cost(benchmark, side, population, words):
    problem = problems.make("speller-dialect", words=words, held_out=1, dimension=64)
    points = problem.sample(np.random.default_rng(0), population)
    changed = [problem.adaptation.weights(x) for x in points[: min(population, 10)]]

    def ours():
        problem.values(points)

    def bare():
        for i in range(population):
            Speller(changed[i % len(changed)]).pronounce(problem.training_letters)

    benchmark.group = f"a population of {population} on {words:,} words, in bare decodings"
    benchmark.extra_info.update(side=side, per=population, bar=">= 0.91")
    rounds = 1 if population * words > 10_000 else 5
    benchmark.pedantic(ours if side == "ours" else bare, rounds=rounds, warmup_rounds=1)
