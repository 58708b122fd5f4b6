"""Each family beside its community's own optimizers: see `benchmarks.bench_strength`."""
