"""Doctests of a module that needs an extra are collected where that is installed."""

from importlib.util import find_spec

collect_ignore = []
if find_spec("torch") is None:
    collect_ignore.append("problems/next_token/transformer_model.py")
