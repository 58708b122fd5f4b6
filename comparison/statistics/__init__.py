"""Numbers that stand for many runs: each file one question, pure functions of arrays."""
