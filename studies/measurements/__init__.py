"""What single studies measure with: a theory's prediction, a way to train, an error."""
