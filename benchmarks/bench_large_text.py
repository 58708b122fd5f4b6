"""A next-token problem on a text of 100 MB: seconds to build it, and the most memory it takes.

Words of random letters in a Zipf's law, a twentieth of them new, with punctuation, lines and some
letters that are not a to z, as a text of that size has.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import problems

#: Bytes of the text, and the words drawn for it at a time.
SIZE, WORDS = 100_000_000, 200_000
ENDS = [b" "] * 12 + [b", ", b". ", b"\n", b" (", b"\n\n", b" 12 "]

#: Only a fresh process tells its own peak; what it takes to import is in both figures.
BUILD = """
import json, sys, time
began = time.perf_counter()
import problems
problem = problems.make(sys.argv[1], **json.loads(sys.argv[2]))
seconds = time.perf_counter() - began
status = open("/proc/self/status").read()
print(seconds, time.process_time(), status.partition("VmHWM:")[2].split()[0])
"""


@pytest.fixture(scope="module")
def text(tmp_path_factory, measuring) -> Path:
    path: Path = tmp_path_factory.mktemp("text") / "large.txt"
    rng = np.random.default_rng(0)
    letters = np.frombuffer(b"etaoinshrdlcumwfgypbvkjxqz", dtype=np.uint8)
    often = 1 / np.arange(1, 27)

    def word(length: int) -> bytes:
        return bytes(rng.choice(letters, length, p=often / often.sum()))

    words = [word(length) for length in rng.integers(1, 11, 50_000).tolist()]
    share = 1 / np.arange(1, len(words) + 1)
    with path.open("wb") as file:
        while file.tell() < (SIZE if measuring else SIZE // 1000):
            drawn = rng.choice(len(words), WORDS, p=share / share.sum()).tolist()
            ends = rng.integers(0, len(ENDS), WORDS).tolist()
            kinds = rng.random(WORDS).tolist()
            for i, end, kind in zip(drawn, ends, kinds, strict=True):
                one = words[i] if kind > 0.05 else word(len(words[i]))
                file.write((one.capitalize() if kind > 0.9 else one) + ENDS[end])
            file.write("Ærø ".encode())
    return path


@pytest.mark.parametrize(
    ("alphabet", "context", "bar"),
    [
        *(("letters", k, "<= 10 s within 1 GB") for k in (1, 2, 3)),
        *(("characters", k, "within 1 GB") for k in (1, 3)),
        ("bytes", 3, "within 1 GB"),
        ("bpe:512", 1, "within 1 GB"),
    ],
)
def test_build(benchmark, text, alphabet, context, bar):
    options = {"corpus": str(text), "alphabet": alphabet, "context": context}
    measured = []

    def build() -> None:
        measured.append(process("next-token-table", options))

    benchmark.group = (
        f"build next-token-table, {text.stat().st_size / 1e6:.0f} MB, {alphabet}, k = {context}"
    )
    benchmark.pedantic(build, rounds=1)
    seconds, cpu, held = measured[-1]
    shown = f"{seconds:.1f} s ({cpu:.1f} s of CPU), {held / 1e6:.0f} MB"
    benchmark.extra_info.update(side="ours", bar=bar, shown=shown)


def process(name: str, options: dict[str, object]) -> tuple[float, float, int]:
    """Build a problem in a fresh process: wall-clock and CPU seconds, and the most bytes held."""
    done = subprocess.run(
        [sys.executable, "-c", BUILD, name, json.dumps(options)],
        env={**os.environ, "PYTHONPATH": str(Path(problems.__file__).parents[1])},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    seconds, cpu, kilobytes = done.stdout.split()
    return float(seconds), float(cpu), 1024 * int(kilobytes)
