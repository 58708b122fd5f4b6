"""What a problem is, and the metered access that a method has to it."""
