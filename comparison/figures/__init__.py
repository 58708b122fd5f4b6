"""Figures: each file one, a function from plain rows to an Altair chart."""

from problems.naming.docstrings import keep_docstrings

keep_docstrings("altair")
