"""One self-contained page from the runs of a results file."""
