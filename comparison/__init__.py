"""Who spent it best, over a grid of runs: schedule, store, tabulate."""
