"""Figures: each a file that declares its rows, its words and its Altair chart."""

from problems.naming.docstrings import keep_docstrings

keep_docstrings("altair")
