"""Methods that break a rule of the contract, by the check that is to notice it."""

from __future__ import annotations

import textwrap

BROKEN_METHODS = {
    "same_seed_same_trace": """
        import itertools
        runs = itertools.count(1)
        def method(oracle, rng):
            n = next(runs)
            for _ in range(n):
                rng.random()
            while True:
                oracle.value(oracle.space.sample(rng, 1)[0])
    """,
    "never_over_budget": """
        def method(oracle, rng):
            oracle.record.limit = 1e9
            for x in oracle.start(100):
                oracle.value(x)
    """,
    "never_over_time": """
        def method(oracle, rng):
            oracle.record.deadline = float("inf")
            for x in oracle.start(10):
                oracle.value(x)
    """,
    "best_is_real": """
        def method(oracle, rng):
            x = oracle.start(1)[0]
            oracle.value(x)
            oracle.record.best = -1.0
    """,
    "ledger_is_true": """
        def method(oracle, rng):
            for x in oracle.start(10):
                oracle._problem.value(x)
    """,
    "random_state_untouched": """
        import random
        def method(oracle, rng):
            random.random()
            oracle.value(oracle.start(1)[0])
    """,
    "interruptible": """
        def method(oracle, rng):
            for x in oracle.start(10):
                try:
                    oracle.value(x)
                except BaseException:
                    pass
    """,
}


def method_in(folder, source, name="broken"):
    """Write a method's source to a file and return what the file's method is called."""
    file = folder / f"{name}.py"
    file.write_text(textwrap.dedent(source))
    return f"{file}:method"
