"""A plan of runs and the processes that make them, on this machine or on a cluster."""
