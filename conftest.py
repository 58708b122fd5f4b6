"""One thread a process, and doctests where the extra that they need is installed."""

import os
from importlib.util import find_spec

# Before numpy is imported: as in a comparison's workers, and with one test process a
# core more threads only stand in each other's way.
for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

collect_ignore = []
if find_spec("torch") is None:
    collect_ignore += [
        "problems/next_token/transformer_decoder.py",
        "problems/next_token/transformer_model.py",
    ]
