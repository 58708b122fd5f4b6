"""Figures: each file one, a function from plain rows to an Altair chart."""
