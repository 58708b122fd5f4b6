"""Next-token prediction on real text: one file a problem, one corpus under all."""
