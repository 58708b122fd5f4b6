"""Names for problems and methods: the lazy catalogue, options, users' files and extras."""
