"""Figures, each a function of plain rows that returns an Altair chart."""
