"""The bars: ours beside the peer in one run."""
