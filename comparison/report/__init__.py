"""The report: one page that holds everything and asks nobody for anything."""
