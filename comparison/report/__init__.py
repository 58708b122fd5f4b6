"""The report: one page that holds all its data and scripts, and makes no request."""
