"""Classics of combinatorial optimization: one file a problem."""
